"""What every admin page of ours does: shows only the scope, saves through operations, keeps what was typed."""

import re
from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from station.admin.paging import MOST, CappedPaginator
from station.admin.search import SealedChangeList, SearchWords, sealed_query, searched_words
from station.forms.staff import ROW_KEY, RowsField, StaffModelForm
from station.models import Community
from station.operations.records import delete_record, save_record

UNSEARCHABLE = re.compile(r"\x00|[0-9]{19}")  # no column holds it; a database asked for it answers with an error


@dataclass(frozen=True)
class ObjectAction:
    """A button on the page of one object.

    `run(obj, by=user, **form.cleaned_data)` is an operation; `action` is the permission's verb; `form` asks what the
    operation needs to know (None: the button acts at once), made with `form_kwargs(obj)`; `available(obj)` hides the
    button where it makes no sense.
    """

    name: str
    label: str
    run: object
    action: str = "change"
    form: type | None = None
    form_kwargs: object = lambda obj: {}
    available: object = lambda obj: True
    done: str = ""
    template: str = "admin/object_action.html"

    @property
    def asks(self):
        """Whether it leads to a page with a form; templates must not touch `form`, which they would call."""
        return self.form is not None


def first_messages(error):
    """The texts of a ValidationError in one line."""
    return " ".join(error.messages)


