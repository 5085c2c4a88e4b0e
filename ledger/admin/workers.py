"""The register of workers, and those who registered themselves."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _

from ledger.admin import related
from ledger.admin.duplicates import DuplicatesAdmin
from ledger.admin.entries import ConfirmableAdmin
from ledger.admin.filters import EmployerFilter, GridFilter, LeftFilter, StaleFilter
from ledger.admin.pasts import PastAdmin
from ledger.forms.leaving import WorkerLeaveForm
from ledger.forms.staff import OptionalReasonForm, WorkerForm
from ledger.models import PartyMember, Worker, WorkerNamePart
from ledger.operations import checks, merging, workers
from ledger.search import person
from station.admin.base import ObjectAction
from station.forms.staff import ReasonForm

State = Worker.State


def in_state(*states):
    """For ObjectAction.available: the worker is in one of `states`."""
    return lambda worker: worker.state in states


@admin.register(Worker)
class WorkerAdmin(DuplicatesAdmin, PastAdmin, ConfirmableAdmin):
    roster_kind = "workers"
    form = WorkerForm
    list_display = [
        "number", "name", "masked_phone", "occupation", "state", "grid", "last_confirmed_on", "platform", "site",
        "employer",
    ]  # fmt: skip
    list_display_links = ["number", "name"]
    list_filter = [
        "state", "occupation", GridFilter, EmployerFilter, StaleFilter, LeftFilter, "source", "in_union",
    ]  # fmt: skip
    list_select_related = ["grid", "employer"]
    field_permissions = {"affiliation": "reveal", "id_number": "reveal", "id_purpose": "reveal"}
    fieldsets = [
        (None, {"fields": ["number", "name", "sex", "phone", "other_contact", "community", "grid"]}),
        (_("在做什么"), {"fields": ["occupation", "platform", "site", "employer", "source"]}),
        (_("情况与需求"), {"fields": ["needs", "in_union"]}),
        (
            _("敏感信息，用得着才登记"),
            {
                "fields": ["affiliation", "id_number", "id_purpose"],
                "description": _("三项都可以空着。登记前先得到本人同意，并在下面勾上。"),
            },
        ),
        (_("本人同意"), {"fields": ["consents"]}),
        (
            _("状态"),
            {
                "fields": [
                    "state",
                    "last_confirmed_on",
                    "left_on",
                    "left_reason",
                    "note",
                    "change_reason",
                    "survey_channel",
                ]
            },
        ),
    ]
    object_actions = [
        ObjectAction(
            "accept", _("核实通过"), workers.confirm_registration, action="confirm",
            form=OptionalReasonForm, available=in_state(State.PENDING), template="admin/ledger/accept.html",
        ),
        ObjectAction(
            "refuse", _("不予登记"), workers.refuse_registration, action="confirm",
            form=ReasonForm, available=in_state(State.PENDING),
        ),
        ObjectAction(
            "reopen", _("重新核实"), workers.reopen_registration, action="confirm",
            form=ReasonForm, available=in_state(State.REFUSED),
        ),
        ObjectAction(
            "confirm", _("核实无误"), workers.confirm_worker, action="confirm",
            form=OptionalReasonForm, available=in_state(State.ACTIVE),
        ),
        ObjectAction(
            "leave", _("已离开"), workers.leave_worker, action="leave",
            form=WorkerLeaveForm, available=in_state(State.ACTIVE),
        ),
        ObjectAction(
            "return", _("重新入册"), workers.return_worker, action="leave",
            form=OptionalReasonForm, available=in_state(State.LEFT),
        ),
        ObjectAction("reveal", _("查看完整信息"), workers.reveal_worker, action="reveal", form=ReasonForm),
        ObjectAction("reveal-phone", _("查看完整手机号"), workers.reveal_phone, action="reveal_phone", form=ReasonForm),
    ]  # fmt: skip
    confirm_operation = staticmethod(workers.confirm_worker)
    merge_operation = staticmethod(merging.merge_workers)
    search_names = ((WorkerNamePart, "pk"),)

    @admin.display(description=_("手机号"))
    def masked_phone(self, obj):
        return obj.masked_phone

    def answer_to(self, request, obj, action, result):
        """Who left and is a mobile party member is not forgotten; who may know of it is told what to do."""
        if action.name == "leave":
            members = PartyMember.objects.visible_to(request.user).in_touch().filter(worker=obj)
            for member in members:
                note = _("他也是流动党员（%(number)s），今天起在“该联系”里：请问清去向，再改他的状态。")
                messages.warning(request, note % {"number": member.number})
        return super().answer_to(request, obj, action, result)

    def sections(self, request, obj):
        return related.of_worker(obj, request.user, may_merge=self.may(request, "merge"))

    def exact(self, request, words):
        return person(words, by_id_number=self.may(request, "reveal"))

    def save_operation(self, obj, *, by, form, change):
        consents = form.cleaned_data.get("consents", ())
        if change:
            how = {"reason": form.cleaned_data.get("change_reason", ""), "consents": consents}
            if channel := form.cleaned_data.get("survey_channel"):
                checks.found_changed(obj, form.changes(), by=by, channel=channel, **how)
            else:
                workers.change_worker(obj, form.changes(), by=by, **how)
        else:
            workers.register_worker(obj, by=by, consents=consents)
