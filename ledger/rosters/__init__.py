"""The three rosters (花名册), each declared once in a file of its name; screen, paper, export and import read it."""

from ledger.rosters.columns import ORDINAL_WIDTH_MM, PAPER_WIDTH_MM, READ_AT_ONCE, Column, Filter, Roster
from ledger.rosters.copies import Fingerprint, Layout, RosterCopy, fingerprint_of, text_of
from ledger.rosters.enterprises import ENTERPRISES
from ledger.rosters.members import MEMBERS
from ledger.rosters.workers import WORKERS

ROSTERS = {roster.kind: roster for roster in (ENTERPRISES, WORKERS, MEMBERS)}

__all__ = [
    "ENTERPRISES",
    "MEMBERS",
    "ORDINAL_WIDTH_MM",
    "PAPER_WIDTH_MM",
    "READ_AT_ONCE",
    "ROSTERS",
    "WORKERS",
    "Column",
    "Filter",
    "Fingerprint",
    "Layout",
    "Roster",
    "RosterCopy",
    "fingerprint_of",
    "text_of",
]
