"""Every roster that left the system on paper or as a file."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PrintoutQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_printout"):
        return self.filter(user.scope_for(permission).q(community="community"))


class Printout(models.Model):
    """One printed or exported roster: who, when, why, which rows. The rows themselves are not kept, their digest is."""

    class Form(models.TextChoices):
        HTML = "html", _("网页打印")
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel"
        CSV = "csv", "CSV"

    serial = models.CharField(_("流水号"), max_length=24, unique=True, editable=False)
    roster = models.CharField(_("花名册"), max_length=20)
    form = models.CharField(_("形式"), max_length=5, choices=Form)
    community = models.ForeignKey(
        "station.Community", models.PROTECT, null=True, related_name="+", verbose_name=_("社区")
    )
    rows = models.PositiveIntegerField(_("行数"))
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    filters = models.JSONField(_("筛选"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经手人")
    )
    reason = models.CharField(_("用途"), max_length=100)
    template = models.CharField(_("表样"), max_length=60, blank=True)
    columns = models.JSONField(_("列"), default=list, blank=True)  # the keys of what stood on it
    full = models.BooleanField(_("含完整信息"), default=False)
    as_of = models.DateField(_("台账日期"), null=True, blank=True)  # a past day whose ledger it shows
    at = models.DateTimeField(_("时间"), default=timezone.now)

    objects = PrintoutQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("打印与导出")
        ordering = ["-at"]

    def __str__(self):
        return self.serial

    def get_absolute_url(self):
        return reverse("printout-check", args=[self.serial])
