"""What every entry of the ledger has: a stable number, a grid, a freshness, a past."""

from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.likeness import keys_like, with_earlier_lookalike
from ledger.models.names import FindableEntry


class Channel(models.TextChoices):
    """Through which channel a piece of knowledge came in."""

    DOOR = "door", _("上门走访")
    WECHAT = "wechat", _("微信群")
    PLATFORM = "platform", _("平台名单")
    SELF = "self", _("本人登记")


MERGED = "merged"  # of every register's State; named here because history rows, whose model has no State, ask too


class EntryQuerySet(models.QuerySet):
    """Questions that all three registers answer. `community_path` leads from the row to its community and grid."""

    place_path = ""

    def visible_to(self, user, permission=None):
        """The rows `user` may see by `permission` (default: the view permission of this model)."""
        meta = self.model._meta
        scope = user.scope_for(permission or f"{meta.app_label}.view_{meta.model_name}")
        return self.filter(scope.q(community=f"{self.place_path}community", grid=f"{self.place_path}grid"))

    def stale(self, on=None):
        """Not confirmed within settings.STALE_AFTER."""
        since = (on or timezone.localdate()) - settings.STALE_AFTER
        path = f"{self.place_path}last_confirmed_on"
        return self.filter(Q(**{f"{path}__lt": since}) | Q(**{f"{path}__isnull": True}))

    def unmerged(self):
        """Without those that turned out to be another entry twice."""
        return self.exclude(state=MERGED)

    def with_earlier_lookalike(self):
        """Those that are probably in the ledger already, under an older number."""
        return with_earlier_lookalike(self)

    def like(self, *entries):
        """Unmerged rows that any of `entries` may be a second time, they too. Costs a query when called."""
        return self.unmerged().filter(pk__in=keys_like(self.model, entries))


def normalize(row, normalizers):
    """Bring the named fields of `row` into their stored form; blank ones stay. Raises ValidationError by field."""
    errors = {}
    for name, normalizer in normalizers.items():
        if value := getattr(row, name):
            try:
                setattr(row, name, normalizer(value))
            except ValidationError as error:
                errors[name] = error
    if errors:
        raise ValidationError(errors)


class Mergeable:
    """For a row that may turn out to be another row twice: it stays, in the state MERGED, and says into which."""

    @property
    def is_merged(self):
        return self.state == self.State.MERGED

    @property
    def survivor(self):
        """The entry that now stands for this one: itself, unless it was merged away."""
        row = self
        while row.merged_into_id is not None:
            row = row.merged_into
        return row


class Entry(Mergeable, FindableEntry):
    """One entry of the ledger, kept for good: leaving the area is a state, not a deletion.

    `NORMALIZERS` maps a field to the function that brings what was typed into the one form we store. `UNIQUE` maps a
    field whose value stands in the ledger only once to the lookup that finds it. `LIKENESSES` are the reasons to think
    that two entries are one (ledger.models.likeness).
    """

    NORMALIZERS = {}
    as_of = None  # the past day of which an instance tells (ledger.pasts); None for today
    UNIQUE = {}
    TAKEN = {}  # what to say of such a field, with %(number)s
    LIKENESSES = ()

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True, editable=False)
    community = models.ForeignKey("station.Community", models.PROTECT, related_name="+", verbose_name=_("社区"))
    grid = models.ForeignKey(
        "station.Grid", models.PROTECT, related_name="+", verbose_name=_("网格"), null=True, blank=True
    )
    last_confirmed_on = models.DateField(_("最近核实"), null=True, blank=True, editable=False)
    left_on = models.DateField(_("离开日期"), null=True, blank=True, editable=False)
    left_reason = models.CharField(_("离开原因"), max_length=100, blank=True, editable=False)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("并入"),
    )
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def clean(self):
        """Normalise what was typed. Raises ValidationError for every field that cannot be, and for a foreign grid."""
        normalize(self, self.NORMALIZERS)
        if self.grid_id and self.community_id and self.grid.community_id != self.community_id:
            raise ValidationError({"grid": _("这个网格不属于本社区，请重新选。")})

    def in_the_way(self):
        """{field: the entry that already has this entry's value of it}, for every field that must be unique."""
        rivals = self.rivals().exclude(pk=self.pk)
        found = {}
        for name, lookup in self.UNIQUE.items():
            value = getattr(self, lookup)
            if value and (other := rivals.filter(**{lookup: value}).first()):
                found[name] = other
        return found

    def refuse_duplicate(self):
        """The constraints refuse it too; only here can the message name the entry that stands in the way."""
        errors = {
            name: ValidationError(self.TAKEN[name], code="duplicate", params={"number": other.number})
            for name, other in self.in_the_way().items()
        }
        if errors:
            raise ValidationError(errors)

    @property
    def is_stale(self):
        """Not confirmed within settings.STALE_AFTER, on the day of which the instance tells."""
        day = self.as_of or timezone.localdate()
        return not self.last_confirmed_on or self.last_confirmed_on < day - settings.STALE_AFTER
