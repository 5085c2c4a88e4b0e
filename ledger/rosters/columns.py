"""What a roster and its columns are. Each roster declares its own in a file of its name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.rosters.reading import Reader, choice_reader, code_reader, field_reader, read_grid, yes_no_reader

PAPER_WIDTH_MM = 273  # A4 across less two margins of 12 mm
ORDINAL_WIDTH_MM = 9  # the running number at the left of every row

READ_AT_ONCE = 500  # rows held in memory while a roster is written

GRID_FILTER, NO_GRID = "grid", "0"  # the values of the filter by grid are the grids' numbers
STATE_FILTER = "state"  # whoever filters by it says himself whether those who left are wanted

CONFIRMED_TITLES = ("最近核实日期", "核实日期", "核实时间", "摸排日期", "摸排时间")
SEX_WORDS = {"male": "男性", "female": "女性"}
OCCUPATION_WORDS = {
    "food_rider": "外卖员 骑手 外卖小哥 外卖送餐员 外卖配送员 送餐员 外卖",
    "courier": "快递小哥 快递 快递从业人员 派件员",
    "ride_hailing": "网约车 网约车驾驶员 滴滴司机",
    "truck_driver": "货车驾驶员 卡车司机 货运司机 货车",
    "sanitation": "环卫 环卫工 保洁员 清扫工",
    "streamer": "主播 直播 带货主播",
    "other": "其他 其它 其他人员",
}


@dataclass(frozen=True)
class Column:
    """One column of a roster, for the screen, paper, export and import alike.

    `value(row)` is what everybody reads: masked, never a secret. `full(row)` is the same unmasked, for who may reveal
    and says why; None where nothing is masked. `identity(row)` is what tells whether it changed where the value alone
    cannot (two phones share a mask) or costs more to make. `repeats` says that rows of one identity show one text, and
    that there are few of them: a copy makes each text once. `needs` names the permission verb without which the column
    is left out. A `derived` column follows from the others and from today's date: no change of the ledger.

    `field` is the model's field an import writes the cell into; empty where an import only looks at it, but for
    `entry_field`, which a new entry takes from the cell and no import changes later, and `person`, the field of the
    worker by which a row of another register names him. `read` brings the cell's text into these fields (see
    ``ledger.rosters.reading``). `synonyms` are the titles other people's tables give the column. `reads` names the
    lookups of all that it reads, for nothing else is fetched; `joins` the relations it follows beyond
    `Roster.related`, `order` the lookup that sorts rows by it. Numbers that it `adds` up stand below the rows;
    `nameless` is what a group is called whose rows have nothing in this column.
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
    entry_field: str = ""
    person: str = ""
    read: Reader | None = None
    synonyms: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    order: str = ""
    repeats: bool = False
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

    @property
    def catalogue(self) -> dict[str, Column]:
        """Every column there is, by its key."""
        return {column.key: column for column in (*self.columns, *self.more)}

    def permission(self, verb: str) -> str:
        """The permission to do `verb` (view, print, export, reveal, import) with these rows."""
        return f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}"

    def every_row(self, community) -> models.QuerySet:
        """All rows of a community, whatever their state; what was merged away stands in another row."""
        return self.model._default_manager.filter(**{f"{self.place_path}community": community}).unmerged()

    def only_current(self, queryset: models.QuerySet) -> models.QuerySet:
        """Without those who have left."""
        return getattr(queryset, self.current)()

    def rows(self, community) -> models.QuerySet:
        """The roster of a community that nobody has filtered."""
        return self.only_current(self.every_row(community))

    def filtered(self, queryset: models.QuerySet, filters, *, grid: str = "") -> models.QuerySet:
        """The rows a saved form wants: of every filter (key → values) one of its values.

        `grid` is the lookup of the grid's number, where it is not beside the row's place.
        """
        grid = grid or f"{self.place_path}grid__number"
        lookups = {found.key: found.lookup for found in self.filters}
        for key, values in dict(filters).items():
            if key == GRID_FILTER:
                wanted = Q(**{f"{grid}__in": [int(value) for value in values]})
                queryset = queryset.filter(wanted | Q(**{f"{grid}__isnull": True}) if NO_GRID in values else wanted)
            elif key in lookups:
                queryset = queryset.filter(**{f"{lookups[key]}__in": list(values)})
            else:  # a filter that is gone: rather nobody than more than was asked
                queryset = queryset.none()
        return queryset

    def words_for(self, filters) -> tuple[str, ...]:
        """The filters in words, for the head of a copy."""
        known = {found.key: (found.title, dict(found.choices)) for found in self.filters}
        words = []
        for key, values in dict(filters).items():
            if key == GRID_FILTER:
                title, labels = gettext("网格"), {value: grid_label(value) for value in values}
            else:
                title, labels = known.get(key, (key, {}))
            words.append(f"{title}：{'、'.join(str(labels.get(value, value)) for value in values)}")
        return tuple(words)

    def prepared(
        self, queryset: models.QuerySet, columns: tuple[Column, ...] = (), order: tuple[str, ...] = ()
    ) -> models.QuerySet:
        """By `order` (lookups), else by grid, then number; one query however many rows and whichever `columns`.

        Fetches what `columns` and the roster's own columns read, and nothing else.
        """
        # Where nothing stands comes last on every database.
        order = [F(lookup).asc(nulls_last=True) for lookup in order or (f"{self.place_path}grid__number",)]
        read = {name for column in (*self.columns, *columns) for name in column.reads}
        joins = {name for column in columns for name in column.joins}
        return (
            queryset.select_related(*self.related, *sorted(joins))
            .only("number", "uid", f"{self.place_path}uid", *sorted(read))
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


def _place(name, of):
    """Where a cell belongs that shows the field `name` of the row, or of its worker."""
    return {"field": name} if of is itself else {"person": name}


def plain(key, title, model, name, width_mm, chars, of=itself, **more):
    """A column that shows a field as it is stored, and is read back into it."""
    path = "" if of is itself else "worker__"
    return Column(
        key,
        title,
        lambda row: getattr(of(row), name),
        width_mm,
        chars,
        **_place(name, of) | {"read": field_reader(model, name), "order": path + name, "reads": (path + name,)} | more,
    )


def choice(key, title, model, name, width_mm, chars, of=itself, words=None, **more):
    """A column that shows the label of a choice. ``get_…_display`` would cost more than the rest of a row together.

    `words` maps a value to what else people write for it, divided by blanks.
    """
    labels = dict(model._meta.get_field(name).flatchoices)
    path = "" if of is itself else "worker__"
    return Column(
        key,
        title,
        lambda row: labels.get(getattr(of(row), name), ""),
        width_mm,
        chars,
        repeats=True,
        **{"identity": lambda row: getattr(of(row), name), "order": path + name, "reads": (path + name,)}
        | _place(name, of)
        | {"read": choice_reader(model, name, words or {})}
        | more,
    )


def yes_no(key, title, model, name, width_mm, chars, *, yes, no, of=itself, **more):
    """A column for a field that is true, false or perhaps unknown, in two words of its own."""
    words = {True: yes, False: no, None: ""}
    return Column(
        key,
        title,
        lambda row: words[getattr(of(row), name)],
        width_mm,
        chars,
        identity=lambda row: getattr(of(row), name),
        repeats=True,
        **_place(name, of)
        | {"read": yes_no_reader(name, yes=yes, no=no), "reads": (("" if of is itself else "worker__") + name,)}
        | more,
    )


def masked(key, title, name, mask, width_mm, chars, of=itself, **more):
    """A column whose cell is masked unless somebody may reveal it."""
    path = "" if of is itself else "worker__"
    return Column(
        key,
        title,
        lambda row: mask(getattr(of(row), name)),
        width_mm,
        chars,
        **{"full": lambda row: str(getattr(of(row), name) or ""), "read": code_reader(name), "reads": (path + name,)}
        | _place(name, of)
        | more,
    )


def grid_column(width_mm, of=itself, **more):
    path = "" if of is itself else "worker__"
    return Column(
        "grid",
        _("网格"),
        lambda row: of(row).grid or "",
        width_mm,
        12,
        identity=lambda row: of(row).grid.number if of(row).grid_id else None,
        repeats=True,
        **_place("grid", of)
        | {"read": read_grid, "synonyms": ("所属网格", "所在网格", "网格号", "网格名称")}
        | {"order": f"{path}grid__number", "reads": (f"{path}grid__number",)}
        | {"nameless": _("未定网格")}
        | more,
    )


def grid_label(value):
    """One value of the filter by grid, in words."""
    return gettext("未分网格") if value == NO_GRID else gettext("第%(number)s网格") % {"number": value}


def hand_columns():
    """Columns that stay empty: to sign in, and for whatever the street office wants written by hand."""
    return (
        Column("sign", _("签字"), lambda row: "", 32, 16, derived=True),
        Column("blank", _("空栏"), lambda row: "", 32, 16, derived=True),
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
    """The choices of a field, for a `Filter`; an entry merged into another is the same one twice, and on no form."""
    return tuple(choice for choice in model._meta.get_field(name).flatchoices if choice[0] != "merged")
