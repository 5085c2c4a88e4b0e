"""Giving out running numbers without a gap being read as a loss, or two people getting the same."""

from django.db import transaction
from django.db.models import F

from station.models import NumberSeries


@transaction.atomic
def next_number(key, *, count=1):
    """The next number of the series `key`, starting at 1; with `count`, the first of that many reserved in one go."""
    NumberSeries.objects.get_or_create(key=key)
    NumberSeries.objects.filter(key=key).update(last=F("last") + count)  # locks the row until commit
    return NumberSeries.objects.get(key=key).last - count + 1
