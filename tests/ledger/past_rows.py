"""A ledger with a past: what operations did, moved to the moments at which a story says they happened."""

from datetime import date, datetime

from django.utils import timezone

from ledger.pasts import PastRows
from ledger.rosters import ROSTERS, text_of


def moment(text):
    """``2026-03-01 10:00`` in the ledger's time zone."""
    return timezone.make_aware(datetime.fromisoformat(text))


def happened(row, *moments):
    """Give the history of `row`, oldest first, these moments (``"2026-03-01 10:00"``), one for each change made."""
    states = list(row.history.order_by("history_id"))
    for state, text in zip(states, moments, strict=True):
        row.history.filter(history_id=state.history_id).update(history_date=moment(text))


def roster_of(kind, community, day, user=None):
    """The lines of a past day's roster, as texts."""
    roster = ROSTERS[kind]
    rows = PastRows.of(roster, community, date.fromisoformat(day))
    if user is not None:
        rows = rows.visible_to(user)
    return [[text_of(column.value(row)) for column in roster.columns_for(user)] for row in rows]


def numbers_on(kind, community, day, user=None):
    """Only the ledger numbers of those lines."""
    return [line[0] for line in roster_of(kind, community, day, user)]
