"""Letting a roster out of the system, on paper or as a file: never without a reason, always on record."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import choice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Printout
from ledger.printables import ranges_text
from ledger.rosters import Roster, RosterCopy
from station.lib.db import save_checked
from station.operations import audit

# Crockford's base 32: no I, L, O, U, which are misread. Ten of them are 50 bits: short to type, hopeless to guess.
SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL_LENGTH = 10
_MISREAD = str.maketrans("ILO", "110")


def new_serial() -> str:
    """A serial nobody can guess, as ``7K3MQ-9XD2A``: the page it opens is public."""
    characters = "".join(choice(SERIAL_ALPHABET) for _position in range(SERIAL_LENGTH))
    return f"{characters[:5]}-{characters[5:]}"


def normalize_serial(text: str) -> str | None:
    """The serial somebody typed, in the form we store; None where it cannot be one."""
    characters = text.upper().replace("-", "").replace(" ", "").translate(_MISREAD)
    if len(characters) != SERIAL_LENGTH or set(characters) - set(SERIAL_ALPHABET):
        return None
    return f"{characters[:5]}-{characters[5:]}"


@dataclass(frozen=True)
class Selection:
    """Some rows of a roster, chosen by filters. `shown` says so in words of ours, never in what somebody typed."""

    queryset: Any
    shown: tuple[str, ...] = ()

    def as_json(self) -> dict:
        numbers = sorted(self.queryset.order_by().values_list("pk", flat=True))
        return {"shown": list(self.shown), "rows": ranges_text(numbers)}


@transaction.atomic
def make_printout(
    roster: Roster,
    form: str,
    *,
    community,
    write: Callable[[RosterCopy], Any],
    by,
    reason: str,
    selection: Selection | None = None,
) -> Printout:
    """Let `write` make one copy of the roster (of a `selection`, else of all its rows) and record it.

    Raises ValidationError without a reason, and whatever `write` raises: then nothing is recorded, and whoever called
    must not hand out what was written.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": _("请写明打印或导出的用途。")})
    copy = RosterCopy(
        roster=roster,
        community=community,
        queryset=roster.rows(community) if selection is None else selection.queryset,
        serial=new_serial(),
        at=timezone.now(),
        by=by,
        reason=reason,
        shown_filters=() if selection is None else selection.shown,
    )
    filters = {} if selection is None else selection.as_json()
    write(copy)
    printout = save_checked(
        Printout(
            serial=copy.serial,
            roster=roster.kind,
            form=form,
            community=community,
            rows=copy.count,
            sha256=copy.fingerprint.hexdigest(),
            filters=filters,
            by=by,
            reason=reason,
            at=copy.at,
        )
    )
    verb = "print" if form in (Printout.Form.HTML, Printout.Form.PDF) else "export"
    audit.record(
        f"{verb} roster",
        printout,
        by=by,
        reason=reason,
        community=community,
        roster=roster.kind,
        form=str(form),
        rows=copy.count,
        filtered=selection is not None,
    )
    return printout
