"""The demo: a whole invented community, the same every time, never over anybody's real data."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from services.bookings.models import Booking, Service, Session
from services.hazards.models import Report
from services.volunteering.models import Shift
from station.lib import notify
from station.lib.hours import open_at, status
from station.models import (
    AuditEvent,
    DoorReport,
    Duty,
    Fault,
    Grid,
    LateOpening,
    OutboxMessage,
    Station,
    Visit,
    VisitPeak,
    Voice,
)
from station.operations.audit import first_broken_link
from station.roles import Role
from station.schedules import schedules_of


@pytest.fixture
def demo(transactional_db):
    notify.outbox.clear()
    call_command("demo", verbosity=0)


def test_the_community_as_it_is_described(demo):
    assert (Grid.objects.count(), Station.objects.count()) == (4, 3)
    assert Enterprise.objects.active().count() == 3
    assert Worker.objects.active().count() == 36
    assert Worker.objects.active().values("occupation").distinct().count() == 6
    assert PartyMember.objects.count() == 3
    assert Service.objects.count() >= 20
    assert set(Duty.objects.values_list("role", flat=True)) == set(Role)


def test_rare_names_are_there_whole(demo):
    names = "".join(Worker.objects.values_list("name", flat=True))
    assert {"䶮", "𬱟", "㛃", "𫖯", "·"} <= set(names)


def test_life_goes_on(demo):
    assert Visit.objects.count() > 500
    assert Session.objects.upcoming().exists()
    assert Shift.objects.upcoming().exists()
    assert Booking.objects.exists()
    assert set(Report.objects.values_list("state", flat=True)) == set(Report.State)
    survey = SurveyRound.objects.running().get()
    to_check = SurveyEntry.objects.filter(round=survey).to_check().count()
    assert 0 < to_check < survey.entries.count()
    assert first_broken_link() is None


def test_the_station_has_spoken_up_to_this_minute(demo):
    """Open or closed as its hours are now, and never of the future."""
    now = timezone.now()
    station = Station.objects.get(code="lanyuan")
    posted = replace(schedules_of([station], now)[station.pk], word=None)
    newest = DoorReport.objects.latest("at")
    assert (newest.said == "open", newest.at) == (station.said_open, station.said_at)
    assert newest.at <= now
    if open_at(posted, now):
        assert station.said_open
        assert status(schedules_of([station], now)[station.pk], now).word
    late = LateOpening.objects.get()
    assert timedelta(minutes=30) < late.opened_at - late.posted_at < timedelta(hours=1)
    assert station.amenities.get(state="empty").kind.is_supply


def test_what_riders_say_is_in_every_state(demo):
    assert sorted(Fault.objects.values_list("state", "voices")) == [
        ("confirmed", 2),
        ("dismissed", 1),
        ("fixed", 1),
        ("reported", 2),
    ]
    assert sorted(Voice.objects.values_list("state", flat=True)) == ["answered"] * 3 + ["granted", "new"]
    assert Fault.objects.get(state="fixed").time_to_fix == timedelta(hours=4, minutes=40)


def test_visits_are_told_from_tricks(demo):
    """Somebody used something, one odd hour two days ago waits for a person, one was left out with a reason."""
    used = Visit.used.through.objects
    assert Visit.objects.filter(used__isnull=False).distinct().count() > 200
    assert used.values("amenitykind").distinct().count() >= 8
    waiting = VisitPeak.objects.get(state="flagged")
    assert (timezone.localdate() - timezone.localdate(waiting.starts_at)).days == 2
    left_out = VisitPeak.objects.get(state="left_out")
    assert left_out.people == left_out.visits.count() >= 46
    assert left_out.reason
    assert Visit.objects.count() - Visit.objects.official().count() == left_out.people


def test_nobody_is_sent_anything(demo):
    assert notify.outbox == []
    assert OutboxMessage.objects.count() == 0


def test_a_second_time_changes_nothing(demo, capsys):
    before = (AuditEvent.objects.count(), Worker.objects.count())
    call_command("demo")
    assert "there already" in capsys.readouterr().out
    assert (AuditEvent.objects.count(), Worker.objects.count()) == before


def test_other_data_is_left_alone(here):
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("demo")
    call_command("demo", if_empty=True)
    assert Station.objects.get() == here.station
