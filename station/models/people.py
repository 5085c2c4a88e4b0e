"""Who signs in, which duties he holds, and what people consented to."""

from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from station.lib.crypto import BlindIndexField, EncryptedTextField
from station.lib.people import mask_phone, surname_title, validate_name, validate_phone
from station.models.places import Community, Grid, Station, Street
from station.roles import PERMISSIONS, Role
from station.scope import EVERYTHING, Scope


class UserQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_user"):
        """The staff of the places where `user` may; riders belong to no place and are found by their own phone only."""
        return self.filter(user.scope_for(permission).q(community="community"))

    def with_phone(self, phone):
        """The accounts with this normalised phone (one at most), found by its blind index."""
        return self.filter(phone_index=self.model._meta.get_field("phone_index").digest(phone))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_superuser(self, username, password, name="", **extra):
        """For ``manage.py createsuperuser``: the first account of an installation."""
        user = self.model(username=username, name=name or username, is_staff=True, is_superuser=True, **extra)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """One account: a rider signs in by phone and code, staff by name, password and second factor."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    username = models.CharField(
        _("登录名"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("这个登录名已经有人用了。")},
    )
    name = models.CharField(_("姓名"), max_length=60, blank=True, validators=[validate_name])
    phone = EncryptedTextField(
        _("手机号"), label="station.user.phone", max_length=20, blank=True, validators=[validate_phone]
    )
    phone_index = BlindIndexField(
        source="phone", label="phone", unique=True, error_messages={"unique": _("这个手机号已经有账号了。")}
    )
    community = models.ForeignKey(
        Community, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("所在社区")
    )
    is_staff = models.BooleanField(_("工作人员"), default=False, help_text=_("可以进管理后台"))
    is_superuser = models.BooleanField(_("系统管理员"), default=False, editable=False)
    is_active = models.BooleanField(_("启用"), default=True, help_text=_("停用后立刻退出登录"))
    date_joined = models.DateTimeField(_("加入时间"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = _("账号")
        ordering = ["username"]

    def __str__(self):
        return self.name if self.is_staff and self.name else _("账号 %(id)s") % {"id": self.pk}

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name or self.username

    @property
    def masked_phone(self):
        return mask_phone(self.phone) if self.phone else ""

    @property
    def public_name(self):
        """How others may read of him: surname and 师傅."""
        return surname_title(self.name) if self.name else _("热心骑手")

    @cached_property
    def current_duties(self):
        """The duties he holds today, read once a request."""
        return list(self.duties.current()) if self.is_active else []

    def scope_for(self, permission):
        """The Scope in which `permission` (``"app.action_model"``) is his; empty if nowhere."""
        if self.is_active and self.is_superuser:
            return EVERYTHING
        return Scope.of(duty for duty in self.current_duties if permission in PERMISSIONS[duty.role])

    def has_perm(self, perm, obj=None):
        return bool(self.scope_for(perm))

    def has_perms(self, perms, obj=None):
        return all(self.has_perm(perm) for perm in perms)

    def has_module_perms(self, app_label):
        if self.is_active and self.is_superuser:
            return True
        return any(p.startswith(f"{app_label}.") for duty in self.current_duties for p in PERMISSIONS[duty.role])


class DutyQuerySet(models.QuerySet):
    def current(self, on=None):
        """Those in force on the date `on` (today)."""
        day = on or timezone.localdate()
        return self.not_ended(day).filter(starts_on__lte=day)

    def not_ended(self, on=None):
        """Those in force on the date `on` (today), and those still to begin."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on or timezone.localdate()))

    def visible_to(self, user, permission="station.view_duty"):
        scope = user.scope_for(permission)
        return self.filter(
            scope.q(community="community")
            | scope.q(community="grid__community")
            | scope.q(community="station__community")
        )


class Duty(models.Model):
    """One role somebody holds at one place for a time: the role says what he may do, the place where."""

    Role = Role

    user = models.ForeignKey(User, models.CASCADE, related_name="duties", verbose_name=_("账号"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("街道"))
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("社区")
    )
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="duties", verbose_name=_("网格"))
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="duties", verbose_name=_("驿站")
    )
    starts_on = models.DateField(_("从哪天起"), default=timezone.localdate)
    ends_on = models.DateField(_("到哪天止"), null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("职责")
        ordering = ["user", "role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(role=Role.COMMUNITY_ADMIN, community__isnull=False, grid__isnull=True, station__isnull=True)
                    | Q(role=Role.GRID_WORKER, grid__isnull=False, station__isnull=True)
                    | Q(role=Role.STATION_KEEPER, station__isnull=False, grid__isnull=True)
                    | Q(role=Role.TEAM_LEADER, community__isnull=False, grid__isnull=True, station__isnull=True)
                    | Q(role=Role.STREET_SUPERVISOR, street__isnull=False, community__isnull=True)
                ),
                name="duty_place_fits_role",
                violation_error_message=_(
                    "角色和范围不配：社区管理员和志愿队长选社区，网格员选网格，驿站管理员选驿站，街道督导选街道。"
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="duty_ends_after_start",
                violation_error_message=_("结束日期早于开始日期。"),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}"

    @property
    def place(self):
        return self.station or self.grid or self.community or self.street


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_consent"):
        """Those that colleagues of the own places recorded. A consent given online names no place."""
        return self.filter(user.scope_for(permission).q(community="recorded_by__community"))

    def given(self):
        return self.filter(withdrawn_at__isnull=True)

    def covers(self, person_uid, purpose):
        """Whether this person has given, and not withdrawn, consent for `purpose`."""
        return self.given().filter(person_uid=person_uid, purpose=purpose).exists()


class Consent(models.Model):
    """One consent a person gave for one purpose: to which text, when, through which channel."""

    class Purpose(models.TextChoices):
        REGISTER = "register", _("登记进社区台账，便于联系和服务")
        IDENTITY = "identity", _("使用身份证号办理证明或保险")
        AFFILIATION = "affiliation", _("登记政治面貌，便于组织联系")

    class Channel(models.TextChoices):
        SELF = "self", _("本人网上填写")
        DOOR = "door", _("上门时当面同意")
        PAPER = "paper", _("纸质签字")

    person_uid = models.UUIDField(_("当事人"), db_index=True)
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    text_version = models.CharField(_("告知书版本"), max_length=20)
    channel = models.CharField(_("方式"), max_length=10, choices=Channel)
    given_at = models.DateTimeField(_("同意时间"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("记录人")
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("同意记录")
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person_uid", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_once_in_force",
                violation_error_message=_("这项同意已经记过了。"),
            )
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}"
