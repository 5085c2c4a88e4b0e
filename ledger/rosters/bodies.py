"""What stands in the table of a printed roster, row by row: rows in groups, what they add up to, rows to fill in.

Paper and screen draw the same `Part`s, so that they cannot disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ledger.rosters.copies import RosterCopy


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of the group that follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the roster; the running number is the first value."""

    values: list[Any]


@dataclass(frozen=True, slots=True)
class Sum:
    """What a group or the whole adds up to: `label` stands in the first `span` columns, `values` in the others."""

    label: str
    span: int
    values: list[Any]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """A row to fill in by hand."""

    number: int


Part = Heading | Line | Sum | Blank


def body_of(copy: RosterCopy) -> Iterator[Part]:
    """The parts of the table below its head, in order. Reads the rows of the copy, which can be read once."""
    adding = [position for position, column in enumerate(copy.columns, 1) if column.adds]
    in_groups = bool(copy.layout.group_by)
    whole, group, name = _Count(adding), _Count(adding), None
    for named, line in copy.grouped_lines():
        if in_groups and named != name:
            if group.rows:
                yield group.sum(_("小计 %(n)d %(unit)s"), copy)
            yield Heading(named)
            name, group = named, _Count(adding)
        group.add(line)
        whole.add(line)
        yield Line(line)
    if group.rows and in_groups:
        yield group.sum(_("小计 %(n)d %(unit)s"), copy)
    blank_rows = copy.layout.blank_rows
    said = _("合计 %(n)d %(unit)s（不含下面手写的）") if blank_rows else _("合计 %(n)d %(unit)s")
    yield whole.sum(said, copy, is_total=True)
    for number in range(whole.rows + 1, whole.rows + blank_rows + 1):
        yield Blank(number)


class _Count:
    """How many rows, and the sums of the columns that add up."""

    def __init__(self, positions):
        self.rows = 0
        self.sums = dict.fromkeys(positions, 0)

    def add(self, line):
        self.rows += 1
        for position in self.sums:
            self.sums[position] += line[position] or 0

    def sum(self, said, copy, *, is_total=False):
        width = len(copy.columns) + 1
        span = min(self.sums, default=width)
        values = [self.sums.get(position, "") for position in range(span, width)]
        return Sum(said % {"n": self.rows, "unit": copy.roster.unit}, span, values, is_total)
