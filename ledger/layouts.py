"""Every way a roster can be laid out: those built in and those a community has made, found through one door.

A layout is chosen by its key (``sign-in``, ``own-3``; empty for the roster as it is declared) or, in a command, by its
name. Built-in names are Chinese in the record, whoever prints in whichever language.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from ledger.models import FormTemplate
from ledger.rosters import ENTERPRISES, GRID_FILTER, MEMBERS, ROSTERS, WORKERS, Column, Layout, Roster

STANDARD = ""  # the key of the roster as it is declared
OWN = "own-"
SEPARATORS = str.maketrans(dict.fromkeys("、;；,", "，"))


@dataclass(frozen=True)
class BuiltIn:
    """A usual form: `columns` are keys of the roster's catalogue, none for the roster's own."""

    key: str
    name: str
    columns: tuple[str, ...] = ()
    title: str = ""  # with the community's name in %(community)s
    portrait: bool = False
    group_by: str = ""
    order: str = ""
    blank_rows: int = 0
    signatures: tuple[str, ...] = ()
    new_pages: bool = False  # every group on a sheet of its own, to be handed to whom it concerns

    def layout_for(self, roster: Roster, community) -> Layout:
        return Layout(
            name=self.name,
            title=str(self.title) % {"community": community.name} if self.title and community else "",
            columns=tuple(roster.catalogue[key] for key in self.columns),
            portrait=self.portrait,
            group_by=self.group_by,
            order=self.order,
            blank_rows=self.blank_rows,
            signatures=tuple(gettext(label) for label in self.signatures),
            new_pages=self.new_pages,
        )


BY_GRID = BuiltIn("by-grid", gettext_noop("按网格分组"), group_by="grid")
A_SHEET_A_GRID = BuiltIn("sheet-a-grid", gettext_noop("按网格分组，每格另起一页"), group_by="grid", new_pages=True)
SIGNED_BY = (gettext_noop("组织单位（盖章）"), gettext_noop("经办人"), gettext_noop("日期"))

# What street offices keep asking for (the columns of their own forms), besides the roster itself.
BUILT_IN: dict[str, tuple[BuiltIn, ...]] = {
    ENTERPRISES.kind: (
        BY_GRID,
        A_SHEET_A_GRID,
        BuiltIn(
            "organisation",
            gettext_noop("组织建设情况表"),
            (
                "number", "name", "kind", "grid", "worker_count", "member_count", "party_organisation", "instructor",
                "union", "light", "confirmed",
            ),
            _("%(community)s新业态企业组织建设情况表"),
            order="light",
        ),
        BuiltIn(
            "condition",
            gettext_noop("经营状况摸排表"),
            (
                "number", "name", "kind", "credit_code", "address", "contact_name", "contact_phone", "condition",
                "worker_count", "confirmed",
            ),
            _("%(community)s新业态企业经营状况摸排表"),
            group_by="grid",
        ),
    ),
    WORKERS.kind: (
        BY_GRID,
        A_SHEET_A_GRID,
        BuiltIn("by-employer", gettext_noop("按所属企业分组"), group_by="employer"),
        BuiltIn(
            "sign-in",
            gettext_noop("签到表"),
            ("number", "name", "occupation", "grid", "phone", "sign"),
            _("%(community)s新就业群体签到表"),
            portrait=True,
            blank_rows=10,
            signatures=SIGNED_BY,
        ),
        BuiltIn(
            "needs",
            gettext_noop("需求登记表"),
            ("number", "name", "occupation", "site", "grid", "phone", "needs", "blank"),
            _("%(community)s新就业群体需求登记表"),
            group_by="grid",
        ),
    ),
    MEMBERS.kind: (
        BY_GRID,
        A_SHEET_A_GRID,
        BuiltIn(
            "branch",
            gettext_noop("支部联系表"),
            (
                "number", "name", "phone", "direction", "home_branch", "home_contact", "home_phone",
                "receiving_branch", "reported", "next_contact",
            ),
            _("%(community)s流动党员支部联系表"),
        ),
        BuiltIn(
            "sign-in",
            gettext_noop("签到表"),
            ("number", "name", "occupation", "grid", "phone", "sign"),
            _("%(community)s流动党员报到签到表"),
            portrait=True,
            blank_rows=5,
            signatures=SIGNED_BY,
        ),
    ),
}  # fmt: skip


def layouts_for(roster: Roster, community, user) -> dict[str, Layout]:
    """Every layout of this roster that `user` (None: a command) may choose for `community`, by key; two queries.

    Without a community: the built-in ones, and the own ones of every community of his.
    """
    found = {STANDARD: Layout()}
    found |= {usual.key: usual.layout_for(roster, community) for usual in BUILT_IN[roster.kind]}
    own = FormTemplate.objects.of_roster(roster.kind).prefetch_related("columns")
    if user is not None:
        own = own.visible_to(user)
    if community is not None:
        own = own.filter(community=community)
    return found | {f"{OWN}{template.pk}": layout_from(template) for template in own}


def layout_of(roster: Roster, community, user, chosen: str) -> Layout:
    """The layout with this key, else with this name. Raises ValidationError naming those there are."""
    layouts = layouts_for(roster, community, user)
    if chosen in layouts:
        return layouts[chosen]
    for key, layout in layouts.items():
        if chosen == label_of(key, layout) or chosen == layout.name:
            return layout
    names = "、".join(label_of(key, layout) for key, layout in layouts.items())
    raise ValidationError(_("没有这张表样。可以选：%(names)s。") % {"names": names})


def label_of(key: str, layout: Layout) -> str:
    """A layout's name as somebody chooses it."""
    if key == STANDARD:
        return gettext("标准花名册")
    return layout.name if key.startswith(OWN) else gettext(layout.name)


