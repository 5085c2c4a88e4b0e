"""What the public pages say of stations beside their hours: what they have, what is wrong there, what people said.

One query for any number of stations: what a page shows comes as one UNION, because a round trip costs more than the
rows, and as plain data, because a list has hundreds of them.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, IntegerField, UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from station.models import Amenity, Fault, Occupation, Voice
from station.models.faults import what_is_wrong

FAULT, VOICE, AMENITY = "fault", "voice", "amenity"
VOICES_SHOWN = 3
ICONS = {Fault.Kind.LOCKED: "lock", Fault.Kind.BROKEN: "wrench", Fault.Kind.EMPTY: "box", Fault.Kind.OTHER: "alert"}


@dataclass(frozen=True, slots=True)
class OpenFault:
    """One thing that is wrong at a station now."""

    key: UUID
    kind: str
    is_confirmed: bool
    amenity_id: int | None
    amenity: str
    voices: int
    at: datetime

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
    faults = Fault.objects.shown(now or timezone.now()).filter(station__in=[station.pk for station in stations])
    _attach(stations, _fault_rows(faults))


def attach_cards(stations, now=None):
    """Give each station what its card shows: `open_faults`, and as `card_amenities` those one can filter by."""
    among = [station.pk for station in stations]
    faults = Fault.objects.shown(now or timezone.now()).filter(station__in=among)
    amenities = Amenity.objects.filter(station__in=among, kind__is_filter=True)
    rows = list(_fault_rows(faults).union(_amenity_rows(amenities), all=True))
    _attach(stations, [row for row in rows if row[0] == FAULT])
    has = defaultdict(list)
    for source, station, _key, icon, state, order, name, *_rest in rows:
        if source == AMENITY:
            has[station].append((order, CardAmenity(icon, name, state == Amenity.State.WORKING)))
    for station in stations:
        station.card_amenities = [one for _order, one in sorted(has[station.pk], key=itemgetter(0))]


def attach_remarks(station, now=None):
    """Give one station its `open_faults` and its newest answered `heard_voices`."""
    faults = Fault.objects.shown(now or timezone.now()).filter(station=station)
    newest = Voice.objects.public().filter(station=station).order_by("-said_at", "-pk").values("pk")[:VOICES_SHOWN]
    voices = Voice.objects.filter(pk__in=newest)
    rows = list(_fault_rows(faults).union(_voice_rows(voices), all=True))
    _attach([station], [row for row in rows if row[0] == FAULT])
    heard = [
        AnsweredVoice(kind, state == Voice.State.GRANTED, who, text, reply, at)
        for source, _station, _key, kind, state, _amenity, who, _people, at, text, reply in rows
        if source == VOICE
    ]
    station.heard_voices = sorted(heard, key=lambda voice: voice.at, reverse=True)


def _attach(stations, rows):
    found = defaultdict(list)
    for _source, station, key, kind, state, amenity, name, people, at, _text, _reply in rows:
        confirmed = state == Fault.State.CONFIRMED
        found[station].append(OpenFault(key, kind, confirmed, amenity, name or "", people, at))
    for station in stations:
        station.open_faults = sorted(found[station.pk], key=_weight)


def _weight(fault):
    """Locked before all else, the confirmed before the reported, the newest first."""
    return (fault.kind != Fault.Kind.LOCKED, not fault.is_confirmed, -fault.at.timestamp())


def _fault_rows(faults):
    """Eleven columns, the same as of the others."""
    columns = ("station_id", "key", "kind", "state", "amenity_id", "amenity__kind__name", "voices", "said_at")
    return faults.order_by().values_list(_text(FAULT), *map(F, columns), _text(""), _text(""))


def _voice_rows(voices):
    nothing = Cast(Value(None), IntegerField())
    columns = [*map(F, ("station_id", "uid", "kind", "state")), nothing, F("occupation"), Value(0), F("said_at")]
    return voices.order_by().values_list(_text(VOICE), *columns, F("text"), F("reply"))


def _amenity_rows(amenities):
    key, at = Cast(Value(None), UUIDField()), Cast(Value(None), DateTimeField())
    columns = [F("station_id"), key, *map(F, ("kind__icon", "state", "kind__order", "kind__name")), Value(0), at]
    return amenities.order_by().values_list(_text(AMENITY), *columns, _text(""), _text(""))


def _text(words):
    """Typed, because PostgreSQL matches the columns of a UNION by type."""
    return Cast(Value(words), CharField())
