"""What the public pages say of stations beside their hours: what they have, what is wrong there, what people said.

One query for any number of stations: what a page shows comes as one UNION, because a round trip costs more than the
rows, and as plain data, because a list has hundreds of them. What is news is decided here and not in the query, which
would take longer to put together than to run.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.db.models import DateTimeField, IntegerField, UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from station.models import Amenity, Fault, Occupation, Voice
from station.models.faults import has_faded, what_is_wrong

VOICES_SHOWN = 3
ICONS = {Fault.Kind.LOCKED: "lock", Fault.Kind.BROKEN: "wrench", Fault.Kind.EMPTY: "box", Fault.Kind.OTHER: "alert"}

# The state of a row of the UNION tells what it is.
FAULT_STATES = frozenset(Fault.OPEN_STATES)
VOICE_STATES = frozenset(Voice.State.values)


@dataclass(frozen=True, slots=True)
class OpenFault:
    """One thing that is wrong at a station now; `answer` is what the keeper says to it."""

    key: UUID
    kind: str
    is_confirmed: bool
    amenity_id: int | None
    amenity: str
    voices: int
    at: datetime
    answer: str = ""

    @property
    def what(self):
        return what_is_wrong(self.kind, self.amenity)

    @property
    def words(self):
        """有人反映门锁着, 确认门锁着: what somebody says is not told as what is known."""
        if self.is_confirmed:
            return _("确认%(what)s") % {"what": self.what}
        return _("有人反映%(what)s") % {"what": self.what}

    @property
    def tone(self):
        """The tone of components/pill.html."""
        return "bad" if self.is_confirmed else "warn"

    @property
    def icon(self):
        return ICONS[self.kind]

    @property
    def matter(self):
        """What the button on the report page sends to say the same."""
        return f"{self.kind}-{self.amenity_id}" if self.amenity_id else self.kind


@dataclass(frozen=True, slots=True)
class CardAmenity:
    """One thing a station has, as components/amenities.html shows it."""

    icon: str
    name: str
    works: bool


@dataclass(frozen=True, slots=True)
class AnsweredVoice:
    """What somebody said of a station, and the answer."""

    kind: str
    is_granted: bool
    occupation: str
    text: str
    reply: str
    at: datetime

    @property
    def kind_label(self):
        return Voice.Kind(self.kind).label

    @property
    def who(self):
        return Occupation(self.occupation).label if self.occupation else ""


def attach_open_faults(stations, now=None):
    """Give each station what a rider should know is wrong there, as `open_faults`; the worst and newest first."""
    _attach_faults(stations, _fault_rows(station__in=_keys(stations)), now)


def attach_cards(stations, now=None):
    """Give each station what its card shows: `open_faults`, and as `card_amenities` those one can filter by."""
    among = _keys(stations)
    rows = list(_fault_rows(station__in=among).union(_amenity_rows(station__in=among), all=True))
    _attach_faults(stations, [row for row in rows if row[3] in FAULT_STATES], now)
    has = defaultdict(list)
    for station, _key, icon, state, order, name, *_rest in rows:
        if state not in FAULT_STATES:
            has[station].append((order, CardAmenity(icon, name, state == Amenity.State.WORKING)))
    for station in stations:
        station.card_amenities = [one for _order, one in sorted(has[station.pk], key=itemgetter(0))]


def attach_remarks(station, now=None):
    """Give one station its `open_faults` and its newest answered `heard_voices`."""
    newest = Voice.objects.public().filter(station=station).order_by("-said_at", "-pk").values("pk")[:VOICES_SHOWN]
    rows = list(_fault_rows(station=station).union(_voice_rows(pk__in=newest), all=True))
    _attach_faults([station], [row for row in rows if row[3] in FAULT_STATES], now)
    heard = [
        AnsweredVoice(kind, state == Voice.State.GRANTED, who, text, reply, at)
        for _station, _key, kind, state, _amenity, who, _people, at, text, reply, _checked_at in rows
        if state in VOICE_STATES
    ]
    station.heard_voices = sorted(heard, key=lambda voice: voice.at, reverse=True)


def _attach_faults(stations, rows, now):
    now = now or timezone.now()
    places, found = {station.pk: station for station in stations}, defaultdict(list)
    for station, key, kind, state, amenity, name, people, at, amenity_state, answer, checked_at in rows:
        seen = checked_at if amenity_state == Amenity.State.WORKING else None
        if _is_news(kind, state, at, places[station], seen, now):
            confirmed = state == Fault.State.CONFIRMED
            found[station].append(OpenFault(key, kind, confirmed, amenity, name or "", people, at, answer))
    for station in stations:
        station.open_faults = sorted(found[station.pk], key=_weight)


def _is_news(kind, state, said_at, station, seen_working_at, now):
    """Whether a rider should read of an open fault.

    Not of a lock that faded, nor of one before the keeper's last "we are open"; nor of an amenity that staff found
    working after the last word about it.
    """
    if has_faded(kind, state, said_at, now):
        return False
    if kind == Fault.Kind.LOCKED and station.said_open and station.said_at > said_at:
        return False
    return seen_working_at is None or seen_working_at <= said_at


def _weight(fault):
    """Locked before all else, the confirmed before the reported, the newest first."""
    return (fault.kind != Fault.Kind.LOCKED, not fault.is_confirmed, -fault.at.timestamp())


def _keys(stations):
    return [station.pk for station in stations]


# Eleven columns each, in the same order: PostgreSQL matches the columns of a UNION by place and type.
def _fault_rows(**where):
    rows = Fault.objects.open().filter(**where).order_by()
    return rows.values_list(
        "station_id",
        "key",
        "kind",
        "state",
        "amenity_id",
        "amenity__kind__name",
        "voices",
        "said_at",
        "amenity__state",
        "answer",
        "amenity__checked_at",
    )


def _voice_rows(**where):
    rows = Voice.objects.filter(**where).order_by()
    return rows.values_list(
        "station_id",
        "uid",
        "kind",
        "state",
        Cast(Value(None), IntegerField()),
        "occupation",
        Value(0),
        "said_at",
        "text",
        "reply",
        "replied_at",
    )


def _amenity_rows(**where):
    rows = Amenity.objects.filter(kind__is_filter=True, **where).order_by()
    return rows.values_list(
        "station_id",
        Cast(Value(None), UUIDField()),
        "kind__icon",
        "state",
        "kind__order",
        "kind__name",
        Value(0),
        Cast(Value(None), DateTimeField()),
        "kind__code",
        "note",
        "checked_at",
    )
