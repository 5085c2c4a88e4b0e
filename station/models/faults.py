"""Locked, broken, empty: what riders found at a station, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models.amenities import Amenity
from station.models.places import Station


def what_is_wrong(kind, amenity=""):
    """门锁着, 微波炉坏了: in the words a card, a message and a list share."""
    words = {
        Fault.Kind.LOCKED: _("门锁着"),
        Fault.Kind.BROKEN: _("%(amenity)s坏了"),
        Fault.Kind.EMPTY: _("%(amenity)s空了"),
        Fault.Kind.OTHER: _("有问题"),
    }
    return words[kind] % {"amenity": amenity or _("东西")}


@dataclass(frozen=True, slots=True)
class FaultEvent:
    """One step of a fault's story, as the timeline shows it."""

    title: str
    at: datetime
    note: str = ""


def has_faded(kind, state, said_at, now):
    """Whether nobody has spoken for a while of a locked door: that is news of an hour, not of a day."""
    return kind == Fault.Kind.LOCKED and said_at <= now - settings.FAULT_LOCKED_SHOWN[state]


class FaultQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_fault"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", grid="station__grid", station="station"))

    def open(self):
        """Those nobody has mended or dismissed yet."""
        return self.filter(state__in=Fault.OPEN_STATES)

    def fixed_between(self, start, end):
        """Those mended from the moment `start` to before `end`; dismissed ones took nobody any time."""
        return self.filter(state=Fault.State.FIXED, ended_at__gte=start, ended_at__lt=end)


class Fault(models.Model):
    """One thing that is wrong at one station now, however many people said so."""

    class Kind(models.TextChoices):
        LOCKED = "locked", _("门锁着")
        BROKEN = "broken", _("东西坏了")
        EMPTY = "empty", _("用完了")
        OTHER = "other", _("别的问题")

    class State(models.TextChoices):
        REPORTED = "reported", _("有人反映")
        CONFIRMED = "confirmed", _("确认有问题")
        FIXED = "fixed", _("已修好")
        DISMISSED = "dismissed", _("不是问题")

    TRANSITIONS = {
        State.REPORTED: {State.CONFIRMED, State.FIXED, State.DISMISSED},
        State.CONFIRMED: {State.FIXED, State.DISMISSED},
        State.FIXED: set(),
        State.DISMISSED: set(),
    }
    OPEN_STATES = (State.REPORTED, State.CONFIRMED)

    # What the reporter's page is called by: nobody guesses it, and it tells nothing.
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    station = models.ForeignKey(Station, models.PROTECT, related_name="faults", verbose_name=_("驿站"))
    amenity = models.ForeignKey(
        Amenity, models.SET_NULL, null=True, blank=True, related_name="faults", verbose_name=_("设施")
    )
    kind = models.CharField(_("什么问题"), max_length=10, choices=Kind)
    text = models.CharField(_("说明"), max_length=100, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.REPORTED, editable=False)
    voices = models.PositiveIntegerField(_("几个人说了"), default=1, editable=False)
    reported_at = models.DateTimeField(_("反映时间"), default=timezone.now, editable=False)
    # The newest word on it, a rider's or the keeper's: what a card shows must be of now.
    said_at = models.DateTimeField(_("最近有人说"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("谁办的"),
    )
    answer = models.CharField(_("答复"), max_length=100, blank=True, editable=False)

    objects = FaultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("驿站问题")
        ordering = ["-reported_at"]
        indexes = [models.Index(fields=["station", "state", "-reported_at"], name="fault_of_station")]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind", "amenity"],
                condition=Q(state__in=["reported", "confirmed"], amenity__isnull=False),
                name="fault_of_amenity_open_once",
                violation_error_message=_("这件事已经有人反映，正在处理。"),
            ),
            models.UniqueConstraint(
                fields=["station"],
                condition=Q(state__in=["reported", "confirmed"], kind="locked"),
                name="fault_locked_open_once",
                violation_error_message=_("已经有人反映门锁着，正在处理。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "confirmed"], ended_at__isnull=True)
                | Q(state__in=["fixed", "dismissed"], ended_at__isnull=False),
                name="fault_ended_when",
                violation_error_message=_("办结的要有时间。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(answer=""),
                name="fault_dismissed_why",
                violation_error_message=_("不是问题也请写一句为什么，反映的人会看到。"),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("fault", args=[self.key])

    @property
    def what(self):
        """门锁着, 微波炉坏了."""
        return what_is_wrong(self.kind, self.amenity.name if self.amenity else "")

    @property
    def is_open(self):
        return self.state in self.OPEN_STATES

    def has_faded(self, now):
        """Whether it is a lock that is still open for staff, but no news for riders any more."""
        return self.is_open and has_faded(self.kind, self.state, self.said_at, now)

    @property
    def time_to_fix(self):
        """How long it took from the first word to the end; None while it is open."""
        return self.ended_at - self.reported_at if self.ended_at else None

    @property
    def story(self):
        """What happened to it, oldest first."""
        events = [FaultEvent(self.State.REPORTED.label, self.reported_at)]
        if self.confirmed_at:
            events.append(
                FaultEvent(self.State.CONFIRMED.label, self.confirmed_at, self.answer if self.is_open else "")
            )
        if self.ended_at:
            events.append(FaultEvent(self.ending, self.ended_at, self.answer))
        return events

    @property
    def ending(self):
        """已修好; nobody mends a door that was shut, or what ran out."""
        mended = {self.Kind.LOCKED: _("门开了"), self.Kind.EMPTY: _("补上了")}
        return (
            mended.get(self.kind, self.State.FIXED.label)
            if self.state == self.State.FIXED
            else self.State.DISMISSED.label
        )


class FaultVoice(models.Model):
    """One device that said so. Three independent ones confirm a fault; the same one counts once."""

    fault = models.ForeignKey(Fault, models.CASCADE, related_name="said_by")
    device = models.CharField(max_length=64)  # a keyed hash of a random cookie, another one at every station
    address = models.CharField(max_length=32, blank=True)  # a keyed hash that changes every day, for limits only
    text = models.CharField(_("说明"), max_length=100, blank=True)  # for staff; what the first one said is the fault's
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = _("同样遇到")
        indexes = [models.Index(fields=["at"], name="fault_voice_at")]
        constraints = [models.UniqueConstraint(fields=["fault", "device"], name="fault_voice_once")]

    def __str__(self):
        return f"{self.fault_id}/{self.pk}"


class FaultPhoto(models.Model):
    """One picture of a fault, before or after. Only a cleaned copy without metadata is kept, under a random name."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("反映时")
        AFTER = "after", _("修好后")

    fault = models.ForeignKey(Fault, models.CASCADE, related_name="photos", verbose_name=_("驿站问题"))
    moment = models.CharField(_("时候"), max_length=10, choices=Moment, default=Moment.BEFORE)
    image = models.ImageField(_("照片"), upload_to="faults/", width_field="width", height_field="height")
    thumbnail = models.ImageField(_("小图"), upload_to="faults/")
    width = models.PositiveSmallIntegerField(editable=False, default=0)
    height = models.PositiveSmallIntegerField(editable=False, default=0)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("问题照片")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_moment_display()}"
