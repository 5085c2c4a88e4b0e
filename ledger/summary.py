"""The ledger in numbers, for the first sheet of its workbook: never a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.figures import Freshness, enterprise_counts, percent, summed, worker_counts
from ledger.models import Enterprise, PartyMember, Worker
from ledger.pasts import PastRows
from ledger.rosters import ENTERPRISES, MEMBERS, NO_GRID, WORKERS, grid_label


@dataclass(frozen=True)
class Line:
    """One figure: `count` of `whole`."""

    about: str
    item: str
    count: int
    whole: int

    @property
    def cells(self) -> list:
        return [self.about, self.item, self.count, f"{percent(self.count, self.whole)}%" if self.whole else ""]


def summary_of(community, as_of: date | None = None, *, seen_at: datetime | None = None) -> Iterator[Line]:
    """Everybody on the three rosters of a community by grid, occupation, condition, coverage and freshness.

    With `as_of` as they stood at the end of that past day, at the latest at `seen_at`.
    """
    today = as_of or timezone.localdate()
    if as_of is None:
        enterprises, workers, members = (roster.rows(community) for roster in (ENTERPRISES, WORKERS, MEMBERS))
        member_grid = "worker__grid__number"
    else:
        enterprises, workers, members = (
            PastRows.of(roster, community, as_of, seen_at=seen_at).states()
            for roster in (ENTERPRISES, WORKERS, MEMBERS)
        )
        member_grid = "then_grid"
    firms, people = summed(enterprise_counts(enterprises, today)), summed(worker_counts(workers, today))
    for item, count in (
        (_("新业态企业"), firms["count"]),
        (_("新就业群体"), people["count"]),
        (_("流动党员"), members.count()),
    ):
        yield Line(_("合计"), item, count, 0)
    yield from _by_grid(_("企业 按网格"), enterprises, "grid__number")
    yield from _by_choice(_("企业 按业态"), enterprises, "kind", Enterprise)
    yield from _by_choice(_("企业 按经营状况"), enterprises, "condition", Enterprise)
    yield from _by_choice(_("企业 按党组织"), enterprises, "party_organisation", Enterprise)
    coverage = ((_("组织覆盖"), firms["organised"]), (_("工作覆盖"), firms["reached"]))
    for item, count in coverage:
        yield Line(_("企业 党组织覆盖"), item, count, firms["count"])
    yield from _by_grid(_("人员 按网格"), workers, "grid__number")
    yield from _by_choice(_("人员 按职业"), workers, "occupation", Worker)
    yield from _by_grid(_("流动党员 按网格"), members, member_grid)
    yield from _by_choice(_("流动党员 按状态"), members, "state", PartyMember)
    for about, counts in ((_("企业 核实情况"), firms), (_("人员 核实情况"), people)):
        rest = counts["count"] - counts["recent"] - counts["stale"]
        for share in Freshness(counts["recent"], rest, counts["stale"]).parts:
            yield Line(about, str(share.label), share.part, share.whole)


def _counted(queryset, lookup):
    return list(queryset.order_by(lookup).values_list(lookup).annotate(n=Count("pk")))


def _by_grid(about, queryset, lookup):
    counts = _counted(queryset, lookup)
    whole = sum(count for _number, count in counts)
    for number, count in sorted(counts, key=lambda row: (row[0] is None, row[0] or 0)):
        yield Line(about, grid_label(NO_GRID if number is None else str(number)), count, whole)


def _by_choice(about, queryset, name, model):
    """In the order of the choices, those nobody has left out."""
    counts = dict(_counted(queryset, name))
    whole = sum(counts.values())
    for value, label in model._meta.get_field(name).flatchoices:
        if value in counts:
            yield Line(about, str(label), counts[value], whole)
