"""What the station itself says of its door: opened, closed, and when it said nothing."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models.places import Station


class DoorReportQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_doorreport"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", station="station"))


class DoorReport(models.Model):
    """One tap of the keeper: we are open, or we have closed."""

    class Said(models.TextChoices):
        OPEN = "open", _("开门了")
        CLOSED = "closed", _("关门了")

    station = models.ForeignKey(Station, models.CASCADE, related_name="door_reports", verbose_name=_("驿站"))
    said = models.CharField(_("说了什么"), max_length=10, choices=Said)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁"))

    objects = DoorReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("开关门记录")
        ordering = ["-at"]
        indexes = [models.Index(fields=["station", "-at"], name="door_report_of_station")]

    def __str__(self):
        return f"{self.get_said_display()} {timezone.localtime(self.at):%H:%M}"


class LateOpeningQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_lateopening"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", station="station"))

    def on(self, day):
        """Posted for the local date `day`."""
        start = timezone.datetime.combine(day, timezone.datetime.min.time(), timezone.get_default_timezone())
        return self.filter(posted_at__gte=start, posted_at__lt=start + timezone.timedelta(days=1))


class LateOpening(models.Model):
    """One morning on which a station had not said "open" half an hour after its posted time; told once."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="late_openings", verbose_name=_("驿站"))
    posted_at = models.DateTimeField(_("该开门的时间"))
    noticed_at = models.DateTimeField(_("发现时间"), default=timezone.now)
    opened_at = models.DateTimeField(_("实际开门"), null=True, blank=True)

    objects = LateOpeningQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("没按时开门")
        ordering = ["-posted_at"]
        indexes = [models.Index(fields=["-posted_at"], name="late_opening_of_day")]
        constraints = [models.UniqueConstraint(fields=["station", "posted_at"], name="late_opening_once")]

    def __str__(self):
        return f"{timezone.localtime(self.posted_at):%Y-%m-%d %H:%M}"
