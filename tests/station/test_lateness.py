"""Openings of which nobody spoke: noticed by the posted hours alone, told once, at a price that does not grow."""

from datetime import date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.urls import reverse

from station.lib import notify
from station.models import (
    AuditEvent,
    DoorReport,
    Duty,
    LateOpening,
    PublicHoliday,
    SpecialDay,
    Station,
    User,
    WeeklyHours,
)
from station.operations.lateness import notice_late_openings
from station.operations.openings import say_open
from station.roles import Role
from station.templatetags.station_figures import late_openings

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def outbox(settings, monkeypatch):
    settings.NOTIFY_BACKEND = "station.lib.notify.MemoryBackend"
    sent = []
    monkeypatch.setattr(notify, "outbox", sent)
    return sent


@pytest.fixture
def notice(here, elsewhere, keeper, clock, outbox, django_capture_on_commit_callbacks):
    """``notice(9, 0)``: what is late on Tuesday 24 November 2026 at this time. The station opens at 8:30."""
    User.objects.filter(pk=keeper.pk).update(name="罗倩")
    keeper.phone = "13700000001"
    keeper.save()
    Duty.objects.update(starts_on="2026-01-01")

    def run(hour, minute=0, day=24):
        clock(2026, 11, day, hour, minute)
        with django_capture_on_commit_callbacks(execute=True):
            return dict(notice_late_openings())

    return run


def late():
    rows = LateOpening.objects.order_by("posted_at", "station__code").values_list("station__code", "posted_at")
    return [f"{code} {posted.astimezone(SHANGHAI):%d %H:%M}" for code, posted in rows]


def test_half_an_hour_after_the_posted_time_and_told_once(notice, outbox):
    assert notice(8, 59) == {}
    assert notice(9, 0) == {"late": 1, "told": 1}
    assert late() == ["lanyuan 24 08:30"]
    [message] = outbox
    assert (message.kind, message.to_phone) == ("late_opening_keeper", "13700000001")
    assert "到点了还没有确认开门：建设路驿站（08:30）。" in message.body
    assert message.body.endswith("/counter/")
    assert notice(9, 5) == notice(10, 0) == notice(23, 59) == {}
    assert len(outbox) == 1
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.community.code, event.data) == (
        "notice late openings",
        None,
        "jianshelu",
        {"stations": 1},
    )


@pytest.mark.parametrize(
    ("said", "hour", "minute", "is_late"),
    [
        ("open", 8, 25, False),
        ("open", 6, 30, False),  # two hours before is early
        ("open", 6, 29, True),
        ("open", 8, 59, False),
        ("closed", 8, 25, True),
    ],
)
def test_a_word_before_it_is_noticed(notice, here, keeper, clock, said, hour, minute, is_late):
    at = datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI)
    DoorReport.objects.create(station=here.station, said=said, by=keeper, at=at)
    Station.objects.update(said_open=said == "open", said_at=at)
    notice(9, 0)
    assert late() == (["lanyuan 24 08:30"] if is_late else [])


def test_opened_and_closed_again_before_anybody_looked_is_not_late(notice, here, keeper):
    for said, minute in (("open", 31), ("closed", 40)):
        at = datetime(2026, 11, 24, 8, minute, tzinfo=SHANGHAI)
        DoorReport.objects.create(station=here.station, said=said, by=keeper, at=at)
    assert notice(9, 0) == {}


def test_opened_afterwards_it_has_its_time(notice, here, keeper, clock):
    notice(9, 0)
    clock(2026, 11, 24, 9, 12)
    say_open(here.station, by=keeper)
    assert LateOpening.objects.get().opened_at == datetime(2026, 11, 24, 9, 12, tzinfo=SHANGHAI)
    assert notice(9, 15) == {}


def test_only_the_first_opening_of_a_day_can_be_late(notice, here, outbox):
    WeeklyHours.objects.filter(station=here.station).update(closes=time(12))
    for weekday in range(5):
        WeeklyHours.objects.create(station=here.station, weekday=weekday, opens=time(14, 30), closes=time(18))
    notice(9, 0)
    notice(15, 30)
    assert late() == ["lanyuan 24 08:30"]
    assert len(outbox) == 1


