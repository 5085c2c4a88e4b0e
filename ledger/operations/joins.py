"""A worker registers himself from his phone."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Worker
from ledger.models.entries import Channel, normalize
from ledger.operations import entries
from ledger.operations.workers import take_consents
from station.lib.db import save_checked
from station.models import AuditEvent, Consent
from station.operations import audit
from station.operations.strangers import address_mark

JOIN = "join ledger"
SUBJECT = "join"  # of the digest of an address
JOINS_PER_ADDRESS_HOUR = 10  # a station's wireless network is one address: a few riders may join in the same hour


def refuse_flood(address):
    """Raises ValidationError where too many registrations came from one address within an hour.

    Counted in the audit, so that it holds across processes and a restart, without a table of its own.
    """
    since = timezone.now() - timedelta(hours=1)
    recent = AuditEvent.objects.filter(action=JOIN, at__gte=since, data__address=address_mark(SUBJECT, address))
    if recent.count() >= JOINS_PER_ADDRESS_HOUR:
        raise ValidationError(_("这里刚登记过好几次，请过一小时再试，或者直接找社区工作人员。"), code="too_many")


@transaction.atomic
def join_ledger(worker, *, user=None, address):
    """Put `worker` (unsaved) into the ledger as pending, with his consent; None where he stands there already.

    A known phone changes nothing in its entry and the answer to the visitor is the same, so that nobody learns from
    this page who is in the ledger. Only a `user` who proved by code that the phone is his is linked to that entry; his
    own entry is known to be his under whatever phone it has by now, also where it was merged into another. Somebody
    who left or was refused may register anew. Raises ValidationError.
    """
    refuse_flood(address)
    worker.state, worker.source, worker.user = Worker.State.PENDING, Channel.SELF, None
    normalize(worker, Worker.NORMALIZERS)
    listed = Worker.objects.listed().filter(community=worker.community)
    proven = user is not None and user.phone == worker.phone
    known = listed.with_phone(worker.phone).first() or (listed.of_account(user).first() if proven else None)
    mark = address_mark(SUBJECT, address)
    if known is not None:
        if proven and known.user_id is None:
            _free_account(user)
            known.user = user
            save_checked(known, by=user, reason=_("本人用这个手机号登录并登记"))
        audit.record(JOIN, known, by=user, community=known.community, address=mark, known=True)
        return None
    if proven:
        _free_account(user)
        worker.user = user
    worker.number = entries.take_number(Worker, worker.community)
    save_checked(worker, by=user, reason=_("本人登记"))
    take_consents(worker.uid, [Consent.Purpose.REGISTER], by=user, channel=Consent.Channel.SELF)
    audit.record(JOIN, worker, by=user, community=worker.community, address=mark, known=False)
    return worker


def _free_account(user):
    """One account stands for one entry: take it off an older one."""
    for older in Worker.objects.select_for_update().filter(user=user):
        older.user = None
        save_checked(older, by=user, reason=_("本人重新登记"))
