"""Teams, their members and desks, shifts and who signed up. A team leader sees his own teams' rows."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.volunteering import operations
from services.volunteering.forms import AttendanceForm, CancelShiftForm, NewMemberForm
from services.volunteering.models import Desk, Member, Shift, SignUp, Team
from station.admin.attendance import AttendanceAdmin
from station.admin.base import ObjectAction, OperationAdmin, OperationInline
from station.lib.recurrence import DAYS_AHEAD
from station.lib.states import can_move
from station.models import Station, User
from station.roles import Role


def open_two_weeks(desk, *, by):
    """The shifts of the next two weeks."""
    return operations.open_shifts(desk, until=timezone.localdate() + timedelta(days=DAYS_AHEAD), by=by)


@admin.register(Team)
class TeamAdmin(OperationAdmin):
    list_display = ["name", "field", "community", "leader", "partner", "members_only"]
    list_filter = ["field"]
    list_select_related = ["community", "leader", "partner"]
    search_fields = ["name"]
    fields = ["community", "name", "field", "summary", "partner", "leader", "members_only"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Leaders are chosen among those who hold that duty in the user's communities."""
        if db_field.name == "leader":
            reach = request.user.scope_for(self.permission("change"))
            duties = reach.q(community="duties__community")
            kwargs["queryset"] = User.objects.filter(duties, duties__role=Role.TEAM_LEADER).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Member)
class MemberAdmin(OperationAdmin):
    list_display = ["person", "team", "skills", "qualification", "insured_until", "joined_on"]
    list_filter = [("team", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["team", "user"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewMemberForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        who = "person" if obj else "phone"
        return ["team", who, "skills", "qualification", "insured_until", "joined_on"]

    def get_readonly_fields(self, request, obj=None):
        return ["team", "person"] if obj else []

    @admin.display(description=_("志愿者"))
    def person(self, obj):
        return obj.user.name or obj.user.public_name

    def save_operation(self, obj, *, by, form, change):
        if change:
            super().save_operation(obj, by=by, form=form, change=change)
        else:
            operations.add_member(obj, phone=form.cleaned_data["phone"], by=by)


@admin.register(Desk)
class DeskAdmin(OperationAdmin):
    list_display = ["title", "team", "station", "weekday", "starts", "ends", "places", "is_active"]
    list_filter = ["is_active", "weekday", ("team", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["team", "station"]
    actions = ["open_next_weeks"]
    object_actions = [
        ObjectAction(
            "open", _("排出未来两周"), open_two_weeks, available=lambda desk: desk.is_active, done=_("排好了。")
        )
    ]

    @admin.action(description=_("排出未来两周"), permissions=["change"])
    def open_next_weeks(self, request, queryset):
        desks = self.in_scope(queryset.select_related("team", "station"), request.user, "change")
        self.run_on_each(request, desks, open_two_weeks)


class SignUpInline(OperationInline):
    """Who is coming, to read only."""

    model = SignUp
    fields = readonly_fields = ["person", "state", "signed_up_at", "minutes"]
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).in_charge_of(request.user).select_related("user")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("志愿者"))
    def person(self, obj):
        return obj.user.name or obj.user.public_name


@admin.register(Shift)
class ShiftAdmin(OperationAdmin):
    list_display = ["title", "team", "station", "starts_at", "ends_at", "taken", "places", "state"]
    list_filter = ["state", ("team", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["team", "station"]
    date_hierarchy = "starts_at"
    fields = ["team", "station", "title", "starts_at", "ends_at", "places", "taken", "state", "cancel_reason"]
    readonly_fields = ["taken", "state", "cancel_reason"]
    inlines = [SignUpInline]
    object_actions = [
        ObjectAction(
            "cancel",
            _("取消班次"),
            operations.cancel_shift,
            action="cancel",
            form=CancelShiftForm,
            available=lambda shift: not shift.is_cancelled and shift.ends_at > timezone.now(),
            done=_("取消了，报名的人都会收到通知。"),
        )
    ]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A team leader reaches the stations of his teams' communities, though none is named in his duty."""
        if db_field.name == "station":
            permission = self.permission("add")
            places = request.user.scope_for(permission).q(community="community", team_leader="community__teams__leader")
            kwargs["queryset"] = Station.objects.listed().filter(places).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_operation(self, obj, *, by, form, change):
        operations.save_shift(obj, by=by, fields=form.changed_data)


@admin.register(SignUp)
class SignUpAdmin(AttendanceAdmin):
    """Sign-ups come from volunteers; the leader records who was there and how long."""

    occasion = "shift"
    mark_no_show_operation = staticmethod(operations.mark_no_show)
    list_display = ["shift", "station", "person", "state", "minutes", "minutes_source"]
    list_filter = ["state", ("shift__team", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["shift__team", "shift__station", "user"]
    date_hierarchy = "shift__starts_at"
    ordering = ["-shift__starts_at", "pk"]
    fields = readonly_fields = [
        "shift",
        "station",
        "person",
        "state",
        "signed_up_at",
        "withdrawn_at",
        "minutes",
        "minutes_source",
        "minutes_reason",
    ]
    actions = ["mark_attended", "mark_no_show"]
    object_actions = [
        ObjectAction(
            "attended",
            _("到了，记时长"),
            operations.mark_attended,
            action="checkin",
            form=AttendanceForm,
            available=can_move(SignUp.State.ATTENDED),
        ),
        ObjectAction(
            "no-show",
            _("没来"),
            operations.mark_no_show,
            action="checkin",
            available=can_move(SignUp.State.NO_SHOW),
        ),
        ObjectAction(
            "undo",
            _("点错了，撤回"),
            operations.undo_attendance,
            action="checkin",
            available=can_move(SignUp.State.SIGNED_UP),
        ),
    ]

    @admin.display(description=_("志愿者"))
    def person(self, obj):
        return obj.user.name or obj.user.public_name

    @admin.action(description=_("到了，按班次记时长"), permissions=["checkin"])
    def mark_attended(self, request, queryset):
        self.check_each(request, queryset, operations.mark_attended)
