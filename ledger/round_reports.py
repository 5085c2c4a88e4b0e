"""How one survey round stands for one reader, in his scope: by grid, by channel, what was found, what is left to do."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Sum

from ledger.figures import Share
from ledger.models import LetterHandout, SurveyEntry
from ledger.models.entries import Channel
from station.models import Grid

Result = SurveyEntry.Result
FOUND = (Result.CONFIRMED, Result.CHANGED, Result.NEW, Result.RETURNED, Result.LEFT)
LISTED = (Result.NEW, Result.RETURNED, Result.CHANGED, Result.LEFT)  # the findings one wants to read by name
LISTED_AT_ONCE = 20  # rows of each list on the page; the rest is one link away


@dataclass(frozen=True)
class GridLine:
    """One grid of the round: how many entries, checked ones, explained ones, and how many of each result."""

    grid: int | None
    label: str
    share: Share
    explained: int
    results: tuple

    @property
    def unchecked(self):
        return self.share.whole - self.share.part


@dataclass(frozen=True)
class Listing:
    """Some entries by name, of `count` there are."""

    result: Result
    count: int
    entries: list

    @property
    def more(self):
        return self.count - len(self.entries)


class RoundReport:
    """The figures and lists of `survey` that `user` may see; each costs the same queries for few and many entries."""

    heads = FOUND

    def __init__(self, survey, user, unplaced):
        """`unplaced` is what entries without a grid are called."""
        self.survey, self.user, self.unplaced = survey, user, unplaced

    @cached_property
    def entries(self):
        return SurveyEntry.objects.visible_to(self.user).filter(round=self.survey)

    def label(self, number):
        return str(Grid(number=number)) if number else str(self.unplaced)

    @cached_property
    def grids(self):
        lines = []
        for row in self.entries.progress_by_grid():
            label = self.label(row["number"])
            share = Share(label, row["done"], row["total"])
            results = tuple(row[result.value] for result in FOUND)
            lines.append(GridLine(row["grid"], label, share, row["explained"], results))
        return lines

    @cached_property
    def whole(self):
        """All grids together."""
        share = Share(
            self.survey.title,
            sum(line.share.part for line in self.grids),
            sum(line.share.whole for line in self.grids),
        )
        results = tuple(sum(column) for column in zip(*(line.results for line in self.grids), strict=True))
        explained = sum(line.explained for line in self.grids)
        return GridLine(None, self.survey.title, share, explained, results or (0,) * len(FOUND))

    @cached_property
    def channels(self):
        """(label of a channel, how many of each result, sum) for every channel anything was found through."""
        counts = {
            (row["channel"], row["result"]): row["n"]
            for row in self.entries.exclude(result=Result.TO_CHECK)
            .order_by()
            .values("channel", "result")
            .annotate(n=Count("pk"))
        }
        lines = []
        for channel in Channel:
            row = tuple(counts.get((channel.value, result.value), 0) for result in FOUND)
            if any(row) or channel.value in self.survey.channels:
                lines.append((channel.label, row, sum(row)))
        return lines

    @cached_property
    def letters(self):
        """What was handed out: {"heads": labels of channels, "lines": (grid, letters a channel, sum), "total": …}."""
        handouts = LetterHandout.objects.visible_to(self.user).filter(round=self.survey).order_by()
        rows = handouts.values("grid__number", "channel").annotate(n=Sum("letters"))
        counts = {(row["grid__number"], row["channel"]): row["n"] for row in rows}
        used = [channel for channel in Channel if any(name == channel.value for _grid, name in counts)]
        lines = []
        for number in sorted({grid for grid, _channel in counts}):
            row = tuple(counts.get((number, channel.value), 0) for channel in used)
            lines.append((self.label(number), row, sum(row)))
        columns = [sum(row[index] for _label, row, _sum in lines) for index in range(len(used))]
        return {"heads": [c.label for c in used], "lines": lines, "columns": columns, "total": sum(columns)}

    @cached_property
    def listings(self):
        """Who is new, back, changed, gone: the latest of each."""
        entries = self.entries.select_related("worker", "enterprise", "grid").order_by("-checked_at", "-pk")
        counts = dict(zip(FOUND, self.whole.results, strict=True))
        return [
            Listing(result, counts[result], list(entries.filter(result=result)[:LISTED_AT_ONCE]))
            for result in LISTED
            if counts[result]
        ]
