"""A team, its leader, and shifts of it at any distance from now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from services.volunteering.models import Shift, Team
from station.lib import notify


@pytest.fixture(autouse=True)
def outbox(monkeypatch):
    """The messages sent in this test."""
    sent = []
    monkeypatch.setattr(notify, "outbox", sent)
    return sent


@pytest.fixture
def team(here, team_leader):
    return Team.objects.create(
        community=here.community, name="邻里互助队", field=Team.Field.HELP, leader=team_leader, summary="烧水、引路。"
    )


@pytest.fixture
def make_shift(here, team):
    """``make_shift(hours=48, places=2)``: a shift of two hours, beginning `hours` from now."""

    def make(hours=48, **fields):
        starts_at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
        fields = {"team": team, "station": here.station, "title": "热姜茶值守", "places": 2} | fields
        return Shift.objects.create(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **fields)

    return make
