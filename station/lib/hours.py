"""Opening hours: is a station open at this moment, until when, and when does it open again?

One decision for the list, its filter, the station page and the wall screen. Everything here is pure: the caller passes
rows of its tables as plain data and any aware datetime; answers are datetimes of Asia/Shanghai. The words for them are
in `hours_text`.

Which hours hold on a date, the strongest first:

1. closed for good, or suspended on that date: none;
2. a special day of the station: exactly its intervals, from 0:00 to 24:00 of that date. It also cuts the night that
   began the evening before, because "closed on 5 October" has to be true at one in the morning too;
3. if the station follows the public calendar: on a public holiday the holiday intervals (none means closed), on a
   make-up working day the hours of the weekday for which it stands in;
4. the weekly hours of the date's own weekday.

A night belongs to the date on which it begins. It is not cut by a public holiday or a weekday without hours.

Over these posted hours stands the station's own newest word, "we are open" or "we have closed", while it holds: until
the next posted opening or closing, and in a stretch longer than a day until midnight. So "closed" said at 17:40 does
not close tomorrow. An "open" outside the posted hours is believed for WORD_HOLDS; where an opening follows within that
time the station has only opened early, and the word is about the hours that follow. "Closed" outside them adds nothing.
A suspension and a station closed for good are stronger than any word.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, pairwise
from typing import Self

from station.lib.calendar import SHANGHAI, DayKind, PublicCalendar

#: How many days after today an opening or closing is searched for.
HORIZON_DAYS = 30

#: For so long an "open" is believed that is said outside the posted hours.
WORD_HOLDS = timedelta(hours=2)

#: A station that has said nothing for so long does not use the counter: nobody waits for its word.
WORD_EXPECTED_FOR = timedelta(days=14)

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
A_MONDAY = date(2026, 3, 2)  # any: a week to lay weekly hours out on
MINUTES_A_DAY = 24 * 60
LAST_MINUTE = MINUTES_A_DAY - 1
ALMOST_A_DAY = MINUTES_A_DAY - 2


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in Asia/Shanghai: `start` is inside, `end` is not."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """Hours that begin on one day, to the minute (seconds are dropped): open at `opens`, closed at `closes`.

    `closes` at or before `opens` lies on the following day; equal ends are therefore 24 hours, 0:00–0:00 the whole day.
    People who cannot type 24:00 type the minute before it, so two entries are taken for what they mean: a closing at
    23:59 is midnight, and an interval one or two minutes short of the full circle (0:00–23:59, 0:01–23:59, 23:00–22:59)
    is that whole calendar day. Raises ValueError for times that carry a zone.
    """

    opens: time
    closes: time

    def __post_init__(self):
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("opening hours are wall-clock times without a zone")

    def span_on(self, day: date) -> Span:
        """Return the stretch of time that this interval covers when it begins on the given date."""
        opens, closes = _minute(self.opens), _minute(self.closes)
        if (closes - opens) % MINUTES_A_DAY >= ALMOST_A_DAY:
            opens, closes = 0, MINUTES_A_DAY
        elif closes <= opens:
            closes += MINUTES_A_DAY
        elif closes == LAST_MINUTE:
            closes = MINUTES_A_DAY
        midnight = _midnight(day)
        return Span(midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes))


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """What a station does on one date whatever the week and the calendar say; no intervals means closed."""

    date: date
    intervals: tuple[Interval, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Suspension:
    """A station out of use for a while: `until` is its last day, None is not known yet."""

    reason: str = ""
    until: date | None = None

    def covers(self, day: date) -> bool:
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Word:
    """What the station said of its own door, and when (an aware datetime)."""

    open: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours that hold on one date, and how they came about. `reason` is empty on an ordinary day."""

    intervals: tuple[Interval, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that decides whether one station is open. `weekly` maps a weekday (0 = Monday) to its intervals."""

    weekly: Mapping[int, tuple[Interval, ...]] = field(default_factory=dict)
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    calendar: PublicCalendar = field(default_factory=PublicCalendar)
    follows_holidays: bool = False
    holiday_intervals: tuple[Interval, ...] = ()
    suspension: Suspension | None = None
    retired: bool = False
    word: Word | None = None

    @classmethod
    def of(
        cls, weekly: Iterable[tuple[int, time, time]] = (), *, special: Iterable[SpecialDay] = (), **decisions
    ) -> Self:
        """Build a schedule from rows `(weekday, opens, closes)` and special days; the rest as the fields are named."""
        by_weekday: dict[int, tuple[Interval, ...]] = {}
        for weekday, opens, closes in weekly:
            by_weekday[weekday] = (*by_weekday.get(weekday, ()), Interval(opens, closes))
        return cls(weekly=by_weekday, special={day.date: day for day in special}, **decisions)

    @property
    def is_unlisted(self) -> bool:
        """Nobody has entered any hours yet: neither "open" nor "closed" would be true."""
        return not (any(self.weekly.values()) or self.special or self.holiday_intervals)

    def hours_on(self, day: date) -> DayHours:
        """Return the hours that hold on a date, as ranked at the head of this module."""
        if self.retired:
            return DayHours(())
        if self.is_suspended_on(day):
            return DayHours((), self.suspension.reason)
        if (special := self.special.get(day)) is not None:
            return DayHours(special.intervals, special.reason)
        weekday = day.weekday()
        if self.follows_holidays:
            public = self.calendar.day(day)
            if public.kind is DayKind.HOLIDAY:
                return DayHours(self.holiday_intervals, public.name)
            weekday = public.as_weekday
        return DayHours(self.weekly.get(weekday, ()))

    def is_suspended_on(self, day: date) -> bool:
        return self.suspension is not None and self.suspension.covers(day)

    def word_reaching(self, day: date) -> Word | None:
        """Return the station's word unless it cannot matter on a date any more: none outlasts the following day."""
        if self.word is None or self.retired or self.is_suspended_on(day):
            return None
        return self.word if self.word.at >= _midnight(day - ONE_DAY) else None

    def is_makeup(self, day: date) -> bool:
        """Tell whether the date's hours are those of another weekday because it is a make-up working day."""
        return self.follows_holidays and day not in self.special and self.calendar.day(day).kind is DayKind.MAKEUP


class StatusKind(StrEnum):
    """Why a station is open or closed, for words and colours."""

    OPEN = "open"
    RESTING = "resting"  # closed now, on a day that has hours
    DAY_OFF = "day_off"  # no hours at all today
    SHUT = "shut"  # posted open, but the station says that it has closed
    SUSPENDED = "suspended"
    RETIRED = "retired"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Status:
    """The answer for one moment.

    `until`: when open, the moment of closing; None when it does not close within HORIZON_DAYS.
    `opens_at`: the next opening (when open: the next after `until`); None when there is none within HORIZON_DAYS.
    `reason`: the holiday's name, or what staff wrote for a special day or a suspension; else empty.
    `word`: the station's own word, if it holds at this moment. `beyond_hours`: open by that word alone; `until` is then
    how long it is believed.
    """

    kind: StatusKind
    until: datetime | None = None
    opens_at: datetime | None = None
    reason: str = ""
    word: Word | None = None
    beyond_hours: bool = False

    @property
    def open(self) -> bool:
        return self.kind is StatusKind.OPEN


def spans_on(schedule: Schedule, day: date) -> list[Span]:
    """Return the stretches that begin on a date, in order; those that touch or overlap are joined."""
    spans = sorted((interval.span_on(day) for interval in schedule.hours_on(day).intervals), key=_start)
    if day + ONE_DAY in schedule.special:
        midnight = _midnight(day + ONE_DAY)
        spans = [Span(span.start, min(span.end, midnight)) for span in spans]
    return list(_joined(spans))


def open_at(schedule: Schedule, at: datetime) -> bool:
    """Tell only whether the station is open, from two days' hours: the same answer as `status`, at less cost."""
    now = local(at)
    if schedule.word_reaching(now.date()):
        return status(schedule, now).open
    return any(
        span.start <= now < span.end for day in (now.date() - ONE_DAY, now.date()) for span in spans_on(schedule, day)
    )


def status(schedule: Schedule, at: datetime) -> Status:
    """Decide whether the station is open at a moment, until when, and when it opens next.

    Raises ValueError for a naive datetime.
    """
    now = local(at)
    today = now.date()
    if schedule.retired:
        return Status(StatusKind.RETIRED)
    stretches, said = _stretches(schedule, today), None
    if word := schedule.word_reaching(today):
        said, stretches = _as_said(word, stretches)
    word = word if said and said.span.start <= now < said.span.end else None
    coming = (stretch for stretch in stretches if stretch.end > now)
    stretch = next(coming, None)
    opens_at = stretch.start if stretch else None
    hours = schedule.hours_on(today)
    if schedule.is_suspended_on(today):
        return Status(StatusKind.SUSPENDED, opens_at=opens_at, reason=hours.reason)
    if schedule.is_unlisted and word is None:
        return Status(StatusKind.UNLISTED)
    if stretch is None or now < stretch.start:
        if word:
            return Status(StatusKind.SHUT, opens_at=opens_at, word=word)
        kind = StatusKind.RESTING if hours.intervals else StatusKind.DAY_OFF
        return Status(kind, opens_at=opens_at, reason=hours.reason)
    if stretch.end >= _midnight(today + ONE_DAY * (HORIZON_DAYS + 1)):
        return Status(StatusKind.OPEN, reason=hours.reason, word=word)
    following = next(coming, None)
    return Status(
        StatusKind.OPEN,
        stretch.end,
        following.start if following else None,
        hours.reason,
        word,
        beyond_hours=word is not None and said.alone,
    )


def first_opening(schedule: Schedule, day: date) -> datetime | None:
    """Return when posted hours first begin on a date; None if they do not. A night that goes on begins nothing.

    Only this opening can be late: at noon the keeper need not be asked again.
    """
    spans = chain(spans_on(schedule, day - ONE_DAY), spans_on(schedule, day))
    return next((span.start for span in _joined(spans) if span.start.date() == day), None)


def speaks_of(word: Word | None, opening: datetime) -> bool:
    """Tell whether a word is about an opening, or about anything later: one may open up to WORD_HOLDS early."""
    return word is not None and word.at >= opening - WORD_HOLDS


def awaits_word(schedule: Schedule, at: datetime, late_after: timedelta) -> bool:
    """Tell whether a station that is posted open, and usually says so, has said nothing today.

    Its first opening of the day lies `late_after` back, it has not said a word since, but one within WORD_EXPECTED_FOR.
    False for a stretch longer than a day, which nobody opens.
    """
    now = local(at)
    if schedule.word is None or now - schedule.word.at > WORD_EXPECTED_FOR or schedule.is_suspended_on(now.date()):
        return False
    stretch = next((each for each in _stretches(schedule, now.date()) if each.end > now), None)
    if stretch is None or now < stretch.start or stretch.end - stretch.start > ONE_DAY:
        return False
    opening = first_opening(schedule, stretch.start.date())
    return now - opening >= late_after and not speaks_of(schedule.word, opening)


def overlapping(week: Iterable[tuple[int, time, time]]) -> tuple[int, int] | None:
    """Return the positions of two entries that overlap, also across midnight or Sunday night; None if none do.

    An entry is `(weekday, opens, closes)`. Two that touch do not overlap.
    """
    spans = []
    for position, (weekday, opens, closes) in enumerate(week):
        span = Interval(opens, closes).span_on(A_MONDAY + ONE_DAY * weekday)
        spans += [(span.start + ONE_WEEK * again, span.end + ONE_WEEK * again, position) for again in (0, 1)]
    spans.sort()
    for (_start_1, end, one), (start, _end_2, other) in pairwise(spans):
        if start < end:
            return min(one, other), max(one, other)
    return None


def local(at: datetime) -> datetime:
    """Return a moment on the wall clock of Asia/Shanghai. Raises ValueError for a naive datetime."""
    if at.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(SHANGHAI)


@dataclass(frozen=True, slots=True)
class _Said:
    """The time for which a word holds; `alone` where no posted hours stand behind it."""

    span: Span
    alone: bool = False


def _as_said(word: Word, stretches: Iterator[Span]) -> tuple[_Said | None, Iterator[Span]]:
    """Return how long a word holds, and the posted stretches as it leaves them; None where it changes nothing."""
    at, before, stretch = local(word.at), [], None
    for each in stretches:
        if each.end > at:
            stretch = each
            break
        before.append(each)
    if stretch and stretch.start <= at:
        span = Span(at, _end_of_word(stretch, at))
        left = [stretch] if word.open else [Span(stretch.start, at), Span(span.end, stretch.end)]
        return _Said(span), chain(before, (each for each in left if each.start < each.end), stretches)
    following = [stretch] if stretch else []
    if not word.open:
        return None, chain(before, following, stretches)
    if stretch and stretch.start - at <= WORD_HOLDS:
        span = Span(at, _end_of_word(stretch, stretch.start))
        return _Said(span), chain(before, [replace(stretch, start=at)], stretches)
    span = Span(at, at + WORD_HOLDS)
    return _Said(span, alone=True), chain(before, [span], following, stretches)


def _end_of_word(stretch: Span, at: datetime) -> datetime:
    """The end of the stretch in which something is said; midnight where it lasts longer than a day."""
    if stretch.end - stretch.start <= ONE_DAY:
        return stretch.end
    return min(stretch.end, _midnight(at.date() + ONE_DAY))


def _stretches(schedule: Schedule, today: date) -> Iterator[Span]:
    """Yield open stretches, joined across midnights, from the night that began yesterday to the horizon."""
    days = (today + ONE_DAY * offset for offset in range(-1, HORIZON_DAYS + 1))
    return _joined(chain.from_iterable(spans_on(schedule, day) for day in days))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans, given in order of start, that touch or overlap."""
    current = None
    for span in spans:
        if current is None:
            current = span
        elif span.start <= current.end:
            current = Span(current.start, max(current.end, span.end))
        else:
            yield current
            current = span
    if current is not None:
        yield current


def _start(span: Span) -> datetime:
    return span.start


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
