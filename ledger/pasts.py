"""The ledger as of a past day: what the history tables say about the end of a local day. Questions only.

A row of that day is the newest history row of an entry before a moment. An entry is not there before its first history
row, nor after one that says it was deleted. Names beside a row (the employer's, a member's own) are those of that day
too; grids keep no history and bear today's number. Who looks sees the rows whose grid *on that day* is his.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Enterprise, PartyMember, Worker
from ledger.rosters import READ_AT_ONCE, STATE_FILTER, Fingerprint, Roster
from station.models import Grid
from station.scope import EVERYTHING, Scope

DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]  # as forms take it


def end_of(day: date) -> datetime:
    """The first moment after the local `day`. Raises OverflowError for the last day there is."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def first_day(community, *rosters: Roster) -> date | None:
    """The day on which the history of the first of these rosters begins; None where none has any."""
    return min(filter(None, (_first_day(roster, community) for roster in rosters)), default=None)


def _first_day(roster, community):
    history = roster.model.history.filter(**{f"{roster.place_path}community": community})
    first = history.aggregate(first=Min("history_date"))["first"]
    return first and timezone.localdate(first)


def require_day(community, day: date, *rosters: Roster) -> None:
    """Raises ValidationError, worded for whoever asked, for a day on which none of these rosters had begun."""
    if day > timezone.localdate():
        raise ValidationError(_("台账日期不能晚于今天。"), code="future")
    first = first_day(community, *rosters)
    if first is None:
        raise ValidationError(_("台账还没有记录。"), code="no_history")
    if day < first:
        raise ValidationError(
            _("台账从 %(first)s 起才有记录，请选那天或以后的日期。"),
            code="before_history",
            params={"first": first},
        )


def states_at(model: type[models.Model], until: datetime) -> models.QuerySet:
    """One history row for each entry that was in the tables just before `until`: the newest there was.

    With the queryset methods of the model itself: ``states_at(Worker, until).active()``.
    """
    history = model.history.model
    newer = Q(history_date__gt=OuterRef("history_date")) | Q(
        history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id")
    )
    overtaken = history.objects.filter(newer, id=OuterRef("id"), history_date__lt=until)
    states = type(model._default_manager.all())(history)
    return states.filter(~Exists(overtaken), history_date__lt=until).exclude(history_type="-")


def as_they_stood(states: models.QuerySet, model: type[models.Model], day: date) -> Iterator[models.Model]:
    """The instances that history rows describe, their encrypted fields still sealed. For reading, not for saving.

    Without the history rows' own instances between, which would double the time.
    """
    names = [field.attname for field in model._meta.concrete_fields]
    for values in states.values_list(*names).iterator(chunk_size=READ_AT_ONCE):
        row = model.from_db(states.db, names, values)
        row.as_of = day
        yield row


