"""Locked, broken, empty: one tap at the station, and the page that says what became of it. No account is needed."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from station.forms.faults import FaultForm
from station.listing import Listed
from station.middleware import client_address
from station.models import Fault, FaultPhoto
from station.operations.faults import report_fault
from station.operations.strangers import device_mark
from station.remarks import attach_open_faults
from station.schedules import schedules_of
from station.views.files import PRIVATE, stored_file
from station.views.stations import find_station, unknown_station
from station.views.visitor import device_token, keep_device


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def fault_new(request, code):
    """The buttons; what was typed stays where a tap is refused."""
    station = find_station(code)
    if station is None:
        return unknown_station(request, code)
    amenities = list(station.amenities.select_related("kind").order_by("kind__order"))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, token, refused = FaultForm(*sent, amenities=amenities), device_token(request), 422
    if form.is_trap_sprung:
        return HttpResponseRedirect(station.get_absolute_url(), status=303)
    if form.is_valid():
        try:
            fault, is_new = report_fault(
                station,
                device=device_mark("fault", station.pk, token),
                address=client_address(request),
                **form.answer,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            refused = 429 if getattr(error, "code", "") == "too_many" else 422
        else:
            _say_received(request, is_new)
            return keep_device(HttpResponseRedirect(fault.get_absolute_url(), status=303), token)
    page = render(request, "station/fault_new.html", _context(station, form), status=refused if form.errors else 200)
    return keep_device(page, token)


def _context(station, form):
    now = timezone.now()
    attach_open_faults([station], now)
    return {
        "station": station,
        "form": form,
        "fresh": form.fields["opened"].now,
        "listed": Listed.of(station, schedules_of([station], now)[station.pk], now),
        "out_of_use": station.is_out_of_use(timezone.localdate(now)),
    }


def _say_received(request, is_new):
    if is_new:
        messages.success(request, _("记下了，谢谢。别人现在就看得到。"))
    else:
        messages.info(request, _("这件事您已经说过了，记着呢，不用再点。"))


@require_safe
@never_cache
@login_not_required
def fault(request, key):
    """What became of it, for whoever reported it or said "me too": they know the key. Search engines do not."""
    faults = Fault.objects.select_related("station", "amenity__kind").prefetch_related("photos")
    one = get_object_or_404(faults, key=key)
    photos = list(one.photos.all())
    context = {
        "fault": one,
        "after": [photo for photo in photos if photo.moment == FaultPhoto.Moment.AFTER],
        "has_before": any(photo.moment == FaultPhoto.Moment.BEFORE for photo in photos),
    }
    response = render(request, "station/fault_detail.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@login_not_required
def fault_photo(request, key, pk, size):
    """A stored photo: what it looks like now for whoever knows the key, what a rider sent for staff in charge only.

    Whatever it holds, a browser treats it as an inert JPEG.
    """
    photo = get_object_or_404(FaultPhoto.objects.select_related("fault"), pk=pk, fault__key=key)
    if photo.moment == FaultPhoto.Moment.BEFORE and not _is_in_charge(request, photo.fault):
        raise Http404
    return stored_file(lambda: getattr(photo, size).open("rb"), content_type="image/jpeg", headers=PRIVATE)


def _is_in_charge(request, fault):
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return False
    return Fault.objects.visible_to(request.user, "station.handle_fault").filter(pk=fault.pk).exists()
