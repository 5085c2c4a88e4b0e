"""What was done, by whom, when and why: rows that are only ever added, each sealed by the one before."""

import hashlib
import json

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_auditevent"):
        return self.filter(user.scope_for(permission).q(community="community"))

    def update(self, *args, **kwargs):
        raise PermissionDenied(_("审计记录不能修改。"))

    def delete(self):
        raise PermissionDenied(_("审计记录不能删除。"))

    bulk_update = bulk_create = update  # bulk_create can overwrite rows, too, and would add them unsealed


class AuditHead(models.Model):
    """The one row every new audit event locks: how many events there are, and the last one's seal.

    Without it, cutting off the newest events would leave a chain that still checks.
    """

    count = models.PositiveBigIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审计链头")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="audit_head_single")]

    def __str__(self):
        return f"{self.count}"


class AuditEvent(models.Model):
    """One thing done. `data` holds field names and numbers, never personal values."""

    number = models.PositiveBigIntegerField(_("序号"), unique=True, editable=False)
    at = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("谁")
    )
    action = models.CharField(_("做了什么"), max_length=60)
    target_type = models.CharField(_("对象类别"), max_length=60, blank=True)
    target_id = models.CharField(_("对象"), max_length=40, blank=True)
    community = models.ForeignKey("station.Community", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    data = models.JSONField(_("细节"), default=dict, blank=True)
    previous_seal = models.CharField(max_length=64, blank=True, editable=False)
    seal = models.CharField(max_length=64, unique=True, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["community", "-number"], name="audit_of_community"),
        ]

    def __str__(self):
        return f"{self.number}"

    def save(self, **kwargs):
        if not self._state.adding:
            raise PermissionDenied(_("审计记录不能修改。"))
        super().save(
            **(kwargs | {"force_insert": True})
        )  # an event made with the key of an old one must not replace it

    def delete(self, *args, **kwargs):
        raise PermissionDenied(_("审计记录不能删除。"))

    def computed_seal(self):
        """SHA-256 over the previous seal and every stored value of this row."""
        content = [
            self.previous_seal,
            self.number,
            self.at.astimezone(timezone.get_default_timezone()).isoformat(),
            self.actor_id,
            self.action,
            self.target_type,
            self.target_id,
            self.community_id,
            self.reason,
            self.data,
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
