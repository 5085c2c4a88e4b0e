"""Counts over the ledger: how many, how fresh, how well covered, how far the survey is. Never a person."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from station.figures import countable, may_count
from station.models import Grid

FRESH_DAYS = 30
Organisation = Enterprise.PartyOrganisation


def percent(part: int, whole: int) -> int:
    """`part` of `whole` in whole per cent, rounded; 100 only when nothing is missing, 0 only when nothing is there."""
    if not whole:
        return 0
    rounded = round(100 * part / whole)
    if 0 < part < whole:
        return min(99, max(1, rounded))
    return rounded


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its name."""

    label: str
    part: int
    whole: int
    note: str = ""

    @property
    def percent(self):
        return percent(self.part, self.whole)


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
    linked: bool = False  # he may open the list, not only count


@dataclass(frozen=True, slots=True)
class Freshness:
    """Enterprises and workers on the rosters by the age of their last confirmation: three parts of one whole."""

    recent: int = 0
    ageing: int = 0
    stale: int = 0

    @property
    def total(self):
        return self.recent + self.ageing + self.stale

    @property
    def parts(self):
        days = {"fresh": FRESH_DAYS, "stale": settings.STALE_AFTER.days}
        return [
            Share(_("近 %(fresh)s 天核实过") % days, self.recent, self.total),
            Share(_("%(fresh)s 到 %(stale)s 天前") % days, self.ageing, self.total),
            Share(_("%(stale)s 天没核实") % days, self.stale, self.total),
        ]

    def __add__(self, other):
        return Freshness(self.recent + other.recent, self.ageing + other.ageing, self.stale + other.stale)


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """One running survey round: checked entries of all, in the whole and by grid."""

    round: int
    title: str
    community: str
    ends_on: date
    whole: Share
    grids: tuple[Share, ...]
    overdue: bool
    linked: bool  # he may open the round, not only count


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """What the dashboard shows of the ledger to one person."""

    rosters: tuple[RosterCount, ...]
    coverage: tuple[Share, ...]
    freshness: Freshness
    rounds: tuple[RoundProgress, ...]
    waiting: int  # self-registrations he should confirm


def _ages(path, today):
    """Aggregates by the age of the last confirmation; `stale` is exactly what EntryQuerySet.stale() selects."""
    fresh, stale = today - timedelta(days=FRESH_DAYS), today - settings.STALE_AFTER
    confirmed = f"{path}last_confirmed_on"
    is_stale = Q(**{f"{confirmed}__lt": stale}) | Q(**{f"{confirmed}__isnull": True})
    return {
        "count": Count("pk"),
        "recent": Count("pk", filter=Q(**{f"{confirmed}__gte": fresh}) & ~is_stale),
        "stale": Count("pk", filter=is_stale),
    }


def _freshness(counts):
    return Freshness(counts["recent"], counts["count"] - counts["recent"] - counts["stale"], counts["stale"])


def enterprise_counts(enterprises, today):
    """One query over active enterprises: count, recent, stale, `organised` and `reached`.

    组织覆盖, organised: with a party organisation of their own or a joint one. 工作覆盖, reached: those, and the ones
    to which an instructor was sent or who have one by name. Each divided by all active enterprises.
    """
    organised = Q(party_organisation__in=[Organisation.OWN, Organisation.JOINT])
    reached = organised | Q(party_organisation=Organisation.INSTRUCTOR) | ~Q(instructor="")
    return enterprises.active().aggregate(
        **_ages("", today), organised=Count("pk", filter=organised), reached=Count("pk", filter=reached)
    )


def worker_counts(workers, today):
    """One query over active workers and those who wait for confirmation: count, recent, stale, pending."""
    active = Q(state=Worker.State.ACTIVE)
    ages = {name: Count("pk", filter=(count.filter or Q()) & active) for name, count in _ages("", today).items()}
    return workers.filter(state__in=[Worker.State.ACTIVE, Worker.State.PENDING]).aggregate(
        **ages, pending=Count("pk", filter=Q(state=Worker.State.PENDING))
    )


