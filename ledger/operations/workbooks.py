"""Letting the whole ledger out as one workbook: a summary and the three rosters, one serial, one record."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.models import Printout
from ledger.operations.printouts import narrowed, new_serial, refuse_full, said_of, stated_reason
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
) -> Printout:
    """Let `write` make one workbook of the three rosters, each by its layout in `layouts` (its kind → layout).

    Who may export all three for the whole community has been checked before. Raises what `make_printout` raises.
    """
    reason = stated_reason(reason, full=full, full_reason=full_reason)
    serial, at = new_serial(), timezone.now()
    copies, sheets = [], {}
    for kind, roster in ROSTERS.items():
        if full:
            refuse_full(roster, community, by)
        layout = layouts.get(kind) or Layout()
        selection = narrowed(roster, community, layout, None)
        copies.append(
            RosterCopy(
                roster=roster,
                community=community,
                queryset=roster.rows(community) if selection is None else selection.queryset,
                serial=serial,
                at=at,
                by=by,
                reason=reason,
                shown_filters=() if selection is None else selection.shown,
                layout=layout,
                full=full,
            )
        )
        if selection is not None:
            sheets[kind] = selection.as_json()
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
