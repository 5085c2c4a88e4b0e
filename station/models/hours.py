"""When a station is open: the week, the exceptions, the public calendar. The decision itself is station.lib.hours."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from station.models.places import Station


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("周一")
    TUESDAY = 1, _("周二")
    WEDNESDAY = 2, _("周三")
    THURSDAY = 3, _("周四")
    FRIDAY = 4, _("周五")
    SATURDAY = 5, _("周六")
    SUNDAY = 6, _("周日")


class WeeklyHours(models.Model):
    """One open interval of a weekday. Closing at or before opening means past midnight; both 00:00 all day."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="weekly_hours", verbose_name=_("驿站"))
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday)
    opens = models.TimeField(_("开门"))
    closes = models.TimeField(_("关门"), help_text=_("早于开门就是到第二天；两个都填 00:00 是全天"))

    class Meta:
        verbose_name = verbose_name_plural = _("每周开放时间")
        ordering = ["station", "weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "weekday", "opens"],
                name="weekly_hours_unique",
                violation_error_message=_("这一天已经有同一时间开门的时段。"),
            )
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class SpecialDay(models.Model):
    """One date on which a station keeps other hours, or none; it beats the week and the public calendar."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="special_days", verbose_name=_("驿站"))
    date = models.DateField(_("日期"))
    opens = models.TimeField(_("开门"), null=True, blank=True, help_text=_("不填就是当天不开"))
    closes = models.TimeField(_("关门"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=40, help_text=_("骑手会看到，例如：停电检修"))

    class Meta:
        verbose_name = verbose_name_plural = _("特殊日期")
        ordering = ["station", "date", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "date", "opens"],
                name="special_day_unique",
                violation_error_message=_("这一天已经有同一时间的安排。"),
            ),
            models.UniqueConstraint(
                fields=["station", "date"],
                condition=Q(opens__isnull=True),
                name="special_day_closed_once",
                violation_error_message=_("这一天已经登记为不开放。"),
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(opens__isnull=False, closes__isnull=False),
                name="special_day_both_times",
                violation_error_message=_("开门和关门要么都填，要么都不填。"),
            ),
        ]

    def __str__(self):
        return f"{self.date:%Y-%m-%d}"


class PublicHoliday(models.Model):
    """One date on which the nation's calendar differs from the week: a day off, or a make-up working day (调休上班)."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        MAKEUP = "makeup", _("调休上班")

    date = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=20, help_text=_("例如：国庆节"))
    as_weekday = models.PositiveSmallIntegerField(
        _("按星期几上班"),
        choices=Weekday,
        null=True,
        blank=True,
        help_text=_("调休上班那天照哪一天的时间开；不填按周一"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("法定节假日")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(as_weekday__isnull=True) | Q(kind="makeup"),
                name="public_holiday_weekday_of_makeup",
                violation_error_message=_("只有调休上班的日子才填按星期几。"),
            )
        ]

    def __str__(self):
        return f"{self.date:%Y-%m-%d} {self.name}"


def dates_without_events(station, first, last):
    """The dates from `first` to `last` on which nothing recurring is held at `station`, as a set.

    Those are public holidays, for whoever comes to help has the day off, and the days on which the station itself is
    closed or suspended.
    """
    holidays = PublicHoliday.objects.filter(kind=PublicHoliday.Kind.HOLIDAY, date__range=(first, last))
    closures = station.special_days.filter(opens__isnull=True, date__range=(first, last))
    days = {*holidays.values_list("date", flat=True), *closures.values_list("date", flat=True)}
    if station.state != Station.State.ACTIVE:
        until = min(station.suspended_until or last, last)
        days |= {first + timedelta(days=offset) for offset in range((until - first).days + 1)}
    return days
