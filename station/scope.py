"""Where somebody may do something: the places his duties name."""

from dataclasses import dataclass, field

from django.db.models import Q


@dataclass(frozen=True)
class Scope:
    """A set of places. `everything` is the superuser's; an empty scope sees nothing."""

    everything: bool = False
    streets: frozenset = field(default_factory=frozenset)
    communities: frozenset = field(default_factory=frozenset)
    grids: frozenset = field(default_factory=frozenset)
    stations: frozenset = field(default_factory=frozenset)
    leads_teams_of: int | None = None  # a team leader's user id: teams are an upper app's business

    @classmethod
    def of(cls, duties):
        """The union of what `duties` (all allowing the same thing) reach: each at its narrowest named place."""
        places = {"streets": set(), "communities": set(), "grids": set(), "stations": set()}
        leader = None
        for duty in duties:
            if duty.role == duty.Role.TEAM_LEADER:
                leader = duty.user_id
            elif duty.station_id:
                places["stations"].add(duty.station_id)
            elif duty.grid_id:
                places["grids"].add(duty.grid_id)
            elif duty.community_id:
                places["communities"].add(duty.community_id)
            elif duty.street_id:
                places["streets"].add(duty.street_id)
        return cls(leads_teams_of=leader, **{name: frozenset(ids) for name, ids in places.items()})

    def __bool__(self):
        return bool(
            self.everything or self.streets or self.communities or self.grids or self.stations or self.leads_teams_of
        )

    def q(self, *, community=None, grid=None, station=None, team_leader=None):
        """A Q for rows whose lookup path to a place lies in this scope; a path not given never matches.

        `community` also answers for the street (``<community>__street``).
        """
        if self.everything:
            return ~Q(pk__in=[])  # not Q(): combined by | an empty Q stands for nothing at all
        q = Q(pk__in=[])
        if community and self.communities:
            q |= Q(**{f"{community}__in": self.communities})
        if community and self.streets:
            street = "street" if community == "pk" else f"{community}__street"
            q |= Q(**{f"{street}__in": self.streets})
        if grid and self.grids:
            q |= Q(**{f"{grid}__in": self.grids})
        if station and self.stations:
            q |= Q(**{f"{station}__in": self.stations})
        if team_leader and self.leads_teams_of:
            q |= Q(**{team_leader: self.leads_teams_of})
        return q


EVERYTHING = Scope(everything=True)
NOTHING = Scope()
