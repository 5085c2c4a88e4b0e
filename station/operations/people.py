"""Accounts, duties and consents: who may come in, who may do what, who agreed to what."""

from datetime import timedelta
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.db import save_checked
from station.models import Consent, Duty, User
from station.operations import audit
from station.roles import Role


@transaction.atomic
def create_staff(user, *, password, by):
    """Create the staff account `user` (unsaved) with its first password, within reach. Raises ValidationError."""
    if not by.is_superuser:
        reach = by.scope_for("station.add_user").communities
        if user.community_id is None and len(reach) == 1:
            (user.community_id,) = reach
        if user.community_id not in reach:
            raise ValidationError(_("请选您自己的社区。"), code="beyond_reach")
    user.is_staff = True
    user.set_password(password)
    save_checked(user)
    audit.record("create staff", user, by=by, community=user.community)
    return user


@transaction.atomic
def change_account(user, *, by, fields=()):
    """Save a changed account. Deactivation ends its sessions at the next request. Raises ValidationError.

    Nobody locks himself out, and the account of somebody with a duty beyond one's own reach is not touched.
    """
    if user.pk == by.pk and not user.is_active:
        raise ValidationError(_("不能停用自己的账号，请另一位管理员来办。"), code="own_account")
    if not by.is_superuser and user.pk != by.pk:
        beyond = user.duties.not_ended().exclude(pk__in=Duty.objects.visible_to(by, "station.change_duty").values("pk"))
        if user.is_superuser or beyond.exists():
            raise ValidationError(_("他还管着别处的事，这个账号要由系统管理员来改。"), code="beyond_reach")
    save_checked(user)
    audit.record("change account", user, by=by, community=user.community, fields=sorted(fields))
    return user


@transaction.atomic
def change_name(user, name, *, by):
    """Give the account another name and leave everything else as it is now. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.name = name
    save_checked(user, update_fields=["name"])
    audit.record("change account", user, by=by, community=user.community, fields=["name"])
    return user


@transaction.atomic
def find_or_create_rider(phone):
    """The account with this normalised phone, made on first sign-in."""
    user = User.objects.with_phone(phone).first()
    if user is not None:
        return user
    user = User(username=f"rider-{token_hex(6)}", phone=phone)
    user.set_unusable_password()
    try:
        save_checked(user)
    except ValidationError:
        # He signed in on two phones at once, and the other made the account in between.
        made = User.objects.with_phone(phone).first()
        if made is None:
            raise
        return made
    audit.record("create rider", user, by=user)
    return user


@transaction.atomic
def give_duty(duty, *, by):
    """Save a new or changed duty. Nobody gives himself one, and nobody beyond his own reach. Raises ValidationError."""
    if duty.user_id == by.pk and not by.is_superuser:
        raise ValidationError(_("不能给自己加职责，请另一位管理员来办。"), code="own_duty")
    place_community = (
        duty.community or getattr(duty.grid, "community", None) or getattr(duty.station, "community", None)
    )
    if not by.is_superuser:
        if duty.role == Role.STREET_SUPERVISOR or place_community is None:
            raise ValidationError(_("这个职责要由系统管理员来给。"), code="beyond_reach")
        if place_community.pk not in by.scope_for("station.add_duty").communities:
            raise ValidationError(_("只能在自己的社区里给职责。"), code="beyond_reach")
    save_checked(duty)
    audit.record("give duty", duty, by=by, community=place_community, role=duty.role, user=duty.user_id)
    return duty


@transaction.atomic
def end_duty(duty, *, by, reason):
    """Take a duty away from this moment on. Raises ValidationError.

    Its last day is yesterday; one that began no earlier than today has no such day and goes, the audit remembers it.
    """
    if duty.user_id == by.pk and not by.is_superuser:
        raise ValidationError(_("不能撤自己的职责，请另一位管理员来办。"), code="own_duty")
    place_community = (
        duty.community or getattr(duty.grid, "community", None) or getattr(duty.station, "community", None)
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    data = {"role": duty.role, "user": duty.user_id}
    if duty.starts_on <= yesterday:
        duty.ends_on = yesterday
        save_checked(duty)
        audit.record("end duty", duty, by=by, reason=reason, community=place_community, **data)
    else:
        audit.record("end duty", duty, by=by, reason=reason, community=place_community, **data)
        duty.delete()


@transaction.atomic
def give_consent(person_uid, purpose, *, text_version, channel, by=None):
    """Record that a person consented; a consent already in force is returned as it is."""
    consent = Consent.objects.given().filter(person_uid=person_uid, purpose=purpose).first()
    if consent is None:
        consent = save_checked(
            Consent(person_uid=person_uid, purpose=purpose, text_version=text_version, channel=channel, recorded_by=by)
        )
        audit.record("give consent", consent, by=by, purpose=purpose)
    return consent


@transaction.atomic
def withdraw_consent(consent, *, by):
    """End a consent from now on."""
    if consent.withdrawn_at is None:
        consent.withdrawn_at = timezone.now()
        save_checked(consent)
        audit.record("withdraw consent", consent, by=by, purpose=consent.purpose)
    return consent
