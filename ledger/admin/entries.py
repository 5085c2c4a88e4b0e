"""What the three registers share in the admin: masks, search by exact phone, history, reveal, places."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from ledger.admin.history import past_of
from ledger.search import Search, communities_of
from station.admin.base import OperationAdmin
from station.models import Grid

REVEALING = {"reveal", "reveal-phone"}


class SearchAdmin(OperationAdmin):
    """A list searched by names and numbers of the ledger; `exact(request, words)` says how by numbers."""

    search_fields = ["number"]  # shows the box; search_names and exact decide
    search_names = ()  # whose names, and the lookup that leads to them, as ledger.search.Search has them

    def exact(self, request, words):
        raise NotImplementedError

    def get_search_results(self, request, queryset, search_term):
        """The first thousand, or all of them for who lets a roster out (`request.every_match`)."""
        if not (words := search_term.strip()):
            return queryset, False
        communities = communities_of(request.user, self.permission("view"))
        search = Search(words, self.search_names, self.exact(request, words), communities)
        if getattr(request, "every_match", False):
            return queryset.filter(search.everything()), False
        meant, request.more_matches = search.first(queryset)
        return queryset.filter(meant), False


class EntryAdmin(SearchAdmin):
    """One register of the ledger."""

    readonly_fields = ["number", "state", "last_confirmed_on", "left_on", "left_reason"]

    # --- the form ----------------------------------------------------------------------------------------------------
    def get_exclude(self, request, obj=None):
        """Who may only look sees no field that the form would mask, for a read-only field shows its value."""
        exclude = super().get_exclude(request, obj)
        if obj is None:
            return [*exclude, "change_reason"]
        if not self.has_change_permission(request, obj):
            return [*exclude, "change_reason", "consents", *self.form.masks]
        return exclude

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Grids and enterprises of its own community: of a whole city they are a page of a megabyte."""
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in ("grid", "employer"):
            if obj is not None and name in form.base_fields:
                field = form.base_fields[name]
                near = Q(community=obj.community_id) | Q(pk=getattr(obj, f"{name}_id"))
                field.queryset = field.queryset.filter(near)
        return form

    def get_readonly_fields(self, request, obj=None):
        """An entry stays in the community whose number it bears."""
        return [*self.readonly_fields, "community"] if obj else self.readonly_fields

    def get_changeform_initial_data(self, request):
        """With one grid to choose from there is nothing to choose."""
        initial = super().get_changeform_initial_data(request)
        grids = Grid.objects.visible_to(request.user, self.permission("add"))[:2]
        if len(grids) == 1:
            initial.setdefault("grid", grids[0].pk)
        return initial

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        action = "change" if change else "add"
        if not self.in_scope(self.model._default_manager.filter(pk=obj.pk), request.user, action).exists():
            raise ValidationError({"grid": _("请选您自己的网格。")})

    # --- buttons -----------------------------------------------------------------------------------------------------
    def answer_to(self, request, obj, action, result):
        if action.name not in REVEALING:
            return super().answer_to(request, obj, action, result)
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "original": obj,
            "values": result,
        }
        return TemplateResponse(request, "admin/ledger/revealed.html", context, headers={"Cache-Control": "no-store"})

    # --- the past ----------------------------------------------------------------------------------------------------
    def history_view(self, request, object_id, extra_context=None):
        """Replaces the admin's own log, which knows neither values nor reasons."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("历史：%(entry)s") % {"entry": obj},
            "opts": self.opts,
            "original": obj,
            "states": past_of(obj, masks=self.form.masks, hidden=set(super().get_exclude(request, obj))),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/ledger/history.html", context)


class ConfirmableAdmin(EntryAdmin):
    """A register whose rows are confirmed by hand, one by one or many at once."""

    actions = ["confirm_chosen"]
    confirm_operation = None

    def has_confirm_permission(self, request):
        return self.may(request, "confirm")

    @admin.action(description=_("核实无误（今天）"), permissions=["confirm"])
    def confirm_chosen(self, request, queryset):
        self.run_on_each(request, self.in_scope(queryset, request.user, "confirm"), type(self).confirm_operation)
