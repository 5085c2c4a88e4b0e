"""The mobile party members (流动党员): a pointer only, never applications, reviews or dues."""

from datetime import date
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ledger.models.entries import EntryQuerySet, Mergeable, normalize
from ledger.models.workers import Worker
from station.lib.crypto import EncryptedTextField
from station.lib.people import normalize_name, normalize_phone, validate_phone

LONG_AGO = date(1900, 1, 1)  # before anybody was reached


def is_due(on):
    """A Q for members to be contacted on the date `on` or before; where no date was set, somebody has to set one."""
    return Q(next_contact_on__lte=on) | Q(next_contact_on__isnull=True)


class PartyMemberQuerySet(EntryQuerySet):
    place_path = "worker__"

    def visible_to(self, user, permission=None):
        """The rows `user` may see, found from the workers of his places: joined, a database may read all members."""
        scope = user.scope_for(permission or "ledger.view_partymember")
        if scope.everything:
            return super().visible_to(user, permission)
        return self.filter(worker__in=Worker.objects.filter(scope.q(community="community", grid="grid")))

    def in_touch(self):
        """Those the community still looks after."""
        return self.filter(state__in=[PartyMember.State.MOBILE, PartyMember.State.LOST])

    def due(self, on=None):
        """Those to be contacted on the date `on` (today) or before, and those for whom no date was set."""
        return self.in_touch().filter(is_due(on or timezone.localdate()))

    def with_contacts(self):
        """With what their contact notes say, in the same query.

        `noted` is how many there are, `last_note` the key of the latest by date, `last_reached` whether that one was
        answered, `missed_days` on how many days since then nobody was reached.
        """
        own = ContactNote.objects.filter(member=OuterRef("pk"))
        latest = own.order_by("-on", "-pk")
        reached_on = ContactNote.objects.filter(member=OuterRef("member"), reached=True).order_by("-on").values("on")
        missed = own.filter(reached=False, on__gt=Coalesce(Subquery(reached_on[:1]), LONG_AGO))
        return self.annotate(
            noted=Coalesce(Subquery(own.order_by().values("member").annotate(n=Count("pk")).values("n")), 0),
            last_note=Subquery(latest.values("pk")[:1]),
            last_reached=Subquery(latest.values("reached")[:1]),
            missed_days=Coalesce(
                Subquery(missed.order_by().values("member").annotate(n=Count("on", distinct=True)).values("n")), 0
            ),
        )


