"""The station's own word over its posted hours: what it changes, how long it holds, and when its silence is said."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.lib.calendar import SHANGHAI
from station.lib.hours import (
    Schedule,
    StatusKind,
    Suspension,
    Word,
    awaits_word,
    first_opening,
    open_at,
    status,
)
from station.lib.hours_text import describe
from station.lib.moments import word_text
from tests.lib.schedules import EVERY_DAY, WORKDAYS, at, bank, special, week
from tests.lib.test_hours_by_minute import DAY_HOURS

HALF_AN_HOUR = timedelta(minutes=30)


def telling(schedule, said, moment):
    """``"open 2026-03-02 08:20"`` as the word of this schedule."""
    word, _blank, when = said.partition(" ")
    return Schedule(
        **{name: getattr(schedule, name) for name in ("weekly", "special", "calendar", "follows_holidays")},
        suspension=schedule.suspension,
        retired=schedule.retired,
        word=Word(word == "open", at(when)),
    )


def line(schedule, said, moment):
    schedule, now = telling(schedule, said, moment), at(moment)
    found = status(schedule, now)
    assert open_at(schedule, now) is found.open
    silent = found.open and not found.word and awaits_word(schedule, now, HALF_AN_HOUR)
    return f"{describe(found, now)} | {word_text(found, now, unconfirmed=silent)}".removesuffix(" | ")


@pytest.mark.parametrize(
    ("said", "moment", "expected"),
    [
        # Said open within its hours: the hours stand, and the word confirms them until they end.
        ("open 2026-03-02 08:31", "2026-03-02 08:51", "开放中 · 到 12:00（14:30 再开） | 20 分钟前驿站确认开着"),
        ("open 2026-03-02 08:31", "2026-03-02 11:59", "开放中 · 到 12:00（14:30 再开） | 3 小时前驿站确认开着"),
        ("open 2026-03-02 08:31", "2026-03-02 12:00", "休息中 · 14:30 开"),
        ("open 2026-03-02 08:31", "2026-03-02 15:30", "开放中 · 到 18:00"),  # not asked again after lunch
        # Early: the hours begin with the word, and it is still about them afterwards.
        ("open 2026-03-02 08:10", "2026-03-02 08:12", "开放中 · 到 12:00（14:30 再开） | 2 分钟前驿站确认开着"),
        ("open 2026-03-02 08:10", "2026-03-02 11:00", "开放中 · 到 12:00（14:30 再开） | 2 小时前驿站确认开着"),
        ("open 2026-03-02 06:30", "2026-03-02 06:30", "开放中 · 到 12:00（14:30 再开） | 刚刚驿站确认开着"),
        # Too early to be about the opening: believed for two hours.
        ("open 2026-03-02 06:29", "2026-03-02 08:28", "驿站说现在开着（6:29）"),
        ("open 2026-03-02 06:29", "2026-03-02 08:29", "休息中 · 8:30 开"),
        ("open 2026-03-02 18:05", "2026-03-02 19:00", "驿站说现在开着（18:05）"),
        ("open 2026-03-02 18:05", "2026-03-02 20:05", "休息中 · 明天 8:30 开"),
        ("open 2026-03-07 10:00", "2026-03-07 11:00", "驿站说现在开着（10:00）"),
        ("open 2026-03-07 10:00", "2026-03-07 12:00", "今天休息 · 周一 8:30 开"),
        # Closed: until the next posted boundary, and no longer.
        ("closed 2026-03-02 17:40", "2026-03-02 17:40", "驿站说已经关门了（17:40）· 明天 8:30 开"),
        ("closed 2026-03-02 17:40", "2026-03-02 17:59", "驿站说已经关门了（17:40）· 明天 8:30 开"),
        ("closed 2026-03-02 17:40", "2026-03-02 18:00", "休息中 · 明天 8:30 开"),
        ("closed 2026-03-02 17:40", "2026-03-03 08:30", "开放中 · 到 12:00（14:30 再开）"),
        ("closed 2026-03-02 11:00", "2026-03-02 11:30", "驿站说已经关门了（11:00）· 14:30 开"),
        ("closed 2026-03-02 11:00", "2026-03-02 14:30", "开放中 · 到 18:00"),
        # Closed outside the hours adds nothing, also shortly before them.
        ("closed 2026-03-02 08:20", "2026-03-02 08:25", "休息中 · 8:30 开"),
        ("closed 2026-03-02 08:20", "2026-03-02 08:30", "开放中 · 到 12:00（14:30 再开）"),
        # Half an hour after the first opening of the day its silence is said.
        ("closed 2026-03-02 18:00", "2026-03-03 08:59", "开放中 · 到 12:00（14:30 再开）"),
        ("closed 2026-03-02 18:00", "2026-03-03 09:00", "开放中 · 到 12:00（14:30 再开） | 今天还没有确认开门"),
        ("closed 2026-03-02 18:00", "2026-03-03 15:00", "开放中 · 到 18:00 | 今天还没有确认开门"),
        ("closed 2026-03-02 18:00", "2026-03-03 13:00", "休息中 · 14:30 开"),
        # But not of a station that has stopped using the counter: fourteen days.
        ("open 2026-03-02 09:30", "2026-03-16 09:30", "开放中 · 到 12:00（14:30 再开） | 今天还没有确认开门"),
        ("open 2026-03-02 09:29", "2026-03-16 09:30", "开放中 · 到 12:00（14:30 再开）"),
    ],
)
def test_split_hours_of_a_bank(said, moment, expected):
    assert line(bank(), said, moment) == expected


@pytest.mark.parametrize(
    ("said", "moment", "expected"),
    [
        ("closed 2026-03-02 23:00", "2026-03-03 00:30", "驿站说已经关门了（23:00）· 20:00 开"),
        ("closed 2026-03-02 23:00", "2026-03-03 02:00", "休息中 · 20:00 开"),
        ("open 2026-03-02 20:05", "2026-03-03 00:30", "开放中 · 到 2:00（20:00 再开） | 昨天驿站确认开着"),
        ("open 2026-03-01 20:05", "2026-03-03 00:30", "开放中 · 到 2:00（20:00 再开） | 今天还没有确认开门"),
        ("open 2026-03-01 20:05", "2026-03-02 20:30", "开放中 · 到明天 2:00 | 今天还没有确认开门"),
    ],
)
def test_a_night(said, moment, expected):
    assert line(week(EVERY_DAY, "20:00-2:00"), said, moment) == expected


@pytest.mark.parametrize(
    ("said", "moment", "expected"),
    [
        ("closed 2026-03-02 17:40", "2026-03-02 23:59", "驿站说已经关门了（17:40）· 明天 0:00 开"),
        ("closed 2026-03-02 17:40", "2026-03-03 00:00", "24 小时开放"),
        ("open 2026-03-02 17:40", "2026-03-02 23:59", "24 小时开放 | 6 小时前驿站确认开着"),
        ("open 2026-03-02 17:40", "2026-03-03 00:00", "24 小时开放"),
        ("open 2026-03-02 17:40", "2026-03-04 12:00", "24 小时开放"),  # nobody opens it, so nobody is silent
    ],
)
def test_day_and_night(said, moment, expected):
    assert line(week(EVERY_DAY, "0:00-0:00"), said, moment) == expected


def test_a_holiday_a_special_day_and_no_hours_at_all():
    assert line(bank(), "open 2026-10-01 10:00", "2026-10-01 11:00") == "驿站说现在开着（10:00）"
    assert line(bank(), "open 2026-09-30 09:00", "2026-10-08 08:59") == "开放中 · 到 12:00（14:30 再开）"
    assert line(bank(), "open 2026-09-30 09:00", "2026-10-08 09:00").endswith("今天还没有确认开门")
    shut = bank().special | {date(2026, 3, 2): special("2026-03-02", reason="停电检修")}
    closed = Schedule(weekly=bank().weekly, special=shut)
    assert line(closed, "open 2026-02-27 09:00", "2026-03-02 10:00") == "今天休息（停电检修）· 明天 8:30 开"
    assert line(closed, "open 2026-03-02 09:59", "2026-03-02 10:00") == "驿站说现在开着（9:59）"
    assert line(Schedule(), "open 2026-03-02 09:00", "2026-03-02 10:00") == "驿站说现在开着（9:00）"
    assert line(Schedule(), "open 2026-03-02 09:00", "2026-03-02 11:00") == "开放时间待公布"
    assert line(Schedule(), "closed 2026-03-02 09:00", "2026-03-02 10:00") == "开放时间待公布"


def test_a_suspension_and_the_end_are_stronger_than_any_word():
    suspended = bank(suspension=Suspension("装修", date(2026, 3, 3)))
    assert line(suspended, "open 2026-03-02 09:00", "2026-03-02 10:00") == "暂停开放：装修 · 周三 8:30 开"
    assert status(telling(suspended, "open 2026-03-03 23:59", ""), at("2026-03-04 09:00")).kind is StatusKind.OPEN
    assert line(bank(retired=True), "open 2026-03-02 09:00", "2026-03-02 10:00") == "已停用"


def test_the_first_opening_of_a_day():
    def first(schedule, day):
        found = first_opening(schedule, date.fromisoformat(day))
        return found and f"{found:%H:%M}"

    assert first(bank(), "2026-03-02") == "08:30"
    assert first(bank(), "2026-03-07") is None
    assert first(bank(), "2026-10-01") is None
    assert first(bank(), "2026-10-10") == "08:30"  # a make-up Saturday
    assert first(bank(suspension=Suspension("装修")), "2026-03-02") is None
    assert first(week(EVERY_DAY, "0:00-0:00"), "2026-03-02") is None
    assert first(week(EVERY_DAY, "20:00-2:00"), "2026-03-02") == "20:00"
    assert first(week(WORKDAYS, "0:00-0:00"), "2026-03-02") == "00:00"  # Monday, after a weekend at home
    assert first(week(WORKDAYS, "0:00-0:00"), "2026-03-03") is None
    shifted = bank(special=[special("2026-03-02", "9:30-11:00", reason="半天")])
    assert first(shifted, "2026-03-02") == "09:30"


# --- against a minute-by-minute oracle --------------------------------------------------------------------------------
DAYS = 4
FIRST = date(2026, 3, 2)


def spoken_minutes(posted, minute, says_open):
    """`posted` minutes as a word said at `minute` leaves them, and those for which it holds; by walking, one by one."""
    spoken, holds = bytearray(posted), set()

    def run_from(start):
        """The stretch of posted minutes around `start`, cut at the midnight after it where it lasts over a day."""
        begin = end = start
        while begin > 0 and posted[begin - 1]:
            begin -= 1
        while end < len(posted) and posted[end]:
            end += 1
        return range(start, min(end, (start // 1440 + 1) * 1440) if end - begin > 1440 else end)

    if posted[minute]:
        holds |= set(run_from(minute))
    elif says_open:
        ahead = next((m for m in range(minute, minute + 121) if m < len(posted) and posted[m]), None)
        holds |= set(range(minute, minute + 120)) if ahead is None else {*range(minute, ahead), *run_from(ahead)}
        if ahead is not None:
            holds = {m for m in holds if m < max(run_from(ahead)) + 1}
    for m in holds:
        if m < len(spoken):
            spoken[m] = says_open
    return spoken, holds


@given(
    weekly=st.lists(DAY_HOURS, min_size=7, max_size=7),
    minute=st.integers(2 * 1440, 3 * 1440 - 1),
    says_open=st.booleans(),
    later=st.integers(0, 1440),
)
def test_a_word_agrees_with_every_minute_walked(weekly, minute, says_open, later):
    rows = [
        (day, time(*divmod(opens, 60)), time(*divmod(closes, 60)))
        for day, hours in enumerate(weekly)
        for opens, closes in hours
    ]
    midnight = datetime(2026, 3, 2, tzinfo=SHANGHAI)
    posted = Schedule.of(rows)
    minutes = bytearray(open_at(posted, midnight + timedelta(minutes=m)) for m in range(10 * 1440))
    spoken, holds = spoken_minutes(minutes, minute, says_open)
    schedule = Schedule(weekly=posted.weekly, word=Word(says_open, midnight + timedelta(minutes=minute)))
    asked = minute + later
    now = midnight + timedelta(minutes=asked)
    found = status(schedule, now)
    assert found.open is bool(spoken[asked])
    assert open_at(schedule, now) is found.open
    assert (found.word is not None) is (asked in holds)
    assert (found.kind is StatusKind.SHUT) is bool(minutes[asked] and not spoken[asked])
    assert found.beyond_hours is bool(spoken[asked] and not minutes[asked] and not any(minutes[asked : max(holds) + 1]))
    change = spoken.find(not spoken[asked], asked)
    expected = midnight + timedelta(minutes=change) if change >= 0 else None
    if expected is not None and change < 8 * 1440:
        assert (found.until if found.open else found.opens_at) == expected
