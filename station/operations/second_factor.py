"""The staff's second factor: an authenticator app, and recovery codes on paper for the day the phone is gone."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from station.models import User
from station.operations import audit

RECOVERY_CODES = 10
_APP_CODE = re.compile(r"[0-9]{6}")


def confirmed_device(user):
    """The authenticator app this account has confirmed, or None."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).first()


def recovery_codes_left(user):
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def start_enrolment(user):
    """The not yet confirmed device whose secret the app is to learn; the same one until it is confirmed."""
    User.objects.select_for_update().get(pk=user.pk)  # two tabs opened at once get one secret
    device = TOTPDevice.objects.devices_for_user(user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user_id=user.pk, name="app", confirmed=False)


def confirm_enrolment(user, code):
    """Confirm the app with a first code from it: the device and ten recovery codes. Raises ValidationError."""
    device, codes = _confirm(user, code)
    if codes is None:
        raise _refusal(device)
    return device, codes


@transaction.atomic
def _confirm(user, code):
    # A refusal must not roll back: the device counts failures in its own row.
    User.objects.select_for_update().get(pk=user.pk)
    if confirmed_device(user):
        raise ValidationError(_("这个账号已经绑定过了，请用原来的验证器登录。"), code="enrolled")
    device = TOTPDevice.objects.devices_for_user(user, confirmed=False).select_for_update().first()
    if device is None:
        raise ValidationError(_("二维码过期了，请刷新这一页重新扫。"), code="not_started")
    if not device.verify_token(code):
        return device, None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = _fresh_codes(user)
    audit.record("enrol second factor", user, by=user, community=user.community)
    return device, codes


def verify_second_factor(user, code):
    """The device that accepts `code`: six digits of the app, or a recovery code, which is then used up.

    Each failure makes the next try wait longer. Raises ValidationError.
    """
    devices = TOTPDevice if _APP_CODE.fullmatch(code) else StaticDevice
    device = devices.objects.devices_for_user(user, confirmed=True).first()
    if device is None:
        raise ValidationError(_("验证码不对，请再看一眼。"), code="wrong")
    verified = verify_token(user, device.persistent_id, code)
    if verified is None:
        device.refresh_from_db()
        audit.record(
            "refuse second factor", user, by=user, community=user.community, failures=device.throttling_failure_count
        )
        raise _refusal(device)
    return verified


@transaction.atomic
def renew_recovery_codes(user):
    """Ten new recovery codes; the old ones stop working."""
    codes = _fresh_codes(user)
    audit.record("renew recovery codes", user, by=user, community=user.community)
    return codes


@transaction.atomic
def reset_second_factor(user, *, by, reason):
    """Forget a colleague's app and recovery codes, so that he sets them up anew. Raises ValidationError."""
    if user.pk == by.pk:
        raise ValidationError(_("自己的动态口令请另一位系统管理员来重置。"), code="own_account")
    User.objects.select_for_update().get(pk=user.pk)
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    StaticDevice.objects.filter(user_id=user.pk).delete()
    audit.record("reset second factor", user, by=by, reason=reason, community=user.community)
    return user


def _fresh_codes(user):
    User.objects.select_for_update().get(pk=user.pk)
    StaticDevice.objects.filter(user_id=user.pk).delete()
    device = StaticDevice.objects.create(user_id=user.pk, name="recovery")
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _refusal(device):
    allowed, why = device.verify_is_allowed()
    if allowed:
        return ValidationError(_("验证码不对，请再看一眼。"), code="wrong")
    seconds = max(1, round((why["locked_until"] - timezone.now()).total_seconds()))
    return ValidationError(
        _("验证码不对。请等 %(seconds)d 秒，用验证器里新的一组数再试。") % {"seconds": seconds}, code="wait"
    )
