"""Special days, suspensions, the end of a station, and the week on its page."""

from datetime import date, time

import pytest
from django.utils import translation

from station.lib.hours import Schedule, Status, StatusKind, Suspension, open_at, status
from station.lib.hours_text import week_table
from tests.lib.schedules import EVERY_DAY, at, bank, said, spans, special, week


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def test_a_special_day_closes():
    schedule = bank(special=[special("2026-03-04", reason="设备检修")])
    assert said(schedule, "2026-03-03 18:00") == "休息中 · 周四 8:30 开"
    assert said(schedule, "2026-03-04 10:00") == "今天休息（设备检修）· 明天 8:30 开"
    assert status(schedule, at("2026-03-04 10:00")) == Status(
        StatusKind.DAY_OFF, opens_at=at("2026-03-05 08:30"), reason="设备检修"
    )


def test_a_special_day_opens_on_a_holiday_and_shortens_an_ordinary_day():
    schedule = bank(special=[special("2026-10-05", "9:00-11:00", reason="值班"), special("2026-03-04", "8:30-12:00")])
    assert said(schedule, "2026-10-03 10:00") == "今天休息（国庆节）· 周一 9:00 开"
    assert said(schedule, "2026-10-05 10:00") == "开放中 · 到 11:00"
    assert said(schedule, "2026-10-05 12:00") == "休息中（值班）· 周四 8:30 开"
    assert said(schedule, "2026-03-04 12:00") == "休息中 · 明天 8:30 开"


def test_a_special_day_beats_a_makeup_day():
    schedule = bank(special=[special("2026-10-10", reason="停水")])
    assert said(schedule, "2026-10-10 10:00") == "今天休息（停水）· 周一 8:30 开"


def test_a_special_day_cuts_the_night_before_and_its_own_night_runs_on():
    schedule = week(EVERY_DAY, "22:00-6:00", special=[special("2026-03-04", "20:00-1:00")])
    assert said(schedule, "2026-03-03 23:00") == "开放中 · 到 24:00"
    assert said(schedule, "2026-03-04 00:00") == "休息中 · 20:00 开"
    assert said(schedule, "2026-03-05 00:30") == "开放中 · 到 1:00（22:00 再开）"
    assert spans(schedule, "2026-03-03") == ["03 22:00 to 04 00:00"]


def test_a_reason_is_shown_as_typed():
    schedule = bank(special=[special("2026-03-04", reason="满 100% <b>停电</b> %(x)s")])
    assert said(schedule, "2026-03-04 10:00") == "今天休息（满 100% <b>停电</b> %(x)s）· 明天 8:30 开"


@pytest.mark.parametrize(
    ("suspension", "text"),
    [
        (Suspension("空调维修"), "暂停开放：空调维修"),
        (Suspension("空调维修", date(2026, 3, 3)), "暂停开放：空调维修 · 周三 8:30 开"),
        (Suspension("空调维修", date(2026, 3, 2)), "暂停开放：空调维修 · 明天 8:30 开"),
        (Suspension("空调维修", date(2026, 3, 1)), "开放中 · 到 12:00（14:30 再开）"),
        (Suspension("空调维修", date(2026, 12, 1)), "暂停开放：空调维修"),
        (Suspension("空调维修", date.max), "暂停开放：空调维修"),
        (Suspension(), "暂停开放"),
    ],
)
def test_a_suspension_lasts_through_its_last_day(suspension, text):
    assert said(bank(suspension=suspension), "2026-03-02 10:00") == text


def test_a_suspension_ends_at_midnight_for_a_station_round_the_clock():
    schedule = week(EVERY_DAY, "20:00-20:00", suspension=Suspension("装修", date(2026, 3, 2)))
    assert said(schedule, "2026-03-02 23:59") == "暂停开放：装修 · 明天 20:00 开"
    assert said(schedule, "2026-03-03 00:00") == "休息中 · 20:00 开"


def test_a_station_closed_for_good_never_opens():
    schedule = bank(retired=True, suspension=Suspension("搬迁"), special=[special("2026-03-02", "9:00-11:00")])
    assert status(schedule, at("2026-03-02 10:00")) == Status(StatusKind.RETIRED)
    assert said(schedule, "2026-03-02 10:00") == "已停用"
    assert not open_at(schedule, at("2026-03-02 10:00"))


def test_a_station_without_any_hours_says_so():
    assert status(Schedule(), at("2026-03-02 10:00")) == Status(StatusKind.UNLISTED)
    assert said(Schedule(), "2026-03-02 10:00") == "开放时间待公布"
    assert said(Schedule(suspension=Suspension("装修")), "2026-03-02 10:00") == "暂停开放：装修"


def test_an_opening_is_searched_for_thirty_days():
    def opening(day):
        return Schedule.of(special=[special(day, "9:00-11:00")])

    assert said(opening("2026-04-01"), "2026-03-02 10:00") == "今天休息 · 4月1日 9:00 开"
    assert said(opening("2026-04-02"), "2026-03-02 10:00") == "今天休息"
    assert said(opening("2026-03-02"), "2026-03-02 12:00") == "休息中"
    last_day_of_holiday_only = Schedule.of(special=[special("2026-03-02", reason="停电")])
    assert said(last_day_of_holiday_only, "2026-03-02 12:00") == "今天休息（停电）"


# The week on the station's page


def rows(schedule: Schedule, today: str) -> list[tuple[str, str]]:
    return [(row.label, row.text) for row in week_table(schedule, date.fromisoformat(today))]


def test_the_week_around_the_end_of_the_national_holiday():
    split = "8:30–12:00、14:30–18:00"
    schedule = bank(special=[special("2026-10-09", "8:30-12:00", reason="下午培训")])
    assert rows(schedule, "2026-10-06") == [
        ("今天", "休息（国庆节）"),
        ("明天", "休息（国庆节）"),
        ("周四", split),
        ("周五", "8:30–12:00（下午培训）"),
        ("周六", f"{split}（调休）"),
        ("周日", "休息"),
        ("周一", split),
    ]
    table = week_table(schedule, date(2026, 10, 6))
    assert [row.date.day for row in table] == [6, 7, 8, 9, 10, 11, 12]
    assert [row.has_hours for row in table] == [False, False, True, True, True, False, True]


def test_nights_and_round_the_clock_in_the_week():
    schedule = Schedule.of(
        [(0, time(22), time(2)), (1, time(0), time(0)), (2, time(8), time(0)), (3, time(8), time(8))]
    )
    assert rows(schedule, "2026-03-02")[:5] == [
        ("今天", "22:00–次日 2:00"),
        ("明天", "24 小时"),
        ("周三", "8:00–24:00"),
        ("周四", "8:00–次日 8:00"),
        ("周五", "休息"),
    ]


def test_the_week_of_a_station_out_of_use():
    assert rows(bank(retired=True), "2026-03-02")[0] == ("今天", "已停用")
    assert rows(Schedule(), "2026-03-02")[0] == ("今天", "待公布")
    suspended = rows(bank(suspension=Suspension("装修", date(2026, 3, 3))), "2026-03-02")
    assert suspended[:3] == [
        ("今天", "暂停开放（装修）"),
        ("明天", "暂停开放（装修）"),
        ("周三", "8:30–12:00、14:30–18:00"),
    ]
