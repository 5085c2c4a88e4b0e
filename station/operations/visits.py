"""Visits from the door: counted once, bounded by address, and what was used said afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.db import save_checked
from station.models import Station, Visit, VisitMark
from station.operations.strangers import address_mark, device_mark

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tap:
    """What became of one tap: counted now, or `at` before. `visit` is None where it cannot be told any more."""

    visit: Visit | None
    counted: bool
    at: datetime


def mark_of_phone(station, word):
    """What is kept of a phone: a digest of the random `word` it carries, another one at every station."""
    return device_mark("door", station.pk, word)


def mark_of_address(address, at):
    """What is kept of an internet address for a day."""
    return address_mark("door", address, timezone.localdate(at))


def refuse_flood(station, address, *, by_form, now):
    """Raises ValidationError where this hour already brought as many new phones from one address as are believed.

    One station's wireless network is one address, and so are the many customers of a telephone company: see
    settings.VISIT_LIMITS for what is allowed here, everywhere, and to phones that refuse cookies.
    """
    marks = {mark_of_address(address, now), mark_of_address(address, now - HOUR)}  # around midnight the digest changes
    seen = VisitMark.objects.filter(address__in=marks, counted_at__gt=now - HOUR).aggregate(
        everywhere=Count("pk"),
        door=Count("pk", filter=Q(station=station)),
        without_cookie=Count("pk", filter=Q(station=station, by_form=True)),
    )
    kinds = ["everywhere", "door", *(["without_cookie"] if by_form else [])]
    if any(seen[kind] >= settings.VISIT_LIMITS[kind] for kind in kinds):
        raise ValidationError(
            _("这个网络一小时里记了很多人，这一次没有记。您直接进来歇，要补记请告诉站里的工作人员。"), code="too_many"
        )


@transaction.atomic
def record_visit(station, occupation, *, device, address, by_form=False, now=None):
    """Count one visit from the door; returns a Tap.

    `device` is the mark of the phone (`mark_of_phone`); within settings.VISIT_ONCE_PER of its last counted visit here
    nothing is counted. `by_form` is a phone that keeps no cookie and is known by the form it sent. Taps at one door go
    one after the other (the station's row is locked), so the same tap twice at once counts once and the limits hold
    exactly. Nobody is signed in here, so there is no actor to audit; the visit itself is the record.
    Raises ValidationError where the station is out of use, and with the code "too_many" beyond the limits.
    """
    now = now or timezone.now()
    station = Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    if station.is_out_of_use(timezone.localdate(now)):
        raise ValidationError(_("这个驿站现在停用，没有记。请看看附近别的驿站。"), code="out_of_use")
    mark = VisitMark.objects.filter(station=station, device=device).first()
    if mark is not None and now - mark.counted_at < settings.VISIT_ONCE_PER:
        return Tap(_counted_at(station, mark.counted_at), False, mark.counted_at)
    if mark is None:
        refuse_flood(station, address, by_form=by_form, now=now)
        mark = VisitMark(station=station, device=device, by_form=by_form)
    mark.address, mark.counted_at = mark_of_address(address, now), now
    mark.save()
    return Tap(save_checked(Visit(station=station, occupation=occupation, at=now)), True, now)


def _counted_at(station, at):
    """The one visit of that very moment; None where two phones met in it."""
    visits = Visit.objects.filter(station=station, at=at, source=Visit.Source.DOOR)[:2]
    return visits[0] if len(visits) == 1 else None


@transaction.atomic
def note_use(visit, code, *, used, now=None):
    """Say of a visit just counted that this kind of amenity was used, or was not after all; twice is once.

    Raises ValidationError later than settings.VISIT_ONCE_PER after the visit, and for what the station does not have.
    """
    if (now or timezone.now()) - visit.at > settings.VISIT_ONCE_PER:
        raise ValidationError(_("过了十分钟，这次就不改了。谢谢您。"), code="too_late")
    amenity = visit.station.amenities.filter(kind__code=code).first()
    if amenity is None:
        raise ValidationError(_("这个驿站没有这一样，请重新点一下。"), code="not_here")
    if used:
        visit.used.add(amenity.kind_id)
    else:
        visit.used.remove(amenity.kind_id)


def sweep_visit_marks(now=None):
    """Forget marks older than a day; returns how many."""
    return VisitMark.objects.filter(counted_at__lt=(now or timezone.now()) - timedelta(days=1)).delete()[0]
