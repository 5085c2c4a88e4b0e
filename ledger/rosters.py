"""The three rosters (花名册), each declared once: screen, paper, PDF, export and import read the same columns.

To add a column, add one ``Column`` to its roster below. The widths of a roster fill one A4 sheet across
(``PAPER_WIDTH_MM``); a test adds them up.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise, PartyMember, Worker
from station.lib.crypto import blind_index
from station.lib.people import mask_phone

PAPER_WIDTH_MM = 273  # A4 across less two margins of 12 mm
ORDINAL_WIDTH_MM = 9  # the running number at the left of every row

READ_AT_ONCE = 2000  # rows held in memory while a roster is written


@dataclass(frozen=True)
class Column:
    """One column of a roster.

    `value(row)` is what everybody reads: masked, never a secret. `identity(row)` is what tells whether it changed where
    the value alone cannot (two phones share a mask). `needs` names the permission verb without which the column is
    left out. A `derived` column follows from the others and from today's date: no change of the ledger.
    """

    key: str
    title: str
    value: Callable[[models.Model], Any]
    width_mm: float
    chars: float  # of a spreadsheet's column: a Chinese character counts two
    identity: Callable[[models.Model], Any] | None = None
    needs: str = ""
    derived: bool = False


@dataclass(frozen=True)
class Roster:
    """One kind of roster: whose rows, in which columns, in which order."""

    kind: str
    title: str
    unit: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    current: str  # the queryset method that keeps those a roster is about unless asked otherwise
    place_path: str  # the lookup from a row to what holds its community and grid
    related: tuple[str, ...]
    unread: tuple[str, ...]  # what no column shows is not even fetched

    def permission(self, verb: str) -> str:
        """The permission to do `verb` (view, print, export, reveal) with these rows."""
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

    def prepared(self, queryset: models.QuerySet) -> models.QuerySet:
        """By grid, then number; one query however many rows."""
        grid = F(f"{self.place_path}grid__number").asc(nulls_last=True)
        return queryset.select_related(*self.related).defer(*self.unread).order_by(grid, "number")

    def columns_for(self, user) -> tuple[Column, ...]:
        """The columns `user` may have; a command, which nobody signed in to, has all."""
        return tuple(
            column
            for column in self.columns
            if not column.needs or user is None or user.has_perm(self.permission(column.needs))
        )

    def title_of(self, community) -> str:
        return gettext("%(community)s%(roster)s") % {"community": community.name, "roster": self.title}


def _itself(row):
    return row


def _worker(row):
    return row.worker


def _choice(key, title, field_of, name, width_mm, chars, of=_itself):
    """A column that shows the label of a choice. ``get_…_display`` would cost more than the rest of a row together."""
    labels = dict(field_of._meta.get_field(name).flatchoices)
    return Column(
        key,
        title,
        lambda row: labels.get(getattr(of(row), name), ""),
        width_mm,
        chars,
        identity=lambda row: getattr(of(row), name),
    )


def _grid(width_mm, of=_itself):
    return Column(
        "grid",
        _("网格"),
        lambda row: of(row).grid,
        width_mm,
        12,
        identity=lambda row: of(row).grid.number if of(row).grid else None,
    )


def _party_organisation(row):
    if row.party_organisation == Enterprise.PartyOrganisation.NONE:
        return gettext("未组建：%(reason)s") % {"reason": row.no_party_reason}
    return row.get_party_organisation_display()


def _freshness(row):
    return _("该核实了") if row.is_stale else _("有效")


ENTERPRISES = Roster(
    kind="enterprises",
    title=_("新业态企业花名册"),
    unit=_("家"),
    model=Enterprise,
    current="active",
    place_path="",
    related=("grid",),
    unread=("note",),
    columns=(
        Column("number", _("编号"), lambda row: row.number, 20, 12),
        Column("name", _("企业名称"), lambda row: row.name, 36, 30),
        _choice("kind", _("业态"), Enterprise, "kind", 16, 12),
        Column("credit_code", _("统一社会信用代码"), lambda row: row.credit_code, 33, 22),
        _grid(14),
        Column("address", _("地址"), lambda row: row.address, 32, 36),
        Column("contact_name", _("负责人"), lambda row: row.contact_name, 14, 12),
        Column(
            "contact_phone",
            _("负责人电话"),
            lambda row: mask_phone(row.contact_phone),
            21,
            15,
            identity=lambda row: row.contact_phone_index,
        ),
        _choice("condition", _("经营状况"), Enterprise, "condition", 14, 12),
        Column("worker_count", _("从业人数"), lambda row: row.worker_count, 9, 8),
        Column("member_count", _("党员人数"), lambda row: row.member_count, 9, 8),
        Column("party_organisation", _("党组织"), _party_organisation, 20, 24),
        Column("union", _("工会"), lambda row: _("有") if row.has_union else _("无"), 9, 8),
        Column("confirmed", _("最近核实"), lambda row: row.last_confirmed_on, 17, 12),
    ),
)

WORKERS = Roster(
    kind="workers",
    title=_("新就业群体花名册"),
    unit=_("名"),
    model=Worker,
    current="active",
    place_path="",
    related=("grid", "employer"),
    unread=("id_number", "affiliation", "needs", "note", "employer__contact_phone"),
    columns=(
        Column("number", _("编号"), lambda row: row.number, 23, 12),
        Column("name", _("姓名"), lambda row: row.name, 25, 14),
        _choice("sex", _("性别"), Worker, "sex", 9, 6),
        _choice("occupation", _("职业"), Worker, "occupation", 19, 14),
        Column("platform", _("平台"), lambda row: row.platform, 18, 14),
        Column("site", _("站点"), lambda row: row.site, 25, 20),
        Column("employer", _("所属企业"), lambda row: row.employer, 57, 30),
        _grid(16),
        Column("phone", _("手机号"), lambda row: mask_phone(row.phone), 23, 15, identity=lambda row: row.phone_index),
        Column("confirmed", _("最近核实"), lambda row: row.last_confirmed_on, 20, 12),
        Column("freshness", _("核实情况"), _freshness, 17, 12, derived=True),
        _choice("state", _("状态"), Worker, "state", 12, 10),
    ),
)

MEMBERS = Roster(
    kind="members",
    title=_("流动党员花名册"),
    unit=_("名"),
    model=PartyMember,
    current="in_touch",
    place_path="worker__",
    related=("worker__grid",),
    unread=(
        "home_contact",
        "home_phone",
        "receiving_branch",
        "card_number",
        "note",
        "worker__id_number",
        "worker__affiliation",
    ),
    columns=(
        Column("number", _("编号"), lambda row: row.number, 23, 12),
        Column("name", _("姓名"), lambda row: row.worker.name, 26, 14),
        _choice("sex", _("性别"), Worker, "sex", 10, 6, of=_worker),
        Column(
            "phone",
            _("手机号"),
            lambda row: mask_phone(row.worker.phone),
            23,
            15,
            identity=lambda row: row.worker.phone_index,
        ),
        _choice("occupation", _("职业"), Worker, "occupation", 24, 14, of=_worker),
        _grid(17, of=_worker),
        _choice("direction", _("流向"), PartyMember, "direction", 13, 8),
        Column("home_branch", _("组织关系所在支部"), lambda row: row.home_branch, 65, 36, needs="reveal"),
        Column("reported", _("报到日期"), lambda row: row.reported_in_on, 21, 12),
        _choice("state", _("状态"), PartyMember, "state", 20, 12),
        Column("next_contact", _("下次联系"), lambda row: row.next_contact_on, 22, 12),
    ),
)

ROSTERS = {roster.kind: roster for roster in (ENTERPRISES, WORKERS, MEMBERS)}


def text_of(value: Any) -> str:
    """A cell's value as paper and screen show it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


