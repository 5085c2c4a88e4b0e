"""What is wrong at the stations, how long it waits, and how fast it is mended."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from station.admin.base import ObjectAction, ReadOnlyAdmin
from station.fault_figures import stretch_text
from station.forms.faults import ConfirmForm, DismissForm, FixForm
from station.models import Fault
from station.operations import faults


def is_open(fault):
    return fault.is_open


class WaitingFilter(admin.SimpleListFilter):
    """Those that still want somebody."""

    title = _("办没办")
    parameter_name = "waiting"

    def lookups(self, request, model_admin):
        return [("yes", _("待处理"))]

    def queryset(self, request, queryset):
        return queryset.open() if self.value() == "yes" else queryset


@admin.register(Fault)
class FaultAdmin(ReadOnlyAdmin):
    """Faults come from the public page and change by buttons only; what was written to them is for who handles them."""

    list_display = ["what", "station", "state", "voices", "reported_at", "waited"]
    list_filter = [WaitingFilter, "state", "kind", ("station", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["station", "amenity__kind"]
    field_permissions = {"text": "handle", "ended_by": "handle", "phone_page": "handle"}
    fields = readonly_fields = [
        "what",
        "station",
        "state",
        "voices",
        "text",
        "phone_page",
        "reported_at",
        "said_at",
        "confirmed_at",
        "ended_at",
        "waited",
        "ended_by",
        "answer",
    ]
    object_actions = [
        ObjectAction(
            "confirm",
            _("确认有问题"),
            faults.confirm_fault,
            action="handle",
            form=ConfirmForm,
            available=lambda fault: fault.state == Fault.State.REPORTED,
        ),
        ObjectAction("fix", _("修好了"), faults.fix_fault, action="handle", form=FixForm, available=is_open),
        ObjectAction(
            "dismiss", _("不是问题"), faults.dismiss_fault, action="handle", form=DismissForm, available=is_open
        ),
    ]

    @admin.display(description=_("什么问题"), ordering="kind")
    def what(self, fault):
        return fault.what

    @admin.display(description=_("多久"))
    def waited(self, fault):
        """How long it took; for one that is open, how long it waits by now."""
        if fault.ended_at:
            return _("用了 %(long)s") % {"long": stretch_text(fault.time_to_fix)}
        return _("等了 %(long)s") % {"long": stretch_text(timezone.now() - fault.reported_at)}

    @admin.display(description=_("照片和经过"))
    def phone_page(self, fault):
        return format_html('<a href="{}">{}</a>', reverse("counter-fault", args=[fault.key]), _("打开手机页"))
