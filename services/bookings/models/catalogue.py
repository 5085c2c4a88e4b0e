"""The catalogue: what a rider can get at the station, with or without a booking."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from station.models import Partner, Station


class ServiceQuerySet(models.QuerySet):
    def visible_to(self, user, permission="bookings.view_service"):
        """The catalogue is public; staff see it whole."""
        return self if user.scope_for(permission) else self.none()

    def offered(self):
        return self.filter(is_offered=True)

    def at(self, station):
        return self.filter(stations=station)

    def bookable(self):
        return self.filter(needs_booking=True)

    def walk_in(self):
        """Those one gets by just coming in."""
        return self.filter(needs_booking=False)


class Service(models.Model):
    """One thing the station does for people: a drink of water (just walk in) or legal aid (book a place)."""

    class Category(models.TextChoices):
        REST = "rest", _("歇脚")
        SUPPLY = "supply", _("补给")
        HEALTH = "health", _("健康急救")
        ADVICE = "advice", _("咨询办事")
        LEARNING = "learning", _("学习成长")
        CARE = "care", _("冷暖关怀")

    slug = models.SlugField(_("网址代号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=30, unique=True)
    category = models.CharField(_("类别"), max_length=10, choices=Category)
    icon = models.SlugField(_("图标"), max_length=30, default="heart")
    summary = models.CharField(_("一句话说明"), max_length=80)
    description = models.TextField(_("详细说明"), max_length=2000, blank=True)
    bring = models.CharField(_("需要带什么"), max_length=100, blank=True)
    provider = models.ForeignKey(
        Partner, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("由谁提供")
    )
    stations = models.ManyToManyField(Station, related_name="services", verbose_name=_("在哪些驿站"), blank=True)
    needs_booking = models.BooleanField(_("需要预约"), default=False, help_text=_("不勾就是随到随用"))
    is_offered = models.BooleanField(_("提供中"), default=True)
    order = models.PositiveSmallIntegerField(_("次序"), default=100)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务项目")
        ordering = ["order", "slug"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("service-detail", args=[self.slug])
