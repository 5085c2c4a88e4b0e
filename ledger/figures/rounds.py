"""How far the running survey rounds are."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from ledger.figures.shares import Share
from ledger.models import SurveyEntry, SurveyRound
from station.models import Grid


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """One running survey round: checked entries of all, in the whole and, for who may open it, by grid."""

    round: int
    title: str
    community: str
    ends_on: date
    whole: Share
    grids: tuple[Share, ...]
    overdue: bool
    linked: bool  # he may open the round, not only count


def running_rounds(entries, today, *, linked):
    """The running survey rounds with any of these entries, in one query."""
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
            tuple(grids) if linked else (),
            ends_on < today,
            linked,
        )
        for (key, title, community, ends_on), grids in rounds.items()
    )
