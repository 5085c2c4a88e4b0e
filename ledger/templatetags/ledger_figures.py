"""The ledger's figures for the dashboard."""

from dataclasses import replace

from django import template

from ledger import figures
from station.counted import counted

MOST_ROUNDS = 12  # on one page; of a street there may be as many as communities

register = template.Library()


@register.simple_tag(takes_context=True)
def ledger_figures(context, user):
    """What `user` may know of the ledger in numbers, or None. The page learns as `counted_at` when, unless just now."""
    result = counted(user, "ledger", lambda: _shown(figures.ledger_figures(user)))
    context["counted_at"] = result.at
    return result.value


def _shown(known):
    """Without the rounds that no page shows: what is kept is read for every page. One more tells of the others."""
    return known and replace(known, rounds=known.rounds[: MOST_ROUNDS + 1])
