"""Shifts and who signed up for them."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.volunteering.models.teams import Desk, Team
from station.lib import moments
from station.models import Station


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, user, permission="volunteering.view_shift"):
        scope = user.scope_for(permission)
        return self.filter(
            scope.q(community="station__community", grid="station__grid", station="station", team_leader="team__leader")
        )

    def published(self):
        return self.filter(state=Shift.State.OPEN)

    def at(self, station):
        return self.filter(station=station)

    def upcoming(self, at=None):
        """Not over yet."""
        return self.filter(ends_at__gt=at or timezone.now())

    def overlapping(self, starts_at, ends_at):
        """That share a moment with the stretch; one may begin when the other ends."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def on(self, day):
        """That start on the local date `day`."""
        zone = timezone.get_default_timezone()
        start = timezone.datetime.combine(day, timezone.datetime.min.time(), zone)
        return self.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1))


class Shift(models.Model):
    """One time at one station when a team needs people. `taken` counts the places given out."""

    class State(models.TextChoices):
        OPEN = "open", _("招募中")
        CANCELLED = "cancelled", _("已取消")

    TRANSITIONS = {State.OPEN: {State.CANCELLED}, State.CANCELLED: set()}

    team = models.ForeignKey(Team, models.PROTECT, related_name="shifts", verbose_name=_("志愿队"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="shifts", verbose_name=_("驿站"))
    desk = models.ForeignKey(Desk, models.SET_NULL, null=True, blank=True, related_name="shifts", editable=False)
    title = models.CharField(_("名称"), max_length=40)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    places = models.PositiveSmallIntegerField(
        _("需要几人"), default=2, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    taken = models.PositiveSmallIntegerField(_("已报名"), default=0, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN, editable=False)
    cancel_reason = models.CharField(_("取消原因"), max_length=60, blank=True, editable=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("班次")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["station", "starts_at"], name="shift_at_station")]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "station", "starts_at"],
                name="shift_unique",
                violation_error_message=_("这个时间已经有一班了。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_start",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")),
                name="shift_not_oversold",
                violation_error_message=_("人数不能少于已报名人数。"),
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(cancel_reason=""),
                name="shift_cancel_reason",
                violation_error_message=_("取消要写明原因，报名的人会看到。"),
            ),
        ]

    def __str__(self):
        return f"{self.title} {timezone.localtime(self.starts_at):%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("shift-sign-up", args=[self.pk])

    @property
    def places_left(self):
        return self.places - self.taken

    @property
    def is_full(self):
        return self.taken >= self.places

    @property
    def has_started(self):
        return self.starts_at <= timezone.now()

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def takes_people(self):
        return not (self.is_cancelled or self.has_started or self.is_full)

    @property
    def is_on(self):
        """Going on at this moment."""
        return self.starts_at <= timezone.now() < self.ends_at

    @property
    def when(self):
        """明天 11月24日 周二 15:00–17:00."""
        return moments.stretch_text(self.starts_at, self.ends_at, timezone.now())

    @property
    def day(self):
        """明天 11月24日 周二."""
        return moments.day_text(timezone.localdate(self.starts_at), timezone.localdate())

    @property
    def hours(self):
        """15:00–17:00."""
        return moments.clock_text(self.starts_at, self.ends_at)

    @property
    def minutes(self):
        """Its planned length in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class SignUpQuerySet(models.QuerySet):
    def visible_to(self, user, permission="volunteering.view_signup"):
        """Staff by scope; everybody his own."""
        return self.filter(Q(user=user) | self._in(user.scope_for(permission)))

    def in_charge_of(self, user, permission="volunteering.view_signup"):
        """Staff by scope, without his own: nobody records his own hours in a team that is not his."""
        return self.filter(self._in(user.scope_for(permission)))

    @staticmethod
    def _in(scope):
        return scope.q(community="shift__station__community", team_leader="shift__team__leader")

    def of(self, user):
        return self.filter(user=user)

    def with_shift(self):
        """With all that a line about a sign-up says."""
        return self.select_related("shift__team", "shift__station")

    def upcoming(self, at=None):
        """Places kept in shifts that are not over."""
        return self.filter(state=SignUp.State.SIGNED_UP, shift__ends_at__gt=at or timezone.now())

    def past(self, at=None):
        """All the others, the latest first."""
        over = Q(shift__ends_at__lte=at or timezone.now()) | ~Q(state=SignUp.State.SIGNED_UP)
        return self.filter(over).order_by("-shift__starts_at", "-pk")

    def holding(self):
        """Those that take up a place."""
        return self.exclude(state=SignUp.State.WITHDRAWN)

    def hours(self):
        """The hours recorded in these, to one decimal."""
        return round((self.aggregate(total=Sum("minutes"))["total"] or 0) / 60, 1)


class SignUp(models.Model):
    """One volunteer in one shift. Minutes are recorded once he attended; added by hand, they need a reason."""

    class State(models.TextChoices):
        SIGNED_UP = "signed_up", _("已报名")
        WITHDRAWN = "withdrawn", _("已退出")
        ATTENDED = "attended", _("已到")
        NO_SHOW = "no_show", _("未到")

    TRANSITIONS = {
        State.SIGNED_UP: {State.WITHDRAWN, State.ATTENDED, State.NO_SHOW},
        State.WITHDRAWN: set(),
        State.ATTENDED: {State.SIGNED_UP},
        State.NO_SHOW: {State.SIGNED_UP},
    }

    class MinutesSource(models.TextChoices):
        PLANNED = "planned", _("按班次时长")
        STAFF = "staff", _("人工补记")

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="sign_ups", verbose_name=_("班次"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_ups", verbose_name=_("志愿者")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SIGNED_UP, editable=False)
    signed_up_at = models.DateTimeField(_("报名时间"), default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("退出时间"), null=True, blank=True, editable=False)
    minutes = models.PositiveSmallIntegerField(_("服务分钟"), null=True, blank=True, editable=False)
    minutes_source = models.CharField(_("时长来源"), max_length=10, choices=MinutesSource, blank=True, editable=False)
    minutes_reason = models.CharField(_("补记原因"), max_length=100, blank=True, editable=False)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报名")
        ordering = ["shift__starts_at", "signed_up_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "user"],
                condition=~Q(state="withdrawn"),
                name="sign_up_once_per_shift",
                violation_error_message=_("您已经报名这一班。"),
            ),
            models.CheckConstraint(
                condition=(Q(state="attended", minutes__isnull=False) & ~Q(minutes_source=""))
                | (~Q(state="attended") & Q(minutes__isnull=True, minutes_source="")),
                name="sign_up_minutes_when_attended",
                violation_error_message=_("到了才有时长。"),
            ),
            models.CheckConstraint(
                condition=~Q(minutes_source="staff") | ~Q(minutes_reason=""),
                name="sign_up_minutes_reason",
                violation_error_message=_("人工补记时长要写明原因。"),
            ),
        ]

    def __str__(self):
        return f"{self.shift_id}/{self.pk}"

    @property
    def can_withdraw(self):
        """Until the shift starts."""
        return self.state == self.State.SIGNED_UP and not self.shift.has_started
