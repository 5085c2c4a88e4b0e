"""The filters of the registers; each offers only what the user may see."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise
from station.forms.staff import ROW_KEY
from station.models import Grid, Occupation


class GridFilter(admin.SimpleListFilter):
    title = _("网格")
    parameter_name = "grid"
    path = "grid"
    NONE = "none"

    def lookups(self, request, model_admin):
        grids = Grid.objects.visible_to(request.user, model_admin.permission("view")).select_related("community")
        several = len({grid.community_id for grid in grids}) > 1
        named = [(str(grid.pk), f"{grid.community} {grid}" if several else str(grid)) for grid in grids]
        return [*named, (self.NONE, _("未定"))]

    def queryset(self, request, queryset):
        if self.value() == self.NONE:
            return queryset.filter(**{f"{self.path}__isnull": True})
        if self.value() in {value for value, _label in self.lookup_choices}:
            return queryset.filter(**{self.path: self.value()})
        return queryset


class WorkerGridFilter(GridFilter):
    path = "worker__grid"


class EmployerFilter(admin.SimpleListFilter):
    """The enterprises of a community are few; of many the first are offered, and always the one chosen."""

    title = _("所属企业")
    parameter_name = "employer"
    MOST = 30
    NONE = "none"

    def lookups(self, request, model_admin):
        mine = Enterprise.objects.visible_to(request.user).unmerged()
        offered = dict(mine.order_by("name").values_list("pk", "name")[: self.MOST])
        chosen = self.value() or ""
        if ROW_KEY.fullmatch(chosen) and int(chosen) not in offered:
            offered |= dict(mine.filter(pk=chosen).values_list("pk", "name"))
        return [*((str(pk), name) for pk, name in offered.items()), (self.NONE, _("没有登记"))]

    def queryset(self, request, queryset):
        if self.value() == self.NONE:
            return queryset.filter(employer__isnull=True)
        if self.value() in {value for value, _label in self.lookup_choices}:
            return queryset.filter(employer=self.value())
        return queryset


class StaleFilter(admin.SimpleListFilter):
    title = _("核实")
    parameter_name = "stale"

    def lookups(self, request, model_admin):
        return [("1", _("很久没核实"))]

    def queryset(self, request, queryset):
        return queryset.stale() if self.value() == "1" else queryset


class OccupationFilter(admin.SimpleListFilter):
    """For rows that hang on a worker."""

    title = _("职业")
    parameter_name = "occupation"

    def lookups(self, request, model_admin):
        return Occupation.choices

    def queryset(self, request, queryset):
        return queryset.filter(worker__occupation=self.value()) if self.value() in Occupation.values else queryset
