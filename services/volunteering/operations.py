"""The changes to shifts and who is in them. Each is one transaction, checked, audited; people are told after it.

Locks are taken in one order, person before shift before sign-up, so that no two operations wait for each other.
"""

from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services.volunteering.models import Desk, Shift, SignUp
from station.lib import moments, notify
from station.lib.db import save_checked
from station.lib.people import normalize_phone
from station.lib.places import give_back_place, take_place
from station.lib.states import check_move
from station.models import User
from station.operations import audit
from station.operations.occasions import missing_stretches

LONGEST_SHIFT_MIN = 24 * 60


# --- one volunteer ----------------------------------------------------------------------------------------------------
@transaction.atomic
def sign_up(shift, *, by):
    """Put `by` on a shift and return his SignUp. Raises ValidationError with what he can do instead."""
    now = timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # his own two taps at once come one after the other
    if not shift.team.takes(by):
        raise ValidationError(
            _("这一班要有资质的队员来值。想加入，请到驿站找社区工作人员；别的班次随时欢迎您。"), code="members_only"
        )
    _refuse_second_place(shift, by)
    open_ones = Shift.objects.filter(state=Shift.State.OPEN, starts_at__gt=now)
    if not take_place(open_ones, shift.pk):
        raise _why_not(Shift.objects.get(pk=shift.pk))
    row = save_checked(SignUp(shift=shift, user=by))
    audit.record("sign up for shift", row, by=by, community=shift.station.community, shift=shift.pk)
    _tell(row, "shift_signed_up")
    return row


@transaction.atomic
def withdraw(sign_up, *, by):
    """Leave a shift before it starts; the place is free again. Raises ValidationError."""
    shift, sign_up = _locked(sign_up)
    check_move(sign_up, SignUp.State.WITHDRAWN)
    if shift.has_started:
        raise ValidationError(_("这一班已经开始了，来不了请直接告诉驿站或队长。"), code="started")
    sign_up.state, sign_up.withdrawn_at = SignUp.State.WITHDRAWN, timezone.now()
    save_checked(sign_up)
    give_back_place(Shift.objects, shift.pk)
    audit.record("withdraw from shift", sign_up, by=by, community=shift.station.community, shift=shift.pk)
    return sign_up


@transaction.atomic
def mark_attended(sign_up, *, by, minutes=None, reason=""):
    """He was there: for the planned time, or for `minutes` entered by hand, which need a reason.

    Raises ValidationError before the shift started, and for minutes that cannot be.
    """
    shift, sign_up = _locked(sign_up)
    check_move(sign_up, SignUp.State.ATTENDED)
    if not shift.has_started:
        raise ValidationError(_("这一班还没开始，开始以后再记到。"), code="too_early")
    if minutes is None or minutes == shift.minutes:
        minutes, source, reason = shift.minutes, SignUp.MinutesSource.PLANNED, ""
    else:
        source = SignUp.MinutesSource.STAFF
    if not 0 < minutes <= LONGEST_SHIFT_MIN:
        raise ValidationError(_("服务分钟填 1 到 1440 之间的数。"), code="minutes")
    sign_up.minutes, sign_up.minutes_source, sign_up.minutes_reason = minutes, source, reason
    return _move(sign_up, SignUp.State.ATTENDED, "mark volunteer attended", by, reason=reason)


@transaction.atomic
def mark_no_show(sign_up, *, by):
    """He did not come. Raises ValidationError before the shift started."""
    shift, sign_up = _locked(sign_up)
    check_move(sign_up, SignUp.State.NO_SHOW)
    if not shift.has_started:
        raise ValidationError(_("这一班还没开始，再等等他。"), code="too_early")
    return _move(sign_up, SignUp.State.NO_SHOW, "mark volunteer no-show", by)


@transaction.atomic
def undo_attendance(sign_up, *, by):
    """Take back an attendance or a no-show that was a slip; the minutes go with it. Raises ValidationError."""
    _shift, sign_up = _locked(sign_up)
    check_move(sign_up, SignUp.State.SIGNED_UP)
    sign_up.minutes, sign_up.minutes_source, sign_up.minutes_reason = None, "", ""
    return _move(sign_up, SignUp.State.SIGNED_UP, "undo attendance", by)


@transaction.atomic
def add_member(member, *, phone, by):
    """Take the person who signs in with `phone` into a team. Raises ValidationError when nobody does."""
    user = User.objects.with_phone(normalize_phone(phone)).first()
    if user is None:
        raise ValidationError(
            {"phone": ValidationError(_("还没有人用这个手机号登录过。请他先登录一次，再来加。"), code="unknown")}
        )
    member.user = user
    save_checked(member)
    audit.record("add member", member, by=by, community=member.team.community, team=member.team_id)
    return member


