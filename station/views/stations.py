"""The list of stations, one station, and the QR code of its door."""

from difflib import get_close_matches

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from station.forms.search import PAGE, StationSearchForm
from station.lib.hours import status
from station.lib.hours_text import week_table
from station.lib.qr import qr_svg
from station.listing import ENOUGH, Listed, list_stations
from station.models import Amenity, AmenityKind, Notice, Station
from station.schedules import schedules_of

SIMILAR_LOOKED_AT = 500
NOTICES_SHOWN = 3


@require_safe
@login_not_required
def station_list(request):
    kinds = list(AmenityKind.objects.all())
    form = StationSearchForm(request.GET, kinds=kinds)
    status_code = 200 if form.is_valid() else 400  # what cannot be read is said on the page, the rest still holds
    asked = form.cleaned_data
    found = list_stations(form.narrow(Station.objects.listed()), timezone.now(), near=asked.get("near"))
    stations = form.sift(found)
    page = stations[: form.shown]
    _load_amenities([one.station for one in page])
    context = {
        "form": form,
        "kinds": [kind for kind in kinds if kind.is_filter or kind.code == asked.get("amenity")],
        "stations": page,
        "show_next": min(form.shown + PAGE, ENOUGH) if len(stations) > len(page) else None,
        "may_be_cut": len(found) == ENOUGH,
    }
    return render(request, "station/station_list.html", context, status=status_code)


@require_safe
@login_not_required
def station_detail(request, code):
    """One station; joined with its partners, so that the page costs one query less."""
    rows = list(_by_code(code).annotate(partner=F("partners__name")).order_by("partners__kind", "partners__name"))
    if not rows:
        return unknown_station(request, code)
    station = rows[0]
    now = timezone.now()
    schedule = schedules_of([station], now)[station.pk]
    notices = Notice.objects.published(now).news().filter(community=station.community_id)
    context = {
        "station": station,
        "listed": Listed(station, status(schedule, now), now),
        "week": week_table(schedule, timezone.localdate(now)),
        "amenities": station.amenities.select_related("kind").order_by("kind__order"),
        "partners": [row.partner for row in rows if row.partner],
        "notices": notices.filter(Q(station=None) | Q(station=station))[:NOTICES_SHOWN],
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


def _load_amenities(stations):
    """The amenities a card has room for, those one can filter by, in one query."""
    wanted = Amenity.objects.filter(kind__is_filter=True).select_related("kind").order_by("kind__order")
    prefetch_related_objects(stations, Prefetch("amenities", wanted))


def unknown_station(request, code):
    """404 with the stations whose codes look like it."""
    code = code.lower()
    alike = Station.objects.listed().filter(code__startswith=code[:1]).order_by("code")[:SIMILAR_LOOKED_AT]
    names = {station.code: station for station in alike}
    similar = [names[match] for match in get_close_matches(code[:20], names, n=3)]
    return render(request, "station/unknown.html", {"similar": similar}, status=404)
