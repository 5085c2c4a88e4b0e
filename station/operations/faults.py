"""What is wrong at a station: said by riders, confirmed by several or by staff, mended or dismissed by staff."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib import notify
from station.lib.db import save_checked
from station.lib.states import move
from station.models import Amenity, Duty, Fault, FaultPhoto, FaultVoice, Station, User
from station.operations import audit
from station.operations.endings import end_fault
from station.operations.stations import mark_amenity
from station.operations.strangers import address_mark
from station.roles import Role

#: What a confirmed fault says of its amenity.
AMENITY_STATES = {Fault.Kind.BROKEN: Amenity.State.BROKEN, Fault.Kind.EMPTY: Amenity.State.EMPTY}


# --- riders ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def report_fault(
    station, kind, *, device, address, amenity=None, text="", photo=None, opened_at=None, now=None
) -> tuple[Fault, bool]:
    """Take in what somebody without an account found; returns the fault and whether this word was new.

    A fault of the same kind that is open is joined ("me too"), once a device; `other` is always one of its own. With
    enough independent voices it is confirmed. `device` and `address` are a keyed hash of a cookie and the plain
    internet address; `photo` comes from station.lib.photos.clean_photo. The same form, opened at `opened_at`, sent
    again leads to the same fault, even if that was mended meanwhile. Raises ValidationError.
    """
    now = now or timezone.now()
    if station.is_out_of_use(timezone.localdate(now)):
        raise ValidationError(_("这个驿站现在停用，不用再报。请看看附近别的驿站。"), code="out_of_use")
    if amenity is not None and amenity.station_id != station.pk:
        raise ValidationError(_("这个驿站没有这一样，请在下面选。"), code="amenity")
    fault = _open_fault(station, kind, amenity, now)
    before = _said_before(station, kind, amenity, device, fault, opened_at)
    if before is not None:
        return before, False
    mark = address_mark("fault", address, timezone.localdate(now))
    _refuse_flood(device, mark, now)
    is_first = fault is None
    if is_first:
        fault, is_first = _begin(station, kind, amenity, text, now)
        if not is_first and fault.said_by.filter(device=device).exists():  # both phones were the same one
            return fault, False
    _join(fault, device, mark, text, photo, now, is_first=is_first)
    audit.record("report fault", fault, by=None, community=station.community, people=fault.voices)
    if not _is_confirmed_by(fault, now):
        if is_first:
            _tell_staff("fault_reported", fault)
        return fault, True
    return _confirm(fault, by=None, now=now), True


def _open_fault(station, kind, amenity, now):
    """The open fault this is about, locked; None if there is none. A lock that faded is ended: this one is another."""
    if kind == Fault.Kind.OTHER:
        # No constraint tells two of them apart, so the taps of one phone wait for one another here.
        Station.objects.select_for_update(no_key=True).get(pk=station.pk)
        return None
    fault = Fault.objects.open().filter(station=station, kind=kind, amenity=amenity).select_for_update().first()
    if fault is not None and fault.has_faded(now):
        end_fault(fault, Fault.State.DISMISSED, by=None, answer=_("后来没有再听人说起，先结束了。"), now=now)
        audit.record("lapse fault", fault, by=None, community=station.community)
        return None
    return fault


def _said_before(station, kind, amenity, device, fault, opened_at):
    """The fault about which this device has said the same already: one that is open, or with this very form."""
    said = FaultVoice.objects.filter(
        device=device, fault__station=station, fault__kind=kind, fault__amenity=amenity
    ).select_related("fault")
    before = Q(fault=fault) if fault else Q(pk__in=[])
    if opened_at is not None:
        before |= Q(at__gte=opened_at)
    voice = said.filter(before).order_by("-at").first()
    return voice.fault if voice else None


def _refuse_flood(device, mark, now):
    """Raises ValidationError where a device or an address has said too much within an hour."""
    said = FaultVoice.objects.filter(at__gt=now - timedelta(hours=1))
    limits = settings.FAULT_LIMITS
    if said.filter(device=device).count() >= limits["device_hour"] or (
        mark and said.filter(address=mark).count() >= limits["address_hour"]
    ):
        raise ValidationError(_("这里刚报过好几次，都收到了。请过一小时再试。"), code="too_many")


def _begin(station, kind, amenity, text, now):
    """A new fault, and whether it is new: of two phones at the same moment one begins it and the other joins."""
    fault = Fault(station=station, kind=kind, amenity=amenity, text=text, voices=0, reported_at=now, said_at=now)
    try:
        return save_checked(fault), True
    except ValidationError:
        begun = _open_fault(station, kind, amenity, now)
        if begun is None:
            raise
        return begun, False


def _join(fault, device, mark, text, photo, now, *, is_first):
    save_checked(FaultVoice(fault=fault, device=device, address=mark, text="" if is_first else text, at=now))
    fault.voices += 1
    fault.said_at = now
    save_checked(fault, update_fields=["voices", "said_at"])
    if photo is not None and fault.photos.count() < settings.FAULT_PHOTOS_MOST:
        _keep_photo(fault, photo, FaultPhoto.Moment.BEFORE)


def _is_confirmed_by(fault, now):
    """Whether enough independent voices said it lately: voices from one known address are one."""
    if fault.state != Fault.State.REPORTED or fault.kind == Fault.Kind.OTHER:
        return False
    within = settings.FAULT_VOICES_WITHIN
    if fault.kind == Fault.Kind.LOCKED:
        within = settings.FAULT_LOCKED_SHOWN["reported"]
    marks = list(fault.said_by.filter(at__gt=now - within).values_list("address", flat=True))
    known = {mark for mark in marks if mark}
    return len(known) + marks.count("") >= settings.FAULT_CONFIRMED_BY


# --- staff -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def confirm_fault(fault, *, by, answer=""):
    """Say that it is so, and perhaps when it will be better; an amenity is marked. Raises ValidationError."""
    return _confirm(_locked(fault), by=by, answer=answer, now=timezone.now())


@transaction.atomic
def fix_fault(fault, *, by, answer="", photo=None):
    """Say that it is mended, with a photo from station.lib.photos.clean_photo if there is one. Raises ValidationError.

    An amenity works again, as `by` has just seen.
    """
    fault = end_fault(_locked(fault), Fault.State.FIXED, by=by, answer=answer, now=timezone.now())
    if photo is not None:
        _keep_photo(fault, photo, FaultPhoto.Moment.AFTER)
    _settle_amenity(fault, by=by)
    audit.record("fix fault", fault, by=by, community=fault.station.community, photos=int(photo is not None))
    return fault


@transaction.atomic
def dismiss_fault(fault, *, by, answer):
    """Say that nothing is wrong, and why: the reporter reads it. Raises ValidationError."""
    fault = end_fault(_locked(fault), Fault.State.DISMISSED, by=by, answer=answer, now=timezone.now())
    if fault.confirmed_at is not None:
        _settle_amenity(fault, by=by)
    audit.record("dismiss fault", fault, by=by, community=fault.station.community)
    return fault


def _locked(fault):
    """The row as it stands now, kept from others until commit."""
    return Fault.objects.select_for_update(of=("self",)).select_related("station__community").get(pk=fault.pk)


def _confirm(fault, *, by, now, answer=""):
    move(fault, Fault.State.CONFIRMED)
    fault.confirmed_at, fault.said_at, fault.answer = now, now, answer
    save_checked(fault)
    if fault.amenity_id is not None:
        _mark(fault, AMENITY_STATES[fault.kind], by=by)
    audit.record("confirm fault", fault, by=by, community=fault.station.community, people=fault.voices)
    _tell_staff("fault_confirmed", fault, but=by)
    return fault


def _settle_amenity(fault, *, by):
    """Mark the amenity of an ended fault as working, or as whatever else is confirmed of it."""
    if fault.amenity_id is None:
        return
    other = Fault.objects.filter(amenity=fault.amenity_id, state=Fault.State.CONFIRMED).exclude(pk=fault.pk).first()
    _mark(fault, AMENITY_STATES[other.kind] if other else Amenity.State.WORKING, by=by)


def _mark(fault, state, *, by):
    """Mark the amenity as it stands now, not as it was when the page was made."""
    mark_amenity(Amenity.objects.select_for_update().get(pk=fault.amenity_id), state, by=by)


def _keep_photo(fault, clean, moment):
    """Store a cleaned photo; a rollback leaves at most a file under a random name nobody points to."""
    photo = FaultPhoto(fault=fault, moment=moment)
    for stored, picture in ((photo.image, clean.picture), (photo.thumbnail, clean.thumbnail)):
        stored.save(picture.content.name, picture.content, save=False)
    save_checked(photo)


def _tell_staff(kind, fault, *, but=None):
    """Send the keepers of the station and the admins of its community a message, once the change is certain."""
    station = fault.station
    duties = Duty.objects.current().filter(
        Q(role=Role.STATION_KEEPER, station=station) | Q(role=Role.COMMUNITY_ADMIN, community=station.community_id)
    )
    url = f"{settings.PUBLIC_URL}{reverse('counter-fault', args=[fault.key])}"
    context = {"station": station.name, "what": str(fault.what), "url": url}
    for user in User.objects.filter(is_active=True, pk__in=duties.values("user")):
        if user.phone and user != but:
            message = notify.Message(kind=kind, to_phone=user.phone, to_user_uid=user.uid, context=context)
            transaction.on_commit(partial(notify.send, message))
