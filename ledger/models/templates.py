"""Form templates (表样): the street office's own columns, order, titles, sort and filters, saved under a name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FormTemplateQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_formtemplate"):
        return self.filter(user.scope_for(permission).q(community="community"))

    def of_roster(self, kind):
        return self.filter(kind=kind)


class FormTemplate(models.Model):
    """One way to lay out a roster, made in the admin: which columns under which titles, which rows, how grouped."""

    class Kind(models.TextChoices):
        ENTERPRISES = "enterprises", _("新业态企业花名册")
        WORKERS = "workers", _("新就业群体花名册")
        MEMBERS = "members", _("流动党员花名册")

    class GroupBy(models.TextChoices):
        NONE = "", _("不分组")
        GRID = "grid", _("按网格")
        EMPLOYER = "employer", _("按所属企业")

    community = models.ForeignKey("station.Community", models.PROTECT, related_name="+", verbose_name=_("社区"))
    kind = models.CharField(_("花名册"), max_length=20, choices=Kind)
    name = models.CharField(_("表样名称"), max_length=60, help_text=_("例如：街道季度报表"))
    title = models.CharField(_("表头标题"), max_length=60, blank=True, help_text=_("不填就用“社区名＋花名册”"))
    portrait = models.BooleanField(_("纸张竖放"), default=False)
    group_by = models.CharField(_("分组"), max_length=20, choices=GroupBy, blank=True, default=GroupBy.NONE)
    order = models.CharField(_("排序"), max_length=40, blank=True)  # the key of a column
    filters = models.JSONField(_("只要这些"), default=dict, blank=True)  # {Filter.key: [values]}
    blank_rows = models.PositiveSmallIntegerField(_("末尾空行"), default=0, help_text=_("留着手写，最多 50 行"))
    signatures = models.CharField(
        _("签字栏"), max_length=100, blank=True, help_text=_("用逗号隔开，不填就是：制表人，审核人，单位（盖章），日期")
    )

    objects = FormTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("表样")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "name"],
                name="form_template_name_unique",
                violation_error_message=_("这本花名册已经有同名的表样。"),
            ),
            models.CheckConstraint(
                condition=Q(blank_rows__lte=50),
                name="form_template_blank_rows",
                violation_error_message=_("空行最多 50 行。"),
            ),
        ]

    def __str__(self):
        return self.name


class FormColumn(models.Model):
    """One column of a form template: which, under what title, how wide."""

    template = models.ForeignKey(FormTemplate, models.CASCADE, related_name="columns", verbose_name=_("表样"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    key = models.CharField(_("列"), max_length=40)  # of ledger.rosters
    title = models.CharField(_("列标题"), max_length=40, blank=True, help_text=_("不填就用原来的"))
    width_mm = models.PositiveSmallIntegerField(_("宽（毫米）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("列")
        ordering = ["template", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "key"],
                name="form_column_once",
                violation_error_message=_("同一列只能放一次。"),
            ),
            models.CheckConstraint(
                condition=Q(width_mm__isnull=True) | Q(width_mm__gte=6, width_mm__lte=200),
                name="form_column_width",
                violation_error_message=_("列宽在 6 到 200 毫米之间。"),
            ),
        ]

    def __str__(self):
        return self.title or self.key
