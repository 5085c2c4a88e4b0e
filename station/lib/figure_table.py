"""A figure as a table with its picture: screen, paper and spreadsheet show the same cells."""

from dataclasses import dataclass
from typing import Any

MOST_NARROW_COLUMNS = 6


@dataclass(frozen=True)
class FigureTable:
    """One figure. The first cell of a row is its name, all others are whole numbers; `total` is the last row.

    `bars` or `columns` is the picture, `pictured` says of which column; `series` are the names of its colours.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: tuple[Any, ...] = ()
    note: str = ""
    bars: Any = None
    columns: Any = None
    pictured: str = ""
    series: tuple[str, ...] = ()

    @property
    def is_wide(self):
        """Whether it wants the whole width of a page of staff."""
        return self.columns is not None or len(self.heads) > MOST_NARROW_COLUMNS

    @property
    def lines(self):
        """Every row, the total included."""
        return (*self.rows, self.total) if self.total else self.rows
