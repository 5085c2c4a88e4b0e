"""What the three registers share in the admin: masks, search by exact phone, history, reveal, places."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ledger.admin.history import EVENTS_A_PAGE, JointTimeline, Timeline
from ledger.duplicates import explained
from ledger.operations.findings import SUBJECT, running_entry
from ledger.search import Search, communities_of, numbered
from station.admin.base import OperationAdmin
from station.admin.search import SealedChangeList
from station.models import Grid

REVEALING = {"reveal", "reveal-phone"}


class EntryChangeList(SealedChangeList):
    """A register's list. What was merged away stands in another row; it is listed only when asked for by its state."""

    def get_queryset(self, request, exclude_parameters=None):
        queryset = super().get_queryset(request, exclude_parameters)
        return queryset if "state__exact" in self.params else queryset.unmerged()


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

    freshness = "last_confirmed_on"  # the lookup to the day of the last confirmation
    change_form_template = "admin/ledger/entry_change_form.html"
    readonly_fields = ["number", "state", "last_confirmed_on", "left_on", "left_reason"]

    def get_changelist(self, request, **kwargs):
        return EntryChangeList

    def get_ordering(self, request):
        """The list of the stale begins with what has waited longest; a click on a column head sorts it otherwise.

        Over everything it stays in the order of the numbers: nobody goes from door to door through a nation, and no
        index holds a million dates with those that are missing first on both databases.
        """
        if request.GET.get("stale") == "1" and not request.user.scope_for(self.permission("view")).everything:
            return [F(self.freshness).asc(nulls_first=True), "number"]
        return super().get_ordering(request)

    def changelist_view(self, request, extra_context=None):
        """Whoever looks for an old number reads into which one it was merged."""
        response = super().changelist_view(request, extra_context)
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if changelist is not None and changelist.query:
            for by_number in numbered(changelist.query.strip()):
                away = self.get_queryset(request).filter(by_number, merged_into__isnull=False).first()
                if away is not None:
                    messages.info(request, self.where_it_went(request, away))
        return response

    def where_it_went(self, request, obj):
        """Into which entry `obj` was merged: named if this user may see it."""
        survivor = obj.survivor
        if self.get_queryset(request).filter(pk=survivor.pk).exists():
            return format_html("{} {} {}", obj.number, _("已并入"), self.mention(survivor))
        return _("%(number)s 已并入别的网格的一条，请找社区管理员。") % {"number": obj.number}

    # --- who may -----------------------------------------------------------------------------------------------------
    def may(self, request, action, obj=None):
        """An entry merged away can be looked at, nothing else."""
        if obj is not None and action != "view" and obj.is_merged:
            return False
        return super().may(request, action, obj)

    # --- the form ----------------------------------------------------------------------------------------------------
    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.explain = partial(self.explain, request)
        form.survey_entry = self.survey_entry(request, obj)
        form.is_survey = "survey" in request.GET  # he comes from the list of the round
        # Grids and enterprises of its own community: of a whole city they are a page of a megabyte.
        for name in ("grid", "employer"):
            if obj is not None and name in form.base_fields:
                field = form.base_fields[name]
                near = Q(community=obj.community_id) | Q(pk=getattr(obj, f"{name}_id"))
                field.queryset = field.queryset.filter(near)
        return form

    def explain(self, request, error, obj):
        """`error` as this user may read it: with a link to the entry that stands in the way, if he may see it."""
        return explained(error, obj, request.user, mention=self.mention)

    def mention(self, entry):
        """A link that names an entry by its number; messages travel in a cookie, where no name belongs."""
        return format_html('<a href="{}">{}</a>', self.url_of(entry), entry.number)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {}
        if object_id is not None:
            obj = self.get_object(request, unquote(object_id))
            context = self.beside_form(request, obj)
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def beside_form(self, request, obj):
        """What the page of one entry shows beside its fields."""
        return {"where_it_went": self.where_it_went(request, obj)} if obj.is_merged else {}

    def get_exclude(self, request, obj=None):
        """Who may only look sees no field that the form would mask, for a read-only field shows its value.

        What is not yet known of a new entry, and of one that is here when it left, is not shown as a row of dashes.
        """
        exclude = super().get_exclude(request, obj)
        if obj is None:
            return [*exclude, "change_reason", "survey_channel", *self.readonly_fields]
        if obj.state != "left":
            exclude = [*exclude, "left_on", "left_reason"]
        if not self.has_change_permission(request, obj):
            return [*exclude, "change_reason", "survey_channel", "consents", *self.form.masks]
        return exclude if self.survey_entry(request, obj) else [*exclude, "survey_channel"]

    def survey_entry(self, request, obj):
        """The entry of `obj` in the running survey round, or None; asked once a request."""
        if obj is None or type(obj) not in SUBJECT:
            return None
        if not hasattr(request, "survey_entry"):
            request.survey_entry = running_entry(obj)
        return request.survey_entry

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

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes an entry, not even a superuser: leaving is a state."""
        return False

    # --- buttons -----------------------------------------------------------------------------------------------------
    def refusal_of(self, request, obj, error):
        return super().refusal_of(request, obj, self.explain(request, error, obj))

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
        return TemplateResponse(request, "admin/revealed.html", context, headers={"Cache-Control": "no-store"})

    # --- the past ----------------------------------------------------------------------------------------------------
    def history_view(self, request, object_id, extra_context=None):
        """Replaces the admin's own log, which knows neither values nor reasons."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        hidden = set(super().get_exclude(request, obj))
        timeline = JointTimeline(
            [
                Timeline(row, user=request.user, masks=self.form.masks, hidden=hidden)
                for row in (obj, *obj.merged_from.all())
            ]
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("历史：%(entry)s") % {"entry": obj},
            "opts": self.opts,
            "original": obj,
            "page": Paginator(timeline, EVENTS_A_PAGE).get_page(request.GET.get("p")),
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
        chosen = self.in_scope(queryset, request.user, "confirm")
        self.run_on_each(request, chosen, type(self).confirm_operation, reason=str(_("在列表里一起核实")))
