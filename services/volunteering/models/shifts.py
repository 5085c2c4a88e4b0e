"""Shifts and who signed up for them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.volunteering.models.teams import Desk, Team
from station.models.occasions import Occasion, OccasionQuerySet


class ShiftQuerySet(OccasionQuerySet):
    def visible_to(self, user, permission="volunteering.view_shift"):
        scope = user.scope_for(permission)
        return self.filter(
            scope.q(community="station__community", grid="station__grid", station="station", team_leader="team__leader")
        )

    def published(self):
        return self.filter(state=Shift.State.OPEN)


class Shift(Occasion):
    """One time at one station when a team needs people. `taken` counts the places given out."""

    class State(models.TextChoices):
        OPEN = "open", _("招募中")
        CANCELLED = "cancelled", _("已取消")

    TRANSITIONS = {State.OPEN: {State.CANCELLED}, State.CANCELLED: set()}

    team = models.ForeignKey(Team, models.PROTECT, related_name="shifts", verbose_name=_("志愿队"))
    desk = models.ForeignKey(Desk, models.SET_NULL, null=True, blank=True, related_name="shifts", editable=False)
    title = models.CharField(_("名称"), max_length=40)
    places = models.PositiveSmallIntegerField(
        _("需要几人"), default=2, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN, editable=False)

    objects = ShiftQuerySet.as_manager()

    class Meta(Occasion.Meta):
        verbose_name = verbose_name_plural = _("班次")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "station", "starts_at"],
                name="shift_unique",
                violation_error_message=_("这个时间已经有一班了。"),
            ),
            *Occasion.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.title} {timezone.localtime(self.starts_at):%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("shift-sign-up", args=[self.pk])

    @property
    def takes_people(self):
        return not (self.is_cancelled or self.has_started or self.is_full)

    @property
    def is_on(self):
        """Going on at this moment."""
        return self.starts_at <= timezone.now() < self.ends_at

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
