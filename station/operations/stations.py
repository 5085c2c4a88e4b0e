"""What happens at a station: amenities marked, opening suspended, special days. Who came: visits.py, tallies.py."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.db import save_checked
from station.lib.hours import overlapping
from station.lib.states import move
from station.models import Amenity, SpecialDay, Station
from station.operations import audit
from station.operations.endings import end_mended


@transaction.atomic
def suspend_station(station, *, by, reason, until=None):
    """Close for a while; `reason` and the date `until` (included) are what riders read. Raises ValidationError."""
    if until is not None and until < timezone.localdate():
        raise ValidationError(_("这个日期已经过去了，请填今天或以后的日期。"), code="past")
    station = Station.objects.select_for_update().get(pk=station.pk)
    move(station, Station.State.SUSPENDED)
    station.state_reason, station.suspended_until = reason, until
    save_checked(station)
    audit.record("suspend station", station, by=by, reason=reason, community=station.community)
    return station


@transaction.atomic
def reopen_station(station, *, by):
    """End a suspension. Raises ValidationError."""
    station = Station.objects.select_for_update().get(pk=station.pk)
    move(station, Station.State.ACTIVE)
    station.state_reason, station.suspended_until = "", None
    save_checked(station)
    audit.record("reopen station", station, by=by, community=station.community)
    return station


@transaction.atomic
def close_station(station, *, by, reason):
    """Close for good. Raises ValidationError."""
    station = Station.objects.select_for_update().get(pk=station.pk)
    move(station, Station.State.CLOSED)
    station.state_reason, station.suspended_until = reason, None
    save_checked(station)
    audit.record("close station", station, by=by, reason=reason, community=station.community)
    return station


def refuse_contradiction(date, hours):
    """Raises ValidationError where the special hours of one date, pairs of times or of None, contradict one another."""
    words = {"date": f"{date:%Y-%m-%d}"}
    if len(hours) > 1 and any(opens is None for opens, _closes in hours):
        raise ValidationError(_("%(date)s 既写了不开放，又写了时间，留一样就好。"), code="contradiction", params=words)
    if overlapping((0, opens, closes) for opens, closes in hours if opens is not None and closes is not None):
        raise ValidationError(_("%(date)s 的两段时间重叠了，请改一下钟点。"), code="overlap", params=words)


@transaction.atomic
def add_special_day(station, *, by, date, reason, opens=None, closes=None):
    """Other hours on one date, or none where both are None; `reason` is what riders read. Raises ValidationError."""
    if date < timezone.localdate():
        raise ValidationError(_("这个日期已经过去了，请填今天或以后的日期。"), code="past")
    others = list(station.special_days.filter(date=date).values_list("opens", "closes"))
    refuse_contradiction(date, [*others, (opens, closes)])
    day = save_checked(SpecialDay(station=station, date=date, opens=opens, closes=closes, reason=reason))
    audit.record("add specialday", day, by=by, reason=reason, community=station.community)
    return day


@transaction.atomic
def mark_amenity(amenity, state, *, by, note=None, looked=True):
    """Say whether an amenity works, as seen just now; where it does, what riders said of it is mended.

    Without having `looked` it is only a word about it: no check, and nothing riders said is over. Raises
    ValidationError.
    """
    amenity.state = state
    if note is not None:
        amenity.note = note
    if looked:
        amenity.checked_at, amenity.checked_by = timezone.now(), by
    save_checked(amenity)
    audit.record("mark amenity", amenity, by=by, community=amenity.station.community, state=state)
    if looked and state == Amenity.State.WORKING:
        end_mended(amenity.faults, by=by)
    return amenity