def test_whatever_closes_a_station_excuses_it(notice, here):
    SpecialDay.objects.create(station=here.station, date=date(2026, 11, 24), reason="停电检修")
    assert notice(9, 0) == {}
    PublicHoliday.objects.create(date=date(2026, 11, 25), kind="holiday", name="试放假")
    assert notice(9, 0, day=25) == {}
    Station.objects.update(state="suspended", state_reason="装修", suspended_until=date(2026, 11, 26))
    assert notice(9, 0, day=26) == {}
    assert notice(9, 0, day=27) == {"late": 1, "told": 1}
    assert notice(9, 0, day=28) == {}  # Saturday
    PublicHoliday.objects.create(date=date(2026, 11, 29), kind="makeup", name="试上班")
    notice(9, 0, day=29)
    Station.objects.update(state="closed", state_reason="搬走了")
    assert notice(9, 0, day=30) == {}
    assert late() == ["lanyuan 27 08:30", "lanyuan 29 08:30"]


def test_a_special_day_has_its_own_opening(notice, here):
    special = {"station": here.station, "date": date(2026, 11, 24), "closes": time(16), "reason": "下午开"}
    SpecialDay.objects.create(opens=time(13), **special)
    assert notice(9, 0) == notice(13, 29) == {}
    notice(13, 30)
    assert late() == ["lanyuan 24 13:00"]


def test_a_night_and_a_day_without_end(notice, here):
    WeeklyHours.objects.filter(station=here.station).update(opens=time(23, 45), closes=time(6))
    assert notice(0, 14, day=25) == {}
    notice(0, 15, day=25)  # after midnight it is still yesterday's opening
    assert late() == ["lanyuan 24 23:45"]
    WeeklyHours.objects.filter(station=here.station).update(opens=time(0), closes=time(0))
    assert notice(0, 30, day=26) == {}  # day and night on weekdays: Thursday opens nothing
    notice(0, 30, day=30)  # but Monday does, after a weekend at home
    assert late() == ["lanyuan 24 23:45", "lanyuan 30 00:00"]


def test_nobody_keeps_it_so_nobody_is_late(notice, here, keeper):
    User.objects.filter(pk=keeper.pk).update(is_active=False)
    assert notice(9, 0) == {}
    User.objects.filter(pk=keeper.pk).update(is_active=True)
    Duty.objects.filter(user=keeper).update(ends_on="2026-11-23")
    assert notice(9, 0) == {}
    assert LateOpening.objects.count() == 0


def test_keepers_and_administrators_each_once_and_nobody_elsewhere(
    notice, here, elsewhere, add_station, make_staff, community_admin, keeper, outbox
):
    for n in range(6):
        station = add_station(f"s{n}", name=f"{n}号小站", hours=[((8, 30), (18,))], follows_holidays=False)
        Duty.objects.create(user=keeper, role=Role.STATION_KEEPER, station=station, starts_on="2026-01-01")
    stranger = make_staff(Role.COMMUNITY_ADMIN, community=elsewhere.community)
    for number, user in enumerate((community_admin, stranger)):
        user.phone = f"1380000000{number}"
        user.save()
    Duty.objects.update(starts_on="2026-01-01")
    assert notice(9, 0) == {"late": 7, "told": 2}
    bodies = {message.kind: (message.to_phone, message.body) for message in outbox}
    assert set(bodies) == {"late_opening_keeper", "late_opening_community"}
    phone, body = bodies["late_opening_community"]
    assert phone == "13800000000"
    assert "等 7 个驿站。请问一声，别让骑手白跑" in body
    assert elsewhere.station.name not in body


def test_a_keeper_without_a_phone_is_counted(notice, keeper, outbox):
    keeper.phone = ""
    keeper.save()
    assert notice(9, 0) == {"late": 1, "told": 1, "without a phone": 1}
    assert (outbox[0].to_phone, outbox[0].to_user_uid) == ("", keeper.uid)


def test_a_pause_of_the_timer_is_made_good_for_two_hours(notice):
    assert notice(11, 1) == {}
    assert notice(11, 0)["late"] == 1


def test_the_command_says_how_many(notice, clock):
    clock(2026, 11, 24, 9, 0)
    out = StringIO()
    call_command("notice_late_openings", stdout=out)
    assert out.getvalue() == "late: 1\ntold: 1\nwithout a phone: 0\n"


