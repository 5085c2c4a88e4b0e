"""What left the system, when, for what: to be read, never touched."""

from django.contrib import admin

from ledger.models import Printout
from station.admin.base import OperationAdmin


@admin.register(Printout)
class PrintoutAdmin(OperationAdmin):
    list_display = ["serial", "roster", "form", "rows", "community", "by", "at", "reason"]
    list_filter = ["roster", "form"]
    search_fields = ["=serial"]
    list_select_related = ["community", "by"]
    fields = ["serial", "roster", "form", "community", "rows", "reason", "by", "at", "sha256"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
