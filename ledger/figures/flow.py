"""Who came and who went, month by month.

Registered: the day an entry was made (`created_at`), of those that have stood on the roster; who registered himself
counts once he is confirmed, in the month he did it. Left: the day somebody said he left (`left_on`), taken from the
history, for the entry itself forgets it when he returns. Returned: the day that was written down. Entries merged into
another never came and never went. So over all time registered + returned - left is who is on the roster now.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

MONTHS = 12
REGISTERED, RETURNED, LEFT = "registered", "returned", "left"


def last_months(today, count=MONTHS):
    """The first days of the `count` months that end with that of `today`."""
    latest = today.year * 12 + today.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(latest - count + 1, latest + 1))


@dataclass(frozen=True, slots=True)
class Movement:
    """How many came and went: in a month, in a community, altogether."""

    registered: int = 0
    returned: int = 0
    left: int = 0

    @property
    def net(self):
        return self.registered + self.returned - self.left

    @property
    def cells(self):
        return (self.registered, self.returned, self.left, self.net)


@dataclass(frozen=True)
class Flow:
    """Movements by community and month: `counts` is how many by (kind, community, first day of the month)."""

    months: tuple[date, ...]
    counts: Counter

    def of(self, *, month=None, community=None):
        """The movement of one month or all, in one community or all."""
        found = Counter()
        for (kind, place, first), number in self.counts.items():
            if month in (None, first) and community in (None, place):
                found[kind] += number
        return Movement(found[REGISTERED], found[RETURNED], found[LEFT])


def _month_of(name, months, start):
    """The position in `months` of the date or moment `name`; `start` makes the beginning of a month of its first day.

    Compared with the beginnings, not truncated: what SQLite truncates passes through Python, a million times.
    """
    beginnings = [start(first) for first in months]
    later = [When(**{f"{name}__gte": beginning}, then=Value(position)) for position, beginning in enumerate(beginnings)]
    return Case(*reversed(later), output_field=IntegerField())


def _midnight(first):
    return datetime.combine(first, time.min, timezone.get_default_timezone())


def flow(entries, today):
    """The Flow of `entries` (workers or enterprises) over the last twelve months, in three queries.

    Months are those of the local calendar; what lies after `today` counts with its month.
    """
    months = last_months(today)
    since, state = months[0], entries.model.State
    past = entries.model.history.model._default_manager
    of_this = past.filter(id=OuterRef("id"))
    before = of_this.filter(history_id__lt=OuterRef("history_id")).order_by("-history_id")
    after = of_this.filter(history_id__gt=OuterRef("history_id")).order_by("history_id")
    gone = past.filter(state=state.LEFT, id__in=entries.exclude(state=state.MERGED).order_by().values("pk"))
    found = {
        REGISTERED: entries.filter(state__in=[state.ACTIVE, state.LEFT], created_at__gte=_midnight(since)).annotate(
            month=_month_of("created_at", months, _midnight)
        ),
        RETURNED: gone.annotate(
            next_state=Subquery(after.values("state")[:1]), back_at=Subquery(after.values("history_date")[:1])
        )
        .filter(next_state=state.ACTIVE, back_at__gte=_midnight(since))
        .annotate(month=_month_of("back_at", months, _midnight)),
        # A note written on an entry that has left does not make it leave again.
        LEFT: gone.filter(left_on__gte=since)
        .annotate(last_state=Coalesce(Subquery(before.values("state")[:1]), Value("")))
        .exclude(last_state=state.LEFT)
        .annotate(month=_month_of("left_on", months, lambda first: first)),
    }
    counts = Counter()
    for kind, rows in found.items():
        for community, position, number in rows.order_by().values_list("community", "month").annotate(n=Count("pk")):
            counts[kind, community, months[position]] += number
    return Flow(months, counts)
