"""Survey rounds, their entries, and the letters handed out."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _

from ledger.admin.entries import SearchAdmin
from ledger.admin.filters import GridFilter
from ledger.forms.staff import CheckForm, CheckNoteForm, CloseRoundForm, LetterHandoutForm, SurveyRoundForm
from ledger.models import EnterpriseNamePart, LetterHandout, SurveyEntry, SurveyRound, WorkerNamePart
from ledger.models.entries import Channel
from ledger.operations import surveys
from ledger.search import numbered
from station.admin.base import ObjectAction, OperationAdmin

Result = SurveyEntry.Result


@admin.register(SurveyRound)
class SurveyRoundAdmin(OperationAdmin):
    form = SurveyRoundForm
    list_display = ["title", "community", "starts_on", "ends_on", "state", "progress"]
    list_filter = ["state"]
    list_select_related = ["community"]
    readonly_fields = ["state", "by_grid", "closed_at", "closing_reason"]
    fields = ["community", "title", "starts_on", "ends_on", "state", "by_grid", "closed_at", "closing_reason"]
    object_actions = [
        ObjectAction(
            "close", _("结束这一轮"), surveys.close_round, action="close", form=CloseRoundForm,
            available=lambda survey: survey.state == SurveyRound.State.OPEN,
        ),
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).with_progress(request.user)

    @admin.display(description=_("进度"))
    def progress(self, obj):
        return f"{obj.done} / {obj.total}"

    @admin.display(description=_("各网格进度"))
    def by_grid(self, obj):
        rows = obj.entries.progress_by_grid()
        return "；".join(self._grid_line(row) for row in rows) or _("还没有条目")

    @staticmethod
    def _grid_line(row):
        grid = _("第%(number)s网格") % {"number": row["number"]} if row["number"] else _("未定网格")
        return _("%(grid)s %(done)d / %(total)d") % {"grid": grid, "done": row["done"], "total": row["total"]}

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "community"] if obj else self.readonly_fields

    def save_operation(self, obj, *, by, form, change):
        if change:
            surveys.change_round(obj, by=by, fields=form.changed_data)
        else:
            surveys.open_round(obj, by=by)


class RoundFilter(admin.SimpleListFilter):
    title = _("摸排")
    parameter_name = "round"

    def lookups(self, request, model_admin):
        return [
            (str(pk), title) for pk, title in SurveyRound.objects.visible_to(request.user).values_list("pk", "title")
        ]

    def queryset(self, request, queryset):
        known = {value for value, _title in self.lookup_choices}
        return queryset.filter(round=self.value()) if self.value() in known else queryset


def is_running(entry):
    return entry.round.state == SurveyRound.State.OPEN


@admin.register(SurveyEntry)
class SurveyEntryAdmin(SearchAdmin):
    """What is to be checked, and what was found. Nothing is typed here: each result is a button."""

    list_display = ["subject_number", "subject_name", "detail", "grid", "result", "channel", "note", "checked_at"]
    list_filter = ["result", RoundFilter, GridFilter]
    list_select_related = ["round", "grid", "enterprise", "worker", "checked_by"]
    ordering = ["-round_id", "-pk"]  # the newest first, as an index has them: by the date of a round all were sorted
    search_names = ((WorkerNamePart, "worker"), (EnterpriseNamePart, "enterprise"))
    fields = readonly_fields = [
        "round", "subject_number", "subject_name", "detail", "grid", "result", "channel", "note", "checked_at",
        "checked_by",
    ]  # fmt: skip
    actions = ["confirm_at_door", "confirm_by_wechat"]
    object_actions = [
        ObjectAction(
            "same", _("无变化"), lambda entry, **how: surveys.check_entry(entry, Result.CONFIRMED, **how),
            form=CheckForm, available=is_running,
        ),
        ObjectAction(
            "changed", _("有变化"), lambda entry, **how: surveys.check_entry(entry, Result.CHANGED, **how),
            form=CheckNoteForm, available=is_running,
        ),
        ObjectAction(
            "left", _("已离开"), lambda entry, **how: surveys.check_entry(entry, Result.LEFT, **how),
            form=CheckNoteForm, available=is_running,
        ),
    ]  # fmt: skip

    def has_add_permission(self, request):
        return False

    def exact(self, request, words):
        return (*numbered(words, prefix="worker__"), *numbered(words, prefix="enterprise__"))

    @admin.display(description=_("编号"))
    def subject_number(self, obj):
        return obj.subject.number

    @admin.display(description=_("名称"))
    def subject_name(self, obj):
        return obj.subject.name

    @admin.display(description=_("职业或业态"))
    def detail(self, obj):
        return obj.worker.get_occupation_display() if obj.worker else obj.enterprise.get_kind_display()

    @admin.action(description=_("无变化（上门走访）"), permissions=["change"])
    def confirm_at_door(self, request, queryset):
        self._confirm(request, queryset, Channel.DOOR)

    @admin.action(description=_("无变化（微信群）"), permissions=["change"])
    def confirm_by_wechat(self, request, queryset):
        self._confirm(request, queryset, Channel.WECHAT)

    def _confirm(self, request, queryset, channel):
        """Only what is still to be checked: a finding is corrected on its own page."""
        chosen = self.in_scope(queryset, request.user, "change")
        if checked := chosen.exclude(result=Result.TO_CHECK).count():
            messages.warning(request, _("%(n)d 条已经核查过，没有动。") % {"n": checked})
        self.run_on_each(request, chosen.to_check(), surveys.check_entry, result=Result.CONFIRMED, channel=channel)


@admin.register(LetterHandout)
class LetterHandoutAdmin(OperationAdmin):
    form = LetterHandoutForm
    list_display = ["on", "round", "grid", "channel", "letters"]
    list_filter = ["channel", GridFilter]
    list_select_related = ["round", "grid"]
    date_hierarchy = "on"

    def has_change_permission(self, request, obj=None):
        return False

    def save_operation(self, obj, *, by, form, change):
        surveys.record_letters(obj, by=by)
