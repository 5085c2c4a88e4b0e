"""Bringing a file into a register: upload, say which column is which, look at every row, then all of it or nothing."""

from tempfile import TemporaryFile

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from ledger.admin.import_rows import shown_rows
from ledger.forms.imports import MappingForm, UploadForm
from ledger.imports import REGISTERS, missing_columns, unmapped
from ledger.imports.refusals import write_refused
from ledger.models import ImportBatch, ImportRow
from ledger.operations import imports
from ledger.operations.undoing import undo_import
from ledger.rosters import ROSTERS
from station.admin.base import ObjectAction, OperationAdmin, first_messages
from station.forms.staff import ReasonForm
from station.models import Community

State, Outcome = ImportBatch.State, ImportRow.Outcome
EXAMPLES = 3  # rows shown beside the columns


def in_state(state):
    return lambda batch: batch.state == state


class KindFilter(admin.SimpleListFilter):
    title = _("花名册")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(kind, roster.title) for kind, roster in ROSTERS.items()]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() in ROSTERS else queryset


@admin.register(ImportBatch)
class ImportBatchAdmin(OperationAdmin):
    list_display = [
        "created_at", "roster_title", "file_name", "mode", "state", "new", "changed", "unchanged", "refused", "by",
    ]  # fmt: skip
    list_filter = ["state", KindFilter]
    list_select_related = ["by"]
    actions = None
    object_actions = [
        ObjectAction("commit", _("导入"), imports.commit_import, action="commit", available=in_state(State.DRAFT)),
        ObjectAction("discard", _("放弃"), imports.discard_import, action="add", available=in_state(State.DRAFT)),
        ObjectAction("refused", _("下载不能导入的行"), imports.hand_out_refused, action="add",
                     available=lambda batch: batch.refused and batch.state in (State.DRAFT, State.COMMITTED)),
        ObjectAction("undo", _("撤销这次导入"), undo_import, action="undo", form=ReasonForm,
                     available=in_state(State.COMMITTED)),
    ]  # fmt: skip

    @admin.display(description=_("花名册"), ordering="kind")
    def roster_title(self, obj):
        return ROSTERS[obj.kind].title

    # --- who may -----------------------------------------------------------------------------------------------------
    def get_queryset(self, request):
        """Only of the registers he may bring files into: the rows of an import show what they hold."""
        kinds = [kind for kind, roster in ROSTERS.items() if request.user.has_perm(roster.permission("import"))]
        return super().get_queryset(request).filter(kind__in=kinds)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # --- upload ------------------------------------------------------------------------------------------------------
    def add_view(self, request, form_url="", extra_context=None):
        roster = ROSTERS.get(request.GET.get("kind"))
        if not self.has_add_permission(request):
            raise PermissionDenied
        if roster is None:
            kinds = [r for r in ROSTERS.values() if request.user.has_perm(r.permission("import"))]
            return self._page(request, "admin/ledger/import_upload.html", _("导入"), kinds=kinds)
        communities = list(Community.objects.visible_to(request.user, roster.permission("import")))
        if not communities:
            raise PermissionDenied
        files = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*files, kind=roster.kind, communities=communities)
        if request.method == "POST" and form.is_valid():
            try:
                batch = imports.draft_import(form.batch(), form.cleaned_data["file"].read(), by=request.user)
            except ValidationError as error:
                form.add_error("file", first_messages(error))
            else:
                return redirect("admin:ledger_importbatch_mapping", batch.pk)
        title = _("导入：%(roster)s") % {"roster": roster.title}
        return self._page(request, "admin/ledger/import_upload.html", title, form=form, roster=roster)

    # --- which column is which ---------------------------------------------------------------------------------------
    def get_urls(self):
        route = path(
            "<path:object_id>/mapping/",
            self.admin_site.admin_view(self.mapping_view),
            name="ledger_importbatch_mapping",
        )
        return [route, *super().get_urls()]

    def mapping_view(self, request, object_id):
        batch = self.get_object(request, object_id)
        if not self.may(request, "add", batch):
            raise PermissionDenied
        if batch.state != State.DRAFT:
            return redirect(self.url_of(batch))
        examples = [cells for _line, cells in imports.rows_of(batch, first=EXAMPLES)]
        data = request.POST if request.method == "POST" else None
        form = MappingForm(data, batch=batch, user=request.user, examples=examples)
        if request.method == "POST" and form.is_valid():
            try:
                imports.change_draft(
                    batch, mapping=form.mapping, mode=form.cleaned_data["mode"], consents_on_paper=form.on_paper
                )
            except ValidationError as error:
                form.add_error(None, first_messages(error))
            else:
                return redirect(self.url_of(batch))
        title = _("每一列对应什么？")
        return self._page(request, "admin/ledger/import_mapping.html", title, form=form, original=batch)

    # --- every row ---------------------------------------------------------------------------------------------------
    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What became of each row, or would; there is nothing to type here."""
        batch = self.get_object(request, object_id)
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        shown = request.GET.get("show", "")
        rows = batch.rows.order_by("line")
        if shown in Outcome.values:
            rows = rows.filter(outcome=shown)
        page = Paginator(rows, self.list_per_page).get_page(request.GET.get("page"))
        roster = ROSTERS[batch.kind]
        context = {
            "original": batch,
            "buttons": {action.name: action for action in self.buttons(request, object_id)},
            "counts": [(outcome, getattr(batch, outcome.value)) for outcome in Outcome],
            "shown": shown,
            "page": page,
            "rows": shown_rows(batch, list(page.object_list)),
            "entry_page": f"admin:{roster.model._meta.app_label}_{roster.model._meta.model_name}_change",
            "unmapped": unmapped(batch.headers, batch.mapping),
            "missing": missing_columns(REGISTERS[batch.kind], batch.mapping),
        }
        return self._page(request, "admin/ledger/import_batch.html", f"{roster.title} · {batch.file_name}", **context)

    def answer_to(self, request, obj, action, result):
        if action.name == "refused":
            return self._refused_rows(request, obj, result)
        if action.name == "commit":
            done = _("已导入：新增 %(new)d 条，更改 %(changed)d 条。")
            messages.success(request, done % {"new": result.new, "changed": result.changed})
            return redirect(self.url_of(obj))
        return super().answer_to(request, obj, action, result)

    @staticmethod
    def _refused_rows(request, batch, rows):
        file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        write_refused(file, batch, rows, by=request.user)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=_("不能导入的行-%(n)d.xlsx") % {"n": batch.pk})

    def _page(self, request, template, title, **context):
        status = 422 if request.method == "POST" else 200
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
            **context,
        }
        return TemplateResponse(request, template, context, status=status)
