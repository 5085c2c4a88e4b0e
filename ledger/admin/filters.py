"""The filters of the registers; each offers only what the user may see."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise
from ledger.rosters import ROSTERS
from station.forms.staff import ROW_KEY
from station.models import Grid, Occupation

ONE_DAY = timedelta(days=1)
ROSTER_OF = {roster.model: roster for roster in ROSTERS.values()}
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
    """Those on the roster that nobody has confirmed for long: exactly the ones the dashboard counts."""

    title = _("核实")
    parameter_name = "stale"

    def lookups(self, request, model_admin):
        return [("1", _("很久没核实"))]

    def queryset(self, request, queryset):
        return ROSTER_OF[queryset.model].only_current(queryset).stale() if self.value() == "1" else queryset


class LeftFilter(admin.SimpleListFilter):
    """Those who left the area within some time."""

    title = _("已离开")
    parameter_name = "left"

    def lookups(self, request, model_admin):
        return [("30", _("近 30 天")), ("90", _("近 90 天")), ("year", _("今年")), ("last", _("去年"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        periods = {
            "30": (today - timedelta(days=30), today),
            "90": (today - timedelta(days=90), today),
            "year": (today.replace(month=1, day=1), today),
            "last": (today.replace(year=today.year - 1, month=1, day=1), today.replace(month=1, day=1) - ONE_DAY),
        }
        if self.value() not in periods:
            return queryset
        return queryset.filter(state=queryset.model.State.LEFT, left_on__range=periods[self.value()])


class OccupationFilter(admin.SimpleListFilter):
    """For rows that hang on a worker."""

    title = _("职业")
    parameter_name = "occupation"

    def lookups(self, request, model_admin):
        return Occupation.choices

    def queryset(self, request, queryset):
        return queryset.filter(worker__occupation=self.value()) if self.value() in Occupation.values else queryset
