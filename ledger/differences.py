"""What the roster of a past day and today's say differently: who is new, who is gone, which cells changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from ledger.pasts import PastRows, touched_since
from ledger.rosters import Column, Roster, text_of

CONFIRMATION = {"confirmed"}  # the column that changes whenever somebody has looked and found nothing changed


@dataclass(frozen=True)
class CellChange:
    """One cell of a roster then and now, as it may be read: masked."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """One row of a roster that reads otherwise today, or is on one side only. `note` says why it is gone."""

    row: models.Model
    number: str
    name: str
    cells: tuple[CellChange, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Differences:
    """All of them, in the order of the roster. `confirmed` counts the rows that were only confirmed again since."""

    new: tuple[RowChange, ...]
    gone: tuple[RowChange, ...]
    changed: tuple[RowChange, ...]
    confirmed: int

    def __bool__(self):
        return bool(self.new or self.gone or self.changed)


def differences(past: PastRows, user) -> Differences:
    """Compare what `user` sees of a past day with what he sees today.

    Reads only rows touched since, in at most six queries. An entry that moved to a grid out of his sight is gone, and
    nothing of what it is today is told.
    """
    roster = past.roster
    columns = [column for column in roster.columns_for(user) if not column.derived]
    touched = roster.every_row(past.community).visible_to(user).filter(touched_since(roster, past.until, key="pk"))
    today = {row.pk: row for row in roster.prepared(roster.only_current(touched))}
    gone, changed, confirmed = [], [], 0
    for row in past.visible_to(user).touched_since():
        now = today.pop(row.pk, None)
        if now is None:
            gone.append(row)
        elif cells := tuple(_changed_cells(columns, row, now)):
            if {column.key for column, _cell in cells} <= CONFIRMATION:
                confirmed += 1
            else:
                changed.append(_row_change(roster, now, cells=tuple(cell for _column, cell in cells)))
    notes = _notes(touched) if gone else {}
    return Differences(
        new=tuple(_row_change(roster, row) for row in today.values()),
        gone=tuple(_row_change(roster, row, note=notes.get(row.pk, "")) for row in gone),
        changed=tuple(changed),
        confirmed=confirmed,
    )


def _row_change(roster: Roster, row, **values) -> RowChange:
    number, name = (text_of(roster.catalogue[key].value(row)) for key in ("number", "name"))
    return RowChange(row, number, name, **values)


def _changed_cells(columns, before, after) -> Iterator[tuple[Column, CellChange]]:
    for column in columns:
        if _identity(column, before) == _identity(column, after):
            continue
        texts = [text_of(column.value(row)) or _("空") for row in (before, after)]
        if texts[0] == texts[1]:
            texts[1] = _("%(text)s（打码后看着一样，其实换了）") % {"text": texts[1]}
        yield column, CellChange(str(column.title), *texts)


def _identity(column: Column, row) -> Any:
    """What tells whether a cell changed; an object such as the employer is what it is called."""
    return column.identity(row) if column.identity else text_of(column.value(row))


def _notes(touched) -> dict[int, str]:
    """Why entries that are in sight are no longer on the roster, by their keys."""
    has_left = hasattr(touched.model, "left_on")
    labels = dict(touched.model.State.choices)
    names = ("pk", "state", *(("left_on", "left_reason") if has_left else ()))
    return {
        pk: " ".join(filter(None, [str(labels[state]), *(text_of(value) for value in left)]))
        for pk, state, *left in touched.order_by().values_list(*names)
    }
