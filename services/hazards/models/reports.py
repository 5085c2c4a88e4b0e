"""One reported hazard from the tap to the answer."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models import Community, Duty, Grid, Station, User
from station.roles import PERMISSIONS


class Category(models.TextChoices):
    """What is wrong. A new category is one line here, with its icon and usual urgency below."""

    ROAD = "road", _("路面坑洼")
    MANHOLE = "manhole", _("井盖缺损")
    FIRE = "fire", _("堵消防通道")
    BATTERY = "battery", _("飞线充电")
    WIRE = "wire", _("电线垂落")
    LIGHT = "light", _("路灯不亮")
    RUBBISH = "rubbish", _("垃圾堆积")
    WATER = "water", _("积水漏水")
    OTHER = "other", _("其他")


class Urgency(models.TextChoices):
    LIFE = "life", _("危及人身财产")
    UTILITY = "utility", _("影响水电气路")
    NORMAL = "normal", _("一般问题")
    HARD = "hard", _("疑难问题")


# How long handling may take, from dispatch: what communities commonly promise.
DEADLINES = {
    Urgency.LIFE: timedelta(hours=2),
    Urgency.UTILITY: timedelta(hours=24),
    Urgency.NORMAL: timedelta(days=7),
    Urgency.HARD: timedelta(days=15),
}

# How urgent a category usually is, until staff say otherwise.
USUAL_URGENCY = {
    Category.MANHOLE: Urgency.LIFE,
    Category.WIRE: Urgency.LIFE,
    Category.FIRE: Urgency.LIFE,
    Category.BATTERY: Urgency.UTILITY,
    Category.WATER: Urgency.UTILITY,
}

ICONS = {
    Category.ROAD: "road",
    Category.MANHOLE: "hole",
    Category.FIRE: "flame",
    Category.BATTERY: "plug",
    Category.WIRE: "wire",
    Category.LIGHT: "lamp",
    Category.RUBBISH: "trash",
    Category.WATER: "water",
    Category.OTHER: "alert",
}


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user, permission="hazards.view_report"):
        """Staff by scope; everybody his own."""
        return self.filter(Q(reporter=user) | self._scope(user, permission))

    def within_duties_of(self, user, permission="hazards.view_report"):
        """Those a duty reaches, and no more: what somebody reported himself elsewhere is not his to handle."""
        return self.filter(self._scope(user, permission))

    @staticmethod
    def _scope(user, permission):
        return user.scope_for(permission).q(community="community", grid="grid", station="station")

    def of(self, user):
        return self.filter(reporter=user)

    def open(self):
        """Those still waiting for the community."""
        return self.filter(state__in=Report.OPEN_STATES)

    def overdue(self, at=None):
        return self.open().filter(due_at__lt=at or timezone.now())

    def solved(self):
        return self.filter(state__in=[Report.State.SOLVED, Report.State.CLOSED])


class Report(models.Model):
    """One hazard somebody reported. The key makes a repeated tap, or a late retry, the same report."""

    class State(models.TextChoices):
        REPORTED = "reported", _("已收到")
        DISPATCHED = "dispatched", _("处理中")
        SOLVED = "solved", _("已处理")
        CLOSED = "closed", _("已办结")
        REFUSED = "refused", _("未受理")
        WITHDRAWN = "withdrawn", _("已撤回")

    TRANSITIONS = {
        State.REPORTED: {State.DISPATCHED, State.REFUSED, State.WITHDRAWN},
        State.DISPATCHED: {State.SOLVED, State.REFUSED},
        State.SOLVED: {State.CLOSED, State.DISPATCHED},
        State.CLOSED: set(),
        State.REFUSED: {State.DISPATCHED},
        State.WITHDRAWN: set(),
    }
    OPEN_STATES = (State.REPORTED, State.DISPATCHED)

    class Refusal(models.TextChoices):
        """The grounds on which a report may be turned down."""

        OUT_OF_SCOPE = "out_of_scope", _("不归社区管，已告知去处")
        UNCLEAR = "unclear", _("照片或描述看不清")
        MINOR = "minor", _("过于轻微或已过时")
        DUPLICATE = "duplicate", _("已有人上报，正在处理")
        UNTRUE = "untrue", _("现场核实不属实")
        RESHOT = "reshot", _("照片是翻拍")
        IN_COURT = "in_court", _("已进入诉讼或信访")
        SPLIT = "split", _("一件事拆成了多条")
        OTHER = "other", _("其他")

    number = models.CharField(_("编号"), max_length=24, unique=True, editable=False)
    key = models.UUIDField(_("防重复码"), default=uuid4, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reports", verbose_name=_("上报人")
    )
    community = models.ForeignKey(Community, models.PROTECT, related_name="reports", verbose_name=_("社区"))
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("网格")
    )
    station = models.ForeignKey(
        Station, models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("附近驿站")
    )
    category = models.CharField(_("哪一类"), max_length=10, choices=Category)
    urgency = models.CharField(_("紧急程度"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    place = models.CharField(_("在哪里"), max_length=100)
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    description = models.CharField(_("补充说明"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.REPORTED, editable=False)
    reported_at = models.DateTimeField(_("上报时间"), default=timezone.now, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任人"),
        editable=False,
    )
    due_at = models.DateTimeField(_("办结期限"), null=True, blank=True, editable=False)
    solved_at = models.DateTimeField(_("处理时间"), null=True, blank=True, editable=False)
    refusal = models.CharField(_("未受理原因"), max_length=12, choices=Refusal, blank=True, editable=False)
    duplicate_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="duplicates", editable=False
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("上报")
        ordering = ["-reported_at"]
        indexes = [models.Index(fields=["community", "state", "-reported_at"], name="report_of_community")]
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "key"],
                name="report_key_unique",
                violation_error_message=_("这条已经收到了。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="dispatched") | Q(due_at__isnull=False, owner__isnull=False),
                name="report_dispatched_to_whom",
                violation_error_message=_("派出去要有责任人和期限。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal=""),
                name="report_refused_why",
                violation_error_message=_("不受理要选原因，上报人会看到。"),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=3, latitude__lte=54, longitude__gte=73, longitude__lte=136),
                name="report_place_in_china",
                violation_error_message=_("定位不在中国范围内，请改用文字写位置。"),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("report-detail", args=[self.number])

    @property
    def icon(self):
        return ICONS[self.category]

    def possible_owners(self):
        """The staff whose duties allow them to handle it."""
        roles = [role for role, permissions in PERMISSIONS.items() if "hazards.handle_report" in permissions]
        reach = Q(community=self.community_id) | Q(grid__isnull=False, grid=self.grid_id)
        duties = Duty.objects.current().filter(reach, role__in=roles)
        return User.objects.filter(is_active=True, duties__in=duties).distinct().order_by("name")

    @property
    def is_overdue(self):
        return bool(self.state in self.OPEN_STATES and self.due_at and self.due_at < timezone.now())


class ReportEvent(models.Model):
    """One step in a report's life, as its reporter reads it."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="events", verbose_name=_("上报"))
    at = models.DateTimeField(_("时间"), default=timezone.now)
    state = models.CharField(_("状态"), max_length=12, choices=Report.State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("谁"))
    text = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("处理经过")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_state_display()}"

    @property
    def title(self):
        return self.get_state_display()

    @property
    def note(self):
        return self.text

    @property
    def actor_name(self):
        """Who did it, as staff read it; the reporter stays unnamed."""
        return _("上报人") if self.by_id == self.report.reporter_id else str(self.by or _("系统"))


class Photo(models.Model):
    """One picture of a hazard, before or after. Only a cleaned copy without metadata is kept, under a random name."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("上报时")
        AFTER = "after", _("处理后")

    report = models.ForeignKey(Report, models.CASCADE, related_name="photos", verbose_name=_("上报"))
    moment = models.CharField(_("时候"), max_length=10, choices=Moment, default=Moment.BEFORE)
    image = models.ImageField(_("照片"), upload_to="hazards/", width_field="width", height_field="height")
    thumbnail = models.ImageField(_("小图"), upload_to="hazards/")
    width = models.PositiveSmallIntegerField(editable=False, default=0)
    height = models.PositiveSmallIntegerField(editable=False, default=0)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("照片")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_moment_display()}"