def member_counts(members, today):
    """One query over the members the community looks after: count, recent, stale, due (to be contacted by today)."""
    return members.in_touch().aggregate(
        **_ages("worker__", today), due=Count("pk", filter=Q(next_contact_on__lte=today))
    )


def running_rounds(entries, today, *, linked):
    """The running survey rounds with any of these entries, by grid, in one query."""
    rows = (
        entries.filter(round__state=SurveyRound.State.OPEN)
        .order_by("round__ends_on", "round", "grid__number")
        .values_list("round", "round__title", "round__community__name", "round__ends_on", "grid__number")
        .annotate(total=Count("pk"), done=Count("pk", filter=~Q(result=SurveyEntry.Result.TO_CHECK)))
    )
    rounds = {}
    for key, title, community, ends_on, number, total, done in rows:
        label = str(Grid(number=number)) if number else _("未分网格")
        rounds.setdefault((key, title, community, ends_on), []).append(Share(label, done, total))
    return tuple(
        RoundProgress(
            key,
            title,
            community,
            ends_on,
            Share(title, sum(grid.part for grid in grids), sum(grid.whole for grid in grids)),
            tuple(grids),
            ends_on < today,
            linked,
        )
        for (key, title, community, ends_on), grids in rounds.items()
    )


def ledger_figures(user) -> LedgerFigures | None:
    """The figures `user` may know, in four queries at most; None if there are none for him."""
    today = timezone.localdate()
    rosters, coverage, freshness, waiting = [], (), Freshness(), 0
    if may_count(user, "ledger.view_enterprise"):
        linked = user.has_perm("ledger.view_enterprise")
        counts = enterprise_counts(countable(Enterprise.objects.all(), user, "ledger.view_enterprise"), today)
        bare = counts["count"] - counts["reached"]
        rosters.append(
            RosterCount(
                "enterprise",
                _("新业态企业"),
                _("家"),
                counts["count"],
                counts["stale"],
                bare,
                _("还没覆盖"),
                linked=linked,
            )
        )
        freshness += _freshness(counts)
        coverage = (
            Share(_("组织覆盖"), counts["organised"], counts["count"], _("单独或联合建了党组织的企业")),
            Share(_("工作覆盖"), counts["reached"], counts["count"], _("再加上派了党建指导员的企业")),
        )
    if may_count(user, "ledger.view_worker"):
        linked = user.has_perm("ledger.view_worker")
        counts = worker_counts(countable(Worker.objects.all(), user, "ledger.view_worker"), today)
        waiting = counts["pending"] if user.has_perm("ledger.confirm_worker") else 0
        rosters.append(
            RosterCount(
                "worker",
                _("新就业群体"),
                _("人"),
                counts["count"],
                counts["stale"],
                counts["pending"],
                _("待核实"),
                f"state__exact={Worker.State.PENDING}",
                linked,
            )
        )
        freshness += _freshness(counts)
    if may_count(user, "ledger.view_partymember"):
        linked = user.has_perm("ledger.view_partymember")
        counts = member_counts(countable(PartyMember.objects.all(), user, "ledger.view_partymember"), today)
        rosters.append(
            RosterCount(
                "partymember",
                _("流动党员"),
                _("人"),
                counts["count"],
                counts["stale"],
                counts["due"],
                _("该联系了"),
                linked=linked,
            )
        )
    if not rosters:
        return None
    rounds = ()
    if may_count(user, "ledger.view_surveyentry"):
        rounds = running_rounds(
            countable(SurveyEntry.objects.all(), user, "ledger.view_surveyentry"),
            today,
            linked=user.has_perm("ledger.view_surveyround"),
        )
    return LedgerFigures(tuple(rosters), coverage, freshness, rounds, waiting)
