"""Form templates made by the community itself: choose where to begin, then tick the columns and say in which order."""

from django.contrib import admin, messages
from django.db.models import Count
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.forms.templates import filter_fields, template_form
from ledger.layouts import OWN, label_of, layout_from, layouts_for
from ledger.models import FormTemplate
from ledger.operations.templates import save_template
from ledger.previews import LEAST_MM, preview_of
from ledger.rosters import ROSTERS
from station.admin.base import OperationAdmin
from station.models import Community, Grid

START = "start"  # in the address of a new one: kind and key of the layout it begins with, as workers.sign-in


@admin.register(FormTemplate)
class FormTemplateAdmin(OperationAdmin):
    list_display = ["name", "kind", "column_count", "group_by", "paper", "community"]
    list_filter = ["kind"]
    list_select_related = ["community"]
    search_fields = ["name"]
    change_form_template = "admin/ledger/form_template.html"
    add_form_template = change_form_template

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(columns_chosen=Count("columns"))

    @admin.display(description=gettext_lazy("列数"))
    def column_count(self, obj):
        return obj.columns_chosen

    @admin.display(description=gettext_lazy("纸面"), ordering="portrait")
    def paper(self, obj):
        return _("A4 竖放") if obj.portrait else _("A4 横放")

    # --- where a new one begins --------------------------------------------------------------------------------------
    def add_view(self, request, form_url="", extra_context=None):
        if self._start(request) is None and self.has_add_permission(request):
            return self._ask_start(request)
        return super().add_view(request, form_url, extra_context)

    def _only_community(self, request):
        """The one community he makes templates for; None where there are several."""
        choices = Community.objects.visible_to(request.user, self.permission("add"))[:2]
        return choices[0] if len(choices) == 1 else None

    def _ask_start(self, request):
        rosters = []
        for kind, roster in ROSTERS.items():
            found = layouts_for(roster, self._only_community(request), request.user)
            starts = [
                {
                    "value": f"{kind}.{key}",
                    "label": label_of(key, layout),
                    "columns": "、".join(str(column.title) for column in layout.columns or roster.columns),
                    "own": key.startswith(OWN),
                }
                for key, layout in found.items()
            ]
            rosters.append({"title": roster.title, "starts": starts})
        context = {
            **self.admin_site.each_context(request),
            "title": _("新做一张表样"),
            "opts": self.opts,
            "rosters": rosters,
        }
        return TemplateResponse(request, "admin/ledger/form_template_start.html", context)

    def _start(self, request):
        """The roster and the layout named in the address of a new one; None where there is no such."""
        kind, _dot, key = request.GET.get(START, "").partition(".")
        if kind not in ROSTERS:
            return None
        layout = layouts_for(ROSTERS[kind], self._only_community(request), request.user).get(key)
        return None if layout is None else (ROSTERS[kind], layout)

    def _roster_and_layout(self, request, obj):
        """What the form is about; read once a request."""
        known = getattr(request, "form_template_start", None)
        if known is None:
            known = (ROSTERS[obj.kind], layout_from(obj)) if obj else self._start(request)
            request.form_template_start = known
        return known

    # --- the form ----------------------------------------------------------------------------------------------------
    def get_form(self, request, obj=None, change=False, **kwargs):
        roster, layout = self._roster_and_layout(request, obj)
        grids = Grid.objects.visible_to(request.user, self.permission("add")).order_by("number")
        numbers = grids.values_list("number", flat=True).distinct()
        return super().get_form(request, obj, change=change, form=template_form(roster, layout, numbers), **kwargs)

    def get_fieldsets(self, request, obj=None):
        roster, _layout = self._roster_and_layout(request, obj)
        rows = _("一个都不勾，就是全部在册的。勾了状态，就只按勾的来。")
        fieldsets = [
            (None, {"fields": ["community", "name", "title"]}),
            (_("纸面"), {"fields": ["portrait", "group_by", "order", "blank_rows", "signatures"]}),
            (_("只要这些"), {"fields": filter_fields(roster), "description": rows}),
        ]
        if not obj or self.has_change_permission(request, obj):
            return fieldsets
        return fieldsets[:2]

    def get_readonly_fields(self, request, obj=None):
        return ["community"] if obj else []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        roster, layout = self._roster_and_layout(request, obj)
        community = obj.community if obj else self._only_community(request)
        context |= {
            "roster": roster,
            "preview": preview_of(layout, roster, community),
            "start": f"{roster.kind}.{OWN}{obj.pk}" if obj else "",
        }
        if add:
            context["title"] = _("新做一张表样：%(roster)s") % {"roster": roster.title}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_operation(self, obj, *, by, form, change):
        save_template(obj, form.columns, by=by)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        preview = preview_of(layout_from(obj), ROSTERS[obj.kind])
        if preview.narrow:
            messages.warning(
                request,
                _("各列按比例缩进纸里以后，这几列不到 %(mm)s 毫米，字会挤：%(titles)s。少放几列，或者把纸横放。")
                % {"mm": LEAST_MM, "titles": "、".join(preview.narrow)},
            )
