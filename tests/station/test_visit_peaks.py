"""Hours with far more taps than usual: flagged by the command, decided by a person, left out only by a person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from station.figures import visits_by_day, visits_by_hour
from station.models import AuditEvent, Visit, VisitPeak
from station.operations.peaks import decide_peak, flag_peaks, keep_peak, leave_out_peak, threshold

ZONE = timezone.get_default_timezone()
NOON = datetime(2026, 11, 24, 12, tzinfo=ZONE)
LATER = datetime(2026, 11, 24, 13, 5, tzinfo=ZONE)


def add_visits(station, at, people, **fields):
    """`people` visits within the hour from `at` on, one a minute or more."""
    return Visit.objects.bulk_create(
        Visit(station=station, at=at + timedelta(seconds=59 * (n % 60)), occupation="courier", **fields)
        for n in range(people)
    )


def add_usual(station, people, days=28):
    for day in range(1, days + 1):
        add_visits(station, NOON - timedelta(days=day), people)


def flagged(now=LATER):
    return [
        (peak.station.code, timezone.localtime(peak.starts_at), peak.people, peak.usual) for peak in flag_peaks(now)
    ]


# --- which hours are odd ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("usual", "most"), [(0, 20), (1, 20), (4, 20), (5, 25), (12.5, 62.5)])
def test_what_is_never_odd(usual, most):
    assert threshold(usual) == most


@pytest.mark.parametrize(("people", "found"), [(20, 0), (21, 1)])
def test_at_a_quiet_door_twenty_people_are_never_odd(here, people, found):
    add_usual(here.station, 1)
    add_visits(here.station, NOON, people)
    assert len(flagged()) == found


@pytest.mark.parametrize(("people", "found"), [(30, 0), (31, 1)])
def test_at_a_busy_door_five_times_the_median_of_the_hour_is(here, people, found):
    add_usual(here.station, 6)
    add_visits(here.station, NOON, people)
    assert flagged() == [("lanyuan", NOON, 31, 6)] * found


def test_days_without_a_visit_count_and_one_great_day_does_not_make_a_habit(here):
    for day in range(3, 16):  # less than half of the 28 days
        add_visits(here.station, NOON - timedelta(days=day), 60)
    add_visits(here.station, NOON, 21)
    assert flagged() == [("lanyuan", NOON, 21, 0)]


def test_only_the_same_hour_of_the_same_door_is_compared(here, add_station):
    for day in range(1, 29):
        add_visits(here.station, NOON - timedelta(days=day, hours=1), 30)
        add_visits(add_station(f"other{day}"), NOON - timedelta(days=day), 30)
    add_visits(here.station, NOON, 25)
    assert ("lanyuan", NOON, 25, 0) in flagged()


def test_an_hour_is_looked_at_when_it_is_over_and_for_two_days(here):
    add_visits(here.station, NOON, 40)
    assert flagged(NOON + timedelta(minutes=59)) == []
    assert flagged(NOON + timedelta(hours=49)) == []
    assert len(flagged(NOON + timedelta(hours=48))) == 1


def test_the_paper_tally_is_nobodys_trick(here):
    Visit.objects.create(station=here.station, at=NOON, occupation="courier", people=300, source="tally")
    assert flagged() == []


def test_what_is_doubted_or_was_left_out_does_not_become_usual(here, community_admin):
    for day in range(1, 29):
        add_visits(here.station, NOON - timedelta(days=day), 30)
    for day in range(28, 0, -1):
        flag_peaks(LATER - timedelta(days=day))
    assert VisitPeak.objects.count() == 28
    add_visits(here.station, NOON, 30)
    assert flagged() == [("lanyuan", NOON, 30, 0)]
    VisitPeak.objects.all().delete()
    Visit.objects.update(peak=None)
    assert flagged() == []


def test_its_visits_are_linked_and_those_beside_are_not(here):
    add_visits(here.station, NOON, 40)
    add_visits(here.station, NOON - timedelta(minutes=1), 1)
    add_visits(here.station, NOON + timedelta(hours=1), 1)
    (peak,) = flag_peaks(LATER)
    assert (peak.visits.count(), Visit.objects.filter(peak=None).count()) == (40, 2)
    event = AuditEvent.objects.get(action="flag peak")
    assert (event.actor, event.community, event.data) == (None, here.community, {"people": 40, "usual": 0})


def test_the_command_says_what_it_found_and_twice_is_once(here, clock):
    clock(2026, 11, 24, 13, 5)
    add_visits(here.station, NOON, 40)
    out = StringIO()
    call_command("flag_peaks", stdout=out)
    call_command("flag_peaks", stdout=out)
    assert out.getvalue() == (
        "lanyuan 2026-11-24 12:00–13:00 people: 40 usual: 0\nodd hours: 1 flagged\nodd hours: 0 flagged\n"
    )


@pytest.mark.parametrize("stations", [1, 12])
def test_looking_costs_three_queries_however_many_doors_are_busy(
    here, add_station, django_assert_num_queries, stations
):
    for number in range(stations):
        station = add_station(f"busy{number}")
        add_usual(station, 5, days=20)
        add_visits(station, NOON, 24)
    with django_assert_num_queries(3):
        assert flagged() == []


@pytest.mark.django_db(transaction=True)
def test_two_commands_at_once_make_one_peak(here):
    add_visits(here.station, NOON, 40)

    def look(_number):
        try:
            return flag_peaks(LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(look, range(2)))
    assert VisitPeak.objects.count() == 1
    assert AuditEvent.objects.filter(action="flag peak").count() == 1


# --- who decides, and what follows -----------------------------------------------------------------------------------
@pytest.fixture
def peak(here):
    add_visits(here.station, NOON, 40)
    add_visits(here.station, NOON - timedelta(hours=3), 2)
    return flag_peaks(LATER)[0]


def totals():
    visits = Visit.objects.all()
    return visits_by_day(visits, NOON.date()).total, visits_by_hour(visits, NOON).total


def test_a_flagged_hour_counts_until_a_person_leaves_it_out(peak, community_admin):
    assert totals() == (42, 42)
    leave_out_peak(peak, by=community_admin, reason="有人拿手机刷的")
    assert totals() == (2, 2)
    assert Visit.objects.count() == 42
    keep_peak(peak, by=community_admin, reason="问过了，是团建")
    assert totals() == (42, 42)
    events = AuditEvent.objects.filter(action="decide peak").order_by("number")
    assert [(event.data["state"], event.reason, event.actor) for event in events] == [
        ("left_out", "有人拿手机刷的", community_admin),
        ("kept", "问过了，是团建", community_admin),
    ]


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_decided_without_a_reason(peak, community_admin, reason):
    with pytest.raises(ValidationError, match="请写明为什么算数或不算数"):
        leave_out_peak(peak, by=community_admin, reason=reason)
    assert totals() == (42, 42)


def test_the_same_decision_twice_is_refused(peak, community_admin):
    keep_peak(peak, by=community_admin, reason="下雨")
    with pytest.raises(ValidationError, match="现在是“是真的，算数”"):
        decide_peak(peak, VisitPeak.State.KEPT, by=community_admin, reason="下雨")


def page_of(peak, do=""):
    return reverse("admin:station_visitpeak_change", args=[peak.pk]).replace(
        "change/", f"do/{do}/" if do else "change/"
    )


def test_the_admin_looks_and_decides_with_a_reason(peak, community_admin, signed_in):
    client = signed_in(community_admin)
    assert "待看的异常时段 1" in client.get("/admin/").content.decode()
    html = client.get(page_of(peak)).content.decode()
    assert "快递员 40；最挤的一分钟 2 人次" in html
    assert f"?peak__id__exact={peak.pk}" in html
    assert client.post(page_of(peak, "leave-out"), {"reason": ""}).status_code == 422
    assert client.post(page_of(peak, "leave-out"), {"reason": "x" * 101}).status_code == 422
    answer = client.post(page_of(peak, "leave-out"), {"reason": "有人拿手机刷的"}, follow=True)
    assert "统计里不算这一小时的扫码。" in answer.content.decode()
    peak.refresh_from_db()
    assert (peak.state, peak.reason, peak.decided_by) == ("left_out", "有人拿手机刷的", community_admin)
    assert "待看的异常时段" not in client.get("/admin/").content.decode()
    listed = client.get(f"{reverse('admin:station_visit_changelist')}?peak__id__exact={peak.pk}").content.decode()
    assert listed.count("快递员") >= 40


def test_the_keeper_looks_and_does_not_decide(peak, keeper, signed_in):
    client = signed_in(keeper)
    html = client.get(page_of(peak)).content.decode()
    assert "2026-11-24 12:00–13:00" in html
    assert "/do/" not in html
    assert client.post(page_of(peak, "leave-out"), {"reason": "关掉"}).status_code == 403
    assert "待看的异常时段" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("who", ["grid_worker", "supervisor"])
def test_others_have_no_such_list(peak, who, request, signed_in):
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("admin:station_visitpeak_changelist")).status_code == 403
    assert client.post(page_of(peak, "keep"), {"reason": "好"}).status_code in (403, 404)
    peak.refresh_from_db()
    assert peak.state == "flagged"


def test_the_peak_of_another_community_is_not_there(elsewhere, community_admin, signed_in):
    add_visits(elsewhere.station, NOON, 40)
    (peak,) = flag_peaks(LATER)
    client = signed_in(community_admin)
    assert client.get(page_of(peak)).status_code == 404
    assert client.post(page_of(peak, "keep"), {"reason": "好"}).status_code == 404
    assert "待看的异常时段" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_for_one_and_thirty(rows, here, community_admin, signed_in, django_assert_num_queries):
    for hour in range(rows):
        VisitPeak.objects.create(station=here.station, starts_at=NOON - timedelta(hours=hour), people=40, usual=1)
    client = signed_in(community_admin)
    url = reverse("admin:station_visitpeak_changelist")
    client.get(url)
    with django_assert_num_queries(5):
        client.get(url)
