"""Places that run out: whoever comes first gets one, and nobody gets one too many.

For any table with the columns `places` (how many there are) and `taken` (how many are given out).
"""

from django.db.models import F


def take_place(queryset, pk) -> bool:
    """Give out one more place of the row `pk`; False when `queryset` lacks the row or no place is left.

    One conditional UPDATE decides, so two people cannot both get the last place. `queryset` may filter by the table's
    own columns only: a join would turn the condition into a subquery, which PostgreSQL does not look at again after
    waiting for another transaction.
    """
    return bool(queryset.filter(pk=pk, taken__lt=F("places")).update(taken=F("taken") + 1))


def give_back_place(queryset, pk) -> bool:
    """Take one place of the row `pk` back; False when none was given out."""
    return bool(queryset.filter(pk=pk, taken__gt=0).update(taken=F("taken") - 1))