class ScopedAdmin:
    """For ModelAdmin and inlines: foreign keys offer only what the user may use."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Beside a choice only "add one": the pencil and the eye would change or leave something else half-way."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        manager = db_field.remote_field.model._default_manager
        if "queryset" not in kwargs and hasattr(manager, "visible_to"):
            meta = self.model._meta
            action = "change" if request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}") else "add"
            kwargs["queryset"] = manager.visible_to(request.user, f"{meta.app_label}.{action}_{meta.model_name}")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Boxes to tick, which work on a phone and without a script."""
        boxes = {"form_class": RowsField, "widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **boxes | kwargs)


class OperationAdmin(ScopedAdmin, admin.ModelAdmin):
    """A ModelAdmin whose rows are the user's scope and whose changes are operations."""

    form = StaffModelForm
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    object_actions = ()
    field_permissions = {}  # field name → permission verb without which the field is not shown at all
    change_form_template = "admin/object_change_form.html"

    # --- which rows, who may -----------------------------------------------------------------------------------------
    def permission(self, action):
        return f"{self.opts.app_label}.{action}_{self.opts.model_name}"

    def in_scope(self, queryset, user, action):
        return queryset.visible_to(user, self.permission(action)) if hasattr(queryset, "visible_to") else queryset

    def get_queryset(self, request):
        return self.in_scope(super().get_queryset(request), request.user, "view")

    def may(self, request, action, obj=None):
        """Whether the user may do `action`, to `obj` if given: role and scope together."""
        permission = self.permission(action)
        if not request.user.has_perm(permission):
            return False
        if obj is None or request.user.scope_for(permission) == request.user.scope_for(self.permission("view")):
            return True
        return self.in_scope(self.model._default_manager.filter(pk=obj.pk), request.user, action).exists()

    def has_view_permission(self, request, obj=None):
        return self.may(request, "view", obj)

    def has_change_permission(self, request, obj=None):
        return self.may(request, "change", obj)

    def has_delete_permission(self, request, obj=None):
        return self.may(request, "delete", obj)

    def get_exclude(self, request, obj=None):
        hidden = [name for name, action in self.field_permissions.items() if not self.may(request, action, obj)]
        return [*(super().get_exclude(request, obj) or ()), *hidden]

    def get_fieldsets(self, request, obj=None):
        hidden = set(self.get_exclude(request, obj))
        fieldsets = super().get_fieldsets(request, obj)
        if not hidden:
            return fieldsets
        shown = [(title, options, [n for n in options["fields"] if n not in hidden]) for title, options in fieldsets]
        return [(title, options | {"fields": fields}) for title, options, fields in shown if fields]

    def get_changelist_instance(self, request):
        """Django answers IncorrectLookupParameters with the unfiltered list."""
        if any(UNSEARCHABLE.search(value) for name, value in request.GET.items() if name != SEARCH_VAR):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def get_changelist(self, request, **kwargs):
        return SealedChangeList

    def get_object(self, request, object_id, from_field=None):
        """What is not there and what is not his look the same: 404. Django would redirect with a message."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            raise Http404
        return obj

    def get_changeform_initial_data(self, request):
        """With one community to choose from there is nothing to choose, where every row must have one."""
        initial = super().get_changeform_initial_data(request)
        if any(field.name == "community" and not field.null for field in self.opts.concrete_fields):
            choices = Community.objects.visible_to(request.user, self.permission("add"))[:2]
            if len(choices) == 1:
                initial.setdefault("community", choices[0].pk)
        return initial

    # --- saving through operations -----------------------------------------------------------------------------------
    def save_operation(self, obj, *, by, form, change):
        """Which operation a saved form calls; override where the model has one of its own. Raises ValidationError."""
        save_record(
            obj,
            by=by,
            reason=form.cleaned_data.get("change_reason", ""),
            fields=form.changed_data,
            community=getattr(obj, "community", None),
        )

    def save_model(self, request, obj, form, change):
        self.save_operation(obj, by=request.user, form=form, change=change)

    def delete_model(self, request, obj):
        delete_record(obj, by=request.user, community=getattr(obj, "community", None))

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)

    def save_formset(self, request, form, formset, change):
        """Inline rows are saved with the same care as the row they hang on."""
        community = getattr(form.instance, "community", None)
        formset.save(commit=False)
        for obj in formset.deleted_objects:
            delete_record(obj, by=request.user, community=community)
        for obj, fields in [*((o, ()) for o in formset.new_objects), *formset.changed_objects]:
            save_record(obj, by=request.user, fields=fields, community=community)
        formset.save_m2m()

    def changelist_view(self, request, extra_context=None):
        """The search box posts here. Django fails on a ticked row with an impossible key; ours shows the list again."""
        if SEARCH_VAR in request.POST:
            typed = SearchWords(request.POST)
            if not typed.is_valid():
                messages.error(request, _("查找的内容太长，或者有看不见的字符，请重新输入。"))
                return redirect(request.get_full_path())
            return redirect(f"{request.path}?{sealed_query(request, typed.cleaned_data['q'])}")
        try:
            searched_words(request)
        except IncorrectLookupParameters:
            messages.warning(request, _("请在查找框里输入：网址里不放姓名和号码，别人的查找链接也打不开。"))
            return redirect(f"{request.path}?{sealed_query(request, '')}")
        if not all(ROW_KEY.fullmatch(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            messages.error(request, _("没看懂选了哪几条，请重新勾选。"))
            return redirect(request.path)
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    def response_action(self, request, queryset):
        """The page says how many all are only as far as it counted them; so far "all" may be chosen."""
        if request.POST.get("select_across") == "1" and queryset.order_by()[MOST : MOST + 1].exists():
            messages.warning(request, _("一次最多办 %(n)d 条，请先筛选。") % {"n": MOST})
            return redirect(request.get_full_path())
        return super().response_action(request, queryset)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "operation_refusal", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra_context = {"object_actions": self.buttons(request, object_id), **(extra_context or {})}
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:  # an operation refused what the form had accepted: say so in the form
            request.operation_refusal = error
            response = super().changeform_view(request, object_id, form_url, extra_context)
        if request.method == "POST" and getattr(response, "context_data", None) and response.context_data.get("errors"):
            response.status_code = 422
        return response

    # --- buttons -----------------------------------------------------------------------------------------------------
    def buttons(self, request, object_id):
        if object_id is None:
            return []
        obj = self.get_object(request, unquote(object_id))
        return [a for a in self.object_actions if a.available(obj) and self.may(request, a.action, obj)]

    def get_urls(self):
        route = path(
            "<path:object_id>/do/<slug:name>/",
            self.admin_site.admin_view(self.object_action_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_do",
        )
        return [route, *super().get_urls()]

    def object_action_view(self, request, object_id, name):
        """One button: ask what it needs on GET, act on POST, then back to the object."""
        obj = self.get_object(request, unquote(object_id))
        action = next((a for a in self.object_actions if a.name == name), None)
        if action is None:
            raise Http404
        if not self.may(request, action.action, obj):
            raise PermissionDenied
        form = None
        if action.form is not None:
            data = (request.POST, request.FILES) if request.method == "POST" else ()
            form = action.form(*data, **action.form_kwargs(obj))
        if request.method == "POST" and (form is None or form.is_valid()):
            try:
                result = action.run(obj, by=request.user, **(form.cleaned_data if form else {}))
            except ValidationError as error:
                if form is None:
                    messages.error(request, first_messages(error))
                    return redirect(self.url_of(obj))
                form.add_error(None, self.refusal_of(request, obj, error))
            else:
                return self.answer_to(request, obj, action, result)
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "original": obj,
            "action": action,
            "form": form,
            "media": self.media,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, action.template, context, status=status)

    def refusal_of(self, request, obj, error):
        """What the form of a button says where its operation refused."""
        return error.messages

    def answer_to(self, request, obj, action, result):
        """What follows a button that worked; `result` is what its operation returned."""
        messages.success(request, action.done or _("已完成：%(label)s") % {"label": action.label})
        return redirect(self.url_of(obj))

    def url_of(self, obj):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def run_on_each(self, request, queryset, operation, **arguments):
        """For list actions: `operation` on every chosen row, counting what was done and saying why not."""
        done = 0
        for obj in queryset:
            try:
                operation(obj, by=request.user, **arguments)
                done += 1
            except ValidationError as error:
                messages.warning(request, f"{obj}: {first_messages(error)}")
        if done:
            messages.success(request, ngettext("已办 %(n)d 条。", "已办 %(n)d 条。", done) % {"n": done})


class OperationInline(ScopedAdmin, admin.TabularInline):
    """An inline table whose rows are checked like any other."""

    extra = 0
    form = StaffModelForm


class ReadOnlyAdmin(OperationAdmin):
    """Rows that only operations make and change: to be read here, and changed by buttons where there are any."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
