"""What every entry of the ledger has: a stable number, a grid, a freshness, a past."""

from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.names import FindableEntry


class Channel(models.TextChoices):
    """Through which channel a piece of knowledge came in."""

    DOOR = "door", _("上门走访")
    WECHAT = "wechat", _("微信群")
    PLATFORM = "platform", _("平台名单")
    SELF = "self", _("本人登记")


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


class Entry(FindableEntry):
    """One entry of the ledger, kept for good: leaving the area is a state, not a deletion.

    `NORMALIZERS` maps a field to the function that brings what was typed into the one form we store.
    """

    NORMALIZERS = {}

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

    @property
    def is_stale(self):
        """Not confirmed within settings.STALE_AFTER."""
        return not self.last_confirmed_on or self.last_confirmed_on < timezone.localdate() - settings.STALE_AFTER
