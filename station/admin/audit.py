"""The audit trail: to be read, never touched."""

from django.contrib import admin

from station.admin.base import SafeListAdmin
from station.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(SafeListAdmin):
    list_display = ["number", "at", "actor", "action", "target_type", "target_id", "reason"]
    list_filter = ["action"]
    search_fields = ["=target_id"]
    list_select_related = ["actor"]
    date_hierarchy = None
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
