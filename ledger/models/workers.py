"""The workers of the new economy (新就业群体)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ledger.models.enterprises import Enterprise
from ledger.models.entries import Channel, Entry, EntryQuerySet
from ledger.models.likeness import Likeness
from ledger.models.names import FindableQuerySet
from station.lib.crypto import BlindIndexField, EncryptedTextField
from station.lib.people import (
    last_four,
    mask_phone,
    normalize_id_number,
    normalize_name,
    normalize_phone,
    validate_id_number,
    validate_name,
    validate_phone,
)
from station.models import Occupation


class WorkerQuerySet(FindableQuerySet, EntryQuerySet):
    def active(self):
        return self.filter(state=Worker.State.ACTIVE)

    def listed(self):
        """Those in the ledger or on their way into it."""
        return self.filter(state__in=Worker.LISTED)

    def to_confirm(self):
        """Those who registered themselves and wait for the community's confirmation."""
        return self.filter(state=Worker.State.PENDING)

    def of_account(self, user):
        """The entry for which the account `user` stands: his own, or the one into which that was merged."""
        own = Worker.objects.filter(user=user).values_list(Coalesce("merged_into_id", "id"))
        return self.filter(pk__in=own)

    def with_phone(self, phone):
        """Those with this normalised phone, found by its blind index."""
        return self.filter(phone_index=Worker._meta.get_field("phone_index").digest(phone))


