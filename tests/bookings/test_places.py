"""Taking a place in a session, giving it back, and what the counter records."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from services.bookings.models import Booking, Session
from services.bookings.operations import (
    CODE_LETTERS,
    book_place,
    cancel_booking,
    cancel_session,
    check_in,
    mark_no_show,
    undo_check_in,
)
from station.models import AuditEvent
from station.operations.audit import first_broken_link

State = Booking.State
MOVES = {
    State.CANCELLED: cancel_booking,
    State.ATTENDED: check_in,
    State.NO_SHOW: mark_no_show,
    State.BOOKED: undo_check_in,
}


def refusal(operation, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        operation(*args, **kwargs)
    return caught.value


def taken(session):
    return Session.objects.get(pk=session.pk).taken


def move_session(session, hours):
    """Let the session begin `hours` from now."""
    starts_at = timezone.now() + timedelta(hours=hours)
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def test_a_place_is_taken_with_a_code_an_audit_and_a_message(
    make_session, rider, outbox, django_capture_on_commit_callbacks
):
    session = make_session()
    with django_capture_on_commit_callbacks(execute=True):
        booking = book_place(session, by=rider, note=" 被车擦了，怎么办？ ")
    assert (booking.state, booking.note, taken(session)) == (State.BOOKED, "被车擦了，怎么办？", 1)
    assert len(booking.code) == 4
    assert set(booking.code) <= set(CODE_LETTERS)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("book place", rider, str(booking.pk))
    assert first_broken_link() is None
    assert [(m.kind, m.to_phone) for m in outbox] == [("booking_made", "13800000001")]
    assert booking.code in outbox[0].body
    assert "法律援助" in outbox[0].body


def test_codes_leave_out_what_sounds_or_looks_alike():
    assert not set(CODE_LETTERS) & set("0O1IL2Z5S8BGQ")


def test_a_full_session_is_refused(make_session, make_rider):
    session = make_session(places=1)
    book_place(session, by=make_rider("13800000001"))
    error = refusal(book_place, session, by=make_rider("13800000002"))
    assert error.code == "full"
    assert error.messages == ["名额刚刚约满了。请看看下面别的场次，有人取消时名额会放出来。"]
    assert (taken(session), Booking.objects.count()) == (1, 1)


def test_the_same_person_has_one_place(make_session, rider):
    session = make_session()
    book_place(session, by=rider)
    assert refusal(book_place, session, by=rider).code == "already_booked"
    assert taken(session) == 1


def test_two_sessions_at_the_same_time_are_refused(make_session, rider):
    first, overlapping, following = make_session(48), make_session(49), make_session(50)
    book_place(first, by=rider)
    error = refusal(book_place, overlapping, by=rider)
    assert error.code == "overlapping"
    assert "法律援助" in error.messages[0]
    book_place(following, by=rider)
    assert [taken(s) for s in (first, overlapping, following)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"hours": -1}, "started"), ({"state": Session.State.CANCELLED, "cancel_reason": "律师出庭"}, "cancelled")],
)
def test_what_has_begun_or_is_off_cannot_be_booked(make_session, rider, fields, code):
    session = make_session(**fields)
    assert refusal(book_place, session, by=rider).code == code
    assert taken(session) == 0


def test_a_service_no_longer_offered_cannot_be_booked(make_session, legal_aid, rider):
    session = make_session()
    legal_aid.is_offered = False
    legal_aid.save()
    session.refresh_from_db()
    assert refusal(book_place, session, by=rider).code == "not_offered"


def test_a_cancelled_place_goes_to_the_next(make_session, make_rider):
    session, first, second = make_session(places=1), make_rider("13800000001"), make_rider("13800000002")
    cancel_booking(book_place(session, by=first), by=first)
    assert taken(session) == 0
    book_place(session, by=second)
    assert taken(session) == 1


def test_whoever_cancelled_may_book_again(make_session, rider):
    session = make_session()
    cancel_booking(book_place(session, by=rider), by=rider)
    book_place(session, by=rider)
    assert taken(session) == 1
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["booked", "cancelled"]


def test_a_place_is_given_back_once(make_session, make_rider):
    session, first, second = make_session(), make_rider("13800000001"), make_rider("13800000002")
    booking = book_place(session, by=first)
    book_place(session, by=second)
    cancel_booking(booking, by=first)
    assert refusal(cancel_booking, booking, by=first).code == "transition"
    assert taken(session) == 1


def test_nothing_is_cancelled_once_it_has_begun(make_session, rider):
    session = make_session()
    booking = book_place(session, by=rider)
    move_session(session, hours=-1)
    assert refusal(cancel_booking, booking, by=rider).code == "started"
    assert taken(session) == 1


def test_nobody_checks_in_the_day_before_or_is_missed_before_the_start(make_session, rider, keeper):
    booking = book_place(make_session(hours=48), by=rider)
    assert refusal(check_in, booking, by=keeper).code == "too_early"
    assert refusal(mark_no_show, booking, by=keeper).code == "too_early"


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_every_pair_of_states(make_session, rider, keeper, before, after):
    session = make_session()
    booking = book_place(session, by=rider)
    Booking.objects.filter(pk=booking.pk).update(state=before)
    move_session(session, hours=1 if after == State.CANCELLED else -1)
    if after in Booking.TRANSITIONS[before]:
        assert MOVES[after](booking, by=keeper).state == after
    else:
        assert refusal(MOVES[after], booking, by=keeper).code == "transition"
        assert Booking.objects.get().state == before


@pytest.mark.parametrize("before", Session.State)
def test_every_pair_of_session_states(make_session, community_admin, before):
    session = make_session(state=before, cancel_reason="" if before == Session.State.OPEN else "下雨")
    if Session.State.CANCELLED in Session.TRANSITIONS[before]:
        assert cancel_session(session, by=community_admin, reason="下雨").state == Session.State.CANCELLED
    else:
        assert refusal(cancel_session, session, by=community_admin, reason="下雨").code == "transition"
