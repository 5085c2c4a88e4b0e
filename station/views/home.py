"""The first page: what is open now, and the four things one can do."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from station.listing import find_stations
from station.models import Fault, Notice, Station
from station.remarks import attach_open_faults

STATIONS_SHOWN = 3


@require_safe
@login_not_required
def home(request):
    now = timezone.now()
    stations = find_stations(Station.objects.listed(), now, size=STATIONS_SHOWN).stations
    attach_open_faults([one.station for one in stations], now)
    stations.sort(key=_sendable)
    pinned = Notice.objects.published(now).news().filter(pinned=True, station=None).first()
    return render(request, "station/home.html", {"stations": stations, "pinned": pinned})


def _sendable(one):
    """Open before those that should be open but riders found locked, before the closed; else as they came."""
    locked = any(fault.kind == Fault.Kind.LOCKED for fault in one.station.open_faults)
    return (not one.status.open, locked and one.status.open)