class Worker(Entry):
    """One rider, courier, driver or other worker of the new economy."""

    class State(models.TextChoices):
        PENDING = "pending", _("待核实")
        ACTIVE = "active", _("在册")
        LEFT = "left", _("已离开")
        REFUSED = "refused", _("不予登记")
        MERGED = "merged", _("已合并")

    TRANSITIONS = {
        State.PENDING: {State.ACTIVE, State.REFUSED, State.MERGED},
        State.ACTIVE: {State.LEFT, State.MERGED},
        State.LEFT: {State.ACTIVE, State.MERGED},
        State.REFUSED: {State.PENDING, State.MERGED},
        State.MERGED: set(),
    }
    LISTED = {State.PENDING, State.ACTIVE}  # the states in which one person stands in the ledger only once
    NORMALIZERS = {"name": normalize_name, "phone": normalize_phone, "id_number": normalize_id_number}
    UNIQUE = {"phone": "phone_index", "id_number": "id_number_index"}
    TAKEN = {
        "phone": _("本社区台账里已经有这个手机号：%(number)s。"),
        "id_number": _("本社区台账里已经有这个身份证号：%(number)s。"),
    }
    LIKENESSES = (
        Likeness(_("手机号相同"), ("phone_index",)),
        Likeness(_("身份证号相同"), ("id_number_index",)),
        Likeness(_("姓名和所属企业相同"), ("name", "employer_id")),
        Likeness(_("姓名和手机尾号相同"), ("name", "phone_tail_index")),
        Likeness(_("登录账号的手机号相同"), ("phone_index",), ("user__phone_index",)),
        Likeness(_("登录账号的手机号相同"), ("user__phone_index",), ("phone_index",)),
    )

    class Affiliation(models.TextChoices):
        MEMBER = "member", _("中共党员")
        PROBATIONARY = "probationary", _("预备党员")
        LEAGUE = "league", _("共青团员")
        MASSES = "masses", _("群众")
        OTHER = "other", _("其他")

    class Sex(models.TextChoices):
        MALE = "male", _("男")
        FEMALE = "female", _("女")

    name = models.CharField(_("姓名"), max_length=60, validators=[validate_name])
    sex = models.CharField(_("性别"), max_length=10, choices=Sex, blank=True)
    phone = EncryptedTextField(
        _("手机号"), label="ledger.worker.phone", max_length=20, blank=True, validators=[validate_phone]
    )
    phone_index = BlindIndexField(source="phone", label="phone")
    phone_tail_index = BlindIndexField(source="phone", label="phone.tail", transform=last_four)
    other_contact = models.CharField(
        _("其他联系方式"), max_length=60, blank=True, help_text=_("没有手机号时填，例如微信群")
    )
    occupation = models.CharField(_("职业"), max_length=20, choices=Occupation)
    platform = models.CharField(_("平台"), max_length=40, blank=True)
    site = models.CharField(_("站点"), max_length=60, blank=True, help_text=_("例如：建设路站"))
    employer = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="workers", verbose_name=_("所属企业")
    )
    affiliation = EncryptedTextField(
        _("政治面貌"), label="ledger.worker.affiliation", max_length=20, blank=True, choices=Affiliation
    )
    in_union = models.BooleanField(_("工会会员"), null=True, blank=True)
    id_number = EncryptedTextField(
        _("身份证号"),
        label="ledger.worker.id_number",
        max_length=18,
        blank=True,
        validators=[validate_id_number],
        help_text=_("只在办证明、保险时填"),
    )
    id_number_index = BlindIndexField(source="id_number", label="id_number")
    id_purpose = models.CharField(_("身份证号用途"), max_length=60, blank=True)
    needs = models.CharField(_("需求"), max_length=200, blank=True, help_text=_("例如：子女入托、租房、法律咨询"))
    source = models.CharField(_("来源"), max_length=10, choices=Channel, default=Channel.DOOR)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="worker", editable=False
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ACTIVE, editable=False)

    objects = WorkerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("新就业群体")
        ordering = ["number"]
        indexes = [
            # The lists, in the order in which they are shown: of a community, of a grid, of a choice among all.
            models.Index(fields=["community", "number"], name="worker_of_community"),
            models.Index(fields=["grid", "number"], name="worker_of_grid"),
            models.Index(fields=["state", "number"], name="worker_in_state"),
            models.Index(fields=["occupation", "number"], name="worker_by_occupation"),
            # The figures, by place and occupation, counted without looking at a row.
            models.Index(
                fields=["community", "grid", "occupation", "state", "last_confirmed_on"], name="worker_figures"
            ),
            models.Index(fields=["grid", "state", "last_confirmed_on"], name="worker_of_grid_freshness"),
            models.Index(fields=["employer", "name"], name="worker_of_employer_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "phone_index"],
                condition=Q(state__in=["pending", "active"]),
                name="worker_phone_unique",
                violation_error_code="duplicate",
                violation_error_message=_("本社区台账里已经有这个手机号。"),
            ),
            models.UniqueConstraint(
                fields=["community", "id_number_index"],
                condition=Q(state__in=["pending", "active"]),
                name="worker_id_number_unique",
                violation_error_code="duplicate",
                violation_error_message=_("本社区台账里已经有这个身份证号。"),
            ),
            models.CheckConstraint(
                condition=Q(phone_index__isnull=False) | ~Q(other_contact=""),
                name="worker_has_contact",
                violation_error_message=_("手机号和其他联系方式至少填一样。"),
            ),
            models.CheckConstraint(
                condition=Q(id_number_index__isnull=True) | ~Q(id_purpose=""),
                name="worker_id_needs_purpose",
                violation_error_message=_("填了身份证号就要写明用途；没有用途就不要收。"),
            ),
            models.CheckConstraint(
                condition=(Q(state="left", left_on__isnull=False) & ~Q(left_reason=""))
                | (~Q(state="left") & Q(left_on__isnull=True, left_reason="")),
                name="worker_left_when_and_why",
                violation_error_message=_("离开要写明日期和原因。"),
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="worker_merged_into_whom",
                violation_error_message=_("合并掉的要记明并入了谁。"),
            ),
        ]

    def __str__(self):
        return self.number

    def clean(self):
        super().clean()
        if self.state in self.LISTED and self.community_id:
            self.refuse_duplicate()

    def rivals(self):
        """The entries beside which this one must be unique."""
        return Worker.objects.listed().filter(community=self.community_id)

    @property
    def masked_phone(self):
        return mask_phone(self.phone) if self.phone else ""
