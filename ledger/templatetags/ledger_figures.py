"""The ledger's figures for the dashboard."""

from django import template

from ledger import figures
from station.counted import counted

register = template.Library()


@register.simple_tag(takes_context=True)
def ledger_figures(context, user):
    """What `user` may know of the ledger in numbers, or None. The page learns as `counted_at` when, unless just now."""
    result = counted(user, "ledger", lambda: figures.ledger_figures(user))
    context["counted_at"] = result.at
    return result.value
