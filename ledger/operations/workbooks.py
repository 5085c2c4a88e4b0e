"""Letting the whole ledger out as one workbook: a summary and the three rosters, one serial, one record."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.models import Printout
from ledger.operations.printouts import (
    copy_of_today,
    filters_of_past,
    narrowed,
    new_serial,
    past_copy,
    refuse_full,
    said_of,
    stated_reason,
)
from ledger.pasts import require_day
from ledger.rosters import LEDGER, ROSTERS, Layout, RosterCopy, digest_of_ledger
from station.lib.db import save_checked
from station.operations import audit


@transaction.atomic
def make_workbook(
    *,
    community,
    layouts: dict[str, Layout],
    write: Callable[[list[RosterCopy]], Any],
    by,
    reason: str,
    full: bool = False,
    full_reason: str = "",
    as_of: date | None = None,
) -> Printout:
    """Let `write` make one workbook of the three rosters, each by its layout in `layouts` (its kind → layout).

    With `as_of` all of it, the summary too, is as it stood at the end of that past day. Who may export all three for
    the whole community has been checked before. Raises what `make_printout` raises.
    """
    reason = stated_reason(reason, full=full, full_reason=full_reason)
    serial, at = new_serial(), timezone.now()
    if as_of is not None:
        require_day(community, as_of, *ROSTERS.values())
    copies, sheets = [], {}
    for kind, roster in ROSTERS.items():
        if full:
            refuse_full(roster, community, by)
        layout = layouts.get(kind) or Layout()
        if as_of is None:
            selection = narrowed(roster, community, layout, None)
            shown, kept = copy_of_today(roster, community, selection), selection.as_json() if selection else {}
        else:
            shown = past_copy(roster, community, as_of, layout, seen_at=at)
            kept = filters_of_past(roster, layout)
        copies.append(
            RosterCopy(
                roster=roster,
                community=community,
                serial=serial,
                at=at,
                by=by,
                reason=reason,
                layout=layout,
                full=full,
                **shown,
            )
        )
        if kept:
            sheets[kind] = kept
    write(copies)
    names = "、".join(copy.layout.name for copy in copies if copy.layout.name)
    longest = Printout._meta.get_field("template").max_length
    printout = save_checked(
        Printout(
            serial=serial,
            roster=LEDGER,
            form=Printout.Form.XLSX,
            community=community,
            rows=sum(copy.count for copy in copies),
            sha256=digest_of_ledger(copy.fingerprint.hexdigest() for copy in copies),
            filters={"sheets": sheets} if sheets else {},
            by=by,
            reason=reason,
            template=names if len(names) <= longest else names[: longest - 1] + "…",
            columns=[f"{copy.roster.kind}.{column.key}" for copy in copies for column in copy.columns],
            full=any(copy.full for copy in copies),
            as_of=as_of,
            at=at,
        )
    )
    audit.record(
        "export ledger",
        printout,
        by=by,
        reason=reason,
        community=community,
        form=str(Printout.Form.XLSX),
        rows=printout.rows,
        filtered=bool(sheets),
        **{copy.roster.kind: copy.count for copy in copies},
        **said_of(printout),
    )
    return printout
