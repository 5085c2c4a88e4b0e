"""What riders say: feedback and small wishes, each answered in public."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.lib.crypto import EncryptedTextField
from station.lib.people import mask_phone
from station.models.occupations import Occupation
from station.models.places import Community, Station


class VoiceQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_voice"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="community", station="station"))

    def public(self):
        """Those answered, and not hidden."""
        return self.filter(state__in=[Voice.State.ANSWERED, Voice.State.GRANTED])

    def said_by(self, user):
        """What somebody said while signed in."""
        return self.filter(user=user)

    def earlier_than(self, at, pk):
        """Those that follow, newest first, after the one said at `at` with the key `pk`."""
        return self.filter(Q(said_at__lt=at) | Q(said_at=at, pk__lt=pk))

    def waiting(self):
        return self.filter(state=Voice.State.NEW)


class Voice(models.Model):
    """One thing somebody said or wished for, and the answer everybody may read."""

    class Kind(models.TextChoices):
        FEEDBACK = "feedback", _("说说驿站")
        WISH = "wish", _("微心愿")

    class State(models.TextChoices):
        NEW = "new", _("待答复")
        ANSWERED = "answered", _("已答复")
        GRANTED = "granted", _("已实现")
        HIDDEN = "hidden", _("不公开")

    TRANSITIONS = {
        State.NEW: {State.ANSWERED, State.GRANTED, State.HIDDEN},
        State.ANSWERED: {State.GRANTED, State.HIDDEN},
        State.GRANTED: {State.HIDDEN},
        State.HIDDEN: {State.ANSWERED},
    }

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.PROTECT, related_name="voices", verbose_name=_("社区"))
    station = models.ForeignKey(
        Station, models.SET_NULL, null=True, blank=True, related_name="voices", verbose_name=_("驿站")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    occupation = models.CharField(_("职业"), max_length=20, choices=Occupation, blank=True)
    text = models.CharField(_("说了什么"), max_length=300)
    # Only for an answer in person; never shown in public, and forgotten with the answer's year.
    contact = EncryptedTextField(_("联系方式"), label="station.voice.contact", max_length=60, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.NEW, editable=False)
    said_at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    reply = models.CharField(_("答复"), max_length=300, blank=True, editable=False)
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True, editable=False)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("谁答复的"),
    )

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("心声和心愿")
        ordering = ["-said_at"]
        indexes = [
            models.Index(fields=["station", "state", "-said_at"], name="voice_of_station"),
            models.Index(fields=["community", "state", "-said_at"], name="voice_of_community"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "granted"]) | ~Q(reply=""),
                name="voice_answered_with_words",
                violation_error_message=_("请写一句答复，说话的人和大家都会看到。"),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {timezone.localtime(self.said_at):%Y-%m-%d}"

    # Named as in station.remarks.AnsweredVoice, so that one template shows both.
    @property
    def is_granted(self):
        return self.state == self.State.GRANTED

    @property
    def kind_label(self):
        return self.get_kind_display()

    @property
    def who(self):
        return self.get_occupation_display() if self.occupation else ""

    @property
    def at(self):
        return self.said_at

    @property
    def masked_contact(self):
        """138****1234 for a phone; of anything else only that it is there."""
        return mask_phone(self.contact)
