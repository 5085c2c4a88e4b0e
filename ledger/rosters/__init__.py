"""The three rosters (花名册), each declared once in a file of its name; screen, paper, export and import read it."""

from ledger.rosters.columns import (
    GRID_FILTER,
    NO_GRID,
    ORDINAL_WIDTH_MM,
    PAPER_WIDTH_MM,
    READ_AT_ONCE,
    STATE_FILTER,
    Column,
    Filter,
    Roster,
    grid_label,
)
from ledger.rosters.copies import Fingerprint, Layout, RosterCopy, digest_of_ledger, fingerprint_of, text_of
from ledger.rosters.enterprises import ENTERPRISES
from ledger.rosters.members import MEMBERS
from ledger.rosters.workers import WORKERS

ROSTERS = {roster.kind: roster for roster in (ENTERPRISES, WORKERS, MEMBERS)}

LEDGER = "ledger"  # what a workbook with all three counts as

__all__ = [
    "ENTERPRISES",
    "GRID_FILTER",
    "LEDGER",
    "MEMBERS",
    "NO_GRID",
    "ORDINAL_WIDTH_MM",
    "PAPER_WIDTH_MM",
    "READ_AT_ONCE",
    "ROSTERS",
    "STATE_FILTER",
    "WORKERS",
    "Column",
    "Filter",
    "Fingerprint",
    "Layout",
    "Roster",
    "RosterCopy",
    "digest_of_ledger",
    "fingerprint_of",
    "grid_label",
    "text_of",
]
