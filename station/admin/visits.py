"""Visits as they were counted, and the odd hours among them, which a person decides on."""

from django.contrib import admin
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from station.admin.base import ObjectAction, ReadOnlyAdmin
from station.forms.staff import ReasonForm
from station.lib.states import can_move
from station.models import Occupation, Visit, VisitPeak
from station.operations import peaks


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    """The tally button of the station adds, the door counts."""

    list_display = ["at", "station", "occupation", "people", "source"]
    list_filter = ["occupation", "source"]
    list_select_related = ["station"]
    date_hierarchy = "at"
    fields = ["at", "station", "occupation", "people", "source", "used", "peak"]


@admin.register(VisitPeak)
class VisitPeakAdmin(ReadOnlyAdmin):
    list_display = ["hour", "station", "people", "usual", "state", "reason"]
    list_filter = ["state"]
    list_select_related = ["station", "decided_by"]
    fields = readonly_fields = [
        "hour", "station", "people", "usual", "made_of", "visits", "state", "reason", "who"
    ]  # fmt: skip
    object_actions = [
        ObjectAction(
            "keep",
            _("是真的，算数"),
            peaks.keep_peak,
            action="decide",
            form=ReasonForm,
            available=can_move(VisitPeak.State.KEPT),
            done=_("记下了：算数。"),
        ),
        ObjectAction(
            "leave-out",
            _("不算数"),
            peaks.leave_out_peak,
            action="decide",
            form=ReasonForm,
            available=can_move(VisitPeak.State.LEFT_OUT),
            done=_("记下了：统计里不算这一小时的扫码。"),
        ),
    ]

    @admin.display(description=_("哪一小时"), ordering="starts_at")
    def hour(self, peak):
        return peak.hour_text

    @admin.display(description=_("都是谁"))
    def made_of(self, peak):
        """A crowd is of several lines of work and comes over the whole hour; a script is and does not."""
        counts = dict(peak.visits.order_by().values_list("occupation").annotate(count=Sum("people")))
        jobs = sorted((job for job in Occupation if job in counts), key=lambda job: -counts[job])
        fullest = peak.visits.order_by().values("at__minute").annotate(count=Count("pk")).order_by("-count").first()
        if fullest is None:
            return "–"
        parts = [f"{job.label} {counts[job]}" for job in jobs]
        return _now("%(jobs)s；最挤的一分钟 %(n)s 人次") % {"jobs": "、".join(parts), "n": fullest["count"]}

    @admin.display(description=_("谁看的"))
    def who(self, peak):
        return peak.decided_by.get_full_name() if peak.decided_by else "–"

    @admin.display(description=_("到站记录"))
    def visits(self, peak):
        url = f"{reverse('admin:station_visit_changelist')}?peak__id__exact={peak.pk}"
        return format_html('<a href="{}">{}</a>', url, _now("看这一小时的记录"))
