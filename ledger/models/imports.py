"""Tables brought in from outside: what a file would change, what it did change, and whether that was undone."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.lib.crypto import EncryptedTextField


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_importbatch"):
        return self.filter(user.scope_for(permission).q(community="community"))

    def drafts(self):
        """Those looked at and not yet committed."""
        return self.filter(state=ImportBatch.State.DRAFT)


class ImportBatch(models.Model):
    """One file brought into one register of one community: previewed, then committed as a whole or dropped.

    The file itself is not kept; its rows are, encrypted, as long as they may be needed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("待确认")
        COMMITTED = "committed", _("已导入")
        DISCARDED = "discarded", _("已放弃")
        UNDONE = "undone", _("已撤销")

    TRANSITIONS = {
        State.DRAFT: {State.COMMITTED, State.DISCARDED},
        State.COMMITTED: {State.UNDONE},
        State.DISCARDED: set(),
        State.UNDONE: set(),
    }

    class Mode(models.TextChoices):
        SKIP = "skip", _("只加新的，已有的不动")
        UPDATE = "update", _("已有的按文件更新")
        FILL = "fill", _("已有的只补空白")

    community = models.ForeignKey("station.Community", models.PROTECT, related_name="+", verbose_name=_("社区"))
    kind = models.CharField(_("花名册"), max_length=20)  # a key of ledger.rosters.ROSTERS
    mode = models.CharField(_("方式"), max_length=10, choices=Mode, default=Mode.SKIP)
    file_name = models.CharField(_("文件名"), max_length=120)
    sha256 = models.CharField(_("文件摘要"), max_length=64)
    encoding = models.CharField(_("编码"), max_length=12, blank=True)  # of a CSV
    mapping = models.JSONField(_("列的对应"), default=list, blank=True)  # a column's key, or "", by position
    headers = models.JSONField(_("表头"), default=list, blank=True)
    consents_on_paper = models.BooleanField(
        _("本人同意已取得（纸质）"),
        default=False,
        help_text=_("有签字的同意书才勾：新登记的人，以及文件里的政治面貌和身份证号，会记为“纸质签字”同意"),
    )
    ignored = models.PositiveIntegerField(_("略过的行"), default=0)  # the head again, sums, signatures
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    new = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("有变化"), default=0)
    unchanged = models.PositiveIntegerField(_("没变化"), default=0)
    refused = models.PositiveIntegerField(_("不能导入"), default=0)
    reason = models.CharField(_("原因"), max_length=100, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经手人")
    )
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    committed_at = models.DateTimeField(_("导入时间"), null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True, editable=False)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("导入")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], committed_at__isnull=True)
                | Q(state__in=["committed", "undone"], committed_at__isnull=False),
                name="import_batch_committed_when",
                violation_error_message=_("导入过的要有导入时间。"),
            ),
        ]

    def __str__(self):
        return f"{self.pk}"

    @property
    def writes(self):
        """How many entries it brings or changes."""
        return self.new + self.changed


class ImportRow(models.Model):
    """One row of the file: what it says, what became of it, and which entry it is about."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("有变化")
        UNCHANGED = "unchanged", _("没变化")
        REFUSED = "refused", _("不能导入")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("导入"))
    line = models.PositiveIntegerField(_("第几行"))  # of the file, its first line being 1
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    number = models.CharField(_("编号"), max_length=20, blank=True)  # of the entry it matched or became
    history_id = models.BigIntegerField(
        null=True, blank=True
    )  # the history row this import wrote: newer ones forbid undo
    problems = models.JSONField(_("原因"), default=list, blank=True)  # texts without personal values
    # JSON texts; personal values stand in them.
    cells = EncryptedTextField(_("原文"), label="ledger.importrow.cells", max_length=20_000, blank=True)
    changes = EncryptedTextField(_("变化"), label="ledger.importrow.changes", max_length=20_000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入的行")
        ordering = ["batch", "line"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="import_row_line_once"),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "line"], name="import_row_outcome")]

    def __str__(self):
        return f"{self.batch_id}/{self.line}"
