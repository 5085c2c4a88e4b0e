"""How many stand in each register, by place: one query a register, whatever is made of it afterwards.

Each function takes the rows to be counted and returns plain dictionaries, one for each place (and occupation) where
there is anybody: nothing in them depends on who asks, so this is where a cache would stand.
"""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, F, Q

from ledger.figures.shares import FRESH_DAYS
from ledger.models import Enterprise, Worker
from ledger.models.members import is_due

Organisation = Enterprise.PartyOrganisation
PLACE = ("community", "grid")


def _ages(path, today):
    """Aggregates by the age of the last confirmation; `stale` is exactly what EntryQuerySet.stale() selects."""
    fresh, stale = today - timedelta(days=FRESH_DAYS), today - settings.STALE_AFTER
    confirmed = f"{path}last_confirmed_on"
    is_stale = Q(**{f"{confirmed}__lt": stale}) | Q(**{f"{confirmed}__isnull": True})
    return {
        "count": Count("pk"),
        "recent": Count("pk", filter=Q(**{f"{confirmed}__gte": fresh}) & ~is_stale),
        "stale": Count("pk", filter=is_stale),
    }


def enterprise_counts(enterprises, today):
    """Active enterprises by community and grid: count, recent, stale, `organised` and `reached`.

    组织覆盖, organised: with a party organisation of their own or a joint one. 工作覆盖, reached: those, and the ones
    to which an instructor was sent or who have one by name. Each divided by all active enterprises.
    """
    organised = Q(party_organisation__in=[Organisation.OWN, Organisation.JOINT])
    reached = organised | Q(party_organisation=Organisation.INSTRUCTOR) | ~Q(instructor="")
    groups = enterprises.active().order_by().values(*PLACE)
    return list(
        groups.annotate(
            **_ages("", today), organised=Count("pk", filter=organised), reached=Count("pk", filter=reached)
        )
    )


def worker_counts(workers, today):
    """Active workers by community, grid and occupation: count, recent, stale; `pending` are not active yet."""
    active = Q(state=Worker.State.ACTIVE)
    ages = {name: Count("pk", filter=(count.filter or Q()) & active) for name, count in _ages("", today).items()}
    groups = workers.listed().order_by().values(*PLACE, "occupation")
    return list(groups.annotate(**ages, pending=Count("pk", filter=Q(state=Worker.State.PENDING))))


def member_counts(members, today):
    """The members the community looks after, by community and grid: count, recent, stale, due (to be contacted)."""
    groups = members.in_touch().order_by().values(community=F("worker__community"), grid=F("worker__grid"))
    return list(groups.annotate(**_ages("worker__", today), due=Count("pk", filter=is_due(today))))


def summed(rows):
    """The figures of all `rows` together; 0 for a figure in none of them."""
    total = defaultdict(int)
    for row in rows:
        for name, value in row.items():
            if name not in (*PLACE, "occupation"):
                total[name] += value
    return total


def summed_by(rows, key):
    """The figures of `rows` together for each value of `key(row)`; asked for any other, all 0."""
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return defaultdict(lambda: defaultdict(int), {value: summed(group) for value, group in groups.items()})
