"""What happens to a worker in the ledger. Every operation returns the row as it stands afterwards.

`consents` are the purposes (station.models.Consent.Purpose) to which the worker has just agreed face to face.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Worker
from ledger.operations import entries
from ledger.operations.findings import add_to_open_round
from station.lib.db import save_checked
from station.lib.states import move
from station.models import Consent
from station.operations import audit
from station.operations.people import give_consent
from station.privacy import PRIVACY_TEXT_VERSION

CONSENT_FOR = {  # a sensitive field → the purpose it needs consent for (PIPL, articles 28 and 29)
    "affiliation": Consent.Purpose.AFFILIATION,
    "id_number": Consent.Purpose.IDENTITY,
}


def take_consents(person_uid, purposes, *, by, channel=Consent.Channel.DOOR):
    """Record each of `purposes` as consented to."""
    for purpose in sorted(purposes):
        give_consent(person_uid, purpose, text_version=PRIVACY_TEXT_VERSION, channel=channel, by=by)


def require_consents(worker, names):
    """Raises ValidationError for a sensitive field among `names` that is filled in without a consent in force."""
    errors = {}
    for name in names:
        purpose = CONSENT_FOR.get(name)
        if purpose and getattr(worker, name) and not Consent.objects.covers(worker.uid, purpose):
            errors[name] = ValidationError(
                _("要先得到本人同意才能登记这一项：当面问过后，请勾上“%(purpose)s”。"),
                code="consent",
                params={"purpose": purpose.label},
            )
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def register_worker(worker, *, by, reason="", consents=()):
    """Enter a new worker under the next number. Raises ValidationError."""
    take_consents(worker.uid, consents, by=by)
    require_consents(worker, CONSENT_FOR)
    return entries.register(worker, by=by, reason=reason, channel=worker.source)


@transaction.atomic
def change_worker(worker, changes, *, by, reason, consents=()):
    """Write `changes` (field name → value) and why. Raises ValidationError."""
    take_consents(worker.uid, consents, by=by)
    worker = entries.change(worker, changes, by=by, reason=reason)
    require_consents(worker, changes)
    return worker


def confirm_worker(worker, *, by, reason="", on=None):
    """Note that he was met and is as the ledger says. Raises ValidationError."""
    return entries.confirm(worker, by=by, reason=reason, on=on)


def leave_worker(worker, *, by, reason, on=None):
    """Note that he works here no more. Raises ValidationError."""
    return entries.leave(worker, by=by, reason=reason, on=on)


def return_worker(worker, *, by, reason=""):
    """Take him in again under his old number. Raises ValidationError."""
    return entries.come_back(worker, by=by, reason=reason)


@transaction.atomic
def confirm_registration(worker, *, by, reason=""):
    """Take in somebody who registered himself. Raises ValidationError."""
    worker = entries.lock(worker)
    entries.require_state(worker, Worker.State.PENDING)
    move(worker, Worker.State.ACTIVE)
    worker.last_confirmed_on = timezone.localdate()
    save_checked(worker, by=by, reason=reason)
    add_to_open_round(worker, by=by, channel=worker.source)
    audit.record("confirm registration", worker, by=by, reason=reason, community=worker.community)
    return worker


@transaction.atomic
def refuse_registration(worker, *, by, reason):
    """Do not take in somebody who registered himself, and say why. Raises ValidationError."""
    entries.require_reason(reason)
    worker = entries.lock(worker)
    move(worker, Worker.State.REFUSED)
    save_checked(worker, by=by, reason=reason)
    audit.record("refuse registration", worker, by=by, reason=reason, community=worker.community)
    return worker


@transaction.atomic
def reopen_registration(worker, *, by, reason):
    """Look again at a refused registration. Raises ValidationError."""
    entries.require_reason(reason)
    worker = entries.lock(worker)
    move(worker, Worker.State.PENDING)
    worker.clean()
    save_checked(worker, by=by, reason=reason)
    audit.record("reopen registration", worker, by=by, reason=reason, community=worker.community)
    return worker


def reveal_worker(worker, *, by, reason):
    """Phone, ID number and affiliation in full, as (label, text) pairs. Raises ValidationError."""
    return entries.reveal(worker, ["name", "phone", "id_number", "affiliation"], by=by, reason=reason)


def reveal_phone(worker, *, by, reason):
    """The phone in full, as (label, text) pairs. Raises ValidationError."""
    return entries.reveal(worker, ["name", "phone"], by=by, reason=reason)
