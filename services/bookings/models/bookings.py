"""A place somebody has taken."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.bookings.models.sessions import Session


class BookingQuerySet(models.QuerySet):
    def visible_to(self, user, permission="bookings.view_booking"):
        """Staff by scope; everybody his own."""
        return self.filter(Q(user=user) | self._in(user.scope_for(permission)))

    def in_charge_of(self, user, permission="bookings.view_booking"):
        """Staff by scope, without his own: nobody checks himself in at a counter that is not his."""
        return self.filter(self._in(user.scope_for(permission)))

    @staticmethod
    def _in(scope):
        return scope.q(community="session__station__community", station="session__station")

    def of(self, user):
        return self.filter(user=user)

    def with_session(self):
        """With all that a line about a booking says."""
        return self.select_related("session__service", "session__station")

    def expected(self, station, day=None):
        """Places kept in sessions that `station` holds on a local date (today), in the order of the sessions."""
        sessions = Session.objects.at(station).on(day or timezone.localdate()).exclude(state=Session.State.CANCELLED)
        held = self.holding().filter(session__in=sessions).select_related("session__service")
        return held.order_by("session__starts_at", "session", "code")

    def upcoming(self, at=None):
        """Places kept in sessions that are not over."""
        return self.filter(state=Booking.State.BOOKED, session__ends_at__gt=at or timezone.now())

    def past(self, at=None):
        """All the others, the latest first."""
        over = Q(session__ends_at__lte=at or timezone.now()) | ~Q(state=Booking.State.BOOKED)
        return self.filter(over).order_by("-session__starts_at", "-pk")

    def holding(self):
        """Those that take up a place."""
        return self.exclude(state=Booking.State.CANCELLED)


class Booking(models.Model):
    """One person's place in one session. `code` is what he says at the counter."""

    class State(models.TextChoices):
        BOOKED = "booked", _("已约")
        CANCELLED = "cancelled", _("已取消")
        ATTENDED = "attended", _("已到")
        NO_SHOW = "no_show", _("未到")

    TRANSITIONS = {
        State.BOOKED: {State.CANCELLED, State.ATTENDED, State.NO_SHOW},
        State.CANCELLED: set(),
        State.ATTENDED: {State.BOOKED},
        State.NO_SHOW: {State.BOOKED},
    }

    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings", verbose_name=_("场次"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings", verbose_name=_("预约人")
    )
    code = models.CharField(_("到场码"), max_length=6, editable=False)
    note = models.CharField(_("想咨询什么"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.BOOKED, editable=False)
    booked_at = models.DateTimeField(_("预约时间"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("预约")
        ordering = ["session__starts_at", "booked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"],
                condition=~Q(state="cancelled"),
                name="booking_once_per_session",
                violation_error_message=_("您已经约了这一场。"),
            ),
            models.UniqueConstraint(
                fields=["session", "code"],
                name="booking_code_unique",
                violation_error_message=_("到场码重复了，请再试一次。"),
            ),
        ]

    def __str__(self):
        return f"{self.session_id}/{self.code}"

    @property
    def can_cancel(self):
        """Until the session starts."""
        return self.state == self.State.BOOKED and not self.session.has_started
