"""Two survey rounds of a community, side by side: who is new, back, changed, gone.

Each enterprise or worker is in at most one of the four. With *before* the older round and *after* the newer one:

- left: the newer round found it gone; or it stood in the older one and was gone before the newer one began;
- back: the older round found it gone, or it was gone between them, and the newer one met it again;
- new: it stands in the newer round and did not in the older one;
- changed: it stands in both, and the newer one found something changed.

What stands in both without a change, and what was gone in both, is in none; so is what was merged into another entry.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from ledger.beats import KINDS
from ledger.models import SurveyEntry
from ledger.models.surveys import labels_of
from station.figures import countable
from station.models import Grid

Result = SurveyEntry.Result


class Outcome(TextChoices):
    NEW = "new", _("新增")
    RETURNED = "returned", _("又回来了")
    CHANGED = "changed", _("有变化")
    LEFT = "left", _("离开了")


BY = {"worker": "occupation", "enterprise": "kind"}  # what each register is counted by, beside the grid


@dataclass(frozen=True)
class Line:
    """How many of each outcome, in one grid or one line of work."""

    label: str
    counts: tuple

    @property
    def total(self):
        return sum(self.counts)


class Comparison:
    """What changed from the round `before` to the round `after`, in the scope of `user`."""

    heads = tuple(Outcome)

    def __init__(self, before, after, user, unplaced):
        """`unplaced` is what those without a grid are called."""
        self.before, self.after, self.user, self.unplaced = before, after, user, unplaced

    # --- which rows --------------------------------------------------------------------------------------------------
    def rows(self, kind, permission=None):
        """The rows of one register with an `outcome`; those the user may see, or may do `permission` with."""
        return self._with_outcome(kind, kind.model.objects.visible_to(self.user, permission))

    def _with_outcome(self, kind, rows):
        def of(survey, column):
            entries = SurveyEntry.objects.filter(round=survey, **{kind.name: OuterRef("pk")})
            return Subquery(entries.values(column)[:1])

        was_gone = Q(before_result=Result.LEFT)
        was_there = Q(before_result__isnull=False) & ~was_gone
        is_gone = Q(after_result=Result.LEFT)
        is_there = Q(after_result__isnull=False) & ~is_gone
        outcome = Case(
            When(is_gone & ~was_gone, then=Value(Outcome.LEFT)),
            When(is_gone & Q(before_result__isnull=True), then=Value(Outcome.LEFT)),
            When(was_there & Q(after_result__isnull=True), then=Value(Outcome.LEFT)),
            When(is_there & (was_gone | Q(after_result=Result.RETURNED)), then=Value(Outcome.RETURNED)),
            When(is_there & Q(before_result__isnull=True), then=Value(Outcome.NEW)),
            When(is_there & Q(after_result=Result.CHANGED), then=Value(Outcome.CHANGED)),
            default=Value(""),
            output_field=CharField(),
        )
        in_either = SurveyEntry.objects.filter(round__in=[self.before, self.after], **{f"{kind.name}__isnull": False})
        return (
            rows.unmerged()
            .filter(pk__in=in_either.values(kind.name))
            .annotate(before_result=of(self.before, "result"), after_result=of(self.after, "result"))
            .annotate(outcome=outcome, changed_fields=of(self.after, "changed_fields"))
            .exclude(outcome="")
        )

    def listed(self, kind, outcome):
        """The rows of one outcome, by grid, then number."""
        rows = self.rows(kind).filter(outcome=outcome).select_related("grid")
        return rows.order_by(F("grid__number").asc(nulls_last=True), "number")

    # --- how many ----------------------------------------------------------------------------------------------------
    @cached_property
    def counts(self):
        """For each register (number of a grid, line of work, outcome, how many), of what the user may count."""
        found = {}
        for kind in KINDS.values():
            rows = countable(kind.model.objects.all(), self.user, kind.permission("view"))
            by = ("grid__number", BY[kind.name], "outcome")
            counted = self._with_outcome(kind, rows).order_by().values(*by).annotate(n=Count("pk"))
            found[kind.name] = list(counted.values_list(*by, "n"))
        return found

    @staticmethod
    def _line(label, counted):
        sums = dict.fromkeys(Outcome.values, 0)
        for outcome, n in counted:
            sums[outcome] += n
        return Line(str(label), tuple(sums.values()))

    @cached_property
    def by_grid(self):
        """A Line for every grid in which anything changed, enterprises and workers together."""
        counts = [row for rows in self.counts.values() for row in rows]
        numbers = sorted({number for number, *_rest in counts}, key=lambda number: (number is None, number or 0))
        return [
            self._line(
                Grid(number=number) if number else self.unplaced,
                [(outcome, n) for grid, _work, outcome, n in counts if grid == number],
            )
            for number in numbers
        ]

    @cached_property
    def by_work(self):
        """(register, a Line for every line of work in which anything changed) for both registers."""
        tables = []
        for kind in KINDS.values():
            choices = kind.model._meta.get_field(BY[kind.name]).choices
            counts = self.counts[kind.name]
            lines = [
                self._line(label, [(outcome, n) for _grid, work, outcome, n in counts if work == value])
                for value, label in choices
            ]
            tables.append((kind, [line for line in lines if line.total]))
        return tables

    @cached_property
    def whole(self):
        """Everything together."""
        return self._line("", [(outcome, n) for rows in self.counts.values() for *_by, outcome, n in rows])

    def total(self, kind, outcome):
        """How many of one outcome there are in one register."""
        return sum(n for _grid, _work, found, n in self.counts[kind.name] if found == outcome)


def outcome_text(row):
    """What a row's outcome is called, with what has changed."""
    label = str(Outcome(row.outcome).label)
    if row.outcome == Outcome.CHANGED and (names := labels_of(type(row), row.changed_fields or ())):
        return f"{label}：{'、'.join(names)}"
    return label
