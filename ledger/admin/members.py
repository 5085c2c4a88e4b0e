"""The register of mobile party members: a pointer each, seen by nobody but the community's administrators."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ledger.admin.contacts import ContactsAdmin, for_member
from ledger.admin.entries import EntryAdmin
from ledger.admin.filters import OccupationFilter, StaleFilter, WorkerGridFilter
from ledger.admin.pasts import PastAdmin
from ledger.forms.staff import MoveMemberForm, PartyMemberForm
from ledger.models import PartyMember, WorkerNamePart
from ledger.operations import members
from ledger.search import numbered, person
from station.admin.base import ObjectAction
from station.forms.staff import ReasonForm


@admin.register(PartyMember)
class PartyMemberAdmin(ContactsAdmin, PastAdmin, EntryAdmin):
    roster_kind = "members"
    freshness = "worker__last_confirmed_on"
    form = PartyMemberForm
    list_display = [
        "number", "name", "whereabouts", "masked_phone", "occupation", "grid", "direction", "home_branch", "state",
        "reported_in_on", "next_contact_on",
    ]  # fmt: skip
    list_filter = ["state", "direction", OccupationFilter, WorkerGridFilter, StaleFilter]
    list_select_related = ["worker__grid"]
    readonly_fields = ["number", "state", "whereabouts"]
    search_names = ((WorkerNamePart, "worker"),)
    fieldsets = [
        (
            None,
            {
                "fields": ["number", "worker", "whereabouts", "direction", "away_reason"],
                "description": _("离开原支部六个月以上、在这里跑活的党员。只记怎么联系，不记申请、评议和党费。"),
            },
        ),
        (_("联系"), {"fields": ["reported_in_on", "reported_in_at", "next_contact_on"]}),
        (_("组织关系"), {"fields": ["home_branch", "home_contact", "home_phone", "receiving_branch"]}),
        (_("流动党员活动证"), {"fields": ["has_activity_card", "card_number"]}),
        (_("本人同意"), {"fields": ["consents"]}),
        (_("状态"), {"fields": ["state", "note", "change_reason"]}),
    ]
    object_actions = [
        *ContactsAdmin.contact_actions,
        ObjectAction(
            "move", _("改变状态"), members.move_member, form=MoveMemberForm, form_kwargs=for_member,
            available=lambda member: bool(PartyMember.TRANSITIONS[member.state] - {PartyMember.State.MERGED}),
        ),
        ObjectAction("reveal", _("查看完整信息"), members.reveal_member, action="reveal", form=ReasonForm),
    ]  # fmt: skip

    @admin.display(description=_("姓名"), ordering="worker__name")
    def name(self, obj):
        return obj.worker.name

    @admin.display(description=_("本人"))
    def whereabouts(self, obj):
        return obj.whereabouts if obj.pk else "-"

    @admin.display(description=_("手机号"))
    def masked_phone(self, obj):
        return obj.worker.masked_phone

    @admin.display(description=_("职业"), ordering="worker__occupation")
    def occupation(self, obj):
        return obj.worker.get_occupation_display()

    @admin.display(description=_("网格"), ordering="worker__grid")
    def grid(self, obj):
        return obj.worker.grid

    def get_readonly_fields(self, request, obj=None):
        """The entry stays that person's."""
        return [*self.readonly_fields, "worker"] if obj else self.readonly_fields

    def get_changeform_initial_data(self, request):
        return {"worker": worker} if (worker := request.GET.get("worker", "")).isdecimal() else {}

    def exact(self, request, words):
        return (*numbered(words), *person(words, prefix="worker__", by_id_number=True))

    def save_operation(self, obj, *, by, form, change):
        consents = form.cleaned_data.get("consents", ())
        if change:
            reason = form.cleaned_data.get("change_reason", "")
            members.change_member(obj, form.changes(), by=by, reason=reason, consents=consents)
        else:
            members.register_member(obj, by=by, consents=consents)
