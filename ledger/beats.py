"""The beat a grid worker walks: whose entries he looks after, what waits for him there, the stalest first.

A community's administrator walks all its grids. Nothing here decides who may do what: roles.py does, and the scope.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise, SurveyEntry, SurveyRound, Worker
from station.models import Grid

Result = SurveyEntry.Result
NO_GRID = "none"  # the choice of those that belong to no grid yet


@dataclass(frozen=True)
class Kind:
    """One of the two registers that are walked."""

    name: str
    label: str
    icon: str
    model: type

    def permission(self, verb):
        return f"ledger.{verb}_{self.name}"


WORKER = Kind("worker", _("人员"), "user", Worker)
ENTERPRISE = Kind("enterprise", _("企业"), "home", Enterprise)
KINDS = {kind.name: kind for kind in (WORKER, ENTERPRISE)}


@dataclass(frozen=True)
class Show:
    """One choice of what the list shows. `chosen(rows)` keeps the rows it is about."""

    name: str
    label: str
    chosen: object
    done: str  # what an empty list means


STALEST_FIRST = (F("last_confirmed_on").asc(nulls_first=True), "number")
TO_CHECK, STALE, WAITING, ALL, LEFT = (
    Show(
        "check",
        _("本轮待查"),
        lambda rows: rows.filter(
            survey_entries__round__state=SurveyRound.State.OPEN, survey_entries__result=Result.TO_CHECK
        ),
        _("这一轮都查过了"),
    ),
    Show("stale", _("该核实了"), lambda rows: rows.active().stale(), _("都核实过，没有过期的")),
    Show("waiting", _("待确认"), lambda rows: rows.filter(state=Worker.State.PENDING), _("没有等您确认的登记")),
    Show("all", _("在册"), lambda rows: rows.active(), _("还没有登记过")),
    Show("left", _("离开的"), lambda rows: rows.filter(state=Worker.State.LEFT), _("没有离开的记录")),
)
SHOWS = {show.name: show for show in (TO_CHECK, STALE, WAITING, ALL, LEFT)}


@dataclass(frozen=True)
class Progress:
    """How far one running round is, in the grids looked at."""

    survey: SurveyRound
    total: int
    done: int
    left_to_check: dict  # by name of kind

    @property
    def days_left(self):
        """Whole days until the planned end; negative when it has passed."""
        return (self.survey.ends_on - timezone.localdate()).days


@dataclass(frozen=True)
class Row:
    """One enterprise or worker of the beat, with its entry in the running round, and what may be done with it."""

    kind: Kind
    subject: object
    entry: SurveyEntry | None
    may: frozenset

    @property
    def anchor(self):
        return f"{self.kind.name}-{self.subject.pk}"

    @property
    def phone(self):
        """The masked phone, however the register calls it."""
        return self.subject.masked_phone if self.kind is WORKER else self.subject.masked_contact_phone

    @property
    def what(self):
        """What he does and where, or what it does and where it is, in one line."""
        subject = self.subject
        if self.kind is WORKER:
            parts = (subject.get_occupation_display(), " ".join(filter(None, (subject.platform, subject.site))))
        else:
            parts = (subject.get_kind_display(), subject.address)
        return " · ".join(filter(None, map(str, parts)))

    @property
    def is_open(self):
        """Whether the running round still asks about it."""
        return self.entry is not None and self.entry.is_open

    @property
    def freshness(self):
        """How long ago it was confirmed, in words."""
        day = self.subject.last_confirmed_on
        if day is None:
            return gettext("从没核实过")
        days = (timezone.localdate() - day).days
        if days <= 0:
            return gettext("今天核实过")
        return gettext("%(days)d 天前核实") % {"days": days}

    @property
    def freshness_tone(self):
        if self.subject.is_stale:
            return "warn"
        return "good" if self.subject.last_confirmed_on == timezone.localdate() else ""


class Beat:
    """The grids `user` looks after, or the one of them he has chosen. Few rows and many cost the same queries."""

    def __init__(self, user, chosen=""):
        self.user = user
        self.chosen = chosen if chosen in {value for value, _label in self.grid_choices} else ""

    # --- where -------------------------------------------------------------------------------------------------------
    @cached_property
    def scope(self):
        return self.user.scope_for("ledger.view_worker")

    @cached_property
    def grids(self):
        grids = Grid.objects.visible_to(self.user, "ledger.view_worker").select_related("community")
        return list(grids.order_by("community__name", "number"))

    @property
    def covers_communities(self):
        """Whether it also holds what belongs to no grid yet."""
        return self.scope.everything or bool(self.scope.communities)

    @property
    def grid_choices(self):
        """(value, label) of the grids to choose from; empty where there is only one."""
        several = len({grid.community_id for grid in self.grids}) > 1
        named = [(str(grid.pk), f"{grid.community} {grid}" if several else str(grid)) for grid in self.grids]
        if self.covers_communities:
            named.append((NO_GRID, gettext("未定网格")))
        return named if len(named) > 1 else []

    @property
    def grid(self):
        """The grid looked at, if it is one; else None."""
        if len(self.grids) == 1 and not self.covers_communities:
            return self.grids[0]
        return next((grid for grid in self.grids if str(grid.pk) == self.chosen), None)

    @property
    def is_whole(self):
        """Whether all of it is looked at."""
        return not self.chosen

    @property
    def place(self):
        """Where this is, in words."""
        if self.grid is not None:
            return f"{self.grid.community} {self.grid}"
        if self.chosen == NO_GRID:
            return gettext("未定网格")
        return "、".join(sorted({str(grid.community) for grid in self.grids}))

    def _within(self, queryset):
        if self.chosen == NO_GRID:
            return queryset.filter(grid=None)
        return queryset.filter(grid=self.chosen) if self.chosen else queryset

    # --- the running rounds ------------------------------------------------------------------------------------------
    @cached_property
    def rounds(self):
        """The running round of each community walked, by the community's id."""
        return {survey.community_id: survey for survey in SurveyRound.objects.running().visible_to(self.user)}

    @cached_property
    def progress(self):
        """A Progress for each running round, the one that ends first at the top."""
        entries = self._within(SurveyEntry.objects.visible_to(self.user)).running().order_by()
        open_ = Q(result=Result.TO_CHECK)
        counts = {
            row["round"]: row
            for row in entries.values("round").annotate(
                total=Count("pk"),
                done=Count("pk", filter=~open_),
                worker=Count("pk", filter=open_ & Q(worker__isnull=False)),
                enterprise=Count("pk", filter=open_ & Q(enterprise__isnull=False)),
            )
        }
        nothing = {"total": 0, "done": 0, "worker": 0, "enterprise": 0}
        found = [(survey, counts.get(survey.pk, nothing)) for survey in self.rounds.values()]
        progress = [
            Progress(survey, row["total"], row["done"], {name: row[name] for name in KINDS}) for survey, row in found
        ]
        return sorted(progress, key=lambda one: (one.survey.ends_on, one.survey.pk))

    # --- what is there -----------------------------------------------------------------------------------------------
    def rows(self, kind):
        """Everything of one register in the grids looked at, but what was merged away."""
        return self._within(kind.model.objects.visible_to(self.user).unmerged())

    def counts(self, kind):
        """How many each choice of the list would show."""
        states = kind.model.State
        active = Q(state=states.ACTIVE)
        stale = Q(pk__in=self.rows(kind).stale().values("pk"))
        found = self.rows(kind).aggregate(
            stale=Count("pk", filter=active & stale),
            all=Count("pk", filter=active),
            left=Count("pk", filter=Q(state=states.LEFT)),
            waiting=Count("pk", filter=Q(state=Worker.State.PENDING)),
        )
        return found | {"check": sum(progress.left_to_check[kind.name] for progress in self.progress)}

    def listed(self, kind, show):
        """The queryset of one list, in the order in which it is walked."""
        order = ("-left_on", "number") if show is LEFT else STALEST_FIRST
        return show.chosen(self.rows(kind)).select_related("grid").order_by(*order)

    def dressed(self, kind, subjects):
        """Rows for `subjects`: each with its entry in the running round and what may be done. Two queries at most."""
        subjects = list(subjects)
        entries = SurveyEntry.objects.running().filter(**{f"{kind.name}__in": subjects}).select_related("checked_by")
        found = {getattr(entry, f"{kind.name}_id"): entry for entry in entries}
        return [
            Row(kind, subject, entry := found.get(subject.pk), self.may(kind, subject, entry)) for subject in subjects
        ]

    # --- who may what ------------------------------------------------------------------------------------------------
    def permission(self, kind, verb, community_id):
        """The permission behind a tap. While a round runs, departures and returns are findings of that round."""
        if verb in ("leave", "return"):
            return "ledger.change_surveyentry" if community_id in self.rounds else kind.permission("leave")
        if verb == "explain":
            return "ledger.change_surveyentry"
        if verb == "reveal_phone" and not self.user.has_perm(kind.permission(verb)):
            return kind.permission("reveal")  # who may see everything may see the phone
        return kind.permission(verb)

    def may(self, kind, subject, entry):
        """What `user` may do with this row as it stands, as names of taps. What is checked needs no second tap."""
        states = kind.model.State
        is_checked = subject.last_confirmed_on == timezone.localdate() if entry is None else not entry.is_open
        taps = {
            states.ACTIVE: {"confirm": "confirm", "change": "change", "leave": "leave"},
            states.LEFT: {"return": "return"},
            Worker.State.PENDING: {"accept": "confirm", "refuse": "confirm"},
        }.get(subject.state, {})
        allowed = {tap for tap, verb in taps.items() if self._covers(kind, verb, subject)}
        if is_checked:
            allowed.discard("confirm")
        if self.phone_of(kind, subject) and self._covers(kind, "reveal_phone", subject):
            allowed.add("reveal_phone")
        return frozenset(allowed)

    @staticmethod
    def phone_of(kind, subject):
        """Whether there is a phone at all, without reading it."""
        return bool(subject.phone_index if kind is WORKER else subject.contact_phone_index)

    def _covers(self, kind, verb, subject):
        """Whether this row lies in the scope of the permission behind `verb`; costs no query."""
        scope = self.user.scope_for(self.permission(kind, verb, subject.community_id))
        return scope.everything or subject.community_id in scope.communities or subject.grid_id in scope.grids

    def row_or_404(self, kind, pk, verb=None):
        """One row of the whole beat, whichever grid is looked at, on which `verb` is the user's; 404 otherwise.

        Whether the row is in a state for it is the operation's to say.
        """
        subjects = kind.model.objects.visible_to(self.user).unmerged().select_related("grid", "community")
        (row,) = self.dressed(kind, [get_object_or_404(subjects, pk=pk)])
        if verb is not None and not self._covers(kind, verb, row.subject):
            raise Http404
        return row
