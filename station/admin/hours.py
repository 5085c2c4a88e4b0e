"""When stations are open: the week, special days, and the public calendar everybody follows."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from station.admin.base import OperationAdmin, OperationInline
from station.figures import years_without_holidays
from station.forms.hours import SpecialDayFormSet, WeeklyHoursFormSet
from station.forms.staff import ReasonForm
from station.models import PublicHoliday, SpecialDay, WeeklyHours
from station.operations.calendar import fill_missing_years


class SpecialDayForm(ReasonForm):
    """Other hours on one date, or none."""

    date = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    opens = forms.TimeField(
        label=_("开门"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("不填就是当天不开"),
    )
    closes = forms.TimeField(label=_("关门"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    field_order = ["date", "opens", "closes", "reason"]


class WeeklyHoursInline(OperationInline):
    model = WeeklyHours
    formset = WeeklyHoursFormSet
    fields = ["weekday", "opens", "closes"]


class SpecialDayInline(OperationInline):
    model = SpecialDay
    formset = SpecialDayFormSet
    fields = ["date", "opens", "closes", "reason"]


@admin.register(PublicHoliday)
class PublicHolidayAdmin(OperationAdmin):
    list_display = ["date", "kind", "name", "as_weekday"]
    list_filter = ["kind"]
    date_hierarchy = "date"
    change_list_template = "admin/station/public_holidays.html"

    def get_urls(self):
        route = path(
            "fill/", self.admin_site.admin_view(require_POST(self.fill_view)), name="station_publicholiday_fill"
        )
        return [route, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        missing = years_without_holidays(timezone.localdate()) if self.has_add_permission(request) else []
        return super().changelist_view(request, {"missing_years": missing, **(extra_context or {})})

    def fill_view(self, request):
        """Fill the years that are missing from the built-in calendar; what it does not know yet is said."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        added, unknown = fill_missing_years(by=request.user)
        for year, days in added.items():
            messages.success(request, _text("%(year)s 年补了 %(n)d 天。") % {"year": year, "n": days})
        for year in unknown:
            messages.warning(
                request, _text("%(year)s 年的放假安排内置日历里还没有，请照国务院通知录入。") % {"year": year}
            )
        return redirect(reverse("admin:station_publicholiday_changelist"))
