"""What goes on paper besides the rosters: the letter, and the sheets a grid worker takes along on a survey round."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from ledger.models import Enterprise, SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.rosters import READ_AT_ONCE
from station.lib.hours_text import weekly_text
from station.models import Amenity, Community, Grid, Notice, Station

# What stands on the sheets, and nothing else is fetched.
FIELDS = [
    "round",
    "grid__number",
    "grid__area",
    *(f"enterprise__{name}" for name in (
        "uid", "number", "name", "address", "contact_name", "contact_phone", "condition", "party_organisation",
        "worker_count", "member_count",
    )),
    *(f"worker__{name}" for name in (
        "uid", "number", "name", "phone", "other_contact", "occupation", "platform", "site",
    )),
]  # fmt: skip


@dataclass
class Paper:
    """One paper on its way out: who gets it, when and why."""

    community: Community
    serial: str
    at: datetime
    by: Any
    reason: str

    @property
    def by_name(self) -> str:
        return self.by.get_full_name() or self.by.get_username() if self.by else gettext("系统命令")

    @property
    def check_url(self) -> str:
        """Where one learns whether it is genuine."""
        return f"{settings.PUBLIC_URL}/v/{self.serial}/"


@dataclass(frozen=True)
class Door:
    """A station as the letter speaks of it."""

    name: str
    address: str
    way_in: str
    phone: str
    hours: str
    amenities: tuple[str, ...]


@dataclass
class LetterPaper(Paper):
    """The community's letter, with its stations and the way to introduce oneself."""

    letter: Notice

    @property
    def title(self) -> str:
        return self.letter.title

    @property
    def paragraphs(self) -> list[str]:
        """The body; an empty line begins a new paragraph, and so does a new line."""
        return [line.strip() for line in self.letter.body.splitlines() if line.strip()]

    @property
    def dated(self) -> date:
        return timezone.localdate(self.letter.published_at)

    @property
    def join_url(self) -> str:
        """What its code opens: the page on which one registers with this community."""
        return f"{settings.PUBLIC_URL}/join/?c={self.community.code}"

    @property
    def stations_url(self) -> str:
        return f"{settings.PUBLIC_URL}/stations/"

    def doors(self) -> list[Door]:
        """The stations of the community in use, in three queries."""
        stations = Station.objects.filter(community=self.community, state=Station.State.ACTIVE)
        stations = stations.order_by("opened_on", "pk").prefetch_related("weekly_hours")
        works = Amenity.objects.filter(station__community=self.community, state=Amenity.State.WORKING)
        amenities: dict[int, list[str]] = {}
        for station, name in works.order_by("kind__order", "pk").values_list("station", "kind__name"):
            amenities.setdefault(station, []).append(name)
        return [
            Door(
                station.name,
                station.address,
                station.way_in,
                station.phone,
                weekly_text((row.weekday, row.opens, row.closes) for row in station.weekly_hours.all()),
                tuple(amenities.get(station.pk, ())),
            )
            for station in stations
        ]


@dataclass(frozen=True)
class GridEntries:
    """What is known of one grid, or of none: the entries of a round, ready to be checked."""

    grid: Grid | None
    enterprises: list[Enterprise]
    workers: list[Worker]


@dataclass
class SurveyPaper(Paper):
    """The sheets of a round. `grid` narrows them to one; entries checked already are left out unless `checked_too`."""

    survey: SurveyRound
    grid: Grid | None = None
    checked_too: bool = False
    count: int = 0
    enterprises: list[int] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)

    @property
    def title(self) -> str:
        return gettext("%(community)s摸排表") % {"community": self.community.name}

    @property
    def channels(self) -> list[str]:
        return [str(Channel(channel).label) for channel in self.survey.channels]

    @property
    def questions(self) -> list[str]:
        """What to ask at the door, a line each."""
        return [line.strip() for line in self.survey.checklist.splitlines() if line.strip()]

    def grids(self) -> Iterator[GridEntries]:
        """Grid by grid what is known, those of no grid last; one query, and one grid in memory. Can be read once."""
        entries = self.survey.entries.all() if self.checked_too else self.survey.entries.to_check()
        if self.grid:
            entries = entries.filter(grid=self.grid)
        entries = (
            entries.select_related("grid", "enterprise", "worker")
            .only(*FIELDS)
            .order_by(
                F("grid__number").asc(nulls_last=True),
                Coalesce("worker__platform", "enterprise__name"),
                Coalesce("worker__site", "enterprise__name"),
                Coalesce("worker__number", "enterprise__number"),
            )
        )
        for grid, found in groupby(entries.iterator(chunk_size=READ_AT_ONCE), key=lambda entry: entry.grid):
            yield self._counted(grid, found)

    def _counted(self, grid: Grid | None, found: Iterator[SurveyEntry]) -> GridEntries:
        known = GridEntries(grid, [], [])
        for entry in found:
            self.count += 1
            if entry.enterprise:
                known.enterprises.append(entry.enterprise)
                self.enterprises.append(entry.enterprise.pk)
            else:
                known.workers.append(entry.worker)
                self.workers.append(entry.worker.pk)
        return known
