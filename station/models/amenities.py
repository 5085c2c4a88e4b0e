"""What a station offers to use: microwave, water, charging."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from station.models.places import Station


class AmenityKind(models.Model):
    """A kind of thing a station may have. Adding one is adding a row; its icon is a symbol of the sprite."""

    code = models.SlugField(_("代号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=20, unique=True)
    icon = models.SlugField(_("图标"), max_length=30)
    order = models.PositiveSmallIntegerField(_("次序"), default=100)
    is_supply = models.BooleanField(_("会用完"), default=False, help_text=_("例如饮水、药品、纸巾：开门时要看一眼"))
    is_filter = models.BooleanField(_("可作筛选"), default=False, help_text=_("在找驿站页显示成筛选按钮"))

    class Meta:
        verbose_name = verbose_name_plural = _("设施种类")
        ordering = ["order", "code"]

    def __str__(self):
        return self.name


class AmenityQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_amenity"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", station="station"))


class Amenity(models.Model):
    """One kind of amenity at one station, and whether it works."""

    class State(models.TextChoices):
        WORKING = "working", _("可用")
        EMPTY = "empty", _("缺货")
        BROKEN = "broken", _("在修")

    station = models.ForeignKey(Station, models.CASCADE, related_name="amenities", verbose_name=_("驿站"))
    kind = models.ForeignKey(AmenityKind, models.PROTECT, related_name="amenities", verbose_name=_("设施"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WORKING)
    note = models.CharField(_("说明"), max_length=40, blank=True, help_text=_("例如：两台，带扫码"))
    checked_at = models.DateTimeField(_("最近查看"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = AmenityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("设施")
        ordering = ["station", "kind__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind"],
                name="amenity_once_per_station",
                violation_error_message=_("这个驿站已经登记过这种设施。"),
            )
        ]

    def __str__(self):
        return f"{self.kind}"

    @property
    def name(self):
        return self.kind.name

    @property
    def icon(self):
        return self.kind.icon

    @property
    def works(self):
        return self.state == self.State.WORKING
