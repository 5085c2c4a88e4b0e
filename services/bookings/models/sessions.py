"""Sessions with limited places, and the weekly patterns they come from."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.bookings.models.catalogue import Service
from station.lib import moments
from station.models import Station
from station.models.hours import Weekday


class SessionPatternQuerySet(models.QuerySet):
    def visible_to(self, user, permission="bookings.view_sessionpattern"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", grid="station__grid", station="station"))


class SessionPattern(models.Model):
    """A weekly recurrence: this service at this station, this weekday at this hour, this many places."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="patterns", verbose_name=_("服务"))
    station = models.ForeignKey(Station, models.CASCADE, related_name="+", verbose_name=_("驿站"))
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday)
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))
    host = models.CharField(_("谁来"), max_length=60, blank=True, help_text=_("例如：李律师"))
    places = models.PositiveSmallIntegerField(_("名额"), validators=[MinValueValidator(1), MaxValueValidator(500)])
    is_active = models.BooleanField(_("继续排"), default=True)

    objects = SessionPatternQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("每周场次")
        ordering = ["service", "weekday", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "station", "weekday", "starts"],
                name="session_pattern_unique",
                violation_error_message=_("这个时间已经排过了。"),
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="session_pattern_ends_after_start",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
        ]

    def __str__(self):
        return f"{self.service} {self.get_weekday_display()} {self.starts:%H:%M}"


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user, permission="bookings.view_session"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", grid="station__grid", station="station"))

    def published(self):
        return self.filter(state=Session.State.OPEN, service__is_offered=True)

    def at(self, station):
        return self.filter(station=station)

    def upcoming(self, at=None):
        """Not over yet."""
        return self.filter(ends_at__gt=at or timezone.now())

    def bookable(self, at=None):
        """Not started yet, so a place can still be taken (if one is left)."""
        return self.filter(starts_at__gt=at or timezone.now())

    def with_places(self):
        return self.filter(taken__lt=F("places"))

    def next_of_each(self, services):
        """For each of `services` (a queryset) its first session of this set, in one query."""
        first = self.filter(service=OuterRef("pk")).order_by("starts_at", "pk").values("pk")[:1]
        return self.model._default_manager.filter(pk__in=services.annotate(next=Subquery(first)).values("next"))

    def overlapping(self, starts_at, ends_at):
        """That share a moment with the stretch; one may begin when the other ends."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def on(self, day):
        """That start on the local date `day`."""
        zone = timezone.get_default_timezone()
        start = timezone.datetime.combine(day, timezone.datetime.min.time(), zone)
        return self.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1))


class Session(models.Model):
    """One service at one station at one time, with limited places. `taken` counts the places given out."""

    class State(models.TextChoices):
        OPEN = "open", _("可预约")
        CANCELLED = "cancelled", _("已取消")

    TRANSITIONS = {State.OPEN: {State.CANCELLED}, State.CANCELLED: set()}

    service = models.ForeignKey(Service, models.PROTECT, related_name="sessions", verbose_name=_("服务"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="sessions", verbose_name=_("驿站"))
    pattern = models.ForeignKey(
        SessionPattern, models.SET_NULL, null=True, blank=True, related_name="sessions", editable=False
    )
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    host = models.CharField(_("谁来"), max_length=60, blank=True, help_text=_("例如：李律师"))
    places = models.PositiveSmallIntegerField(_("名额"), validators=[MinValueValidator(1), MaxValueValidator(500)])
    taken = models.PositiveSmallIntegerField(_("已约"), default=0, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN, editable=False)
    cancel_reason = models.CharField(_("取消原因"), max_length=60, blank=True, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("场次")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["station", "starts_at"], name="session_at_station")]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "station", "starts_at"],
                name="session_unique",
                violation_error_message=_("这个时间已经有一场了。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")),
                name="session_not_oversold",
                violation_error_message=_("名额不能少于已约人数。"),
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(cancel_reason=""),
                name="session_cancel_reason",
                violation_error_message=_("取消要写明原因，约了的人会看到。"),
            ),
        ]

    def __str__(self):
        return f"{self.service} {timezone.localtime(self.starts_at):%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("session-book", args=[self.pk])

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
