"""From a file to a plan: which row of it is new, changed, unchanged or refused, and why. Nothing here writes.

``heads`` finds the head of the table and says which column is which; ``registers`` and its kin know each register's
keys and rules; ``plans`` weighs the rows. What is written, and undone, is in ``ledger.operations``.
"""

from ledger.imports.heads import Table, form_titles, guess_mapping, importable, read_table, unmapped
from ledger.imports.plans import Line, PlannedRow, lines_of, make_plan, missing_columns
from ledger.imports.registers import Facts, Register
from ledger.imports.registry import REGISTERS

__all__ = [
    "REGISTERS",
    "Facts",
    "Line",
    "PlannedRow",
    "Register",
    "Table",
    "form_titles",
    "guess_mapping",
    "importable",
    "lines_of",
    "make_plan",
    "missing_columns",
    "read_table",
    "unmapped",
]
