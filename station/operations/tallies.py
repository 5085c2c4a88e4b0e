"""The keeper's paper tally: how many of each line of work came in some hours, entered in one go."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.db import save_checked
from station.models import Station, Visit
from station.operations import audit

#: A paper older than this is no longer entered.
TALLY_WITHIN = timedelta(days=31)


@transaction.atomic
def tally_hours(station, people, *, by, starts_at, ends_at, again=False):
    """Enter `people` (numbers by occupation) who came between two moments; returns how many altogether.

    They count at the middle of that time, or now where that is still to come. Raises ValidationError for hours that
    have not begun or lie too far back, for a tally of nobody, and (code "again") for the very numbers entered before,
    unless `again` says that it is another paper: a form sent twice counts once.
    """
    now = timezone.now()
    people = {occupation: number for occupation, number in people.items() if number}
    if starts_at > now:
        raise ValidationError(_("这个时段还没到，等过了再补记。"), code="future")
    if starts_at < now - TALLY_WITHIN:
        raise ValidationError(_("太久以前的不再补记了，最早到一个月前。"), code="too_old")
    if not people:
        raise ValidationError(_("一个人次也没填，照纸上的数填一填。"), code="empty")
    station = Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    if not again and people.items() <= _entered(station, starts_at, ends_at):
        raise ValidationError(_("这个时段一模一样的数已经记过一次了。是另一张纸，就勾上再记。"), code="again")
    at = min(starts_at + (ends_at - starts_at) / 2, now)
    for occupation, number in people.items():
        save_checked(Visit(station=station, occupation=occupation, people=number, at=at, source=Visit.Source.TALLY))
    total = sum(people.values())
    audit.record("tally visits", station, by=by, community=station.community, people=total)
    return total


def _entered(station, starts_at, ends_at):
    """What papers of these hours said so far, as pairs (occupation, number)."""
    rows = station.visits.filter(source=Visit.Source.TALLY, at__gte=starts_at, at__lt=ends_at)
    return set(rows.values_list("occupation", "people"))


@transaction.atomic
def tally_visits(station, occupation, people, *, by, at=None):
    """Enter `people` visits from the keeper's paper tally. Raises ValidationError."""
    visit = save_checked(
        Visit(station=station, occupation=occupation, people=people, at=at or timezone.now(), source=Visit.Source.TALLY)
    )
    audit.record("tally visits", station, by=by, community=station.community, people=people)
    return visit
