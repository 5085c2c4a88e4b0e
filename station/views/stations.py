"""The list of stations, one station, and the QR code of its door."""

from difflib import get_close_matches

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from station.details import details_of
from station.forms.search import StationSearchForm
from station.lib.hours_exceptions import exceptions
from station.lib.hours_text import week_table
from station.lib.qr import qr_svg
from station.listing import Listed, find_stations
from station.models import AmenityKind, Community, Station
from station.remarks import attach_cards, attach_open_faults, attach_remarks
from station.schedules import schedules_of
from station.structured import station_data

MOST_COMMUNITIES = 20  # beyond them nobody picks from a list, but types
JSON = {"ensure_ascii": False}
SIMILAR_LOOKED_AT = 500
ACCESSIBLE = "accessible"  # the icon by which the amenity is known


@require_safe
@login_not_required
def station_list(request):
    form, found = _search(request.GET)
    asked = form.cleaned_data
    attach_cards([one.station for one in found.stations])
    chosen = asked.get("amenity") or ()
    context = {
        "form": form,
        "kinds": [(kind, kind.code in chosen) for kind in form.kinds if kind.is_filter or kind.code in chosen],
        "communities": form.communities if len(form.communities) > 1 else (),
        "stations": found.stations,
        "after": found.after,
    }
    # What cannot be read is said on the page, the rest still holds.
    return render(request, "station/station_list.html", context, status=400 if form.errors else 200)


@require_safe
@login_not_required
def station_api(request):
    """The list as JSON, for other screens: the same search, the same words, the same order."""
    form, found = _search(request.GET)
    if form.errors:
        return JsonResponse({"errors": form.errors.get_json_data()}, status=400, json_dumps_params=JSON)
    attach_open_faults([one.station for one in found.stations])
    stations = [
        {
            "code": one.station.code,
            "name": one.station.name,
            "address": one.station.address,
            "latitude": float(one.station.latitude),
            "longitude": float(one.station.longitude),
            "open": one.status.open,
            "until": one.status.until,
            "opens_at": one.status.opens_at,
            "reason": one.status.reason,
            "text": one.text,
            "confirmed_at": one.confirmed_at,
            "unconfirmed": one.unconfirmed,
            "faults": [
                {"kind": fault.kind, "confirmed": fault.is_confirmed, "text": fault.words, "at": fault.at}
                for fault in one.station.open_faults
            ],
            "distance_m": None if one.distance_m is None else round(one.distance_m),
            "url": settings.PUBLIC_URL + one.station.get_absolute_url(),
        }
        for one in found.stations
    ]
    return JsonResponse({"stations": stations, "after": found.after or None}, json_dumps_params=JSON)


def _search(asked):
    """The search form and what it finds; what the form cannot read is left out."""
    # Whoever says where he is does not pick a community as well.
    communities = [] if asked.get("near") else list(Community.objects.order_by("name")[: MOST_COMMUNITIES + 1])
    form = StationSearchForm(
        asked,
        kinds=list(AmenityKind.objects.all()),
        communities=communities if len(communities) <= MOST_COMMUNITIES else (),
    )
    form.is_valid()
    now = timezone.now()
    data = form.cleaned_data
    stations = form.narrow(Station.objects.listed())
    near, after = data.get("near"), data.get("after") or ""
    return form, find_stations(stations, now, near=near, fits=form.fits(now), after=after)


@require_safe
@login_not_required
def station_detail(request, code):
    """One station; joined with its partners, so that the page costs one query less."""
    rows = _by_code(code).select_related("community__street").annotate(partner=F("partners__name"))
    rows = list(rows.order_by("partners__kind", "partners__name"))
    if not rows:
        return unknown_station(request, code)
    station, now, today = rows[0], timezone.now(), timezone.localdate()
    schedule = schedules_of([station], now)[station.pk]
    attach_remarks(station, now)
    details = details_of(station, now)
    context = {
        "station": station,
        "listed": Listed.of(station, schedule, now),
        "week": week_table(schedule, today),
        "exceptions": exceptions(schedule, today),
        "details": details,
        "accessible": next((one for one in details.amenities if one.icon == ACCESSIBLE), None),
        "partners": [row.partner for row in rows if row.partner],
        "public_url": settings.PUBLIC_URL,
        "data": station_data(station, schedule, details, today),
    }
    return render(request, "station/station_detail.html", context)


@require_safe
@login_not_required
def station_qr(request, code):
    """The code for the poster at the door, as a picture."""
    station = find_station(code)
    if station is None:
        return unknown_station(request, code)
    title = _("%(station)s门口的二维码") % {"station": station.name}
    picture = qr_svg(settings.PUBLIC_URL + station.door_path, title=title)
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def find_station(code):
    """The station with this code however it was typed, also one closed for good (its QR code still hangs); or None."""
    return _by_code(code).first()


def _by_code(code):
    return Station.objects.select_related("community").filter(code=code.lower())


def unknown_station(request, code):
    """404 with the stations whose codes look like it."""
    code = code.lower()
    alike = Station.objects.listed().filter(code__startswith=code[:1]).order_by("code")[:SIMILAR_LOOKED_AT]
    names = {station.code: station for station in alike}
    similar = [names[match] for match in get_close_matches(code[:20], names, n=3)]
    return render(request, "station/unknown.html", {"similar": similar}, status=404)
