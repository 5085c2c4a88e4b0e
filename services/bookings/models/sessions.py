"""Sessions with limited places, and the weekly patterns they come from."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.bookings.models.catalogue import Service
from station.models import Station
from station.models.occasions import Occasion, OccasionQuerySet, WeeklyPlan


class SessionPatternQuerySet(models.QuerySet):
    def visible_to(self, user, permission="bookings.view_sessionpattern"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", grid="station__grid", station="station"))


class SessionPattern(WeeklyPlan):
    """A weekly recurrence: this service at this station, this weekday at this hour, this many places."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="patterns", verbose_name=_("服务"))
    station = models.ForeignKey(Station, models.CASCADE, related_name="+", verbose_name=_("驿站"))
    host = models.CharField(_("谁来"), max_length=60, blank=True, help_text=_("例如：李律师"))
    places = models.PositiveSmallIntegerField(_("名额"), validators=[MinValueValidator(1), MaxValueValidator(500)])

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
            *WeeklyPlan.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.service} {self.get_weekday_display()} {self.starts:%H:%M}"


class SessionQuerySet(OccasionQuerySet):
    def visible_to(self, user, permission="bookings.view_session"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", grid="station__grid", station="station"))

    def published(self):
        return self.filter(state=Session.State.OPEN, service__is_offered=True)

    def bookable(self, at=None):
        """Not started yet, so a place can still be taken (if one is left)."""
        return self.filter(starts_at__gt=at or timezone.now())

    def with_places(self):
        return self.filter(taken__lt=F("places"))

    def next_of_each(self, services):
        """For each of `services` (a queryset) its first session of this set, in one query."""
        first = self.filter(service=OuterRef("pk")).order_by("starts_at", "pk").values("pk")[:1]
        return self.model._default_manager.filter(pk__in=services.annotate(next=Subquery(first)).values("next"))


class Session(Occasion):
    """One service at one station at one time, with limited places. `taken` counts the places given out."""

    class State(models.TextChoices):
        OPEN = "open", _("可预约")
        CANCELLED = "cancelled", _("已取消")

    TRANSITIONS = {State.OPEN: {State.CANCELLED}, State.CANCELLED: set()}

    service = models.ForeignKey(Service, models.PROTECT, related_name="sessions", verbose_name=_("服务"))
    pattern = models.ForeignKey(
        SessionPattern, models.SET_NULL, null=True, blank=True, related_name="sessions", editable=False
    )
    host = models.CharField(_("谁来"), max_length=60, blank=True, help_text=_("例如：李律师"))
    places = models.PositiveSmallIntegerField(_("名额"), validators=[MinValueValidator(1), MaxValueValidator(500)])
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta(Occasion.Meta):
        verbose_name = verbose_name_plural = _("场次")
        constraints = [
            models.UniqueConstraint(
                fields=["service", "station", "starts_at"],
                name="session_unique",
                violation_error_message=_("这个时间已经有一场了。"),
            ),
            *Occasion.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.service} {timezone.localtime(self.starts_at):%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("session-book", args=[self.pk])
