"""What the first page of the staff shows of the ledger: in short what the page of figures has in full."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ledger.figures.counted import Counted
from ledger.figures.counts import summed
from ledger.figures.rounds import RoundProgress
from ledger.figures.shares import Freshness, Share
from ledger.figures.tables import FigureTable, coverage_shares, figure_tables, freshness_of
from ledger.models import Enterprise, PartyMember, Worker

SHORT = ("grids", "communities", "occupations", "worker-flow")  # the figures that the first page shows itself
MOST_PLACES = 12  # rows of a table on the first page; beyond them the page of figures serves better


@dataclass(frozen=True, slots=True)
class RosterCount:
    """One roster: how many are on it, how many are stale, how many wait for somebody to act."""

    name: str
    label: str
    unit: str
    count: int
    stale: int
    waiting: int
    waiting_label: str
    waiting_query: str = ""
    waiting_page: str = ""  # the name of a page of its own for those who wait
    linked: bool = False  # he may open the list, not only count


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """What the dashboard shows of the ledger to one person."""

    rosters: tuple[RosterCount, ...]
    coverage: tuple[Share, ...]
    freshness: Freshness
    rounds: tuple[RoundProgress, ...]
    tables: tuple[FigureTable, ...]
    waiting: int  # self-registrations he should confirm


def ledger_figures(user) -> LedgerFigures | None:
    """The figures `user` may know; None if there are none for him. As many queries for one place as for all."""
    counted = Counted(user)
    if not counted.counts_anything:
        return None
    rosters = tuple(_rosters(counted))
    pending = summed(counted.workers or ())["pending"]
    return LedgerFigures(
        rosters,
        coverage_shares(counted),
        freshness_of(counted),
        counted.rounds,
        tuple(table for table in figure_tables(counted, SHORT) if len(table.rows) <= MOST_PLACES),
        pending if user.has_perm("ledger.confirm_worker") else 0,
    )


def _rosters(counted):
    if counted.enterprises is not None:
        firms = summed(counted.enterprises)
        yield RosterCount(
            "enterprise",
            _("新业态企业"),
            _("家"),
            firms["count"],
            firms["stale"],
            firms["count"] - firms["reached"],
            _("还没覆盖"),
            linked=counted.may_look(Enterprise),
        )
    if counted.workers is not None:
        people = summed(counted.workers)
        yield RosterCount(
            "worker",
            _("新就业群体"),
            _("人"),
            people["count"],
            people["stale"],
            people["pending"],
            _("待核实"),
            waiting_query=f"state__exact={Worker.State.PENDING}",
            linked=counted.may_look(Worker),
        )
    if counted.members is not None:
        party = summed(counted.members)
        yield RosterCount(
            "partymember",
            _("流动党员"),
            _("人"),
            party["count"],
            party["stale"],
            party["due"],
            _("该联系了"),
            waiting_page="admin:ledger_partymember_to_contact",
            linked=counted.may_look(PartyMember),
        )
