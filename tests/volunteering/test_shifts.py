"""Laying out shifts from desks, changing them, calling them off; taking members in."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from services.volunteering.models import Desk, Member, Shift, SignUp
from services.volunteering.operations import add_member, cancel_shift, open_shifts, save_shift, sign_up
from station.models import PublicHoliday, SpecialDay


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def dates():
    return [timezone.localdate(shift.starts_at) for shift in Shift.objects.all()]


@pytest.fixture
def desk(here, team):
    """Every week on tomorrow's weekday, from three to five."""
    return Desk.objects.create(
        team=team,
        station=here.station,
        title="热姜茶值守",
        weekday=in_days(1).weekday(),
        starts=time(15),
        ends=time(17),
        places=3,
    )


def test_two_weeks_are_laid_out_once(desk, team_leader):
    created = open_shifts(desk, until=in_days(14), by=team_leader)
    assert dates() == [in_days(1), in_days(8)]
    assert (created[0].title, created[0].places, created[0].minutes) == ("热姜茶值守", 3, 120)
    assert open_shifts(desk, until=in_days(14), by=team_leader) == []


def test_one_called_off_stays_off(desk, team_leader):
    first, _second = open_shifts(desk, until=in_days(14), by=team_leader)
    cancel_shift(first, by=team_leader, reason="检修")
    assert open_shifts(desk, until=in_days(14), by=team_leader) == []


def test_holidays_and_closures_are_left_out(desk, here, team_leader):
    PublicHoliday.objects.create(date=in_days(1), kind=PublicHoliday.Kind.HOLIDAY, name="国庆节")
    SpecialDay.objects.create(station=here.station, date=in_days(8), reason="停电检修")
    open_shifts(desk, until=in_days(15), by=team_leader)
    assert dates() == [in_days(15)]


def test_a_team_serves_in_its_own_community(desk, elsewhere, make_shift, team_leader):
    desk.station = elsewhere.station
    desk.save()
    shift = make_shift()
    shift.station = elsewhere.station
    for refused in (
        lambda: open_shifts(desk, until=in_days(14), by=team_leader),
        lambda: save_shift(shift, by=team_leader),
    ):
        with pytest.raises(ValidationError) as caught:
            refused()
        assert caught.value.code == "community"


def test_calling_off_frees_and_tells_everybody(
    make_shift, make_rider, team_leader, outbox, django_capture_on_commit_callbacks
):
    shift = make_shift()
    for phone in ("13800000001", "13800000002"):
        sign_up(shift, by=make_rider(phone))
    with django_capture_on_commit_callbacks(execute=True):
        cancelled = cancel_shift(shift, by=team_leader, reason="驿站检修")
    assert (cancelled.state, cancelled.cancel_reason, cancelled.taken) == ("cancelled", "驿站检修", 0)
    assert [m.to_phone for m in outbox] == ["13800000001", "13800000002"]
    assert all("驿站检修" in m.body for m in outbox)
    assert SignUp.objects.holding().count() == 0


def test_a_place_taken_meanwhile_survives_a_change(make_shift, rider, team_leader):
    stale = make_shift()
    sign_up(Shift.objects.get(pk=stale.pk), by=rider)
    stale.title = "姜茶和热粥"
    assert save_shift(stale, by=team_leader, fields=["title"]).taken == 1


def test_what_was_promised_stays(make_shift, rider, team_leader):
    shift = make_shift()
    sign_up(shift, by=rider)
    shift.starts_at += timedelta(minutes=30)
    with pytest.raises(ValidationError) as caught:
        save_shift(shift, by=team_leader)
    assert caught.value.code == "promised"


def test_a_member_is_found_by_his_phone(team, rider, community_admin):
    member = add_member(Member(team=team, skills="修车"), phone="+86 138-0000-0001", by=community_admin)
    assert member.user == rider
    with pytest.raises(ValidationError) as caught:
        add_member(Member(team=team), phone="13800000001", by=community_admin)
    assert caught.value.messages == ["已经在这个队里了。"]


def test_a_phone_nobody_signs_in_with(team, community_admin):
    with pytest.raises(ValidationError) as caught:
        add_member(Member(team=team), phone="13800000009", by=community_admin)
    assert caught.value.error_dict["phone"][0].code == "unknown"
    assert Member.objects.count() == 0