class PartyMember(Mergeable, models.Model):
    """One worker who is a party member away from his home branch for six months or more."""

    class State(models.TextChoices):
        MOBILE = "mobile", _("在流动中")
        RETURNED = "returned", _("已返回")
        LOST = "lost", _("失联")
        TRANSFERRED = "transferred", _("已转入")
        MERGED = "merged", _("已合并")

    TRANSITIONS = {
        State.MOBILE: {State.RETURNED, State.LOST, State.TRANSFERRED, State.MERGED},
        State.LOST: {State.MOBILE, State.RETURNED, State.MERGED},
        State.RETURNED: {State.MOBILE, State.MERGED},
        State.TRANSFERRED: {State.MERGED},
        State.MERGED: set(),
    }

    MISSES_BEFORE_LOST = 3  # days on end on which he was tried in vain, before somebody should ask: is he lost?

    class Direction(models.TextChoices):
        IN = "in", _("流入")
        OUT = "out", _("流出")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True, editable=False)
    worker = models.OneToOneField(Worker, models.PROTECT, related_name="party_member", verbose_name=_("人员"))
    direction = models.CharField(_("流向"), max_length=5, choices=Direction, default=Direction.IN)
    home_branch = EncryptedTextField(_("组织关系所在支部"), label="ledger.partymember.home_branch", max_length=80)
    home_contact = EncryptedTextField(
        _("支部联系人"), label="ledger.partymember.home_contact", max_length=60, blank=True
    )
    home_phone = EncryptedTextField(
        _("支部联系电话"),
        label="ledger.partymember.home_phone",
        max_length=20,
        blank=True,
        validators=[validate_phone],
    )
    receiving_branch = EncryptedTextField(
        _("接收支部"), label="ledger.partymember.receiving_branch", max_length=80, blank=True
    )
    has_activity_card = models.BooleanField(_("持流动党员活动证"), default=False)
    card_number = EncryptedTextField(_("活动证编号"), label="ledger.partymember.card_number", max_length=30, blank=True)
    away_reason = models.CharField(_("外出原因"), max_length=60, blank=True)
    reported_in_on = models.DateField(_("报到日期"), null=True, blank=True)
    reported_in_at = models.ForeignKey(
        "station.Station", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报到驿站")
    )
    next_contact_on = models.DateField(_("下次联系"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.MOBILE, editable=False)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("并入"),
    )
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)

    objects = PartyMemberQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("流动党员")
        ordering = ["number"]
        indexes = [models.Index(fields=["state", "next_contact_on"], name="member_to_contact")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="member_merged_into_whom",
                violation_error_message=_("合并掉的要记明并入了谁。"),
            ),
        ]

    def __str__(self):
        return self.number

    def clean(self):
        normalize(self, {"home_contact": normalize_name, "home_phone": normalize_phone})
        if self.reported_in_on and self.reported_in_on > timezone.localdate():
            raise ValidationError({"reported_in_on": _("报到日期不能晚于今天。")})
        if self.reported_in_at_id:
            if not self.reported_in_on:
                raise ValidationError({"reported_in_on": _("写了在哪个驿站报到，也请填报到日期。")})
            if self.worker_id and self.reported_in_at.community_id != self.worker.community_id:
                raise ValidationError({"reported_in_at": _("这个驿站不在本社区，请重新选。")})
        # Not a constraint: the database sees only ciphertext here.
        if self.card_number and not self.has_activity_card:
            raise ValidationError({"has_activity_card": _("填了活动证编号，请勾上“持流动党员活动证”。")})

    @property
    def suggested_state(self):
        """The state that his latest contacts speak for, or None; people decide. Of a row `with_contacts()`."""
        if self.state == self.State.LOST and self.last_reached:
            return self.State.MOBILE
        if self.state == self.State.MOBILE and self.missed_days >= self.MISSES_BEFORE_LOST:
            return self.State.LOST
        return None

    # Read like an entry: place and freshness are the worker's.
    @property
    def community(self):
        return self.worker.community

    @property
    def grid(self):
        return self.worker.grid

    @property
    def last_confirmed_on(self):
        return self.worker.last_confirmed_on

    @property
    def whereabouts(self):
        """What the ledger says of the person himself: on the rosters, or since when and why no longer."""
        worker = self.worker
        left = (worker.left_on.isoformat(), worker.left_reason) if worker.left_on else ()
        return " ".join([str(worker.get_state_display()), *left])


class ContactNoteQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_contactnote"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="member__worker__community", grid="member__worker__grid"))


class ContactNote(models.Model):
    """One time somebody got in touch with a mobile party member, or tried to."""

    class Way(models.TextChoices):
        PHONE = "phone", _("打电话")
        VISIT = "visit", _("上门走访")
        WECHAT = "wechat", _("微信")
        DESK = "desk", _("到站报到")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    member = models.ForeignKey(PartyMember, models.PROTECT, related_name="contact_notes", verbose_name=_("流动党员"))
    on = models.DateField(_("日期"), default=timezone.localdate)
    way = models.CharField(_("方式"), max_length=10, choices=Way, default=Way.PHONE)
    reached = models.BooleanField(_("联系上了"), default=True)
    # What he said may be about anything in his life.
    note = EncryptedTextField(_("情况"), label="ledger.contactnote.note", max_length=200, blank=True)
    next_contact_on = models.DateField(_("下次联系"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("联系人")
    )
    created_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)

    objects = ContactNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联系记录")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_contact_on__isnull=True) | Q(next_contact_on__gt=models.F("on")),
                name="contact_note_next_is_later",
                violation_error_message=_("下次联系要在这次之后。"),
            ),
        ]

    def __str__(self):
        return f"{self.on:%Y-%m-%d}"
