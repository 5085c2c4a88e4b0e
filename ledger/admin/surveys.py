"""Survey rounds, their entries, and the letters handed out."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ledger.admin.comparing import ComparingAdmin
from ledger.admin.entries import SearchAdmin
from ledger.admin.filters import GridFilter
from ledger.admin.papers import PAPER_ACTIONS, PaperAdmin
from ledger.forms.staff import (
    CheckForm,
    CheckNoteForm,
    CloseRoundForm,
    ExplainForm,
    LetterHandoutForm,
    SurveyRoundForm,
)
from ledger.models import EnterpriseNamePart, LetterHandout, SurveyEntry, SurveyRound, WorkerNamePart
from ledger.models.entries import Channel
from ledger.operations import checks, surveys
from ledger.round_reports import RoundReport
from ledger.search import numbered
from station.admin.base import ObjectAction, OperationAdmin

Result = SurveyEntry.Result


@admin.register(SurveyRound)
class SurveyRoundAdmin(PaperAdmin, ComparingAdmin):
    form = SurveyRoundForm
    list_display = ["title", "community", "starts_on", "ends_on", "state", "progress"]
    list_filter = ["state"]
    list_select_related = ["community"]
    readonly_fields = ["state", "closed_at", "closing_reason"]
    fields = [
        "community", "title", "starts_on", "ends_on", "checklist", "channels", "state", "closed_at", "closing_reason",
    ]  # fmt: skip
    object_actions = [
        *PAPER_ACTIONS,
        ObjectAction(
            "close", _("结束这一轮"), surveys.close_round, action="close", form=CloseRoundForm,
            available=lambda survey: survey.state == SurveyRound.State.OPEN,
        ),
    ]  # fmt: skip
    change_form_template = "admin/ledger/survey_round.html"

    def get_queryset(self, request):
        return super().get_queryset(request).with_progress(request.user)

    @admin.display(description=_("进度"))
    def progress(self, obj):
        return f"{obj.done} / {obj.total}"

    @admin.display(description=_("渠道"))
    def channel_names(self, obj):
        return "、".join(str(label) for _value, label in obj.channel_choices)

    def has_change_permission(self, request, obj=None):
        """A round that is over is read, not changed."""
        is_over = obj is not None and obj.state != SurveyRound.State.OPEN
        return not is_over and super().has_change_permission(request, obj)

    def get_fields(self, request, obj=None):
        """A new round is only what is typed; read only, the ticked boxes are words."""
        if obj is None:
            return [name for name in self.fields if name not in self.readonly_fields]
        if self.has_change_permission(request, obj):
            return self.fields
        return ["channel_names" if name == "channels" else name for name in self.fields]

    def get_readonly_fields(self, request, obj=None):
        if obj is not None and not self.has_change_permission(request, obj):
            return self.get_fields(request, obj)
        return [*self.readonly_fields, "community"] if obj else self.readonly_fields

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["report"] = RoundReport(obj, request.user, _("未定网格"))
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

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


def is_here(entry):
    """The round runs, and its subject has not left."""
    return is_running(entry) and entry.subject.state != entry.subject.State.LEFT


def has_left(entry):
    return is_running(entry) and entry.subject.state == entry.subject.State.LEFT


def of_its_round(entry):
    return {"survey": entry.round}


@admin.register(SurveyEntry)
class SurveyEntryAdmin(SearchAdmin):
    """What is to be checked, and what was found. Nothing is typed here: each result is a button."""

    list_display = ["subject_number", "subject_name", "detail", "grid", "result", "channel", "found", "checked_at"]
    list_filter = ["result", RoundFilter, GridFilter]
    list_select_related = ["round", "grid", "enterprise", "worker", "checked_by"]
    ordering = ["-round_id", "-pk"]  # the newest first, as an index has them: by the date of a round all were sorted
    search_names = ((WorkerNamePart, "worker"), (EnterpriseNamePart, "enterprise"))
    fields = readonly_fields = [
        "round", "subject_number", "subject_name", "detail", "grid", "result", "channel", "found", "checked_at",
        "checked_by",
    ]  # fmt: skip
    actions = ["confirm_at_door", "confirm_by_wechat"]
    object_actions = [
        ObjectAction(
            "same", _("无变化"), lambda entry, **how: surveys.check_entry(entry, Result.CONFIRMED, **how),
            form=CheckForm, form_kwargs=of_its_round, available=is_here,
        ),
        ObjectAction("changed", _("有变化"), lambda entry, by: entry, available=is_here),  # leads to what changed
        ObjectAction(
            "left", _("已离开"), lambda entry, **how: surveys.check_entry(entry, Result.LEFT, **how),
            form=CheckNoteForm, form_kwargs=of_its_round, available=is_running,
        ),
        ObjectAction(
            "back", _("又回来了（重新入册）"),
            lambda entry, by, channel, note: checks.found_back(entry.subject, by=by, channel=channel, reason=note),
            form=CheckForm, form_kwargs=of_its_round, available=has_left,
        ),
        ObjectAction(
            "explain", _("还没查，写明原因"), surveys.explain_entry, form=ExplainForm,
            available=lambda entry: is_running(entry) and entry.is_open,
        ),
    ]  # fmt: skip

    def answer_to(self, request, obj, action, result):
        """What has changed is typed where everything of the enterprise or worker stands, and marked there."""
        if action.name != "changed":
            return super().answer_to(request, obj, action, result)
        messages.info(request, _("改好以后点保存：改了哪几项，会一起记进这一轮摸排。"))
        subject = obj.subject
        return redirect(reverse(f"admin:ledger_{subject._meta.model_name}_change", args=[subject.pk]) + "?survey=1")

    @admin.display(description=_("说明"))
    def found(self, obj):
        labels = obj.changed_labels
        changed = _("改了：%(fields)s") % {"fields": "、".join(labels)} if labels else ""
        return "；".join(filter(None, (changed, obj.note)))

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
