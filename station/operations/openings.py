"""The station's own word, said at the counter: we are open, we have closed, and what works inside."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.db import save_checked
from station.lib.hours import ONE_DAY, WORD_HOLDS
from station.models import Amenity, DoorReport, Fault, Station
from station.operations import audit
from station.operations.endings import end_mended
from station.operations.stations import mark_amenity

#: The opening of a day is that of one "open" at most so long after it; what is later belongs to the next day.
OPENED_WITHIN = ONE_DAY - WORD_HOLDS


@dataclass(frozen=True)
class Check:
    """How somebody found one amenity just now."""

    state: str
    note: str


@transaction.atomic
def say_open(station, *, by, checks=None):
    """The keeper opens, having looked at `checks`: Check rows by the amenity's key. Returns ``(report, is_new)``.

    The same word again within settings.DOOR_WORD_ONCE_PER is the same word (the first report is returned); what he
    found is written down all the same. An opening that was noticed as late gets its time; that the door is locked, as
    riders said, is over. Raises ValidationError.
    """
    now = timezone.now()
    station = _locked(station, now)
    checked = check_amenities(station, checks or {}, by=by, now=now)
    report, is_new = _report(station, DoorReport.Said.OPEN, by=by, now=now)
    end_mended(station.faults.filter(kind=Fault.Kind.LOCKED), by=by, answer=_("驿站开门了。"))
    if is_new:
        late = station.late_openings.filter(opened_at=None, posted_at__gt=now - OPENED_WITHIN, posted_at__lte=now)
        late.update(opened_at=now)
    if is_new or checked:
        audit.record("open station", station, by=by, community=station.community, checked=checked)
    return report, is_new


@transaction.atomic
def say_closed(station, *, by):
    """The keeper closes. Returns ``(report, is_new)``, as `say_open` does. Raises ValidationError."""
    now = timezone.now()
    station = _locked(station, now)
    report, is_new = _report(station, DoorReport.Said.CLOSED, by=by, now=now)
    if is_new:
        audit.record("shut station", station, by=by, community=station.community)
    return report, is_new


def check_amenities(station, checks, *, by, now):
    """Write down `checks` of this station's amenities (others are left alone) and return how many there were.

    Those found as they were get the time only, in one query; a changed one is marked and audited by itself.
    """
    rows = station.amenities.order_by("pk").select_for_update()  # by kind the lock would reach all stations' kinds
    found = [amenity for amenity in rows if amenity.pk in checks]
    same = []
    for amenity in found:
        check = checks[amenity.pk]
        if (amenity.state, amenity.note) == (check.state, check.note):
            same.append(amenity.pk)
        else:
            mark_amenity(amenity, check.state, by=by, note=check.note)
    Amenity.objects.filter(pk__in=same).update(checked_at=now, checked_by=by)
    end_mended(Fault.objects.filter(amenity__in=same, amenity__state=Amenity.State.WORKING), by=by)
    return len(found)


def _locked(station, now):
    """The station as it stands; two taps at once come one after the other. Visits at its door go on meanwhile."""
    station = Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    if station.is_out_of_use(timezone.localdate(now)):
        raise ValidationError(_("这个驿站现在暂停开放，骑手看到的就是暂停。先恢复开放，再来点。"), code="out_of_use")
    return station


def _report(station, said, *, by, now):
    is_open = said == DoorReport.Said.OPEN
    if station.said_open is is_open and now - station.said_at < settings.DOOR_WORD_ONCE_PER:
        return station.door_reports.filter(said=said).latest("at"), False
    report = save_checked(DoorReport(station=station, said=said, at=now, by=by))
    Station.objects.filter(pk=station.pk).update(said_open=is_open, said_at=now)
    return report, True
