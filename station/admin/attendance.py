"""A list of who took a place, on which staff say who came; what bookings and sign-ups have in common."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from station.admin.base import OperationAdmin


class AttendanceAdmin(OperationAdmin):
    """Rows come from riders and are changed by buttons only. A subclass gives `occasion` and `mark_no_show_operation`.

    Its queryset has `in_charge_of(user, permission)`.
    """

    occasion = ""  # the field that leads to the session or shift
    mark_no_show_operation = None

    def in_scope(self, queryset, user, action):
        """By duty only: one's own row at somebody else's desk is no business of one's own."""
        return queryset.in_charge_of(user, self.permission(action))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_checkin_permission(self, request):
        return self.may(request, "checkin")

    def check_each(self, request, queryset, operation):
        """`operation` on every chosen row that he may check in."""
        self.run_on_each(request, self.in_scope(queryset, request.user, "checkin"), operation)

    @admin.display(description=_("驿站"))
    def station(self, obj):
        return getattr(obj, self.occasion).station

    @admin.action(description=_("没来"), permissions=["checkin"])
    def mark_no_show(self, request, queryset):
        self.check_each(request, queryset, self.mark_no_show_operation)
