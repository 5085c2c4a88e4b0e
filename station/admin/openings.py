"""What stations said of their doors, and when they said nothing: to be read. It is said at the counter."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from station.admin.base import ReadOnlyAdmin
from station.models import DoorReport, LateOpening


@admin.register(DoorReport)
class DoorReportAdmin(ReadOnlyAdmin):
    list_display = ["at", "station", "said", "by"]
    list_filter = ["said", ("station", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["station", "by"]
    date_hierarchy = "at"
    fields = ["station", "said", "at", "by"]


@admin.register(LateOpening)
class LateOpeningAdmin(ReadOnlyAdmin):
    list_display = ["posted_at", "station", "opened", "noticed_at"]
    list_filter = [("station", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["station"]
    date_hierarchy = "posted_at"
    fields = ["station", "posted_at", "noticed_at", "opened_at"]

    @admin.display(description=_("实际开门"), ordering="opened_at", empty_value=_("没说开"))
    def opened(self, late):
        return late.opened_at
