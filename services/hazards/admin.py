"""Handling reports, and the riders who act as grid members."""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from services.hazards import operations
from services.hazards.forms import CloseForm, DispatchForm, NewGridMemberForm, RefuseForm, SolveForm
from services.hazards.models import GridMember, Report
from station.admin.base import ObjectAction, OperationAdmin
from station.lib.people import surname_title
from station.operations.records import save_record


class OverdueFilter(admin.SimpleListFilter):
    """Those whose deadline is over."""

    title = _("期限")
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("yes", _("已超期")), ("today", _("今天到期"))]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.overdue()
        if self.value() == "today":
            return queryset.open().filter(due_at__date=timezone.localdate())
        return queryset


def in_state(*states):
    """Whether a button makes sense: only in these states."""
    return lambda report: report.state in states


def with_report(report):
    return {"report": report}


@admin.register(Report)
class ReportAdmin(OperationAdmin):
    """What riders reported, as far as one's duties reach. Who reported is shown only to those who handle it."""

    change_form_template = "admin/hazards/report/change_form.html"
    list_display = ["number", "category", "place", "state", "deadline", "urgency", "grid", "owner", "reporter_name"]
    list_filter = [
        "state",
        OverdueFilter,
        "category",
        "urgency",
        ("grid", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["=number", "place", "description"]
    search_help_text = _("按编号、地点、说明找")
    list_select_related = ["grid", "owner", "reporter"]
    field_permissions = {"reporter_name": "handle"}
    readonly_fields = [
        "number",
        "state",
        "urgency",
        "place",
        "description",
        "community",
        "station",
        "reported_at",
        "owner",
        "due_at",
        "solved_at",
        "refusal",
        "duplicate_of",
        "reporter_name",
    ]
    fieldsets = [
        (None, {"fields": ["number", "state", "category", "place", "description", "reporter_name", "reported_at"]}),
        (_("归谁管"), {"fields": ["community", "grid", "station", "owner", "urgency", "due_at", "solved_at"]}),
        (_("未受理"), {"fields": ["refusal", "duplicate_of"], "classes": ["collapse"]}),
    ]
    object_actions = [
        ObjectAction(
            "dispatch",
            _("派单"),
            operations.dispatch_report,
            action="handle",
            form=DispatchForm,
            form_kwargs=with_report,
            available=in_state(Report.State.REPORTED, Report.State.REFUSED),
        ),
        ObjectAction(
            "solve",
            _("处理完成"),
            operations.solve_report,
            action="handle",
            form=SolveForm,
            form_kwargs=with_report,
            available=in_state(Report.State.DISPATCHED),
        ),
        ObjectAction(
            "refuse",
            _("不予受理"),
            operations.refuse_report,
            action="handle",
            form=RefuseForm,
            form_kwargs=with_report,
            available=in_state(Report.State.REPORTED, Report.State.DISPATCHED),
        ),
        ObjectAction(
            "close",
            _("办结"),
            operations.close_report,
            action="handle",
            form=CloseForm,
            form_kwargs=with_report,
            available=in_state(Report.State.SOLVED),
        ),
    ]

    def in_scope(self, queryset, user, action):
        return queryset.within_duties_of(user, self.permission(action))

    def has_add_permission(self, request):
        return False  # reports come from the road, through the form

    def has_delete_permission(self, request, obj=None):
        return False

    def get_list_display(self, request):
        """The reporter's column is there only for whoever may handle every row he sees."""
        user = request.user
        if user.scope_for(self.permission("handle")) == user.scope_for(self.permission("view")):
            return self.list_display
        return [name for name in self.list_display if name not in self.field_permissions]

    @admin.display(description=_("上报人"))
    def reporter_name(self, report):
        """Surname only, staff accounts by their name; never a phone."""
        return surname_title(report.reporter.name) if report.reporter.name else report.reporter.public_name

    @admin.display(description=_("期限"), ordering="due_at")
    def deadline(self, report):
        if report.is_overdue:
            return _("⚠ 超期")
        if report.state != Report.State.DISPATCHED:
            return None
        return date_format(timezone.localtime(report.due_at), "m-d H:i")

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= {"story": obj.events.select_related("by", "report"), "photos": obj.photos.all()}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_operation(self, obj, *, by, form, change):
        operations.sort_report(obj, fields=form.changed_data, by=by)


@admin.register(GridMember)
class GridMemberAdmin(OperationAdmin):
    list_display = ["rider", "grid", "since"]
    list_filter = [("grid", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["user", "grid"]
    readonly_fields = ["rider"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewGridMemberForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        return ["rider", "grid", "since"] if obj else ["phone", "grid", "since"]

    @admin.display(description=_("骑手"))
    def rider(self, member):
        return member.user.public_name

    def save_operation(self, obj, *, by, form, change):
        save_record(obj, by=by, fields=form.changed_data, community=obj.grid.community)
