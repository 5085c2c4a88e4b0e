"""The register of workers, and those who registered themselves."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ledger.admin.entries import ConfirmableAdmin
from ledger.admin.filters import GridFilter, StaleFilter
from ledger.admin.rosters import RosterAdmin
from ledger.forms.staff import LeaveForm, OptionalReasonForm, WorkerForm
from ledger.models import Worker, WorkerNamePart
from ledger.operations import workers
from ledger.search import person
from station.admin.base import ObjectAction
from station.forms.staff import ReasonForm

State = Worker.State


def in_state(*states):
    """For ObjectAction.available: the worker is in one of `states`."""
    return lambda worker: worker.state in states


@admin.register(Worker)
class WorkerAdmin(RosterAdmin, ConfirmableAdmin):
    roster_kind = "workers"
    form = WorkerForm
    list_display = [
        "number", "name", "masked_phone", "occupation", "state", "grid", "last_confirmed_on", "platform", "site",
        "employer",
    ]  # fmt: skip
    list_display_links = ["number", "name"]
    list_filter = ["state", "occupation", GridFilter, StaleFilter, "source"]
    list_select_related = ["grid", "employer"]
    field_permissions = {"affiliation": "reveal", "id_number": "reveal", "id_purpose": "reveal"}
    fieldsets = [
        (None, {"fields": ["number", "name", "sex", "phone", "other_contact", "community", "grid"]}),
        (_("在做什么"), {"fields": ["occupation", "platform", "site", "employer", "source"]}),
        (_("情况与需求"), {"fields": ["needs", "in_union", "affiliation", "id_number", "id_purpose"]}),
        (_("本人同意"), {"fields": ["consents"]}),
        (_("状态"), {"fields": ["state", "last_confirmed_on", "left_on", "left_reason", "note", "change_reason"]}),
    ]
    object_actions = [
        ObjectAction(
            "accept", _("核实通过"), workers.confirm_registration, action="confirm",
            form=OptionalReasonForm, available=in_state(State.PENDING),
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
            form=LeaveForm, available=in_state(State.ACTIVE),
        ),
        ObjectAction(
            "return", _("重新入册"), workers.return_worker, action="leave",
            form=OptionalReasonForm, available=in_state(State.LEFT),
        ),
        ObjectAction("reveal", _("查看完整信息"), workers.reveal_worker, action="reveal", form=ReasonForm),
        ObjectAction("reveal-phone", _("查看完整手机号"), workers.reveal_phone, action="reveal_phone", form=ReasonForm),
    ]  # fmt: skip
    confirm_operation = staticmethod(workers.confirm_worker)
    search_names = ((WorkerNamePart, "pk"),)

    @admin.display(description=_("手机号"))
    def masked_phone(self, obj):
        return obj.masked_phone

    def exact(self, request, words):
        return person(words, by_id_number=self.may(request, "reveal"))

    def save_operation(self, obj, *, by, form, change):
        consents = form.cleaned_data.get("consents", ())
        if change:
            reason = form.cleaned_data.get("change_reason", "")
            workers.change_worker(obj, form.changes(), by=by, reason=reason, consents=consents)
        else:
            workers.register_worker(obj, by=by, consents=consents)
