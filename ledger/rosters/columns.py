"""What a roster and its columns are. Each roster declares its own in a file of its name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

PAPER_WIDTH_MM = 273  # A4 across less two margins of 12 mm
ORDINAL_WIDTH_MM = 9  # the running number at the left of every row

READ_AT_ONCE = 500  # rows held in memory while a roster is written


@dataclass(frozen=True)
class Column:
    """One column of a roster, for the screen, paper, export and import alike.

    `value(row)` is what everybody reads: masked, never a secret. `full(row)` is the same unmasked, for who may reveal
    and says why; None where nothing is masked. `identity(row)` is what tells whether it changed where the value alone
    cannot (two phones share a mask). `needs` names the permission verb without which the column is left out. A
    `derived` column follows from the others and from today's date: no change of the ledger.

    `field` is the model's field an import writes the cell into; empty where an import only looks at it. `synonyms` are
    the titles other people's tables give the column. `reads` names the fields of `Roster.unread` that it shows, `joins`
    the relations it follows beyond `Roster.related`, `order` the lookup by which rows are sorted by it. Numbers that it
    `adds` up stand below the rows; `nameless` is what a group is called whose rows have nothing in this column.
    """

    key: str
    title: str
    value: Callable[[models.Model], Any]
    width_mm: float
    chars: float  # of a spreadsheet's column: a Chinese character counts two
    identity: Callable[[models.Model], Any] | None = None
    needs: str = ""
    derived: bool = False
    full: Callable[[models.Model], Any] | None = None
    field: str = ""
    synonyms: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    order: str = ""
    adds: bool = False
    nameless: str = _("（空）")


@dataclass(frozen=True)
class Filter:
    """A choice by which a saved form keeps some of a roster's rows: `lookup` is one of the values ticked."""

    key: str
    title: str
    lookup: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Roster:
    """One kind of roster: whose rows, in which columns, in which order.

    `columns` are those it shows unless asked otherwise; `more` are those a form template may add. The digest that tells
    whether a roster is current is always taken over `columns`, whatever a copy showed.
    """

    kind: str
    title: str
    unit: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    more: tuple[Column, ...]
    filters: tuple[Filter, ...]
    current: str  # the queryset method that keeps those a roster is about unless asked otherwise
    place_path: str  # the lookup from a row to what holds its community and grid
    related: tuple[str, ...]
    unread: tuple[str, ...]  # what no column of `columns` shows is not even fetched

    @property
    def catalogue(self) -> dict[str, Column]:
        """Every column there is, by its key."""
        return {column.key: column for column in (*self.columns, *self.more)}

    def permission(self, verb: str) -> str:
        """The permission to do `verb` (view, print, export, reveal, import) with these rows."""
        return f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}"

    def every_row(self, community) -> models.QuerySet:
        """All rows of a community, whatever their state."""
        return self.model._default_manager.filter(**{f"{self.place_path}community": community})

    def only_current(self, queryset: models.QuerySet) -> models.QuerySet:
        """Without those who have left."""
        return getattr(queryset, self.current)()

    def rows(self, community) -> models.QuerySet:
        """The roster of a community that nobody has filtered."""
        return self.only_current(self.every_row(community))

    def prepared(
        self, queryset: models.QuerySet, columns: tuple[Column, ...] = (), order: tuple[str, ...] = ()
    ) -> models.QuerySet:
        """By `order` (lookups), else by grid, then number; one query however many rows and whichever `columns`.

        What has no place in the order stands last, on every database.
        """
        order = [F(lookup).asc(nulls_last=True) for lookup in order or (f"{self.place_path}grid__number",)]
        shown = {name for column in columns for name in column.reads}
        joins = {name for column in columns for name in column.joins}
        return (
            queryset.select_related(*self.related, *sorted(joins))
            .defer(*(name for name in self.unread if name not in shown))
            .order_by(*order, "number")
        )

    def may_have(self, column: Column, user) -> bool:
        """Whether `user` may have this column; a command, which nobody signed in to, has all."""
        return not column.needs or user is None or user.has_perm(self.permission(column.needs))

    def columns_for(self, user) -> tuple[Column, ...]:
        """The roster's own columns, as far as `user` may have them."""
        return tuple(column for column in self.columns if self.may_have(column, user))

    def title_of(self, community) -> str:
        return gettext("%(community)s%(roster)s") % {"community": community.name, "roster": self.title}


def itself(row):
    return row


def plain(key, title, model, name, width_mm, chars, of=itself, **more):
    """A column that shows a field as it is stored, and is read back into it."""
    path = "" if of is itself else "worker__"
    return Column(
        key, title, lambda row: getattr(of(row), name), width_mm, chars, **{"field": name, "order": path + name} | more
    )


def choice(key, title, model, name, width_mm, chars, of=itself, **more):
    """A column that shows the label of a choice. ``get_…_display`` would cost more than the rest of a row together."""
    labels = dict(model._meta.get_field(name).flatchoices)
    path = "" if of is itself else "worker__"
    return Column(
        key,
        title,
        lambda row: labels.get(getattr(of(row), name), ""),
        width_mm,
        chars,
        **{"identity": lambda row: getattr(of(row), name), "field": name, "order": path + name} | more,
    )


def yes_no(key, title, model, name, width_mm, chars, *, yes, no, of=itself):
    """A column for a field that is true, false or perhaps unknown, in two words of its own."""
    words = {True: yes, False: no, None: ""}
    return Column(key, title, lambda row: words[getattr(of(row), name)], width_mm, chars, field=name)


def masked(key, title, name, mask, width_mm, chars, of=itself, **more):
    """A column whose cell is masked unless somebody may reveal it."""
    return Column(
        key,
        title,
        lambda row: mask(getattr(of(row), name)),
        width_mm,
        chars,
        **{"full": lambda row: str(getattr(of(row), name) or ""), "field": name} | more,
    )


def grid_column(width_mm, of=itself, **more):
    path = "" if of is itself else "worker__"
    return Column(
        "grid",
        _("网格"),
        lambda row: of(row).grid,
        width_mm,
        12,
        identity=lambda row: of(row).grid.number if of(row).grid else None,
        **{
            "field": "grid",
            "synonyms": ("所属网格", "网格号", "网格名称"),
            "order": f"{path}grid__number",
            "nameless": _("未定网格"),
        }
        | more,
    )


def number_column(width_mm):
    return Column(
        "number",
        _("编号"),
        lambda row: row.number,
        width_mm,
        12,
        synonyms=("台账编号", "登记编号"),
        order="number",
    )


def model_choices(model, name):
    """The choices of a field, for a `Filter`."""
    return tuple(model._meta.get_field(name).flatchoices)
