"""What the QR code at the door opens: one tap on a line of work, counted once, without an account or a name."""

from secrets import token_urlsafe

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from station.forms.door import VisitForm
from station.lib.crypto import hmac_digest
from station.listing import Listed
from station.models import Amenity, Occupation
from station.operations import stations as operations
from station.remarks import attach_open_faults
from station.schedules import schedules_of
from station.views.stations import find_station, unknown_station

COOKIE = "device"
COOKIE_AGE_S = 86400  # marks are swept after a day, so a longer life would serve nobody


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def door(request, code):
    station = find_station(code)
    if station is None:
        return unknown_station(request, code)
    token = request.get_signed_cookie(COOKIE, None, salt=COOKIE, max_age=COOKIE_AGE_S) or token_urlsafe(16)
    form = VisitForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _count(request, station, form, token):
        response = HttpResponseRedirect(reverse("door-thanks", args=[station.code]), status=303)
    else:
        response = render(request, "station/door.html", _context(station, form), status=422 if form.errors else 200)
    response.set_signed_cookie(
        COOKIE,
        token,
        salt=COOKIE,
        max_age=COOKIE_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_safe
@never_cache
@login_not_required
def door_thanks(request, code):
    """After the tap; what happened comes as a message, so nothing stands in the address."""
    station = find_station(code)
    if station is None:
        return unknown_station(request, code)
    return render(request, "station/door_thanks.html", {"station": station})


def _count(request, station, form, token):
    """Count the visit and say so; whether it was not refused. The device is another one at every station."""
    device = hmac_digest("device at a door", f"{station.pk} {token}")
    try:
        counted, at = operations.record_visit(station, form.cleaned_data["occupation"], device=device)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    words = {"time": timezone.localtime(at).strftime("%H:%M")}
    if counted:
        messages.success(request, _("%(time)s 已记下，谢谢，快进来歇歇。") % words)
    else:
        messages.info(request, _("%(time)s 已经记过了，不用再点，快进来歇歇。") % words)
    return True


def _context(station, form):
    now = timezone.now()
    attach_open_faults([station], now)
    broken = station.amenities.exclude(state=Amenity.State.WORKING).select_related("kind").order_by("kind__order")
    return {
        "station": station,
        "form": form,
        "listed": Listed.of(station, schedules_of([station], now)[station.pk], now),
        "out_of_use": station.is_out_of_use(timezone.localdate(now)),
        "broken": broken,
        "occupations": list(Occupation),
    }
