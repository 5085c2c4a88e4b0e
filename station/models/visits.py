"""Who came by: a line of work, a time, a place, and nothing that points to a person."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models.occupations import Occupation
from station.models.places import Station


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

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("到站记录")
        ordering = ["-at"]
        indexes = [models.Index(fields=["station", "at"], name="visit_station_at")]
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

    The device is a random cookie's keyed hash; the mark is not linked to the visit.
    """

    station = models.ForeignKey(Station, models.CASCADE, related_name="+")
    device = models.CharField(max_length=64)
    counted_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("到站标记")
        constraints = [models.UniqueConstraint(fields=["station", "device"], name="visit_mark_unique")]

    def __str__(self):
        return f"{self.counted_at:%H:%M}"
