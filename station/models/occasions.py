"""What sessions and shifts have in common: a time at a station with limited places, and the weekly plan behind it."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.lib import moments
from station.models.hours import Weekday


class OccasionQuerySet(models.QuerySet):
    """Questions about when and where; `published` is the upper app's."""

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


class Occasion(models.Model):
    """One time at one station with limited places. `taken` counts those given out; see station.lib.places.

    The upper app adds `places`, and `state` with an OPEN ("open") and a CANCELLED.
    """

    station = models.ForeignKey("station.Station", models.PROTECT, related_name="%(class)ss", verbose_name=_("驿站"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    taken = models.PositiveSmallIntegerField(_("已占名额"), default=0, editable=False)
    cancel_reason = models.CharField(_("取消原因"), max_length=60, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["station", "starts_at"], name="%(class)s_at_station")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="%(class)s_ends_after_start",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")),
                name="%(class)s_not_oversold",
                violation_error_message=_("名额不能少于已经给出去的。"),
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(cancel_reason=""),
                name="%(class)s_cancel_reason",
                violation_error_message=_("取消要写明原因，约了的人会看到。"),
            ),
        ]

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


class WeeklyPlan(models.Model):
    """A weekly recurrence at one station: this weekday, from this hour to that one."""

    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday)
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))
    is_active = models.BooleanField(_("继续排"), default=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="%(class)s_ends_after_start",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
        ]
