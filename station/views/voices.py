"""What riders say of a station or a community, with the answers; and one's own."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from station.forms.voices import VoiceForm
from station.middleware import client_address
from station.models import Community, Voice
from station.operations.strangers import device_mark
from station.operations.voices import say_voice
from station.views.stations import find_station, unknown_station
from station.views.visitor import device_token, keep_device, signed_in_rider

PAGE = 20
KEY = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")  # microseconds since 1970 and the row's number; both fit 64 bits
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def station_voices(request, code):
    station = find_station(code)
    if station is None:
        return unknown_station(request, code)
    heard = Voice.objects.public().filter(station=station)
    return _voices(request, heard, community=station.community, station=station)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def community_voices(request, code):
    """Of all its stations and of itself."""
    community = get_object_or_404(Community, code=code)
    heard = Voice.objects.public().filter(community=community).select_related("station")
    return _voices(request, heard, community=community)


def _voices(request, heard, *, community, station=None):
    """The page of answered voices, newest first, and the form for one more; typed words stay where it is refused."""
    place, token, refused = station or community, device_token(request), 422
    form = VoiceForm(request.POST if request.method == "POST" else None, initial={"key": uuid4(), "kind": "feedback"})
    if form.is_trap_sprung:
        return HttpResponseRedirect(request.path, status=303)
    if form.is_valid():
        try:
            _voice, is_new = say_voice(
                form.voice(community=community, station=station),
                device=device_mark("voice", "", token),
                address=client_address(request),
                user=signed_in_rider(request),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            refused = 429 if getattr(error, "code", "") == "too_many" else 422
        else:
            _say_received(request, is_new)
            return keep_device(HttpResponseRedirect(request.path, status=303), token)
    rows, after = _page(heard, request.GET.get("after", ""))
    context = {"place": place, "community": community, "station": station, "form": form, "voices": rows, "after": after}
    return keep_device(render(request, "station/voices.html", context, status=refused if form.errors else 200), token)


def _page(heard, after):
    """One page of `heard` from `after` on, and what asks for the next one; a key that cannot be read starts anew."""
    match = KEY.fullmatch(after)
    if match:
        heard = heard.earlier_than(EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
    rows = list(heard.order_by("-said_at", "-pk")[: PAGE + 1])
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    return rows[:PAGE], f"{(last.said_at - EPOCH) // timedelta(microseconds=1)}-{last.pk}"


def _say_received(request, is_new):
    if is_new:
        messages.success(request, _("收到了，谢谢您。答复以后就在这里公开。"))
    else:
        messages.info(request, _("这一条已经收到了，不用再发。"))


@require_safe
def my_voices(request):
    """What I said while signed in, and what was answered."""
    rows, after = _page(Voice.objects.said_by(request.user).select_related("station"), request.GET.get("after", ""))
    return render(request, "station/my_voices.html", {"voices": rows, "after": after, "tab": "me"})
