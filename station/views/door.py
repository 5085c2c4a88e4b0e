"""What the QR code at the door opens: one tap on a line of work, counted once, without an account or a name.

A phone that refuses cookies is counted, too. So Django's CSRF cookie cannot guard these forms: their own signed tokens
do, which nobody but the visitor of the page holds, and a form sent from another site is refused.
"""

from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from station.forms.door import UseForm, VisitForm, page_token, visit_of, visit_token
from station.listing import Listed
from station.middleware import client_address
from station.models import Amenity, Occupation, Visit
from station.operations import visits as operations
from station.remarks import attach_open_faults
from station.schedules import schedules_of
from station.views.errors import csrf_failure
from station.views.stations import find_station, unknown_station
from station.views.visitor import keep_device, kept_device

VISIT = "visit"  # the cookie that holds the token of the visit just counted


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def door(request, code):
    station = find_station(code)
    if station is None:
        return unknown_station(request, code)
    word = kept_device(request)
    if request.method != "POST":
        return _door_page(request, station, word)
    if _comes_from_elsewhere(request):
        return csrf_failure(request)
    form = VisitForm(request.POST, station=station)
    tap = _count(request, station, form, word)
    if tap is None:
        return _door_page(request, station, word, form)
    return _thank(request, station, tap, form, word)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def door_thanks(request, code):
    """After the tap: what was used, if he likes. Nothing of the visit stands in the address."""
    station = find_station(code)
    if station is None:
        return unknown_station(request, code)
    kept = request.COOKIES.get(VISIT, "")
    if request.method != "POST":
        return _thanks_page(request, station, kept)
    if _comes_from_elsewhere(request):
        return csrf_failure(request)
    form = UseForm(request.POST, station=station)
    if _note(form) and kept:
        return HttpResponseRedirect(f"{request.path}#used", status=303)  # back to where he tapped
    return _thanks_page(request, station, request.POST.get("token", ""), form)


def _count(request, station, form, word):
    """Count the tap and say so; the Tap, or None where it was refused (the form says why)."""
    if not form.is_valid():
        return None
    device = operations.mark_of_phone(station, word or form.cleaned_data["token"])
    address = client_address(request)
    try:
        tap = operations.record_visit(
            station, form.cleaned_data["occupation"], device=device, address=address, by_form=word is None
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
    words = {"time": timezone.localtime(tap.at).strftime("%H:%M")}
    if tap.counted:
        messages.success(request, _("%(time)s 已记下，谢谢，快进来歇歇。") % words)
    else:
        messages.info(request, _("%(time)s 已经记过了，不用再点，快进来歇歇。") % words)
    return tap


def _thank(request, station, tap, form, word):
    """On to the page of thanks; a phone that keeps no cookies would arrive there unknown: it gets the page at once."""
    token = visit_token(tap.visit) if tap.visit else ""
    if word is None:
        return keep_device(_thanks_page(request, station, token), form.cleaned_data["token"])
    path = reverse("door-thanks", args=[station.code])
    response = HttpResponseRedirect(path, status=303)
    if token:
        life, secure = settings.VISIT_ONCE_PER, settings.SESSION_COOKIE_SECURE
        response.set_cookie(VISIT, token, max_age=life, path=path, httponly=True, samesite="Lax", secure=secure)
    return keep_device(response, word)


def _note(form):
    """Note one thing used; whether it was (the form says why not)."""
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        operations.note_use(data["token"], data["add"] or data["remove"], used=bool(data["add"]))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _door_page(request, station, word, form=None):
    """The question. Its token and the cookie hold the same word, so that one phone is one phone with and without."""
    now = timezone.now()
    fresh = word or token_urlsafe(16)
    attach_open_faults([station], now)
    told = [fault.amenity_id for fault in station.open_faults if fault.is_confirmed and fault.amenity_id]
    broken = station.amenities.exclude(state=Amenity.State.WORKING).exclude(pk__in=told, note="")
    context = {
        "station": station,
        "form": form,
        "token": page_token(station, fresh, now),
        "listed": Listed.of(station, schedules_of([station], now)[station.pk], now),
        "out_of_use": station.is_out_of_use(timezone.localdate(now)),
        "broken": broken.select_related("kind").order_by("kind__order"),
        "occupations": list(Occupation),
    }
    response = render(request, "station/door.html", context, status=_status(form))
    return response if word and form is None else keep_device(response, fresh)


def _thanks_page(request, station, token, form=None):
    """Thanks, and a button for everything that works here, or was ticked before it broke."""
    visit = visit_of(station, token)
    context = {"station": station, "form": form, "token": token if visit else "", "amenities": ()}
    if visit:
        ticked = Visit.used.through.objects.filter(visit=visit, amenitykind=OuterRef("kind"))
        amenities = station.amenities.annotate(ticked=Exists(ticked)).select_related("kind").order_by("kind__order")
        context["amenities"] = amenities.filter(Q(state=Amenity.State.WORKING) | Q(ticked=True))
    return render(request, "station/door_thanks.html", context, status=_status(form))


def _status(form):
    if form is None or not form.errors:
        return 200
    return 429 if form.has_error("__all__", "too_many") else 422


def _comes_from_elsewhere(request):
    """Whether another site's page sent this form. Old browsers do not say; to them the token is all there is."""
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return request.headers.get("Sec-Fetch-Site") == "cross-site"
    return urlsplit(origin).netloc != request.get_host()
