"""The ledger's figures for the dashboard."""

from django import template

from ledger import figures

register = template.Library()


@register.simple_tag
def ledger_figures(user):
    """What `user` may know of the ledger in numbers, or None."""
    return figures.ledger_figures(user)
