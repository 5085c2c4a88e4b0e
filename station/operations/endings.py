"""How a fault ends: by whoever handled it, or because the station says otherwise."""

from django.utils import timezone

from station.lib.db import save_checked
from station.lib.states import move
from station.models import Fault
from station.operations import audit


def end_fault(fault, state, *, by, answer, now):
    """Write down that `fault`, a locked row, ended in `state`; the caller audits it. Raises ValidationError."""
    move(fault, state)
    fault.ended_at, fault.ended_by, fault.answer = now, by, answer
    return save_checked(fault)


def end_mended(faults, *, by, answer=""):
    """End those of `faults` that are open as mended: somebody at the station has just seen that all is well.

    So nobody has to say it twice, and riders are not shown what is no longer so. Call it within a transaction.
    """
    now = timezone.now()
    for fault in faults.open().select_related("station__community").order_by("pk").select_for_update(of=("self",)):
        end_fault(fault, Fault.State.FIXED, by=by, answer=answer, now=now)
        audit.record("fix fault", fault, by=by, community=fault.station.community, photos=0)
