"""The days ahead on which a station's hours differ from the plain week, in words: 12月1日 周二 不开放（电路检修）."""

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from station.lib.calendar import DayKind
from station.lib.hours import ONE_DAY, Schedule, spans_on
from station.lib.hours_text import WEEKDAYS, span_text
from station.lib.moments import day_text

DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class ExceptionText:
    """One day, or several in a row that are alike: `days` and what happens then."""

    days: str
    text: str


def is_exception(schedule: Schedule, day: date) -> bool:
    """Whether a special day, a public holiday or a make-up working day decides the hours of this date."""
    if day in schedule.special:
        return True
    return schedule.follows_holidays and schedule.calendar.day(day).kind in (DayKind.HOLIDAY, DayKind.MAKEUP)


def exceptions(schedule: Schedule, today: date, days: int = DAYS_AHEAD) -> list[ExceptionText]:
    """The exceptions from today on, for so many days; none while the station is out of use for another reason."""
    ahead = [today + ONE_DAY * offset for offset in range(days)]
    if schedule.retired or schedule.is_unlisted:
        return []
    texts = {
        day: _day(schedule, day) for day in ahead if is_exception(schedule, day) and not schedule.is_suspended_on(day)
    }
    rows = []
    for first, text in texts.items():
        if texts.get(first - ONE_DAY) == text:
            continue  # told with the day before
        run = list(takewhile(lambda day, text=text: texts.get(day) == text, (d for d in ahead if d >= first)))
        rows.append(ExceptionText(_days(run[0], run[-1], today), text))
    return rows


def _days(first, last, today):
    if first == last:
        return day_text(first, today)
    joined = _("%(first)s至%(last)s") if last - first > ONE_DAY else _("%(first)s、%(last)s")
    return joined % {"first": day_text(first, today), "last": day_text(last, today)}


def _day(schedule, day):
    spans, reason = spans_on(schedule, day), schedule.hours_on(day).reason
    if not spans:
        return _("不开放（%(reason)s）") % {"reason": reason} if reason else _("不开放")
    hours = pgettext("between the hours of one day", "、").join(span_text(span) for span in spans)
    if schedule.is_makeup(day):
        weekday = WEEKDAYS[schedule.calendar.day(day).as_weekday]
        return _("%(hours)s（调休，照%(weekday)s开）") % {"hours": hours, "weekday": weekday}
    return _("%(hours)s（%(reason)s）") % {"hours": hours, "reason": reason} if reason else hours
