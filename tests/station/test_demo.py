"""The demo: a whole invented community, the same every time, never over anybody's real data."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from services.bookings.models import Booking, Service, Session
from services.hazards.models import Report
from services.volunteering.models import Shift
from station.lib import notify
from station.models import AuditEvent, Duty, Grid, OutboxMessage, Station, Visit, VisitPeak
from station.operations.audit import first_broken_link
from station.roles import Role


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
