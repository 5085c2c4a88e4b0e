"""What left the system, when, for what: to be read, never touched. And the way out for the whole ledger at once."""

from functools import partial
from tempfile import TemporaryFile

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from ledger.exports import write_workbook
from ledger.forms.printouts import LedgerForm
from ledger.models import Printout
from ledger.operations.workbooks import make_workbook
from ledger.printables import PRINTABLES
from ledger.rosters import ROSTERS
from station.admin.base import OperationAdmin
from station.models import Community


class RosterFilter(admin.SimpleListFilter):
    title = _("内容")
    parameter_name = "roster"

    def lookups(self, request, model_admin):
        return [(kind, printable.title) for kind, printable in PRINTABLES.items()]

    def queryset(self, request, queryset):
        return queryset.filter(roster=self.value()) if self.value() in PRINTABLES else queryset


@admin.register(Printout)
class PrintoutAdmin(OperationAdmin):
    list_display = [
        "serial", "roster_title", "template", "form", "rows", "masks", "as_of", "by", "at", "reason",
    ]  # fmt: skip
    list_filter = [RosterFilter, "form", "full"]
    search_fields = ["=serial"]
    list_select_related = ["by"]
    fields = [
        "serial", "roster_title", "template", "column_titles", "form", "community", "rows", "masks", "as_of", "reason",
        "by", "at", "sha256",
    ]  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("内容"), ordering="roster")
    def roster_title(self, obj):
        return PRINTABLES[obj.roster].title

    @admin.display(description=_("个人信息"), ordering="full")
    def masks(self, obj):
        return _("完整") if obj.full else _("打码")

    @admin.display(description=_("列"))
    def column_titles(self, obj):
        return "、".join(self._title(obj.roster, key) for key in obj.columns) or "-"

    @staticmethod
    def _title(kind, key):
        """The usual title of a column; a workbook names it with its roster (``workers.phone``)."""
        kind, key = key.split(".") if "." in key else (kind, key)
        roster = ROSTERS.get(kind)
        column = roster.catalogue.get(key) if roster else None
        return str(column.title) if column else key

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # --- the whole ledger --------------------------------------------------------------------------------------------
    def get_urls(self):
        route = path("workbook/", self.admin_site.admin_view(self.workbook_view), name="ledger_printout_workbook")
        return [route, *super().get_urls()]

    def workbook_view(self, request):
        """Ask the reason and the forms on GET; on POST hand out the workbook."""
        communities = self._communities(request.user, "export")
        if not communities:
            raise PermissionDenied
        asked = LedgerForm(
            request.POST if request.method == "POST" else None,
            communities=communities,
            user=request.user,
            may_reveal=bool(self._communities(request.user, "reveal")),
        )
        if request.method == "POST" and asked.is_valid():
            try:
                return self._hand_out(request, asked)
            except ValidationError as error:
                asked.add_error(None, error.messages)
        context = {
            **self.admin_site.each_context(request),
            "title": _("整本台账 Excel"),
            "opts": self.opts,
            "form": asked,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/ledger/workbook_ask.html", context, status=status)

    @staticmethod
    def _communities(user, verb):
        """Those whose three rosters `user` may all export (or reveal): whoever may not see one gets no ledger."""
        communities = Community.objects.select_related("street")
        for roster in ROSTERS.values():
            communities = communities.visible_to(user, roster.permission(verb))
        return list(communities)

    def _hand_out(self, request, asked):
        # Without a name in any folder, gone when the answer has been sent.
        file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        try:
            printout = make_workbook(
                layouts=asked.chosen, write=partial(write_workbook, file=file), by=request.user, **asked.copy_arguments
            )
        except BaseException:
            file.close()
            raise
        file.seek(0)
        name = _("%(community)s台账-%(serial)s.xlsx") % {
            "community": asked.community.name,
            "serial": printout.serial,
        }
        return FileResponse(file, as_attachment=True, filename=str(name))
