"""Who came by: a line of work, a time, a place, and nothing that points to a person."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import CharField, Q, Sum
from django.db.models.functions import Cast, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models.amenities import AmenityKind
from station.models.occupations import Occupation
from station.models.places import Station

HOUR_KEY_CHARS = len("2026-11-24 02")


def hour_of(key):
    """The local hour that a key of `VisitQuerySet.with_hour` names, as an aware datetime."""
    return timezone.localtime(datetime.fromisoformat(key).replace(tzinfo=UTC))


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_visit"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", station="station"))

    def on(self, day):
        """Of one local date (a range of moments, so that the index serves)."""
        return self.between(day, day)

    def between(self, first, last):
        """Of the local dates `first` to `last`, both included."""
        zone = timezone.get_default_timezone()
        start = timezone.datetime.combine(first, timezone.datetime.min.time(), zone)
        end = timezone.datetime.combine(last, timezone.datetime.min.time(), zone) + timezone.timedelta(days=1)
        return self.filter(at__gte=start, at__lt=end)

    def official(self):
        """Without what somebody has looked at and left out of the figures."""
        return self.exclude(peak__state=VisitPeak.State.LEFT_OUT)

    def undoubted(self):
        """Without any hour that nobody has looked at yet, or that was left out."""
        return self.filter(Q(peak=None) | Q(peak__state=VisitPeak.State.KEPT))

    def with_hour(self):
        """With `hour`, a text naming the hour in UTC (see `hour_of`).

        The beginning of the moment written out, which both databases cut off themselves: SQLite would call into Python
        for every row of a TruncHour, and takes eight times as long over the visits of a year.
        """
        return self.annotate(hour=Substr(Cast("at", CharField()), 1, HOUR_KEY_CHARS))

    def people_by(self, *names):
        """Tuples of `names` and how many people: the official figure. Every page of figures takes its numbers here."""
        return self.official().order_by().values_list(*names).annotate(count=Sum("people"))


class VisitPeakQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_visitpeak"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", station="station"))


class VisitPeak(models.Model):
    """One hour at one door with far more taps than usual. Only a person decides whether it counts."""

    class State(models.TextChoices):
        FLAGGED = "flagged", _("待看")
        KEPT = "kept", _("是真的，算数")
        LEFT_OUT = "left_out", _("不算数")

    TRANSITIONS = {
        State.FLAGGED: {State.KEPT, State.LEFT_OUT},
        State.KEPT: {State.LEFT_OUT},
        State.LEFT_OUT: {State.KEPT},
    }

    station = models.ForeignKey(Station, models.CASCADE, related_name="visit_peaks", verbose_name=_("驿站"))
    starts_at = models.DateTimeField(_("从几点"))  # the full hour
    people = models.PositiveIntegerField(_("人次"))
    usual = models.PositiveIntegerField(_("平时"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.FLAGGED, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    reason = models.CharField(_("原因"), max_length=100, blank=True, editable=False)

    objects = VisitPeakQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("异常时段")
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["station", "starts_at"], name="visit_peak_once"),
            models.CheckConstraint(
                condition=Q(state="flagged") | ~Q(reason=""),
                name="visit_peak_decided_why",
                violation_error_message=_("请写明为什么算数或不算数。"),
            ),
        ]

    def __str__(self):
        return self.hour_text

    @property
    def hour_text(self):
        """The local hour: 11-24 10:00–11:00, with the year."""
        start = timezone.localtime(self.starts_at)
        return f"{start:%Y-%m-%d %H}:00–{start.hour + 1}:00"


class Visit(models.Model):
    """One visit, or one line of the keeper's paper tally (then `people` may exceed 1). Nobody can be told from it."""

    class Source(models.TextChoices):
        DOOR = "door", _("扫码")
        TALLY = "tally", _("补记")

    station = models.ForeignKey(Station, models.PROTECT, related_name="visits", verbose_name=_("驿站"))
    at = models.DateTimeField(_("时间"), default=timezone.now)
    occupation = models.CharField(_("职业"), max_length=20, choices=Occupation)
    source = models.CharField(_("来源"), max_length=10, choices=Source, default=Source.DOOR)
    people = models.PositiveSmallIntegerField(_("人次"), default=1)
    used = models.ManyToManyField(AmenityKind, related_name="+", blank=True, verbose_name=_("用了什么"))
    peak = models.ForeignKey(
        "station.VisitPeak",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="visits",
        verbose_name=_("异常时段"),
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("到站记录")
        ordering = ["-at"]
        indexes = [
            # All that the figures ask for: a year of visits is summed from the index alone, without a look at the rows.
            models.Index(fields=["station", "at", "occupation", "source", "people", "peak"], name="visit_figures"),
            models.Index(fields=["at"], name="visit_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=500),
                name="visit_people_sane",
                violation_error_message=_("人次请填 1 到 500。"),
            )
        ]

    def __str__(self):
        return f"{self.get_occupation_display()} {self.people}"


class VisitMark(models.Model):
    """When one device was last counted at one station, so that it counts once in ten minutes; swept after a day.

    The device is the keyed hash of a random word: a cookie's, or that of the form where a phone keeps no cookies.
    Nothing here names a visit; only the equal moment tells, for that day, which one it was.
    """

    station = models.ForeignKey(Station, models.CASCADE, related_name="+")
    device = models.CharField(max_length=64)
    address = models.CharField(max_length=32, blank=True, db_index=True)  # a keyed hash of the day, for limits only
    by_form = models.BooleanField(default=False)  # a phone without cookies: tighter limits
    counted_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("到站标记")
        constraints = [models.UniqueConstraint(fields=["station", "device"], name="visit_mark_unique")]

    def __str__(self):
        return f"{timezone.localtime(self.counted_at):%H:%M}"
