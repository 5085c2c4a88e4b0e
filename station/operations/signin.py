"""Riders' sign-in codes: asked for within the limits, entered once, in the browser that asked."""

from datetime import timedelta
from secrets import randbelow

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from station.lib import notify
from station.lib.crypto import blind_index, hmac_digest
from station.lib.db import save_checked
from station.models import SignInCode
from station.operations import audit
from station.operations.numbers import next_number
from station.operations.people import find_or_create_rider

CODES_SENT = "sign-in codes"  # the number series whose row every asking locks
KEPT_FOR = timedelta(days=2)  # a day longer than the longest limit looks back


def _code_hash(code, *, phone_index, browser_hash):
    """Bound to phone and browser, so that equal codes leave different hashes."""
    return hmac_digest("sign-in.code", f"{phone_index} {browser_hash} {code}")


def _refuse_beyond_limits(phone_index, address_hash, now):
    """Raise ValidationError with the code "limit" if one more code would exceed settings.SIGN_IN_CODE_LIMITS."""
    of_phone, of_address = Q(phone_index=phone_index), Q(address_hash=address_hash)
    in_minute, in_hour = Q(created_at__gt=now - timedelta(minutes=1)), Q(created_at__gt=now - timedelta(hours=1))
    sent = SignInCode.objects.filter(created_at__gt=now - timedelta(days=1)).aggregate(
        phone_minute=Count("pk", filter=of_phone & in_minute),
        phone_hour=Count("pk", filter=of_phone & in_hour),
        phone_day=Count("pk", filter=of_phone),
        address_hour=Count("pk", filter=of_address & in_hour),
        all_day=Count("pk"),
    )
    refusals = {
        "phone_minute": _("刚刚发过一条，请看看短信；没收到就过一分钟再要。"),
        "phone_hour": _("这个手机号要得太勤了，请过一小时再试。"),
        "phone_day": _("这个手机号今天要得太多了，请明天再试，或到驿站请工作人员帮忙。"),
        "address_hour": _("这个网络要得太多了，请过一小时再试，或换成手机流量。"),
        "all_day": _("今天的短信发完了，请明天再试。不登录也能找驿站。"),
    }
    for name, refusal in refusals.items():
        if sent[name] >= settings.SIGN_IN_CODE_LIMITS[name]:
            raise ValidationError(refusal, code="limit")


@transaction.atomic
def ask_for_code(phone, *, browser, address, now=None):
    """Send a new code to this normalised phone and return it, for a demo page to show.

    `browser` is a secret only the asking browser holds, `address` where it asks from. Whether the phone has an account
    is not looked at, so nobody can find out. Raises ValidationError with the code "limit".
    """
    now = now or timezone.now()
    next_number(CODES_SENT)  # its row stays locked until commit: requests at once count one another
    phone_index, address_hash = blind_index("phone", phone), hmac_digest("sign-in.address", address)
    _refuse_beyond_limits(phone_index, address_hash, now)
    SignInCode.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    code, browser_hash = f"{randbelow(1_000_000):06}", hmac_digest("sign-in.browser", browser)
    save_checked(
        SignInCode(
            phone_index=phone_index,
            code_hash=_code_hash(code, phone_index=phone_index, browser_hash=browser_hash),
            browser_hash=browser_hash,
            address_hash=address_hash,
            created_at=now,
            expires_at=now + settings.SIGN_IN_CODE_LIFETIME,
        )
    )
    minutes = settings.SIGN_IN_CODE_LIFETIME // timedelta(minutes=1)
    message = notify.Message("sign_in_code", to_phone=phone, context={"code": code, "minutes": minutes})
    transaction.on_commit(lambda: notify.send(message))
    return code


def enter_code(phone, code, *, browser, now=None):
    """The account of whoever enters the right code, made on his first sign-in.

    Not one transaction: a wrong try has to be counted although it is refused. Raises ValidationError with the code
    "wrong" (tries are left), "used_up" (a new code is needed), "staff" or "inactive".
    """
    now = now or timezone.now()
    phone_index, browser_hash = blind_index("phone", phone), hmac_digest("sign-in.browser", browser)
    sent = SignInCode.objects.filter(phone_index=phone_index, browser_hash=browser_hash).first()
    usable = SignInCode.objects.usable(now).filter(pk=sent.pk if sent else None)
    if not usable.filter(tries__lt=settings.SIGN_IN_CODE_TRIES).update(tries=F("tries") + 1):
        raise ValidationError(_("这个验证码过期了或用过了，请重新要一个。"), code="used_up")
    if not constant_time_compare(sent.code_hash, _code_hash(code, phone_index=phone_index, browser_hash=browser_hash)):
        sent.refresh_from_db(fields=["tries"])
        left = settings.SIGN_IN_CODE_TRIES - sent.tries
        if not left:
            raise ValidationError(_("错得有点多，这个验证码作废了，请重新要一个。"), code="used_up")
        raise ValidationError(
            ngettext(
                "验证码不对，再看看最新那条短信，还可以试 %(left)d 次。",
                "验证码不对，再看看最新那条短信，还可以试 %(left)d 次。",
                left,
            )
            % {"left": left},
            code="wrong",
        )
    return _sign_in(phone, usable, now)


@transaction.atomic
def _sign_in(phone, usable, now):
    """Use the code up and return the account. Raises ValidationError."""
    if not usable.update(used_at=now):
        raise ValidationError(_("这个验证码过期了或用过了，请重新要一个。"), code="used_up")
    user = find_or_create_rider(phone)
    if user.is_staff:
        # A phone alone must not open what a password and a second factor guard.
        raise ValidationError(_("这是工作人员的手机号，请从管理后台登录。"), code="staff")
    if not user.is_active:
        raise ValidationError(_("这个账号停用了，请联系社区。"), code="inactive")
    audit.record("sign in", user, by=user)
    return user
