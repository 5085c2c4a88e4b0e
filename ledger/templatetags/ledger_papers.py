"""What a page of the station shows of the ledger's papers."""

from django import template

from station.models import Notice

register = template.Library()


@register.inclusion_tag("admin/ledger/letter_print_link.html")
def letter_print_link(notice, user):
    """The button that prints a letter, for who may print on a survey round."""
    is_letter = isinstance(notice, Notice) and notice.kind == Notice.Kind.LETTER  # a new notice is not there yet
    return {"letter": notice if is_letter and user.has_perm("ledger.print_surveyround") else None}
