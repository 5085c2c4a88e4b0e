"""The changes to sessions and the places in them. Each is one transaction, checked, audited; people are told after it.

Locks are taken in one order, person before session before booking, so that no two operations wait for each other.
"""

from functools import partial
from secrets import choice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services.bookings.models import Booking, Session, SessionPattern
from station.lib import moments, notify
from station.lib.db import save_checked
from station.lib.places import give_back_place, take_place
from station.lib.states import check_move
from station.models import User
from station.operations import audit
from station.operations.occasions import missing_stretches

CODE_LETTERS = "ACDEFHJKMNPRTUVWXY34679"  # without what is read or heard as something else: 0O 1IL 2Z 5S 8B GQ
CODE_LENGTH = 4


# --- one person's place -----------------------------------------------------------------------------------------------
@transaction.atomic
def book_place(session, *, by, note=""):
    """Take a place for `by` and return his Booking. Raises ValidationError with what he can do instead."""
    now = timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # his own two taps at once come one after the other
    _refuse_second_place(session, by)
    open_ones = Session.objects.filter(state=Session.State.OPEN, starts_at__gt=now)
    if not session.service.is_offered or not take_place(open_ones, session.pk):
        raise _why_not(Session.objects.select_related("service").get(pk=session.pk))
    booking = save_checked(Booking(session=session, user=by, code=new_code(session), note=note.strip()))
    audit.record("book place", booking, by=by, community=session.station.community, session=session.pk)
    _tell(booking, "booking_made")
    return booking


@transaction.atomic
def cancel_booking(booking, *, by):
    """Give the place back before the session starts. Raises ValidationError."""
    session, booking = _locked(booking)
    check_move(booking, Booking.State.CANCELLED)
    if session.has_started:
        raise ValidationError(_("这一场已经开始了，不用取消。来不了也没关系，下次再约。"), code="started")
    booking.state, booking.cancelled_at = Booking.State.CANCELLED, timezone.now()
    save_checked(booking)
    give_back_place(Session.objects, session.pk)
    audit.record("cancel booking", booking, by=by, community=session.station.community, session=session.pk)
    return booking


@transaction.atomic
def check_in(booking, *, by):
    """He has come. From the morning of the day on, for people come early. Raises ValidationError."""
    session, booking = _locked(booking)
    check_move(booking, Booking.State.ATTENDED)
    if timezone.localdate(session.starts_at) > timezone.localdate():
        raise ValidationError(_("还没到那一天，到了当天再签到。"), code="too_early")
    return _move(booking, Booking.State.ATTENDED, "check in booking", by)


@transaction.atomic
def mark_no_show(booking, *, by):
    """He has not come. Raises ValidationError before the session started."""
    session, booking = _locked(booking)
    check_move(booking, Booking.State.NO_SHOW)
    if not session.has_started:
        raise ValidationError(_("这一场还没开始，再等等他。"), code="too_early")
    return _move(booking, Booking.State.NO_SHOW, "mark booking no-show", by)


@transaction.atomic
def undo_check_in(booking, *, by):
    """Take back a check-in or a no-show that was a slip. Raises ValidationError."""
    _session, booking = _locked(booking)
    check_move(booking, Booking.State.BOOKED)
    return _move(booking, Booking.State.BOOKED, "undo check-in", by)


# --- sessions ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def save_session(session, *, by, fields=()):
    """Add a session, or change one without touching the places given out meanwhile. Raises ValidationError.

    Once somebody has booked, what, where and when stay: he was told so.
    """
    is_new = session.pk is None
    if not is_new:
        stored = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
        session.taken, session.state, session.cancel_reason = stored.taken, stored.state, stored.cancel_reason
        promised = ("service_id", "station_id", "starts_at", "ends_at")
        if stored.taken and any(getattr(stored, name) != getattr(session, name) for name in promised):
            raise ValidationError(
                _("已经有人约了，服务、驿站和时间不能改。要改就取消这一场（会通知大家），另排一场。"), code="promised"
            )
    save_checked(session)
    verb = "add" if is_new else "change"
    audit.record(f"{verb} session", session, by=by, community=session.station.community, fields=sorted(fields))
    return session


