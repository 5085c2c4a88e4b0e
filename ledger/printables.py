"""Everything that leaves the system with a serial number, and what ``/v/<serial>/`` says of it.

To let out something new, add a `Printable`: its `kind` is what `Printout.roster` holds.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ledger.models import Printout
from ledger.pasts import PastRows
from ledger.rosters import ENTERPRISES, LEDGER, ROSTERS, WORKERS, Roster, digest_of_ledger, fingerprint_of
from station.lib.crypto import blind_index
from station.models import Notice

ROWS_AT_ONCE = 500  # keys in one query


@dataclass(frozen=True)
class Printable:
    """One kind of printout. `digest` says what the same one would bear if it were made now."""

    kind: str
    title: str
    noun: str  # 这份……是真的
    unit: str  # of its rows; empty where it has none
    digest: Callable[[Printout], str]
    current: str = _("台账从那以后没有变动，这份仍然有效。")
    changed: str = _("台账后来有变动，请以社区最新打印的为准。")
    hidden: str = _("为保护个人信息，这里不显示名单。")


def ranges_text(numbers: Iterable[int]) -> str:
    """Ascending numbers in short: ``1-36,40``."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in ranges)


def numbers_in(text: str) -> list[int]:
    """The numbers that `ranges_text` wrote."""
    numbers: list[int] = []
    for part in filter(None, text.split(",")):
        first, _dash, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def numbered_digest(roster: Roster, community, numbers: str) -> str:
    """The digest of the rows with these keys, as they are now."""
    rows = numbers_in(numbers)
    parts = [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]
    return fingerprint_of(roster, [roster.every_row(community).filter(pk__in=part) for part in parts])


def roster_digest(printout: Printout) -> str:
    """Read the same rows of the ledger again; of a whole roster, those that stand on it now."""
    roster = ROSTERS[printout.roster]
    if printout.as_of:  # the same past: what the history said of that day when the paper was made
        return past_digest(roster, printout, printout.filters)
    return digest_now(roster, printout.community, printout.filters)


def past_digest(roster: Roster, printout: Printout, filters: dict | None) -> str:
    """The digest of a past day's rows, or of those among them that `filters` remembers having kept."""
    rows = PastRows.of(roster, printout.community, printout.as_of, seen_at=printout.at)
    return rows.kept((filters or {}).get("kept", {})).fingerprint()


def digest_now(roster: Roster, community, filters: dict | None) -> str:
    """The digest of a whole roster, or of the rows that `filters` remembers by their numbers."""
    if filters:
        return numbered_digest(roster, community, filters["rows"])
    return fingerprint_of(roster, [roster.rows(community)])


def workbook_digest(printout: Printout) -> str:
    """Of the three rosters of a workbook, each as it was narrowed."""
    sheets = printout.filters.get("sheets", {})
    if printout.as_of:
        return digest_of_ledger(past_digest(roster, printout, sheets.get(kind)) for kind, roster in ROSTERS.items())
    return digest_of_ledger(
        digest_now(roster, printout.community, sheets.get(kind)) for kind, roster in ROSTERS.items()
    )


def letter_digest(printout: Printout) -> str:
    """SHA-256 of what the letter says, which is public; empty for a letter that is no more."""
    letter = Notice.objects.filter(pk=printout.filters["letter"], kind=Notice.Kind.LETTER).first()
    return hashlib.sha256(json.dumps([letter.title, letter.body, letter.signed]).encode()).hexdigest() if letter else ""


def sheets_digest(printout: Printout) -> str:
    """Of the entries that stand on the sheets, of both rosters."""
    digests = [
        numbered_digest(roster, printout.community, printout.filters[roster.kind]) for roster in (ENTERPRISES, WORKERS)
    ]
    return blind_index("ledger.sheets", "/".join(digests))


PRINTABLES = {
    printable.kind: printable
    for printable in (
        *(Printable(kind, roster.title, _("花名册"), roster.unit, roster_digest) for kind, roster in ROSTERS.items()),
        Printable(LEDGER, _("整本台账"), _("台账"), _("条"), workbook_digest),
        Printable(
            "letter",
            _("一封信"),
            _("信"),
            "",
            letter_digest,
            current=_("信的内容没有改过，这份仍然有效。"),
            changed=_("信后来改过，请以社区最新印发的为准。"),
            hidden="",
        ),
        Printable(
            "sheets",
            _("摸排表"),
            _("摸排表"),
            _("条"),
            sheets_digest,
            current=_("表上的条目从那以后没有变动。"),
            changed=_("表上的条目后来有核查或变动，请以台账为准。"),
        ),
    )
}
