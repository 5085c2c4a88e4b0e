"""What the demo has made so far, handed from app to app in the order of INSTALLED_APPS."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from station.models import Community

SEED = 816  # the community opened its first station on a 16 August


@dataclass
class DemoWorld:
    """What the demo has made so far; each app's ``load(world)`` adds to it."""

    today: date = field(default_factory=timezone.localdate)
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - not a secret
    community: Community | None = None
    grids: list = field(default_factory=list)
    partners: dict = field(default_factory=dict)
    stations: dict = field(default_factory=dict)
    staff: dict = field(default_factory=dict)
    riders: list = field(default_factory=list)

    @property
    def admin(self):
        return self.staff["shequ"]

    def at(self, days, hour, minute=0):
        """The aware moment `days` from today at this local time."""
        return datetime.combine(self.today + timedelta(days=days), time(hour, minute), timezone.get_default_timezone())