@transaction.atomic
def cancel_session(session, *, by, reason):
    """Call a session off and tell everybody who had a place why. Raises ValidationError."""
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    check_move(session, Session.State.CANCELLED)
    if session.ends_at <= timezone.now():
        raise ValidationError(_("这一场已经结束了，不能再取消。"), code="over")
    bookings = list(session.bookings.filter(state=Booking.State.BOOKED).select_related("user"))
    for booking in bookings:
        booking.state, booking.cancelled_at = Booking.State.CANCELLED, timezone.now()
        save_checked(booking)
        _tell(booking, "session_cancelled", reason=reason)
    session.state, session.cancel_reason = Session.State.CANCELLED, reason
    session.taken -= len(bookings)
    save_checked(session)
    audit.record(
        "cancel session", session, by=by, reason=reason, community=session.station.community, told=len(bookings)
    )
    return session


@transaction.atomic
def open_sessions(pattern, *, until, by):
    """Lay out the sessions of a weekly pattern from now to the date `until` (included); returns the new ones.

    Run again it adds only what is missing. Raises ValidationError.
    """
    pattern = SessionPattern.objects.select_for_update(no_key=True).get(pk=pattern.pk)
    if not pattern.is_active:
        raise ValidationError(_("这个每周场次已经停了，先勾上“继续排”。"), code="inactive")
    alike = Session.objects.filter(service=pattern.service, station=pattern.station)
    created = [
        save_checked(
            Session(
                service=pattern.service,
                station=pattern.station,
                pattern=pattern,
                starts_at=starts_at,
                ends_at=ends_at,
                host=pattern.host,
                places=pattern.places,
            )
        )
        for starts_at, ends_at in missing_stretches(pattern, alike, until=until)
    ]
    audit.record("open sessions", pattern, by=by, community=pattern.station.community, sessions=len(created))
    return created


# --- pieces -----------------------------------------------------------------------------------------------------------
def new_code(session, pick=choice):
    """A code nobody else in this session has; `pick` draws one letter."""
    used = set(session.bookings.values_list("code", flat=True))
    while (code := "".join(pick(CODE_LETTERS) for _letter in range(CODE_LENGTH))) in used:
        continue
    return code


def _locked(booking):
    """The session and the booking as they stand, in that order of locking."""
    session = Session.objects.select_for_update(no_key=True).get(pk=booking.session_id)
    booking = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
    booking.session = session
    return session, booking


def _move(booking, to, action, by):
    booking.state = to
    save_checked(booking)
    audit.record(action, booking, by=by, community=booking.session.station.community, session=booking.session_id)
    return booking


def _refuse_second_place(session, user):
    held = Booking.objects.of(user).holding()
    if held.filter(session=session).exists():
        raise ValidationError(_("您已经约了这一场，到“我的预约”看到场码。"), code="already_booked")
    overlapping = Session.objects.overlapping(session.starts_at, session.ends_at)
    clash = held.filter(session__in=overlapping).with_session().first()
    if clash:
        raise ValidationError(
            _("这段时间您已经约了“%(service)s”（%(when)s）。想约这一场，先取消那一场。")
            % {"service": clash.session.service.name, "when": clash.session.when},
            code="overlapping",
        )


def _why_not(session):
    """The refusal for somebody whom `take_place` gave nothing."""
    if session.is_cancelled:
        return ValidationError(
            _("这一场取消了：%(reason)s。请看看别的场次。") % {"reason": session.cancel_reason}, code="cancelled"
        )
    if not session.service.is_offered:
        return ValidationError(_("这项服务暂时停了，请看看别的服务。"), code="not_offered")
    if session.has_started:
        return ValidationError(_("这一场已经开始了。人在附近可以直接去问问，或者约下一场。"), code="started")
    return ValidationError(_("名额刚刚约满了。请看看下面别的场次，有人取消时名额会放出来。"), code="full")


def _tell(booking, kind, **more):
    """Send the person a message once the change stands."""
    session, user = booking.session, booking.user
    context = {
        "service": session.service.name,
        "station": session.station.name,
        "when": moments.stretch_text(session.starts_at, session.ends_at, timezone.now()),
        "code": booking.code,
        **more,
    }
    message = notify.Message(kind=kind, to_phone=user.phone, to_user_uid=user.uid, context=context)
    transaction.on_commit(partial(notify.send, message))
