"""The catalogue, sessions and bookings for staff; the keeper checks people in by the code they say."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.bookings import operations
from services.bookings.forms import CancelSessionForm
from services.bookings.models import Booking, Service, Session, SessionPattern
from station.admin.attendance import AttendanceAdmin
from station.admin.base import ObjectAction, OperationAdmin, OperationInline
from station.lib.recurrence import DAYS_AHEAD
from station.lib.states import can_move


def open_two_weeks(pattern, *, by):
    """The sessions of the next two weeks."""
    return operations.open_sessions(pattern, until=timezone.localdate() + timedelta(days=DAYS_AHEAD), by=by)


@admin.register(Service)
class ServiceAdmin(OperationAdmin):
    list_display = ["name", "category", "needs_booking", "is_offered", "provider", "order"]
    list_filter = ["category", "needs_booking", "is_offered"]
    list_select_related = ["provider"]
    search_fields = ["name", "summary"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "category", "icon", "summary", "description", "bring"]}),
        (_("谁提供、在哪里"), {"fields": ["provider", "stations", "needs_booking", "is_offered", "order"]}),
    ]


@admin.register(SessionPattern)
class SessionPatternAdmin(OperationAdmin):
    list_display = ["service", "station", "weekday", "starts", "ends", "host", "places", "is_active"]
    list_filter = ["is_active", "weekday", ("service", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["service", "station"]
    actions = ["open_next_weeks"]
    object_actions = [
        ObjectAction(
            "open", _("排出未来两周"), open_two_weeks, available=lambda pattern: pattern.is_active, done=_("排好了。")
        )
    ]

    @admin.action(description=_("排出未来两周"), permissions=["change"])
    def open_next_weeks(self, request, queryset):
        patterns = self.in_scope(queryset.select_related("service", "station"), request.user, "change")
        self.run_on_each(request, patterns, open_two_weeks)


class BookingInline(OperationInline):
    """Who has a place, to read only; no phone, surname and 师傅."""

    model = Booking
    fields = readonly_fields = ["code", "person", "note", "state", "booked_at"]
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).in_charge_of(request.user).select_related("user")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("预约人"))
    def person(self, obj):
        return obj.user.public_name


@admin.register(Session)
class SessionAdmin(OperationAdmin):
    list_display = ["service", "station", "starts_at", "ends_at", "host", "taken", "places", "state"]
    list_filter = [
        "state",
        ("service", admin.RelatedOnlyFieldListFilter),
        ("station", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["service", "station"]
    date_hierarchy = "starts_at"
    fields = ["service", "station", "starts_at", "ends_at", "host", "places", "taken", "state", "cancel_reason"]
    readonly_fields = ["taken", "state", "cancel_reason"]
    inlines = [BookingInline]
    object_actions = [
        ObjectAction(
            "cancel",
            _("取消场次"),
            operations.cancel_session,
            action="cancel",
            form=CancelSessionForm,
            available=lambda session: not session.is_cancelled and session.ends_at > timezone.now(),
            done=_("取消了，约了的人都会收到通知。"),
        )
    ]

    def save_operation(self, obj, *, by, form, change):
        operations.save_session(obj, by=by, fields=form.changed_data)


@admin.register(Booking)
class BookingAdmin(AttendanceAdmin):
    """Bookings come from riders; staff find one by its code and say who came."""

    occasion = "session"
    mark_no_show_operation = staticmethod(operations.mark_no_show)
    list_display = ["code", "session", "station", "person", "note", "state"]
    list_filter = ["state", ("session__service", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["session__service", "session__station", "user"]
    search_fields = ["=code"]
    search_help_text = _("输入到场码")
    date_hierarchy = "session__starts_at"
    ordering = ["-session__starts_at", "code"]
    fields = readonly_fields = ["code", "session", "station", "person", "note", "state", "booked_at", "cancelled_at"]
    actions = ["check_in", "mark_no_show"]
    object_actions = [
        ObjectAction(
            "check-in",
            _("到了，签到"),
            operations.check_in,
            action="checkin",
            available=can_move(Booking.State.ATTENDED),
        ),
        ObjectAction(
            "no-show",
            _("没来"),
            operations.mark_no_show,
            action="checkin",
            available=can_move(Booking.State.NO_SHOW),
        ),
        ObjectAction(
            "undo",
            _("点错了，撤回"),
            operations.undo_check_in,
            action="checkin",
            available=can_move(Booking.State.BOOKED),
        ),
    ]

    @admin.display(description=_("预约人"))
    def person(self, obj):
        return obj.user.public_name

    @admin.action(description=_("到了，签到"), permissions=["checkin"])
    def check_in(self, request, queryset):
        self.check_each(request, queryset, operations.check_in)
