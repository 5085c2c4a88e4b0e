"""The filters of the registers; each offers only what the user may see."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from station.models import Grid, Occupation

MOST_LINKS = 100  # a filter of more is a page of links, and takes longer than the list


def offered(queryset, chosen):
    """The rows a filter offers: all of `queryset`, or if they are too many only the one `chosen` (its pk as text)."""
    rows = list(queryset[: MOST_LINKS + 1])
    if len(rows) <= MOST_LINKS:
        return rows
    return list(queryset.filter(pk=chosen)) if chosen and chosen.isdecimal() else []


class GridFilter(admin.SimpleListFilter):
    title = _("网格")
    parameter_name = "grid"
    path = "grid"
    NONE = "none"

    def lookups(self, request, model_admin):
        visible = Grid.objects.visible_to(request.user, model_admin.permission("view")).select_related("community")
        grids = offered(visible, self.value())
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