# --- shifts -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def save_shift(shift, *, by, fields=()):
    """Add a shift, or change one without touching the places given out meanwhile. Raises ValidationError.

    Once somebody has signed up, team, place and time stay: he was told so.
    """
    if shift.team.community_id != shift.station.community_id:
        raise ValidationError(_("志愿队和驿站要在同一个社区。"), code="community")
    is_new = shift.pk is None
    if not is_new:
        stored = Shift.objects.select_for_update(no_key=True).get(pk=shift.pk)
        shift.taken, shift.state, shift.cancel_reason = stored.taken, stored.state, stored.cancel_reason
        promised = ("team_id", "station_id", "starts_at", "ends_at")
        if stored.taken and any(getattr(stored, name) != getattr(shift, name) for name in promised):
            raise ValidationError(
                _("已经有人报名了，队、驿站和时间不能改。要改就取消这一班（会通知大家），另排一班。"), code="promised"
            )
    save_checked(shift)
    verb = "add" if is_new else "change"
    audit.record(f"{verb} shift", shift, by=by, community=shift.station.community, fields=sorted(fields))
    return shift


@transaction.atomic
def cancel_shift(shift, *, by, reason):
    """Call a shift off and tell everybody who signed up why. Raises ValidationError."""
    shift = Shift.objects.select_for_update(no_key=True).get(pk=shift.pk)
    check_move(shift, Shift.State.CANCELLED)
    if shift.ends_at <= timezone.now():
        raise ValidationError(_("这一班已经结束了，不能再取消。"), code="over")
    rows = list(shift.sign_ups.filter(state=SignUp.State.SIGNED_UP).select_related("user"))
    for row in rows:
        row.state, row.withdrawn_at = SignUp.State.WITHDRAWN, timezone.now()
        save_checked(row)
        _tell(row, "shift_cancelled", reason=reason)
    shift.state, shift.cancel_reason = Shift.State.CANCELLED, reason
    shift.taken -= len(rows)
    save_checked(shift)
    audit.record("cancel shift", shift, by=by, reason=reason, community=shift.station.community, told=len(rows))
    return shift


@transaction.atomic
def open_shifts(desk, *, until, by):
    """Lay out the shifts of a desk from now to the date `until` (included); returns the new ones.

    Run again it adds only what is missing. Raises ValidationError.
    """
    desk = Desk.objects.select_for_update(no_key=True).get(pk=desk.pk)
    if not desk.is_active:
        raise ValidationError(_("这个固定值守已经停了，先勾上“继续排”。"), code="inactive")
    if desk.team.community_id != desk.station.community_id:
        raise ValidationError(_("志愿队和驿站要在同一个社区。"), code="community")
    alike = Shift.objects.filter(team=desk.team, station=desk.station)
    created = [
        save_checked(
            Shift(
                team=desk.team,
                station=desk.station,
                desk=desk,
                title=desk.title,
                starts_at=starts_at,
                ends_at=ends_at,
                places=desk.places,
            )
        )
        for starts_at, ends_at in missing_stretches(desk, alike, until=until)
    ]
    audit.record("open shifts", desk, by=by, community=desk.station.community, shifts=len(created))
    return created


# --- pieces -----------------------------------------------------------------------------------------------------------
def _locked(sign_up):
    """The shift and the sign-up as they stand, in that order of locking."""
    shift = Shift.objects.select_for_update(no_key=True).get(pk=sign_up.shift_id)
    sign_up = SignUp.objects.select_for_update(no_key=True).get(pk=sign_up.pk)
    sign_up.shift = shift
    return shift, sign_up


def _move(sign_up, to, action, by, reason=""):
    sign_up.state = to
    save_checked(sign_up)
    audit.record(
        action, sign_up, by=by, reason=reason, community=sign_up.shift.station.community, shift=sign_up.shift_id
    )
    return sign_up


def _refuse_second_place(shift, user):
    held = SignUp.objects.of(user).holding()
    if held.filter(shift=shift).exists():
        raise ValidationError(_("您已经报名这一班了，到“我的值班”可以看。"), code="already_signed_up")
    overlapping = Shift.objects.overlapping(shift.starts_at, shift.ends_at)
    clash = held.filter(shift__in=overlapping).with_shift().first()
    if clash:
        raise ValidationError(
            _("这段时间您已经报名“%(title)s”（%(when)s）。想来这一班，先退出那一班。")
            % {"title": clash.shift.title, "when": clash.shift.when},
            code="overlapping",
        )


def _why_not(shift):
    """The refusal for somebody whom `take_place` gave nothing."""
    if shift.is_cancelled:
        return ValidationError(
            _("这一班取消了：%(reason)s。请看看别的班次。") % {"reason": shift.cancel_reason}, code="cancelled"
        )
    if shift.has_started:
        return ValidationError(_("这一班已经开始了，请看看后面的班次。"), code="started")
    return ValidationError(_("这一班人刚刚齐了，谢谢您！别的班次还缺人手。"), code="full")


def _tell(sign_up, kind, **more):
    """Send the person a message once the change stands."""
    shift, user = sign_up.shift, sign_up.user
    context = {
        "title": shift.title,
        "station": shift.station.name,
        "when": moments.stretch_text(shift.starts_at, shift.ends_at, timezone.now()),
        **more,
    }
    message = notify.Message(kind=kind, to_phone=user.phone, to_user_uid=user.uid, context=context)
    transaction.on_commit(partial(notify.send, message))