@pytest.mark.parametrize("number", [1, 30])
def test_punctual_stations_cost_four_queries_however_many(
    notice, add_station, keeper, clock, django_assert_num_queries, number
):
    at = clock(2026, 11, 24, 8, 31)
    stations = [
        Station.objects.get(code="lanyuan"),
        *(add_station(f"s{n}", hours=[((8, 30), (18,))]) for n in range(number)),
    ]
    for station in stations:
        Duty.objects.get_or_create(
            user=keeper, role=Role.STATION_KEEPER, station=station, defaults={"starts_on": "2026-01-01"}
        )
        DoorReport.objects.create(station=station, said="open", by=keeper, at=at)
    clock(2026, 11, 24, 9, 0)
    with django_assert_num_queries(5):  # stations, schedules, known, said, and that there are no more stations
        assert notice_late_openings() == {}


@pytest.mark.parametrize("number", [0, 30])
def test_late_stations_of_a_community_cost_the_same_however_many(
    notice, add_station, keeper, clock, django_assert_num_queries, number
):
    for n in range(number):
        station = add_station(f"s{n}", hours=[((8, 30), (18,))])
        Duty.objects.create(user=keeper, role=Role.STATION_KEEPER, station=station, starts_on="2026-01-01")
    clock(2026, 11, 24, 9, 0)
    with django_assert_num_queries(23):
        assert notice_late_openings()["late"] == number + 1


def test_outside_opening_time_nothing_is_looked_at(notice, clock, django_assert_num_queries):
    clock(2026, 11, 24, 15, 0)
    with django_assert_num_queries(1):
        assert notice_late_openings() == {}


# --- the dashboard ----------------------------------------------------------------------------------------------------
def test_the_dashboard_lists_todays_late_openings(
    notice, here, elsewhere, community_admin, supervisor, signed_in, clock
):
    Duty.objects.update(starts_on="2026-01-01")
    clock(2026, 11, 24, 9, 30)
    posted = datetime(2026, 11, 24, 8, 30, tzinfo=SHANGHAI)
    near = Station.objects.create(
        code="near", name="隔壁驿站", community=here.community, address="2号", latitude=28, longitude=113
    )
    LateOpening.objects.create(station=near, posted_at=posted, opened_at=posted + timedelta(minutes=42))
    LateOpening.objects.create(station=here.station, posted_at=posted)
    LateOpening.objects.create(station=elsewhere.station, posted_at=posted)
    LateOpening.objects.create(station=here.station, posted_at=posted - timedelta(days=1))
    for user in (community_admin, supervisor):
        page = signed_in(user).get("/admin/").content.decode()
        panel = page[page.index('aria-labelledby="late-title"') :]
        panel = panel[: panel.index("</section>")]
        assert "2 个驿站" in panel
        assert "1 个到现在没说开" in panel
        assert panel.index("建设路驿站") < panel.index("隔壁驿站")
        assert "09:12 开了" in panel
        assert elsewhere.station.name not in panel
    clock(2026, 11, 25, 9, 30)
    assert "late-title" not in signed_in(community_admin).get("/admin/").content.decode()


def test_the_dashboard_names_twelve_and_counts_all(notice, add_station, community_admin, grid_worker, clock):
    now = clock(2026, 11, 24, 9, 30)
    Duty.objects.update(starts_on="2026-01-01")
    for n in range(15):
        LateOpening.objects.create(station=add_station(f"s{n}"), posted_at=now, opened_at=now if n < 4 else None)
    late = late_openings(community_admin)
    assert (len(late["rows"]), late["all"], late["shut"]) == (12, 15, 11)
    assert [one.opened_at is None for one in late["rows"]] == [True] * 11 + [False]
    assert late_openings(grid_worker) is None


def test_what_was_said_can_be_read_in_the_admin_and_not_touched(notice, here, elsewhere, keeper, signed_in, clock):
    at = clock(2026, 11, 24, 9, 30)
    for place in (here, elsewhere):
        DoorReport.objects.create(station=place.station, said="open", by=keeper, at=at)
        LateOpening.objects.create(station=place.station, posted_at=at)
    browser = signed_in(keeper)
    for model in ("doorreport", "lateopening"):
        page = browser.get(reverse(f"admin:station_{model}_changelist")).content.decode()
        assert here.station.name in page
        assert elsewhere.station.name not in page
        assert browser.get(reverse(f"admin:station_{model}_add")).status_code == 403
