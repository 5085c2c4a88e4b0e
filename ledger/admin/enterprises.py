"""The register of enterprises."""

from django.contrib import admin, messages
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.admin.entries import ConfirmableAdmin
from ledger.admin.filters import GridFilter, StaleFilter
from ledger.admin.rosters import RosterAdmin
from ledger.forms.staff import EnterpriseForm, LeaveForm, OptionalReasonForm
from ledger.models import Enterprise, EnterpriseNamePart
from ledger.operations import enterprises
from ledger.search import as_typed, numbered
from station.admin.base import ObjectAction
from station.forms.staff import ReasonForm
from station.lib.people import credit_code_warning, normalize_credit_code, normalize_phone


def is_active(enterprise):
    return enterprise.state == Enterprise.State.ACTIVE


@admin.register(Enterprise)
class EnterpriseAdmin(RosterAdmin, ConfirmableAdmin):
    roster_kind = "enterprises"
    form = EnterpriseForm
    list_display = [
        "number", "name", "kind", "grid", "contact_name", "masked_contact_phone", "condition", "worker_count",
        "member_count", "party_organisation", "light", "state", "last_confirmed_on",
    ]  # fmt: skip
    list_display_links = ["number", "name"]
    list_filter = ["state", "kind", "condition", "party_organisation", "light", GridFilter, StaleFilter]
    list_select_related = ["grid"]
    fieldsets = [
        (None, {"fields": ["number", "community", "grid", "name", "credit_code", "kind", "address"]}),
        (_("负责人"), {"fields": ["contact_name", "contact_phone"]}),
        (_("经营状况与从业人员"), {"fields": ["condition", "worker_count", "member_count"]}),
        (
            _("组织建设"),
            {"fields": ["party_organisation", "no_party_reason", "instructor", "light", "has_union"]},
        ),
        (_("状态"), {"fields": ["state", "last_confirmed_on", "left_on", "left_reason", "note", "change_reason"]}),
    ]
    object_actions = [
        ObjectAction(
            "confirm", _("核实无误"), enterprises.confirm_enterprise, action="confirm",
            form=OptionalReasonForm, available=is_active,
        ),
        ObjectAction(
            "leave", _("迁出或注销"), enterprises.leave_enterprise, action="leave", form=LeaveForm, available=is_active
        ),
        ObjectAction(
            "return", _("重新入册"), enterprises.return_enterprise, action="leave",
            form=OptionalReasonForm, available=lambda enterprise: not is_active(enterprise),
        ),
        ObjectAction(
            "reveal", _("查看完整信息"), enterprises.reveal_enterprise, action="reveal", form=ReasonForm
        ),
    ]  # fmt: skip
    confirm_operation = staticmethod(enterprises.confirm_enterprise)
    search_names = ((EnterpriseNamePart, "pk"),)

    @admin.display(description=_("负责人电话"))
    def masked_contact_phone(self, obj):
        return obj.masked_contact_phone

    def exact(self, request, words):
        if code := as_typed(normalize_credit_code, words):
            return (Q(credit_code=code),)
        if phone := as_typed(normalize_phone, words):
            return (Q(contact_phone_index=Enterprise._meta.get_field("contact_phone_index").digest(phone)),)
        return numbered(words)

    def save_operation(self, obj, *, by, form, change):
        if change:
            reason = form.cleaned_data.get("change_reason", "")
            enterprises.change_enterprise(obj, form.changes(), by=by, reason=reason)
        else:
            enterprises.register_enterprise(obj, by=by)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        code = form.cleaned_data.get("credit_code") if "credit_code" in form.changed_data else ""
        if code and (warning := credit_code_warning(code)):
            messages.warning(request, warning)
