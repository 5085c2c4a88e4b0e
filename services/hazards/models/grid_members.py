"""Riders and couriers who act as part-time grid members (兼职网格员)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models import Grid


class GridMemberQuerySet(models.QuerySet):
    def visible_to(self, user, permission="hazards.view_gridmember"):
        return self.filter(user.scope_for(permission).q(community="grid__community", grid="grid"))


class GridMember(models.Model):
    """One rider who keeps an eye on one grid while delivering: an honour, never a duty with a quota."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="grid_memberships", verbose_name=_("骑手")
    )
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="members", verbose_name=_("网格"))
    since = models.DateField(_("从哪天起"), default=timezone.localdate)

    objects = GridMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("兼职网格员")
        ordering = ["grid", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "grid"], name="grid_member_once", violation_error_message=_("已经是这个网格的成员。")
            )
        ]

    def __str__(self):
        return f"{self.grid}"
