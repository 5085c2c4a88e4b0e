"""What happens to a mobile party member in the ledger. Every operation returns the row as it stands afterwards.

Only a pointer is kept: no applications, reviews or dues. Each entry needs the worker's consent to his affiliation.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Worker
from ledger.operations import contacts, entries, workers
from station.lib.db import save_checked
from station.lib.states import move

PARTY = {Worker.Affiliation.MEMBER, Worker.Affiliation.PROBATIONARY}


@transaction.atomic
def register_member(member, *, by, reason="", consents=()):
    """Enter an active worker as a mobile party member. Raises ValidationError.

    Where his affiliation was not known, it is now. Nobody is forgotten: without a next date he gets the usual one.
    """
    if member.worker_id is None:
        raise ValidationError({"worker": _("请选人员。")})
    member.worker = entries.lock(member.worker)
    if member.worker.state != Worker.State.ACTIVE:
        raise ValidationError({"worker": _("这个人现在不在册，请先办返回或核实。")})
    if member.worker.affiliation and member.worker.affiliation not in PARTY:
        raise ValidationError({"worker": _("他登记的政治面貌不是党员，请先核对更正。")})
    workers.take_consents(member.worker.uid, consents, by=by)
    if not member.worker.affiliation:
        changes = {"affiliation": Worker.Affiliation.MEMBER.value}
        member.worker = workers.change_worker(member.worker, changes, by=by, reason=_("登记为流动党员"))
    _require_consent(member)
    member.number = entries.take_number(type(member), member.community)
    if member.next_contact_on is None:
        member.next_contact_on = contacts.next_contact(timezone.localdate())
    save_checked(member, by=by, reason=reason)
    if member.reported_in_at_id:
        contacts.write_desk_note(member, by=by, next_contact_on=member.next_contact_on)
    entries.record("register", member, by=by, reason=reason)
    return member


@transaction.atomic
def change_member(member, changes, *, by, reason, consents=()):
    """Write `changes` (field name → value) and why. Raises ValidationError."""
    member = entries.lock(member)
    if "worker" in changes and changes["worker"] != member.worker:
        raise ValidationError({"worker": _("不能换成另一个人，请另外登记。")})
    workers.take_consents(member.worker.uid, consents, by=by)
    if changed := entries.put(member, changes):
        entries.require_reason(reason)
        _require_consent(member)
        save_checked(member, by=by, reason=reason)
        entries.record("change", member, by=by, reason=reason, fields=changed)
    return member


@transaction.atomic
def move_member(member, to, *, by, reason):
    """Bring him into the state `to`: returned, lost, transferred, or mobile again. Raises ValidationError."""
    entries.require_reason(reason)
    member = entries.lock(member)
    move(member, to)
    save_checked(member, by=by, reason=reason)
    entries.record("move", member, by=by, reason=reason, state=str(to))
    return member


def reveal_phone(member, *, by, reason):
    """Whose phone, and the phone in full, as (label, text) pairs. Raises ValidationError."""
    return workers.reveal_phone(member.worker, by=by, reason=reason)


def reveal_member(member, *, by, reason):
    """Branches, contact, card number in full, as (label, text) pairs. Raises ValidationError."""
    names = ["home_branch", "home_contact", "home_phone", "receiving_branch", "card_number"]
    return entries.reveal(member, names, by=by, reason=reason)


def _require_consent(member):
    try:
        workers.require_consents(member.worker, ["affiliation"])
    except ValidationError as error:
        raise ValidationError(error.error_dict["affiliation"]) from error