class Fingerprint:
    """A digest over rows: the same for the same rows in any order, in any language, whoever may see which column.

    Keyed, so that nobody who holds the digest alone can try out who might have been on a short roster.
    """

    def __init__(self):
        self._rows: list[bytes] = []

    def add(self, roster: Roster, row: models.Model) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            cells = [
                text_of(column.identity(row) if column.identity else column.value(row))
                for column in roster.columns
                if not column.derived
            ]
            # Two enterprises may bear the same name.
            line = json.dumps([row.pk, *cells], ensure_ascii=False)
        self._rows.append(hashlib.sha256(line.encode()).digest())

    def hexdigest(self) -> str:
        """HMAC-SHA-256 in hex, cut as every blind index is."""
        return blind_index("ledger.roster", hashlib.sha256(b"".join(sorted(self._rows))).hexdigest())


@dataclass
class RosterCopy:
    """One copy of a roster on its way out: who gets what, when and why. Its rows can be read once."""

    roster: Roster
    community: Any
    queryset: models.QuerySet
    serial: str
    at: Any
    by: Any
    reason: str
    shown_filters: tuple[str, ...] = ()
    count: int = 0
    fingerprint: Fingerprint = field(default_factory=Fingerprint)

    def __post_init__(self):
        self.columns = self.roster.columns_for(self.by)
        self.title = self.roster.title_of(self.community)
        self.by_name = self.by.get_full_name() or self.by.get_username() if self.by else gettext("系统命令")

    @property
    def check_url(self) -> str:
        """Where the printed code leads: is this roster genuine and current?"""
        return f"{settings.PUBLIC_URL}/v/{self.serial}/"

    @property
    def width(self) -> int:
        """How many columns stand on paper: the running number and the roster's own."""
        return 1 + len(self.columns)

    def lines(self) -> Iterator[list]:
        """The rows as lists of values, the running number first."""
        for row in self.roster.prepared(self.queryset).iterator(chunk_size=READ_AT_ONCE):
            self.count += 1
            self.fingerprint.add(self.roster, row)
            yield [self.count, *(column.value(row) for column in self.columns)]


def fingerprint_of(roster: Roster, querysets) -> str:
    """The digest over the rows of all `querysets` together."""
    fingerprint = Fingerprint()
    for queryset in querysets:
        for row in roster.prepared(queryset).iterator(chunk_size=READ_AT_ONCE):
            fingerprint.add(roster, row)
    return fingerprint.hexdigest()
