"""Signing up for a shift, withdrawing, and what the leader records."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from services.volunteering.models import Member, Shift, SignUp
from services.volunteering.operations import (
    cancel_shift,
    mark_attended,
    mark_no_show,
    sign_up,
    undo_attendance,
    withdraw,
)
from station.models import AuditEvent
from station.operations.audit import first_broken_link

State = SignUp.State
MOVES = {
    State.WITHDRAWN: withdraw,
    State.ATTENDED: mark_attended,
    State.NO_SHOW: mark_no_show,
    State.SIGNED_UP: undo_attendance,
}


def refusal(operation, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        operation(*args, **kwargs)
    return caught.value


def taken(shift):
    return Shift.objects.get(pk=shift.pk).taken


def move_shift(shift, hours):
    """Let the shift begin `hours` from now."""
    starts_at = timezone.now() + timedelta(hours=hours)
    Shift.objects.filter(pk=shift.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


@pytest.fixture
def served(make_shift, rider):
    """A sign-up whose shift began an hour ago."""
    shift = make_shift()
    row = sign_up(shift, by=rider)
    move_shift(shift, hours=-1)
    return row


def test_a_place_is_taken_with_an_audit_and_a_message(make_shift, rider, outbox, django_capture_on_commit_callbacks):
    shift = make_shift()
    with django_capture_on_commit_callbacks(execute=True):
        row = sign_up(shift, by=rider)
    assert (row.state, row.minutes, taken(shift)) == (State.SIGNED_UP, None, 1)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("sign up for shift", rider, str(row.pk))
    assert first_broken_link() is None
    assert [(m.kind, m.to_phone) for m in outbox] == [("shift_signed_up", "13800000001")]
    assert "热姜茶值守" in outbox[0].body


def test_a_full_shift_is_refused(make_shift, make_rider):
    shift = make_shift(places=1)
    sign_up(shift, by=make_rider("13800000001"))
    assert refusal(sign_up, shift, by=make_rider("13800000002")).code == "full"
    assert (taken(shift), SignUp.objects.count()) == (1, 1)


def test_the_same_person_signs_up_once(make_shift, rider):
    shift = make_shift()
    sign_up(shift, by=rider)
    assert refusal(sign_up, shift, by=rider).code == "already_signed_up"
    assert taken(shift) == 1


def test_two_shifts_at_the_same_time_are_refused(make_shift, here, rider):
    first, overlapping, following = make_shift(48), make_shift(49), make_shift(50)
    sign_up(first, by=rider)
    assert refusal(sign_up, overlapping, by=rider).code == "overlapping"
    sign_up(following, by=rider)
    assert [taken(s) for s in (first, overlapping, following)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"hours": -1}, "started"), ({"state": Shift.State.CANCELLED, "cancel_reason": "检修"}, "cancelled")],
)
def test_what_has_begun_or_is_off_takes_nobody(make_shift, rider, fields, code):
    shift = make_shift(**fields)
    assert refusal(sign_up, shift, by=rider).code == code
    assert taken(shift) == 0


def test_some_teams_take_members_only(make_shift, team, rider):
    team.members_only = True
    team.save()
    shift = make_shift()
    assert refusal(sign_up, shift, by=rider).code == "members_only"
    Member.objects.create(team=team, user=rider)
    sign_up(shift, by=rider)
    assert taken(shift) == 1


def test_a_withdrawn_place_goes_to_the_next(make_shift, make_rider):
    shift, first, second = make_shift(places=1), make_rider("13800000001"), make_rider("13800000002")
    row = sign_up(shift, by=first)
    withdraw(row, by=first)
    assert refusal(withdraw, row, by=first).code == "transition"
    sign_up(shift, by=second)
    assert taken(shift) == 1


def test_nobody_withdraws_once_it_has_begun(served, rider):
    assert refusal(withdraw, served, by=rider).code == "started"
    assert taken(served.shift) == 1


def test_nobody_is_recorded_before_the_start(make_shift, rider, team_leader):
    row = sign_up(make_shift(), by=rider)
    assert refusal(mark_attended, row, by=team_leader).code == "too_early"
    assert refusal(mark_no_show, row, by=team_leader).code == "too_early"


def test_the_planned_time_is_recorded(served, team_leader):
    row = mark_attended(served, by=team_leader)
    assert (row.state, row.minutes, row.minutes_source, row.minutes_reason) == ("attended", 120, "planned", "")


def test_minutes_by_hand_need_a_reason(served, team_leader):
    error = refusal(mark_attended, served, by=team_leader, minutes=150)
    assert error.messages == ["人工补记时长要写明原因。"]
    row = mark_attended(served, by=team_leader, minutes=150, reason="人多，延后半小时")
    assert (row.minutes, row.minutes_source, row.minutes_reason) == (150, "staff", "人多，延后半小时")
    assert AuditEvent.objects.latest("number").reason == "人多，延后半小时"


@pytest.mark.parametrize("minutes", [0, -5, 1441, 10**12])
def test_minutes_that_cannot_be_are_refused(served, team_leader, minutes):
    assert refusal(mark_attended, served, by=team_leader, minutes=minutes, reason="补记").code == "minutes"
    assert SignUp.objects.get().minutes is None


def test_a_slip_is_taken_back_with_its_minutes(served, team_leader):
    row = undo_attendance(mark_attended(served, by=team_leader), by=team_leader)
    assert (row.state, row.minutes, row.minutes_source) == ("signed_up", None, "")


def test_hours_are_those_recorded(served, rider, team_leader):
    assert SignUp.objects.of(rider).hours() == 0
    mark_attended(served, by=team_leader, minutes=100, reason="提前走")
    assert SignUp.objects.of(rider).hours() == 1.7


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_every_pair_of_states(make_shift, rider, team_leader, before, after):
    shift = make_shift()
    row = sign_up(shift, by=rider)
    attended = {"minutes": 120, "minutes_source": "planned"} if before == State.ATTENDED else {}
    SignUp.objects.filter(pk=row.pk).update(state=before, **attended)
    move_shift(shift, hours=1 if after == State.WITHDRAWN else -1)
    if after in SignUp.TRANSITIONS[before]:
        assert MOVES[after](row, by=team_leader).state == after
    else:
        assert refusal(MOVES[after], row, by=team_leader).code == "transition"
        assert SignUp.objects.get().state == before


@pytest.mark.parametrize("before", Shift.State)
def test_every_pair_of_shift_states(make_shift, team_leader, before):
    shift = make_shift(state=before, cancel_reason="" if before == Shift.State.OPEN else "检修")
    if Shift.State.CANCELLED in Shift.TRANSITIONS[before]:
        assert cancel_shift(shift, by=team_leader, reason="检修").state == Shift.State.CANCELLED
    else:
        assert refusal(cancel_shift, shift, by=team_leader, reason="检修").code == "transition"
