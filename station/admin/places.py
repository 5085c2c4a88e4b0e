"""Streets, communities, grids, partners, stations with their amenities and hours."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from station.admin.base import ObjectAction, OperationAdmin, OperationInline
from station.admin.hours import SpecialDayForm, SpecialDayInline, WeeklyHoursInline
from station.admin.pictures import StationPhotoInline
from station.admin.posters import PosterAdmin
from station.forms.staff import ReasonForm, StaffModelForm
from station.models import (
    Amenity,
    AmenityKind,
    Community,
    Grid,
    Occupation,
    Partner,
    Station,
    StationPhoto,
    Street,
)
from station.models.places import OUTSIDE_CHINA
from station.operations import stations, tallies


class SuspendForm(ReasonForm):
    """Why, and until when."""

    until = forms.DateField(
        label=_("暂停到哪天（含）"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不确定就不填"),
    )


class TallyForm(forms.Form):
    """A line of the paper tally."""

    occupation = forms.ChoiceField(label=_("职业"), choices=Occupation)
    people = forms.IntegerField(label=_("人次"), min_value=1, max_value=500)


class AmenityInline(OperationInline):
    model = Amenity
    fields = ["kind", "state", "note"]


class StationForm(StaffModelForm):
    """A longitude typed as a latitude has a digit too many: that is said in words, not in digits."""

    class Meta:
        error_messages = {
            name: {"max_digits": OUTSIDE_CHINA, "max_whole_digits": OUTSIDE_CHINA} for name in ["latitude", "longitude"]
        }


@admin.register(Station)
class StationAdmin(PosterAdmin, OperationAdmin):
    form = StationForm
    list_display = ["name", "code", "kind", "community", "state", "phone"]
    list_filter = ["kind", "state"]
    search_fields = ["name", "address", "=code"]
    list_select_related = ["community"]
    readonly_fields = ["state", "state_reason", "suspended_until"]
    change_form_template = "admin/station/station/change_form.html"
    inlines = [StationPhotoInline, WeeklyHoursInline, SpecialDayInline, AmenityInline]
    fieldsets = [
        (None, {"fields": ["code", "name", "kind", "community", "grid", "partners", "opened_on"]}),
        (_("怎么找"), {"fields": ["address", "way_in", "phone", "latitude", "longitude"]}),
        (_("里面"), {"fields": ["seats", "area_m2", "follows_holidays"]}),
        (_("状态"), {"fields": ["state", "state_reason", "suspended_until"]}),
    ]
    object_actions = [
        ObjectAction(
            "suspend",
            _("暂停开放"),
            stations.suspend_station,
            action="suspend",
            form=SuspendForm,
            available=lambda station: station.state == Station.State.ACTIVE,
        ),
        ObjectAction(
            "reopen",
            _("恢复开放"),
            stations.reopen_station,
            action="suspend",
            available=lambda station: station.state == Station.State.SUSPENDED,
        ),
        ObjectAction("special-day", _("登记特殊日期"), stations.add_special_day, action="suspend", form=SpecialDayForm),
        ObjectAction("tally", _("补记人次"), tallies.tally_visits, action="tally", form=TallyForm),
        ObjectAction(
            "close",
            _("永久停用"),
            stations.close_station,
            form=ReasonForm,
            available=lambda station: station.state != Station.State.CLOSED,
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        """The code is printed at the door: once given it stays."""
        return [*self.readonly_fields, "code"] if obj else self.readonly_fields

    def save_formset(self, request, form, formset, change):
        if formset.model is StationPhoto:
            StationPhotoInline.save(formset, by=request.user)
        else:
            super().save_formset(request, form, formset, change)


@admin.register(Amenity)
class AmenityAdmin(OperationAdmin):
    """For the keeper: what works, at a glance, with one click to say otherwise."""

    list_display = ["kind", "station", "state", "note", "checked_at"]
    list_filter = ["state"]
    list_select_related = ["kind", "station"]
    fields = ["state", "note"]
    actions = ["mark_working", "mark_broken", "mark_empty"]

    def has_add_permission(self, request):
        return False

    def save_operation(self, obj, *, by, form, change):
        stations.mark_amenity(obj, obj.state, by=by, looked=form.changed_data != ["note"])  # or it is only a word

    @admin.action(description=_("标为可用"), permissions=["change"])
    def mark_working(self, request, queryset):
        self.run_on_each(request, queryset, self._mark, state=Amenity.State.WORKING)

    @admin.action(description=_("标为在修"), permissions=["change"])
    def mark_broken(self, request, queryset):
        self.run_on_each(request, queryset, self._mark, state=Amenity.State.BROKEN)

    @admin.action(description=_("标为缺货"), permissions=["change"])
    def mark_empty(self, request, queryset):
        self.run_on_each(request, queryset, self._mark, state=Amenity.State.EMPTY)

    @staticmethod
    def _mark(amenity, *, by, state):
        stations.mark_amenity(amenity, state, by=by)


@admin.register(Community)
class CommunityAdmin(OperationAdmin):
    list_display = ["name", "street", "prefix", "phone"]
    list_select_related = ["street"]
    search_fields = ["name"]


@admin.register(Grid)
class GridAdmin(OperationAdmin):
    list_display = ["__str__", "community", "area"]
    list_select_related = ["community"]


@admin.register(Street, Partner)
class PlainAdmin(OperationAdmin):
    search_fields = ["name"]


@admin.register(AmenityKind)
class AmenityKindAdmin(OperationAdmin):
    list_display = ["name", "code", "icon", "order", "is_filter"]
