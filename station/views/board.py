"""The wall screen of a community: numbers for everybody who walks in, no person among them."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from station.figures import stations_now, visits_by_hour, visits_of
from station.models import Community, Notice, Station
from station.remarks import attach_open_faults

LOOKS = ("dark", "light")


@require_safe
@login_not_required
def board(request, code):
    """Today in one community; an unknown code gets a page that says where the right address is found.

    `?look=light` is for a screen in bright light. The line at the foot is the newest pinned notice of the community.
    """
    community = Community.objects.filter(code=code).first()
    if community is None:
        return render(request, "station/board_unknown.html", {"code": code}, status=404)
    now = timezone.localtime()
    stations = list(Station.objects.filter(community=community).listed())
    attach_open_faults(stations, now)
    context = {
        "community": community,
        "now": now,
        "stations": stations_now(stations, now),
        "today": visits_by_hour(visits_of(community), now),
        "notice": Notice.objects.published(now).news().filter(community=community, station=None, pinned=True).first(),
        "theme": asked if (asked := request.GET.get("look")) in LOOKS else LOOKS[0],
    }
    return render(request, "station/board.html", context)
