"""The register of enterprises."""

from django.contrib import admin, messages
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.admin import related
from ledger.admin.duplicates import DuplicatesAdmin
from ledger.admin.entries import ConfirmableAdmin
from ledger.admin.filters import GridFilter, LeftFilter, StaleFilter
from ledger.admin.pasts import PastAdmin
from ledger.forms.leaving import EnterpriseLeaveForm
from ledger.forms.staff import EnterpriseForm, OptionalReasonForm
from ledger.models import Enterprise, EnterpriseNamePart
from ledger.operations import checks, enterprises, merging
from ledger.search import as_typed, numbered
from station.admin.base import ObjectAction
from station.forms.staff import ReasonForm
from station.lib.people import credit_code_warning, normalize_credit_code, normalize_phone


def is_active(enterprise):
    return enterprise.state == Enterprise.State.ACTIVE


@admin.register(Enterprise)
class EnterpriseAdmin(DuplicatesAdmin, PastAdmin, ConfirmableAdmin):
    roster_kind = "enterprises"
    form = EnterpriseForm
    list_display = [
        "number", "name", "kind", "grid", "contact_name", "masked_contact_phone", "condition", "worker_count",
        "member_count", "party_organisation", "light", "state", "last_confirmed_on",
    ]  # fmt: skip
    list_display_links = ["number", "name"]
    list_filter = [
        "state", "kind", "condition", "party_organisation", "light", "has_union", GridFilter, StaleFilter, LeftFilter,
    ]  # fmt: skip
    list_select_related = ["grid"]
    fieldsets = [
        (None, {"fields": ["number", "community", "grid", "name", "credit_code", "kind", "address"]}),
        (_("负责人"), {"fields": ["contact_name", "contact_phone"]}),
        (_("一问经营状况"), {"fields": ["condition"]}),
        (
            _("二问组织建设"),
            {
                "fields": ["party_organisation", "no_party_reason", "instructor", "light", "has_union"],
                "description": _("单独组建要有 3 名以上正式党员；还没组建的，请写明原因。"),
            },
        ),
        (
            _("三问从业人员"),
            {"fields": ["worker_count", "member_count"], "description": _("党员人数不会多于从业人数。")},
        ),
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
            "confirm", _("核实无误"), enterprises.confirm_enterprise, action="confirm",
            form=OptionalReasonForm, available=is_active,
        ),
        ObjectAction(
            "leave", _("迁出或注销"), enterprises.leave_enterprise, action="leave",
            form=EnterpriseLeaveForm, available=is_active,
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
    merge_operation = staticmethod(merging.merge_enterprises)
    search_names = ((EnterpriseNamePart, "pk"),)

    @admin.display(description=_("负责人电话"))
    def masked_contact_phone(self, obj):
        return obj.masked_contact_phone

    def sections(self, request, obj):
        return related.of_enterprise(obj, request.user)

    def exact(self, request, words):
        if code := as_typed(normalize_credit_code, words):
            return (Q(credit_code=code),)
        if phone := as_typed(normalize_phone, words):
            return (Q(contact_phone_index=Enterprise._meta.get_field("contact_phone_index").digest(phone)),)
        return numbered(words)

    def save_operation(self, obj, *, by, form, change):
        if change:
            reason = form.cleaned_data.get("change_reason", "")
            if channel := form.cleaned_data.get("survey_channel"):
                checks.found_changed(obj, form.changes(), by=by, channel=channel, reason=reason)
            else:
                enterprises.change_enterprise(obj, form.changes(), by=by, reason=reason)
        else:
            enterprises.register_enterprise(obj, by=by)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        code = form.cleaned_data.get("credit_code") if "credit_code" in form.changed_data else ""
        if code and (warning := credit_code_warning(code)):
            messages.warning(request, warning)
