"""Where things are: streets, their communities and grids, the stations and who hosts them."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from station.lib import geo
from station.lib.pinyin import PinyinField

OUTSIDE_CHINA = _("经纬度不在中国范围内，是不是填反了？纬度约 3–54，经度约 73–136。")


class Street(models.Model):
    """A street office (街道办事处), which supervises communities."""

    name = models.CharField(_("街道"), max_length=40)
    district = models.CharField(_("区县"), max_length=40)
    city = models.CharField(_("市"), max_length=40)
    province = models.CharField(_("省"), max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = _("街道")
        ordering = ["province", "city", "district", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "city", "district", "name"],
                name="street_unique",
                violation_error_message=_("这个街道已经登记过了。"),
            )
        ]

    def __str__(self):
        return self.name


class CommunityQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_community"):
        """The communities in which `user` holds a duty that allows `permission`, whatever narrower place it names."""
        scope = user.scope_for(permission)
        return self.filter(
            scope.q(community="pk", grid="grids", station="stations", team_leader="teams__leader")
        ).distinct()


class Community(models.Model):
    """A residents' community (社区): it keeps one ledger."""

    street = models.ForeignKey(Street, models.PROTECT, related_name="communities", verbose_name=_("街道"))
    name = models.CharField(_("社区名称"), max_length=40)
    code = models.SlugField(_("网址代号"), max_length=40, unique=True, help_text=_("大屏网址用，例如 jianshelu"))
    prefix = models.CharField(
        _("编号前缀"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2,6}$", _("请用 2 到 6 个大写字母。"))],
        help_text=_("台账编号和上报编号的开头，例如 JSL"),
    )
    division_code = models.CharField(
        _("区划代码"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^\d{12}$", _("社区的区划代码是 12 位数字。"))],
    )
    phone = models.CharField(_("社区电话"), max_length=20, blank=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("社区")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("board", args=[self.code])


class GridQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_grid"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="community", grid="pk"))


class Grid(models.Model):
    """One grid (网格) of a community, the beat of one grid worker."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="grids", verbose_name=_("社区"))
    number = models.PositiveSmallIntegerField(_("网格号"), validators=[MinValueValidator(1), MaxValueValidator(999)])
    area = models.CharField(_("范围"), max_length=100, blank=True, help_text=_("例如：建设北路以东、岚园小区"))

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格")
        ordering = ["community", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "number"],
                name="grid_number_unique",
                violation_error_message=_("这个社区已经有这个网格号了。"),
            )
        ]

    def __str__(self):
        return _("第%(number)s网格") % {"number": self.number}


class Partner(models.Model):
    """Hosts a station or sends volunteers: a bank, a department, a mass organisation, a charity."""

    class Kind(models.TextChoices):
        BANK = "bank", _("银行")
        DEPARTMENT = "department", _("部门单位")
        MASS_ORGANISATION = "mass_organisation", _("群团组织")
        CHARITY = "charity", _("公益组织")
        BUSINESS = "business", _("爱心商家")

    name = models.CharField(_("单位名称"), max_length=60, unique=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)

    class Meta:
        verbose_name = verbose_name_plural = _("共建单位")
        ordering = ["kind", "name"]

    def __str__(self):
        return self.name


class StationQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_station"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="community", grid="grid", station="pk"))

    def listed(self):
        """The stations the public may see: all but those closed for good."""
        return self.exclude(state=Station.State.CLOSED)

    def having(self, amenity_code):
        """With an amenity of this kind that works."""
        return self.filter(amenities__kind__code=amenity_code, amenities__state="working")

    def matching(self, text):
        """Whose name, address, community or street contains `text`; for Latin letters also pinyin or initials."""
        found = Q(name__icontains=text) | Q(address__icontains=text)
        found |= Q(community__name__icontains=text) | Q(community__street__name__icontains=text)
        letters = "".join(text.split()).lower()
        if letters.isascii() and letters.isalnum():
            found |= Q(pinyin__contains=letters)
        return self.filter(found)


class Station(models.Model):
    """A rest station (暖心驿站): a door with a QR code, hours, amenities. Most are guests in somebody's premises."""

    class Kind(models.TextChoices):
        COMMUNITY = "community", _("社区暖心驿站")
        HARBOUR = "harbour", _("劳动者港湾")
        OUTDOOR = "outdoor", _("户外劳动者服务站")
        SELF_SERVICE = "self_service", _("自助小站")

    class State(models.TextChoices):
        ACTIVE = "active", _("在用")
        SUSPENDED = "suspended", _("暂停开放")
        CLOSED = "closed", _("已停用")

    TRANSITIONS = {
        State.ACTIVE: {State.SUSPENDED, State.CLOSED},
        State.SUSPENDED: {State.ACTIVE, State.CLOSED},
        State.CLOSED: set(),
    }
    LISTED_STATES = (State.ACTIVE, State.SUSPENDED)

    code = models.SlugField(
        _("门牌代号"),
        max_length=20,
        unique=True,
        help_text=_("印在门口二维码里，定了就不再改。小写字母和数字。"),
        validators=[RegexValidator(r"^[a-z0-9-]+$", _("只用小写字母、数字和短横线。"))],
    )
    name = models.CharField(_("站名"), max_length=40)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind, default=Kind.COMMUNITY)
    community = models.ForeignKey(Community, models.PROTECT, related_name="stations", verbose_name=_("社区"))
    grid = models.ForeignKey(
        Grid, models.PROTECT, related_name="stations", verbose_name=_("网格"), null=True, blank=True
    )
    partners = models.ManyToManyField(Partner, related_name="stations", verbose_name=_("共建单位"), blank=True)
    address = models.CharField(_("地址"), max_length=100)
    way_in = models.CharField(_("怎么进门"), max_length=120, blank=True, help_text=_("例如：银行大厅左手边，推门就进"))
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, help_text=_("WGS-84，手机定位的读数"))
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, help_text=_("WGS-84，手机定位的读数"))
    seats = models.PositiveSmallIntegerField(_("座位"), default=0, validators=[MaxValueValidator(500)])
    area_m2 = models.PositiveSmallIntegerField(_("面积（平方米）"), default=0, validators=[MaxValueValidator(5000)])
    follows_holidays = models.BooleanField(
        _("跟着法定节假日走"), default=True, help_text=_("放假休息、调休上班；24 小时自助的站不勾")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ACTIVE, editable=False)
    state_reason = models.CharField(_("暂停或停用的原因"), max_length=60, blank=True, editable=False)
    suspended_until = models.DateField(_("暂停到哪天"), null=True, blank=True, editable=False)
    opened_on = models.DateField(_("启用日期"), null=True, blank=True)
    # The keeper's newest word (DoorReport), repeated here because every card shows it.
    said_open = models.BooleanField(_("说开着"), null=True, blank=True, editable=False)
    said_at = models.DateTimeField(_("说的时间"), null=True, blank=True, editable=False)
    pinyin = PinyinField(_("拼音"), source="name")

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("驿站")
        ordering = ["community", "name"]
        indexes = [models.Index(fields=["state", "latitude", "longitude"], name="station_nearby")]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="station_name_unique",
                violation_error_message=_("本社区已经有同名的驿站。"),
            ),
            models.CheckConstraint(
                # The bounding box of China's land and sea, generous: it catches swapped coordinates.
                condition=Q(latitude__gte=3, latitude__lte=54, longitude__gte=73, longitude__lte=136),
                name="station_in_china",
                violation_error_message=OUTSIDE_CHINA,
            ),
            models.CheckConstraint(
                condition=Q(state="active") | ~Q(state_reason=""),
                name="station_state_reason",
                violation_error_message=_("暂停或停用要写明原因，骑手会看到。"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("station-detail", args=[self.code])

    @property
    def door_path(self):
        """What the QR at the door opens."""
        return reverse("door", args=[self.code])

    def is_out_of_use(self, on):
        """Closed for good, or suspended on the date `on`."""
        if self.state == self.State.SUSPENDED:
            return self.suspended_until is None or on <= self.suspended_until
        return self.state == self.State.CLOSED

    @cached_property
    def map_links(self):
        return geo.map_links(float(self.latitude), float(self.longitude), self.name)
