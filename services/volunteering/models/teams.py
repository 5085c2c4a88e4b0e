"""Who volunteers, and at which recurring desk."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models import Community, Partner, Station
from station.models.occasions import WeeklyPlan


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user, permission="volunteering.view_team"):
        return self.filter(user.scope_for(permission).q(community="community", team_leader="leader"))


class Team(models.Model):
    """One volunteer team: lawyers, social-insurance advisers, trainers, neighbours."""

    class Field(models.TextChoices):
        LEGAL_AID = "legal_aid", _("法律援助")
        SOCIAL_INSURANCE = "social_insurance", _("社保咨询")
        TRAINING = "training", _("技能培训")
        POLICY = "policy", _("政策解读")
        HELP = "help", _("邻里互助")

    community = models.ForeignKey(Community, models.PROTECT, related_name="teams", verbose_name=_("社区"))
    name = models.CharField(_("队名"), max_length=40)
    field = models.CharField(_("方向"), max_length=20, choices=Field)
    partner = models.ForeignKey(
        Partner, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("派出单位")
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("队长")
    )
    summary = models.CharField(_("做什么"), max_length=100, blank=True)
    members_only = models.BooleanField(
        _("只限队员报名"), default=False, help_text=_("值守要资质的队勾上，例如法律援助；不勾就是谁都可以来帮忙")
    )

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("志愿队")
        ordering = ["community", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="team_name_unique",
                violation_error_message=_("本社区已经有同名的队。"),
            )
        ]

    def __str__(self):
        return self.name

    def takes(self, user):
        """Whether `user` may sign up for this team's shifts: anybody, or only its members. At most one query."""
        return not self.members_only or self.members.filter(user=user).exists()


class MemberQuerySet(models.QuerySet):
    def visible_to(self, user, permission="volunteering.view_member"):
        return self.filter(user.scope_for(permission).q(community="team__community", team_leader="team__leader"))


class Member(models.Model):
    """One volunteer in one team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name=_("志愿队"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("志愿者")
    )
    skills = models.CharField(_("特长"), max_length=100, blank=True)
    qualification = models.CharField(_("资质"), max_length=100, blank=True, help_text=_("例如：执业律师"))
    insured_until = models.DateField(_("保险到期"), null=True, blank=True)
    joined_on = models.DateField(_("加入日期"), default=timezone.localdate)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("队员")
        ordering = ["team", "joined_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], name="member_once", violation_error_message=_("已经在这个队里了。")
            )
        ]

    def __str__(self):
        return f"{self.user}"


class DeskQuerySet(models.QuerySet):
    def visible_to(self, user, permission="volunteering.view_desk"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="team__community", station="station", team_leader="team__leader"))


class Desk(WeeklyPlan):
    """A recurring duty of a team: legal aid at this station every Wednesday from three to five."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="desks", verbose_name=_("志愿队"))
    station = models.ForeignKey(Station, models.CASCADE, related_name="desks", verbose_name=_("驿站"))
    title = models.CharField(_("名称"), max_length=40)
    places = models.PositiveSmallIntegerField(
        _("需要几人"), default=2, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("固定值守")
        ordering = ["station", "weekday", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "station", "weekday", "starts"],
                name="desk_unique",
                violation_error_message=_("这个时间已经排过了。"),
            ),
            *WeeklyPlan.Meta.constraints,
        ]

    def __str__(self):
        return self.title
