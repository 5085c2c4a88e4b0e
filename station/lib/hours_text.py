"""Opening hours in words: the line on a station's card, and the week on its page.

Only wording happens here; what is open when is decided in `hours`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from station.lib.hours import ONE_DAY, Schedule, Span, Status, StatusKind, local, spans_on

DAYS_A_WEEK = 7

WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of the week on a station's page."""

    date: date
    label: str
    text: str
    has_hours: bool


def describe(status: Status, now: datetime) -> str:
    """Say a status in one short line, such as "开放中 · 到 12:00（14:30 再开）"."""
    today = local(now).date()
    if status.open:
        return _describe_open(status, local(now))
    if status.kind is StatusKind.RETIRED:
        return _("已停用")
    if status.kind is StatusKind.UNLISTED:
        return _("开放时间待公布")
    reason = status.reason
    if status.kind is StatusKind.SHUT:
        closed, reason = _("驿站说已经关门了"), _clock(local(status.word.at))
    elif status.kind is StatusKind.SUSPENDED:
        closed, reason = (_("暂停开放：%(reason)s") % {"reason": reason} if reason else _("暂停开放")), ""
    else:
        closed = _("今天休息") if status.kind is StatusKind.DAY_OFF else _("休息中")
    words = {"closed": closed, "reason": reason, "opens": status.opens_at and _opening(status.opens_at, today)}
    if status.opens_at:
        return (_("%(closed)s（%(reason)s）· %(opens)s 开") if reason else _("%(closed)s · %(opens)s 开")) % words
    return _("%(closed)s（%(reason)s）") % words if reason else closed


def week_table(schedule: Schedule, today: date) -> list[DayRow]:
    """Return seven rows for a station's page, today first."""
    return [_day_row(schedule, today + ONE_DAY * offset, today) for offset in range(DAYS_A_WEEK)]


def _describe_open(status: Status, now: datetime) -> str:
    if status.beyond_hours:
        return _("驿站说现在开着（%(time)s）") % {"time": _clock(local(status.word.at))}
    if status.until is None:
        return _("24 小时开放")
    last_day, closes = _closing(status.until)
    words = {"day": _day_name(last_day, now.date()), "closes": closes}
    if status.until - now > ONE_DAY:
        return _("24 小时开放 · 到%(day)s %(closes)s") % words
    if last_day != now.date():
        return _("开放中 · 到%(day)s %(closes)s") % words
    if status.opens_at and status.opens_at.date() == last_day:
        return _("开放中 · 到 %(closes)s（%(opens)s 再开）") % {
            "closes": closes,
            "opens": _clock(status.opens_at),
        }
    return _("开放中 · 到 %(closes)s") % words


def _day_row(schedule: Schedule, day: date, today: date) -> DayRow:
    spans = spans_on(schedule, day)
    reason = schedule.hours_on(day).reason
    if spans:
        text = pgettext("between the hours of one day", "、").join(span_text(span) for span in spans)
        reason = reason or (_("调休") if schedule.is_makeup(day) else "")
    elif schedule.retired:
        text = _("已停用")
    elif schedule.is_suspended_on(day):
        text = _("暂停开放")
    else:
        text = _("待公布") if schedule.is_unlisted else _("休息")
    if reason:
        text = _("%(hours)s（%(reason)s）") % {"hours": text, "reason": reason}
    return DayRow(day, _day_name(day, today), text, has_hours=bool(spans))


def span_text(span: Span) -> str:
    """One stretch of a day: 8:30–12:00, 22:00–次日 6:00, 24 小时."""
    last_day, closes = _closing(span.end)
    if last_day != span.start.date():
        return _("%(opens)s–次日 %(closes)s") % {"opens": _clock(span.start), "closes": closes}
    if span.end - span.start == ONE_DAY:
        return _("24 小时")
    return f"{_clock(span.start)}–{closes}"


def _opening(at: datetime, today: date) -> str:
    if at.date() == today:
        return _clock(at)
    return _("%(day)s %(time)s") % {"day": _day_name(at.date(), today), "time": _clock(at)}


def _closing(until: datetime) -> tuple[date, str]:
    """Return the date on which people say a stretch ends, and the time: midnight is 24:00 of the day before."""
    if until.time() == time():
        return until.date() - ONE_DAY, "24:00"
    return until.date(), _clock(until)


def _day_name(day: date, today: date) -> str:
    days_ahead = (day - today).days
    if days_ahead == 0:
        return _("今天")
    if days_ahead == 1:
        return _("明天")
    if 1 < days_ahead < DAYS_A_WEEK:
        return str(WEEKDAYS[day.weekday()])
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}


def _clock(at: datetime | time) -> str:
    return f"{at.hour}:{at.minute:02}"


def weekly_text(rows: Iterable[tuple[int, time, time]]) -> str:
    """A plain week in one line, for paper: 周一至周五 8:30–12:00、14:30–18:00；周六 9:00–12:00.

    Each row is a weekday (Monday is 0), when it opens and when it closes; both midnight means all day.
    """
    days: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in sorted(rows):
        days.setdefault(weekday, []).append((opens, closes))
    spans: list[tuple[int, int, list[tuple[time, time]]]] = []
    for weekday, hours in days.items():
        if spans and spans[-1][1] == weekday - 1 and spans[-1][2] == hours:
            spans[-1] = (spans[-1][0], weekday, hours)
        else:
            spans.append((weekday, weekday, hours))
    return _("；").join(f"{_days_text(first, last)} {_day_hours_text(hours)}" for first, last, hours in spans)


def _days_text(first: int, last: int) -> str:
    if (first, last) == (0, DAYS_A_WEEK - 1):
        return _("每天")
    if first == last:
        return str(WEEKDAYS[first])
    joined = _("%(first)s至%(last)s") if last - first > 1 else _("%(first)s、%(last)s")
    return joined % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def _day_hours_text(hours: list[tuple[time, time]]) -> str:
    return pgettext("between the hours of one day", "、").join(_interval_text(*interval) for interval in hours)


def _interval_text(opens: time, closes: time) -> str:
    if opens == closes == time():
        return _("24 小时")
    closing = "24:00" if closes == time() else _clock(closes)
    if closes <= opens and closes != time():
        return _("%(opens)s–次日 %(closes)s") % {"opens": _clock(opens), "closes": closing}
    return f"{_clock(opens)}–{closing}"
