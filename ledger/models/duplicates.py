"""Entries that look alike and are not the same."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DistinctPairQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_distinctpair"):
        return self.filter(user.scope_for(permission).q(community="community"))

    def naming(self, *numbers):
        """The pairs in which any of these ledger numbers stands."""
        return self.filter(models.Q(first__in=numbers) | models.Q(second__in=numbers))


class DistinctPair(models.Model):
    """Two entries of one register that somebody has looked at and found to be two. Named by their ledger numbers."""

    community = models.ForeignKey("station.Community", models.PROTECT, related_name="+", verbose_name=_("社区"))
    first = models.CharField(_("编号"), max_length=20)  # the lesser of the two
    second = models.CharField(_("另一个编号"), max_length=20)
    reason = models.CharField(_("说明"), max_length=100, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("谁看的")
    )
    at = models.DateTimeField(_("时间"), default=timezone.now)

    objects = DistinctPairQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("已排除的重复")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="distinct_pair_once",
                violation_error_message=_("这一对已经记过了。"),
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="distinct_pair_in_order",
                violation_error_message=_("两个编号要不同，小的在前。"),
            ),
        ]

    def __str__(self):
        return f"{self.first} ≠ {self.second}"
