"""What left the system, when, for what: to be read, never touched."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ledger.models import Printout
from ledger.printables import PRINTABLES
from station.admin.base import OperationAdmin


class RosterFilter(admin.SimpleListFilter):
    title = _("内容")
    parameter_name = "roster"

    def lookups(self, request, model_admin):
        return [(kind, printable.title) for kind, printable in PRINTABLES.items()]

    def queryset(self, request, queryset):
        return queryset.filter(roster=self.value()) if self.value() in PRINTABLES else queryset


@admin.register(Printout)
class PrintoutAdmin(OperationAdmin):
    list_display = ["serial", "roster_title", "form", "rows", "community", "by", "at", "reason"]
    list_filter = [RosterFilter, "form"]
    search_fields = ["=serial"]
    list_select_related = ["community", "by"]
    fields = ["serial", "roster_title", "form", "community", "rows", "reason", "by", "at", "sha256"]
    readonly_fields = fields

    @admin.display(description=_("内容"), ordering="roster")
    def roster_title(self, obj):
        return PRINTABLES[obj.roster].title

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