@dataclass(frozen=True)
class PastRows:
    """The rows of a community's roster as they stood at the end of `day`, or at `until` where that is earlier.

    A sequence to be paged (``count``, slices) and a stream to be read as often as one likes. Two queries each time for
    enterprises, three for members, four for workers, however many rows.
    """

    roster: Roster
    community: models.Model
    day: date
    until: datetime
    scope: Scope = EVERYTHING
    narrowed: Q | None = None
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()  # a form's own, weighed by what they said on that day

    @classmethod
    def of(cls, roster: Roster, community, day: date, *, seen_at: datetime | None = None):
        """The rows at the end of `day`, at the latest those that could be seen at `seen_at` (now)."""
        return cls(roster, community, day, min(end_of(day), seen_at or timezone.now()))

    def visible_to(self, user, permission: str | None = None) -> "PastRows":
        """Those whose grid on that day `user` looks after (by `permission`, else by that to view)."""
        return replace(self, scope=user.scope_for(permission or self.roster.permission("view")))

    def kept(self, filters) -> "PastRows":
        """Those a saved form wants: of every filter (key → values) one of its values, as it was on that day."""
        return replace(self, filters=tuple((key, tuple(values)) for key, values in dict(filters).items()))

    def touched_since(self) -> "PastRows":
        """Those whose line in the roster may read otherwise today: they, or a name beside them, were changed since."""
        return replace(self, narrowed=touched_since(self.roster, self.until))

    # --- as a sequence -----------------------------------------------------------------------------------------------
    def count(self) -> int:
        return self.states().count()

    __len__ = count

    def __getitem__(self, part: slice) -> list[models.Model]:
        return list(self._rows(self.in_order()[part]))

    def __iter__(self) -> Iterator[models.Model]:
        return self._rows(self.in_order())

    def fingerprint(self) -> str:
        """The digest over these rows; the same as the one over a copy of them."""
        fingerprint = Fingerprint(self.roster)
        fingerprint.add(iter(self))
        return fingerprint.hexdigest()

    def by_grid(self) -> list[tuple[Grid | None, int]]:
        """How many rows in each grid, in order; those without one last."""
        found = self.states().order_by("then_grid").values_list("then_grid").annotate(rows=Count("history_id"))
        counts = [(Grid(number=number) if number else None, rows) for number, rows in found]
        return sorted(counts, key=lambda part: part[0] is None)

    # --- what the history says ---------------------------------------------------------------------------------------
    def states(self) -> models.QuerySet:
        """The history rows themselves, each with the number of its grid on that day as `then_grid`."""
        states = states_at(self.roster.model, self.until)
        chooses = any(key == STATE_FILTER for key, _values in self.filters)
        states = states.unmerged() if chooses else self.roster.only_current(states)
        if self.narrowed is not None:
            states = states.filter(self.narrowed)
        mine = self.scope.q(community="community", grid="grid")
        if not self.roster.place_path:
            placed = states.filter(mine, community=self.community).annotate(then_grid=F("grid__number"))
            return self.roster.filtered(placed, self.filters, grid="then_grid")
        persons = states_at(Worker, self.until).filter(id=OuterRef("worker_id"))
        here = persons.filter(mine, community=self.community)
        placed = states.filter(Exists(here)).annotate(then_grid=Subquery(persons.values("grid__number")[:1]))
        return self.roster.filtered(placed, self.filters, grid="then_grid")

    def in_order(self) -> models.QuerySet:
        """As a roster stands: by grid, then number."""
        return self.states().order_by(F("then_grid").asc(nulls_last=True), "number")

    def _rows(self, states) -> Iterator[models.Model]:
        """The rows behind history rows, with what stands beside them fetched together."""
        grids = {grid.pk: grid for grid in Grid.objects.filter(community=self.community)}
        rows = as_they_stood(states, self.roster.model, self.day)
        if self.roster.model is PartyMember:
            persons = self._persons(grids)
            for row in rows:
                if row.worker_id in persons:  # else both were committed after the persons had been read
                    row.worker = persons[row.worker_id]
                    yield row
            return
        employers = self._employers() if self.roster.model is Worker else None
        for row in rows:
            self._place(row, grids)
            if employers is not None:
                row.employer = employers.get(row.employer_id)
            yield row

    def _place(self, row, grids):
        row.community, row.grid = self.community, grids.get(row.grid_id)
        return row

    def _employers(self) -> dict[int, Enterprise]:
        """The enterprises these workers were employed by, under the names of that day."""
        wanted = self.states().order_by().values("employer_id")
        present = {enterprise.pk: enterprise for enterprise in Enterprise.objects.filter(pk__in=wanted)}
        then = states_at(Enterprise, self.until).filter(id__in=wanted)
        return present | {row.pk: row for row in as_they_stood(then, Enterprise, self.day)}

    def _persons(self, grids) -> dict[int, Worker]:
        """The workers these members are, as they stood. Held in memory: of a hundred workers one or two are members."""
        then = states_at(Worker, self.until).filter(id__in=self.states().order_by().values("worker_id"))
        return {row.pk: self._place(row, grids) for row in as_they_stood(then, Worker, self.day)}


def touched_since(roster: Roster, until: datetime, key: str = "id") -> Q:
    """A Q for history rows (with ``key="pk"`` for rows of the roster's own table) that were touched since `until`."""

    def touched(model):
        return model.history.model.objects.filter(history_date__gte=until).values("id")

    changed = Q(**{f"{key}__in": touched(roster.model)})
    beside = {Worker: Q(employer_id__in=touched(Enterprise)), PartyMember: Q(worker_id__in=touched(Worker))}
    return changed | beside.get(roster.model, Q())
