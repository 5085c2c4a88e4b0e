"""State machines: a model's TRANSITIONS says which state may follow which; these functions are how it is kept."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def refused_move(row):
    """The ValidationError for a step that the table does not know, or that came too late."""
    return ValidationError(
        _("现在是“%(state)s”，不能这样改，请刷新看看。"), code="transition", params={"state": row.get_state_display()}
    )


def check_move(row, to):
    """Raises ValidationError where `to` may not follow the row's state."""
    if to not in row.TRANSITIONS[row.state]:
        raise refused_move(row)


def move(row, to):
    """Set the row's state to `to`, unsaved. Raises ValidationError where the table does not allow it."""
    check_move(row, to)
    row.state = to


def can_move(to):
    """A question about a row: may it move to `to`? For the buttons that offer the step."""
    return lambda row: to in row.TRANSITIONS[row.state]
