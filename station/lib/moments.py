"""Dates and stretches of time in the words of somebody who glances at a phone: 明天 11月24日 周二 15:00–17:00."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from station.lib.hours import Status, local
from station.lib.hours_text import WEEKDAYS


def day_text(day: date, today: date) -> str:
    """Return 今天 11月23日 周一; the first word only for today and tomorrow, the year only where it differs."""
    words = {
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "weekday": WEEKDAYS[day.weekday()],
    }
    if (day - today).days == 0:
        return _("今天 %(month)s月%(day)s日 %(weekday)s") % words
    if (day - today).days == 1:
        return _("明天 %(month)s月%(day)s日 %(weekday)s") % words
    if day.year != today.year:
        return _("%(year)s年%(month)s月%(day)s日 %(weekday)s") % words
    return _("%(month)s月%(day)s日 %(weekday)s") % words


def clock_text(starts: datetime, ends: datetime) -> str:
    """Return 15:00–17:00, in Asia/Shanghai."""
    return f"{_clock(starts)}–{_clock(ends)}"


def stretch_text(starts: datetime, ends: datetime, now: datetime) -> str:
    """Return day and hours of a stretch: 明天 11月24日 周二 15:00–17:00."""
    return f"{day_text(local(starts).date(), local(now).date())} {clock_text(starts, ends)}"


def ago_text(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was, in words a rider would use: 刚刚, 20 分钟前, 昨天."""
    age = now - moment
    days = (local(now).date() - local(moment).date()).days
    if age < timedelta(minutes=1):
        return _("刚刚")
    if age < timedelta(hours=1):
        return _("%(minutes)s 分钟前") % {"minutes": age // timedelta(minutes=1)}
    if days == 0:
        return _("%(hours)s 小时前") % {"hours": age // timedelta(hours=1)}
    return _("昨天") if days == 1 else _("%(days)s 天前") % {"days": days}


def word_text(status: Status, now: datetime, *, unconfirmed: bool) -> str:
    """Return what the station itself says, beside its posted hours; empty where it says nothing."""
    if unconfirmed:
        return _("今天还没有确认开门")
    if status.open and status.word and not status.beyond_hours:  # then the line about the hours says it already
        return _("%(ago)s驿站确认开着") % {"ago": ago_text(status.word.at, now)}
    return ""


def _clock(at: datetime) -> str:
    return f"{local(at):%H:%M}"
