"""Writing the audit chain, and checking it."""

from django.db import transaction
from django.db.models import F, Max

from station.models import AuditEvent, AuditHead


@transaction.atomic
def record(action, target=None, *, by, reason="", community=None, **data):
    """Append one AuditEvent and return it. Call it last in an operation: it holds the chain's lock until commit.

    `action` is verb and noun ("confirm worker"); `data` names fields and counts, no personal values. `by` may be None
    for what nobody signed in did.
    """
    AuditHead.objects.get_or_create(pk=1)
    AuditHead.objects.filter(pk=1).update(count=F("count") + 1)  # takes the row's lock on both databases
    head = AuditHead.objects.get(pk=1)
    event = AuditEvent(
        number=head.count,
        actor=by,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        community=community,
        reason=reason,
        data=data,
        previous_seal=head.seal,
    )
    event.seal = event.computed_seal()
    event.save()
    AuditHead.objects.filter(pk=1).update(seal=event.seal)
    return event


def first_broken_link():
    """The number of the first audit event that does not check, 0 if the end is missing, None if the chain is whole.

    Events added while it runs do not disturb it: the head is read after the newest number and before the events.
    """
    newest = AuditEvent.objects.aggregate(newest=Max("number"))["newest"] or 0
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    previous, count = "", 0
    for event in AuditEvent.objects.filter(number__lte=head.count).order_by("number").iterator(chunk_size=2000):
        count += 1
        if event.number != count or event.previous_seal != previous or event.seal != event.computed_seal():
            return count
        previous = event.seal
    if (head.count, head.seal) != (count, previous):
        return 0
    return head.count + 1 if newest > head.count else None
