"""What riders say and wish for: taken in from anybody, answered in public by staff."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.db import save_checked
from station.lib.states import move
from station.models import AuditEvent, Station, Voice
from station.operations import audit
from station.operations.strangers import address_mark
from station.privacy import PRIVACY_TEXT_VERSION

SAY = "say voice"


@transaction.atomic
def say_voice(voice, *, device, address, user=None) -> tuple[Voice, bool]:
    """Take in `voice` (unsaved); returns it and whether it is new. Nobody but staff reads it before it is answered.

    Its `uid` is the form's key: the same form sent twice is one voice. `device` is a keyed hash of a cookie, `address`
    the plain internet address. A contact is kept for the answer only, its consent stands in the audit with the wording
    it was given to. Raises ValidationError.
    """
    said = Voice.objects.filter(uid=voice.uid).first()
    if said is not None:
        return said, False
    if voice.station is not None and voice.station.state == Station.State.CLOSED:
        raise ValidationError(_("这个驿站已经停用，没人看这里的留言了。请到别的驿站说。"), code="closed")
    marks = {"device": device[:16], "address": address_mark("voice", address)}
    _refuse_flood(marks)
    voice.user = user
    try:
        save_checked(voice, by=user)
    except ValidationError:
        said = Voice.objects.filter(uid=voice.uid).first()  # the same tap, a moment earlier
        if said is None:
            raise
        return said, False
    consent = {"consent": PRIVACY_TEXT_VERSION} if voice.contact else {}
    audit.record(SAY, voice, by=user, community=voice.community, **marks, **consent)
    return voice, True


def _refuse_flood(marks):
    """Raises ValidationError where a device or an address has said too much within an hour.

    Counted in the audit, as of registrations, so that it holds across processes without a table of its own.
    """
    said = AuditEvent.objects.filter(action=SAY, at__gte=timezone.now() - timedelta(hours=1))
    limits = settings.VOICE_LIMITS
    if said.filter(data__device=marks["device"]).count() >= limits["device_hour"] or (
        marks["address"] and said.filter(data__address=marks["address"]).count() >= limits["address_hour"]
    ):
        raise ValidationError(_("这里刚说过好几次，都收到了。请过一小时再说。"), code="too_many")


@transaction.atomic
def answer_voice(voice, *, reply, by):
    """Answer it, which makes both public. Raises ValidationError."""
    voice = _replied(_locked(voice), Voice.State.ANSWERED, reply, by)
    audit.record("answer voice", voice, by=by, community=voice.community)
    return voice


@transaction.atomic
def grant_voice(voice, *, reply="", by):
    """Say that a wish came true; an answer given before stays where there is no newer one. Raises ValidationError."""
    voice = _locked(voice)
    if voice.kind != Voice.Kind.WISH:
        raise ValidationError(_("只有微心愿才能标为“已实现”，别的请直接答复。"), code="no_wish")
    voice = _replied(voice, Voice.State.GRANTED, reply or voice.reply, by)
    audit.record("grant voice", voice, by=by, community=voice.community)
    return voice


@transaction.atomic
def hide_voice(voice, *, reason, by):
    """Keep it from the public; the reason stays in the audit. Raises ValidationError."""
    voice = _locked(voice)
    move(voice, Voice.State.HIDDEN)
    save_checked(voice, by=by)
    audit.record("hide voice", voice, by=by, reason=reason, community=voice.community)
    return voice


@transaction.atomic
def reveal_contact(voice, *, reason, by):
    """Label and value of the contact somebody left, to be seen once; the audit knows why."""
    audit.record("reveal voice", voice, by=by, reason=reason, community=voice.community, fields=["contact"])
    return [(Voice._meta.get_field("contact").verbose_name, voice.contact)] if voice.contact else []


def _locked(voice):
    """The row as it stands now, kept from others until commit."""
    return Voice.objects.select_for_update(of=("self",)).select_related("community").get(pk=voice.pk)


def _replied(voice, state, reply, by):
    move(voice, state)
    voice.reply, voice.replied_at, voice.replied_by = reply, timezone.now(), by
    return save_checked(voice, by=by)
