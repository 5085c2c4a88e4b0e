"""Reminding staff once a day of what waits for them: stale entries, and those a survey round has yet to check.

No message names anybody: it says how many, and where the list is. Whether somebody was reminded today stands in the
audit, so that a second run, or one beside it, says nothing twice.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Enterprise, SurveyEntry, SurveyRound, Worker
from station.lib import notify
from station.models import AuditEvent, Duty, Grid, User
from station.operations import audit
from station.roles import Role

REMIND = "remind staff"
MOST_GRIDS_NAMED = 5  # a text message is short


@dataclass(frozen=True)
class Waiting:
    """How many entries wait in some places: stale ones, and `unchecked` ones of a running survey round."""

    workers: int = 0
    enterprises: int = 0
    unchecked: int = 0

    @property
    def stale(self):
        return self.workers + self.enterprises

    def __add__(self, other):
        return Waiting(
            self.workers + other.workers, self.enterprises + other.enterprises, self.unchecked + other.unchecked
        )

    def __bool__(self):
        return bool(self.stale or self.unchecked)

    @property
    def list_path(self):
        """Where the first list that is not empty stands."""
        if self.workers:
            return reverse("admin:ledger_worker_changelist") + "?stale=1"
        if self.enterprises:
            return reverse("admin:ledger_enterprise_changelist") + "?stale=1"
        return reverse("admin:ledger_surveyentry_changelist") + f"?result__exact={SurveyEntry.Result.TO_CHECK}"


@dataclass
class Charge:
    """One person and what he is to be told of: his grids, or his whole communities and their grids without a worker."""

    user: User
    communities: set = field(default_factory=set)
    grids: set = field(default_factory=set)
    waiting: Waiting = Waiting()
    orphans: list = field(default_factory=list)

    def message(self) -> notify.Message:
        kind = "remind_community" if self.communities else "remind_grid"
        orphans = "、".join(str(grid) for grid in self.orphans[:MOST_GRIDS_NAMED])
        if len(self.orphans) > MOST_GRIDS_NAMED:
            orphans = _("%(grids)s等 %(n)d 个网格") % {"grids": orphans, "n": len(self.orphans)}
        context = {
            "stale": self.waiting.stale,
            "unchecked": self.waiting.unchecked,
            "orphans": orphans,
            # Whoever walks a grid does it with the phone in his hand, and has its list there.
            "url": settings.PUBLIC_URL + (self.waiting.list_path if self.communities else reverse("grid")),
        }
        return notify.Message(kind, to_phone=self.user.phone, to_user_uid=self.user.uid, context=context)


def waiting_by_place() -> dict[tuple[int, int | None], Waiting]:
    """What waits, by (community, grid); the grid is None for entries of none. Three queries."""
    waiting = defaultdict(Waiting)
    unchecked = SurveyEntry.objects.to_check().filter(round__state=SurveyRound.State.OPEN)
    for name, rows, community in (
        ("workers", Worker.objects.active().stale(), "community"),
        ("enterprises", Enterprise.objects.active().stale(), "community"),
        ("unchecked", unchecked, "round__community"),
    ):
        for place, grid, number in rows.order_by().values_list(community, "grid").annotate(n=Count("pk")):
            waiting[place, grid] += Waiting(**{name: number})
    return waiting


def charges() -> list[Charge]:
    """Everybody who looks after a grid or a community today, with what waits there, were it nothing. Five queries."""
    waiting = waiting_by_place()
    duties = Duty.objects.current().filter(
        role__in=[Role.GRID_WORKER, Role.COMMUNITY_ADMIN], user__is_active=True, user__is_staff=True
    )
    people, walked = {}, set()
    for duty in duties.select_related("user").order_by("user_id"):
        charge = people.setdefault(duty.user_id, Charge(duty.user))
        if duty.role == Role.COMMUNITY_ADMIN:
            charge.communities.add(duty.community_id)
        else:
            charge.grids.add(duty.grid_id)
            walked.add(duty.grid_id)
    unwalked = list(Grid.objects.exclude(pk__in=walked).select_related("community"))
    for charge in people.values():
        mine = (
            number
            for (community, grid), number in waiting.items()
            if community in charge.communities or grid in charge.grids
        )
        charge.waiting = sum(mine, Waiting())
        charge.orphans = [grid for grid in unwalked if grid.community_id in charge.communities]
    return list(people.values())


def remind_all(*, dry_run: bool = False) -> Counter:
    """Remind everybody who has something to do, and count: reminded, without a phone, already reminded, nothing to do.

    Those without a phone are only reached where the provider knows people by their accounts.
    """
    done = Counter()
    for charge in charges():
        if not charge.waiting:
            done["nothing to do"] += 1
        elif not was_reminded(charge.user) if dry_run else remind(charge):
            done["reminded"] += 1
            done["without a phone"] += not charge.user.phone
        else:
            done["already reminded"] += 1
    return done


def was_reminded(user: User) -> bool:
    """Whether the audit knows of a reminder today."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    mine = AuditEvent.objects.filter(target_type=user._meta.label_lower, target_id=str(user.pk))
    return mine.filter(action=REMIND, at__gte=midnight).exists()


@transaction.atomic
def remind(charge: Charge) -> bool:
    """Send one person his message once this is certain; False where he had one today.

    His account is locked while the audit is asked: of two commands at once the second waits, then finds the event.
    """
    person = User.objects.select_for_update().get(pk=charge.user.pk)
    if was_reminded(person):
        return False
    transaction.on_commit(partial(notify.send, charge.message()))
    counts = {"stale": charge.waiting.stale, "unchecked": charge.waiting.unchecked}
    audit.record(REMIND, person, by=None, community=person.community, **counts)
    return True
