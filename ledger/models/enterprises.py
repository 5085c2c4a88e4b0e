"""The enterprises of the new economy (新业态企业) in the area."""

from django.db import models
from django.db.models import F, Q
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ledger.models.entries import Entry, EntryQuerySet
from ledger.models.likeness import Likeness
from ledger.models.names import FindableQuerySet
from station.lib.crypto import BlindIndexField, EncryptedTextField
from station.lib.people import (
    mask_phone,
    name_core,
    normalize_credit_code,
    normalize_name,
    normalize_phone,
    validate_name,
    validate_phone,
)


class NameCoreAttribute(DeferredAttribute):
    """Computed from the name on each read, so that it can never be out of step with it."""

    def __get__(self, instance, cls=None):
        if instance is not None and "name" in instance.__dict__:
            return name_core(instance.name)[: self.field.max_length]
        return super().__get__(instance, cls)

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class NameCoreField(models.CharField):
    """What of `name` tells this enterprise from others, to find the same one written twice; never assigned."""

    descriptor_class = NameCoreAttribute


class EnterpriseQuerySet(FindableQuerySet, EntryQuerySet):
    def active(self):
        return self.filter(state=Enterprise.State.ACTIVE)


class Enterprise(Entry):
    """One enterprise of the new economy: a delivery site, a courier depot, a ride-hailing fleet."""

    class State(models.TextChoices):
        ACTIVE = "active", _("在册")
        LEFT = "left", _("已迁出或注销")
        MERGED = "merged", _("已合并")

    TRANSITIONS = {
        State.ACTIVE: {State.LEFT, State.MERGED},
        State.LEFT: {State.ACTIVE, State.MERGED},
        State.MERGED: set(),
    }
    FOUND_BY = ("name", "contact_name")
    NORMALIZERS = {
        "name": normalize_name,
        "credit_code": normalize_credit_code,
        "contact_name": normalize_name,
        "contact_phone": normalize_phone,
        "instructor": normalize_name,
    }
    UNIQUE = {"credit_code": "credit_code"}
    TAKEN = {"credit_code": _("本社区台账里已经有这个信用代码的企业：%(number)s。")}
    LIKENESSES = (
        Likeness(_("名称相同或相近"), ("name_core",)),
        Likeness(_("负责人电话相同"), ("contact_phone_index",)),
    )

    class Kind(models.TextChoices):
        FOOD_DELIVERY = "food_delivery", _("外卖配送")
        EXPRESS = "express", _("快递物流")
        RIDE_HAILING = "ride_hailing", _("网约出行")
        FREIGHT = "freight", _("道路货运")
        LIVE_COMMERCE = "live_commerce", _("直播电商")
        OTHER = "other", _("其他新业态")

    class Condition(models.TextChoices):
        GOOD = "good", _("经营良好")
        NORMAL = "normal", _("正常经营")
        HARD = "hard", _("经营困难")
        PAUSED = "paused", _("停业")

    class PartyOrganisation(models.TextChoices):
        OWN = "own", _("单独组建")
        JOINT = "joint", _("联合组建")
        INSTRUCTOR = "instructor", _("选派指导员")
        NONE = "none", _("未组建")

    class Light(models.TextChoices):
        """How much help the party work needs: the traffic light of the street's form."""

        RED = "red", _("攻坚")
        YELLOW = "yellow", _("培育")
        GREEN = "green", _("巩固")

    name = models.CharField(_("企业名称"), max_length=80)
    name_core = NameCoreField(max_length=80, editable=False, blank=True)
    credit_code = models.CharField(
        _("统一社会信用代码"),
        max_length=18,
        blank=True,
        validators=[normalize_credit_code],
        help_text=_("18 位；校验位对不上时会提醒，但不拦"),
    )
    kind = models.CharField(_("业态"), max_length=20, choices=Kind)
    address = models.CharField(_("地址"), max_length=100)
    contact_name = models.CharField(_("负责人"), max_length=60, blank=True, validators=[validate_name])
    contact_phone = EncryptedTextField(
        _("负责人电话"), label="ledger.enterprise.contact_phone", max_length=20, blank=True, validators=[validate_phone]
    )
    contact_phone_index = BlindIndexField(source="contact_phone", label="phone")
    condition = models.CharField(_("经营状况"), max_length=10, choices=Condition, default=Condition.NORMAL)
    worker_count = models.PositiveIntegerField(_("从业人数"), default=0, help_text=_("企业自报的人数"))
    member_count = models.PositiveIntegerField(_("党员人数"), default=0)
    party_organisation = models.CharField(
        _("党组织"), max_length=12, choices=PartyOrganisation, default=PartyOrganisation.NONE
    )
    no_party_reason = models.CharField(_("未组建原因"), max_length=60, blank=True)
    has_union = models.BooleanField(_("建有工会"), default=False)
    instructor = models.CharField(_("党建指导员"), max_length=60, blank=True, validators=[validate_name])
    light = models.CharField(_("分类"), max_length=10, choices=Light, default=Light.YELLOW)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ACTIVE, editable=False)

    objects = EnterpriseQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("新业态企业")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["community", "state", "name"], name="enterprise_of_community"),
            models.Index(fields=["name_core"], name="enterprise_by_core"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "credit_code"],
                condition=~Q(credit_code="") & ~Q(state="merged"),
                name="enterprise_credit_code_unique",
                violation_error_code="duplicate",
                violation_error_message=_("本社区台账里已经有这个信用代码的企业。"),
            ),
            models.CheckConstraint(
                condition=Q(member_count__lte=F("worker_count")),
                name="enterprise_members_within_workers",
                violation_error_message=_("党员人数不能多于从业人数。"),
            ),
            models.CheckConstraint(
                condition=~Q(party_organisation="own") | Q(member_count__gte=3),
                name="enterprise_own_branch_three_members",
                violation_error_message=_("单独组建党组织要有 3 名以上正式党员。"),
            ),
            models.CheckConstraint(
                condition=~Q(party_organisation="none") | ~Q(no_party_reason=""),
                name="enterprise_why_no_party_organisation",
                violation_error_message=_("未组建党组织的，请写明原因。"),
            ),
            models.CheckConstraint(
                condition=(~Q(state="left") & Q(left_on__isnull=True, left_reason=""))
                | (Q(state="left", left_on__isnull=False) & ~Q(left_reason="")),
                name="enterprise_left_when_and_why",
                violation_error_message=_("迁出或注销要写明日期和原因。"),
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="enterprise_merged_into_which",
                violation_error_message=_("合并掉的要记明并入了哪一家。"),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.community_id and not self.is_merged:
            self.refuse_duplicate()

    def rivals(self):
        """The entries beside which this one must be unique."""
        return Enterprise.objects.unmerged().filter(community=self.community_id)

    @property
    def masked_contact_phone(self):
        return mask_phone(self.contact_phone) if self.contact_phone else ""
