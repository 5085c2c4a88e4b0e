"""Laying out sessions from weekly patterns, changing them, calling them off."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from services.bookings.models import Booking, Session, SessionPattern
from services.bookings.operations import book_place, cancel_session, open_sessions, save_session
from station.models import AuditEvent, PublicHoliday, SpecialDay, Station


@pytest.fixture
def pattern(here, legal_aid):
    """Every week on tomorrow's weekday, from three to five."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return SessionPattern.objects.create(
        service=legal_aid,
        station=here.station,
        weekday=tomorrow.weekday(),
        starts=time(15),
        ends=time(17),
        host="值班律师",
        places=6,
    )


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def dates():
    return [timezone.localdate(session.starts_at) for session in Session.objects.all()]


def test_two_weeks_are_laid_out_once(pattern, community_admin):
    created = open_sessions(pattern, until=in_days(14), by=community_admin)
    assert [timezone.localdate(s.starts_at) for s in created] == [in_days(1), in_days(8)]
    session = created[0]
    assert (session.host, session.places, session.taken) == ("值班律师", 6, 0)
    assert timezone.localtime(session.starts_at).time() == time(15)
    assert open_sessions(pattern, until=in_days(14), by=community_admin) == []
    assert dates() == [in_days(1), in_days(8)]
    assert [event.data for event in AuditEvent.objects.order_by("number")] == [{"sessions": 2}, {"sessions": 0}]


def test_one_called_off_stays_off(pattern, community_admin):
    first, _second = open_sessions(pattern, until=in_days(14), by=community_admin)
    cancel_session(first, by=community_admin, reason="律师出庭")
    assert open_sessions(pattern, until=in_days(14), by=community_admin) == []


def test_holidays_and_closures_are_left_out_and_makeup_days_are_not(pattern, here, community_admin):
    PublicHoliday.objects.create(date=in_days(1), kind=PublicHoliday.Kind.HOLIDAY, name="国庆节")
    PublicHoliday.objects.create(date=in_days(8), kind=PublicHoliday.Kind.MAKEUP, name="国庆节")
    SpecialDay.objects.create(station=here.station, date=in_days(15), reason="停电检修")
    open_sessions(pattern, until=in_days(22), by=community_admin)
    assert dates() == [in_days(8), in_days(22)]


def test_a_suspended_station_has_no_sessions_until_it_opens_again(pattern, here, community_admin):
    Station.objects.filter(pk=here.station.pk).update(
        state=Station.State.SUSPENDED, state_reason="装修", suspended_until=in_days(8)
    )
    open_sessions(pattern, until=in_days(15), by=community_admin)
    assert dates() == [in_days(15)]


def test_a_pattern_at_rest_is_refused(pattern, community_admin):
    pattern.is_active = False
    pattern.save()
    with pytest.raises(ValidationError) as caught:
        open_sessions(pattern, until=in_days(14), by=community_admin)
    assert caught.value.code == "inactive"


def test_calling_off_frees_and_tells_everybody(
    make_session, make_rider, community_admin, outbox, django_capture_on_commit_callbacks
):
    session, other = make_session(hours=48), make_session(hours=72)
    first, second = make_rider("13800000001"), make_rider("13800000002")
    for one in (first, second):
        book_place(session, by=one)
    kept = book_place(other, by=first)
    with django_capture_on_commit_callbacks(execute=True):
        cancelled = cancel_session(session, by=community_admin, reason="律师临时出庭")
    assert (cancelled.state, cancelled.cancel_reason, cancelled.taken) == ("cancelled", "律师临时出庭", 0)
    assert [m.to_phone for m in outbox] == ["13800000001", "13800000002"]
    assert all("律师临时出庭" in m.body for m in outbox)
    assert list(Booking.objects.holding()) == [kept]


def test_calling_off_needs_a_reason(make_session, community_admin):
    session = make_session()
    with pytest.raises(ValidationError) as caught:
        cancel_session(session, by=community_admin, reason="")
    assert caught.value.messages == ["取消要写明原因，约了的人会看到。"]
    assert Session.objects.get().state == Session.State.OPEN


def test_a_place_booked_meanwhile_survives_a_change(make_session, rider, community_admin):
    stale = make_session()
    book_place(Session.objects.get(pk=stale.pk), by=rider)
    stale.host = "另一位律师"
    assert save_session(stale, by=community_admin, fields=["host"]).taken == 1


def test_what_was_promised_stays(make_session, rider, community_admin):
    session = make_session()
    book_place(session, by=rider)
    session.starts_at += timedelta(hours=1)
    session.ends_at += timedelta(hours=1)
    with pytest.raises(ValidationError) as caught:
        save_session(session, by=community_admin)
    assert caught.value.code == "promised"


def test_places_cannot_shrink_below_those_given_out(make_session, make_rider, community_admin):
    session = make_session()
    for phone in ("13800000001", "13800000002"):
        book_place(session, by=make_rider(phone))
    session.places = 1
    with pytest.raises(ValidationError) as caught:
        save_session(session, by=community_admin)
    assert caught.value.messages == ["名额不能少于已经给出去的。"]