def layout_from(template: FormTemplate) -> Layout:
    """The layout a saved template describes; a column that no longer exists is left out."""
    roster = ROSTERS[template.kind]
    return Layout(
        name=template.name,
        title=template.title,
        columns=tuple(columns_from(roster, template.columns.all())),
        portrait=template.portrait,
        group_by=template.group_by,
        order=template.order,
        blank_rows=template.blank_rows,
        signatures=signatures_in(template.signatures),
        filters=tuple((key, tuple(values)) for key, values in sorted(template.filters.items())),
    )


def columns_from(roster: Roster, chosen: Iterable) -> Iterable[Column]:
    """The roster's columns under the titles and in the widths of `chosen` (FormColumn rows)."""
    for one in chosen:
        column = roster.catalogue.get(one.key)
        if column is None:
            continue
        # A spreadsheet's column grows with the paper's.
        width = one.width_mm or column.width_mm
        yield replace(
            column,
            title=one.title or column.title,
            width_mm=width,
            chars=max(4, round(column.chars * width / column.width_mm)),
        )


def signatures_in(text: str) -> tuple[str, ...]:
    """The labels somebody wrote with commas between them."""
    return tuple(label for part in text.translate(SEPARATORS).split("，") if (label := part.strip()))


def sortable(roster: Roster) -> tuple[Column, ...]:
    """The columns rows can be sorted by: an encrypted one has no order in the database."""
    return tuple(column for column in roster.catalogue.values() if column.order)


def groupings(roster: Roster) -> list[tuple[str, str]]:
    """By what this roster can be grouped."""
    return [(value, label) for value, label in FormTemplate.GroupBy.choices if not value or value in roster.catalogue]


def refuse_filters(roster: Roster, filters: dict) -> None:
    """Raises ValidationError for a filter that would keep other rows than somebody meant."""
    known = {found.key: {value for value, _label in found.choices} for found in roster.filters}
    for key, values in filters.items():
        if key == GRID_FILTER:
            wrong = [value for value in values if not re.fullmatch("[0-9]{1,3}", value)]
        else:
            wrong = [value for value in values if value not in known.get(key, ())]
        if wrong or not values:
            raise ValidationError(_("“只要这些”里有不认识的选项，请重新勾选。"))
