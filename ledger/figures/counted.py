"""What one user may count: each count is read when it is asked for, once."""

from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.figures import counts, flow, rounds
from ledger.models import Enterprise, PartyMember, SurveyEntry, Worker
from station.figures import FIGURES, countable, may_count
from station.models import Community, Grid

LOOK, LOOK_AT_MEMBERS = "ledger.view_worker", "ledger.view_partymember"


class Counted:
    """The counts of the ledger within the reach of `user`; None for a register he may not count.

    He counts by community wherever he may count, by grid only where he may open the rosters: a street sees sums over
    communities, and never that in some grid there is one party member.
    """

    def __init__(self, user, today=None):
        self.user, self.today = user, today or timezone.localdate()

    def may_look(self, model):
        """Whether he may open the list, not only count."""
        return self.user.has_perm(self._view(model))

    @staticmethod
    def _view(model):
        return f"{model._meta.app_label}.view_{model._meta.model_name}"

    def _rows(self, model):
        permission = self._view(model)
        if not may_count(self.user, permission):
            return None
        return countable(model._default_manager.all(), self.user, permission)

    def _counted(self, model, count):
        rows = self._rows(model)
        return None if rows is None else count(rows, self.today)

    # --- the registers -----------------------------------------------------------------------------------------------
    @cached_property
    def enterprises(self):
        return self._counted(Enterprise, counts.enterprise_counts)

    @cached_property
    def workers(self):
        return self._counted(Worker, counts.worker_counts)

    @cached_property
    def members(self):
        return self._counted(PartyMember, counts.member_counts)

    @cached_property
    def rounds(self):
        rows = self._rows(SurveyEntry)
        linked = self.user.has_perm("ledger.view_surveyround")
        return () if rows is None else rounds.running_rounds(rows, self.today, linked=linked)

    @cached_property
    def worker_flow(self):
        return self._counted(Worker, flow.flow)

    @cached_property
    def enterprise_flow(self):
        return self._counted(Enterprise, flow.flow)

    # --- the places --------------------------------------------------------------------------------------------------
    @property
    def counts_anything(self):
        """Whether there is any register he may count."""
        return any(may_count(self.user, self._view(model)) for model in (Enterprise, Worker, PartyMember))

    @cached_property
    def communities(self):
        """Where he may count, as (key, name): communities of several streets are told apart by the street."""
        several = len({community.street_id for community in self._places}) > 1
        return [(row.pk, f"{row.street.name} {row.name}" if several else row.name) for row in self._places]

    @cached_property
    def _places(self):
        where = Community.objects.visible_to(self.user, LOOK) | Community.objects.visible_to(self.user, FIGURES)
        return list(where.select_related("street").order_by("street__name", "name", "pk"))

    @property
    def only_community(self):
        """The community all of this is about, if it is one."""
        return self._places[0] if len(self._places) == 1 else None

    @cached_property
    def grids(self):
        """The grids whose rosters he may open, as (community, grid, name), with what lies in no grid (None) after them.

        Empty for who may open everybody's: those he counts by community.
        """
        if not self.user.has_perm(LOOK) or (self.user.is_superuser and len(self.communities) > 1):
            return []
        scope = self.user.scope_for(LOOK)
        found = list(
            Grid.objects.visible_to(self.user, LOOK)
            .select_related("community")
            .order_by("community__name", "community", "number")
        )
        several = len({grid.community_id for grid in found}) > 1

        def named(community, grid, label):
            return community.pk, grid, f"{community.name} {label}" if several else str(label)

        rows = [named(grid.community, grid.pk, grid) for grid in found]
        whole = {grid.community for grid in found if scope.everything or grid.community_id in scope.communities}
        rows += [named(community, None, _("未分网格")) for community in sorted(whole, key=lambda row: row.name)]
        return rows

    @property
    def shows_communities(self):
        """Whether a row for each community says more than the sum."""
        return len(self.communities) > 1 or not self.user.has_perm(LOOK)

    def counts_members_in(self, community, grid):
        """Whether he may know how many members there are in this one grid (None: in none of them)."""
        scope = self.user.scope_for(LOOK_AT_MEMBERS)
        return scope.everything or community in scope.communities or grid in scope.grids
