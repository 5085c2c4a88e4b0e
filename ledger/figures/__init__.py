"""Counts over the ledger: how many, where, how fresh, how well covered, who came and went. Never a person.

`counts`, `rounds` and `flow` ask the database, one function a figure, each handed the rows to count. `counted` says
which rows those are for one user, `tables` lays the numbers out, `dashboard` picks what the first page shows.
"""

from ledger.figures.counted import Counted
from ledger.figures.counts import enterprise_counts, member_counts, summed, worker_counts
from ledger.figures.dashboard import LedgerFigures, ledger_figures
from ledger.figures.flow import flow, last_months
from ledger.figures.shares import Freshness, Share
from ledger.figures.tables import FIGURES, FigureTable, figure_tables
from station.lib.shares import percent, portions

__all__ = [
    "FIGURES",
    "Counted",
    "FigureTable",
    "Freshness",
    "LedgerFigures",
    "Share",
    "enterprise_counts",
    "figure_tables",
    "flow",
    "last_months",
    "ledger_figures",
    "member_counts",
    "percent",
    "portions",
    "summed",
    "worker_counts",
]
