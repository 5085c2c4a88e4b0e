"""What hangs on a station's wall, for its page: amenities, photos, notices, in one query.

They come as one UNION, as the hours do (`station.schedules`): the page may ask the database six times in all, and the
apps above want to say something too.
"""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.db.models import BigAutoField, Case, DateTimeField, F, Value, When

from station.lib.questions import Given, Question
from station.models import Amenity, AmenityKind, Notice, Station, StationPhoto

AMENITY, PHOTO, NOTICE = "amenity", "photo", "notice"
NOTICES_SHOWN = 3
NOTHING, ZERO = Value(""), Value(0)


@dataclass(frozen=True)
class Details:
    """Rows to be shown, each kind in its order; what a page does not need of them was not read."""

    amenities: list[Amenity]
    photos: list[StationPhoto]
    notices: list[Notice]

    @property
    def checked_at(self) -> datetime | None:
        """When somebody last looked at any of the amenities."""
        return max((one.checked_at for one in self.amenities if one.checked_at), default=None)


def details_of(station: Station, now: datetime) -> Details:
    """What the page of `station` shows at this moment besides its hours."""
    found = {AMENITY: [], PHOTO: [], NOTICE: []}
    rows = _QUESTION.ask(station=station.pk, community=station.community_id, now=now)
    for kind, pk, place, title, word, state, more, width, height, at in rows:
        if kind == AMENITY:
            amenity_kind = AmenityKind(name=title, icon=word, order=place)
            row = Amenity(pk=pk, kind=amenity_kind, state=state, note=more, checked_at=at)
        elif kind == PHOTO:
            size = {"width": width, "height": height}
            row = StationPhoto(pk=pk, station=station, caption=title, shows=word, image=more, **size)
        else:
            row = Notice(pk=pk, title=title, kind=word, published_at=at)
        newest_first = -at.timestamp() if kind == NOTICE else 0
        found[kind].append((place, newest_first, pk, row))
    return Details(*([row for *_order, row in sorted(found[kind], key=itemgetter(0, 1, 2))] for kind in found))


def _rows():
    """Tuples of ten; `place` is the order within a kind."""
    station, community = Given("station", BigAutoField()), Given("community", BigAutoField())
    amenities = _columns(
        Amenity.objects.filter(station=station),
        kind=Value(AMENITY),
        place=F("kind__order"),
        title=F("kind__name"),
        word=F("kind__icon"),
        state=F("state"),
        more=F("note"),
        at=F("checked_at"),
    )
    photos = _columns(
        StationPhoto.objects.filter(station=station),
        kind=Value(PHOTO),
        place=F("position"),
        title=F("caption"),
        word=F("shows"),
        state=NOTHING,
        more=F("image"),
        width=F("width"),
        height=F("height"),
        at=F("added_at"),
    )
    # Which ones is asked inside: SQLite takes no limit within one part of a UNION.
    newest = Notice.objects.published(Given("now", DateTimeField())).news().at(station, community).values("pk")
    notices = _columns(
        Notice.objects.filter(pk__in=newest[:NOTICES_SHOWN]),
        kind=Value(NOTICE),
        place=Case(When(pinned=True, then=ZERO), default=Value(1)),
        title=F("title"),
        word=F("kind"),
        state=NOTHING,
        more=NOTHING,
        at=F("published_at"),
    )
    return amenities.union(photos, notices, all=True)


def _columns(queryset, *, kind, place, title, word, state, more, at, width=ZERO, height=ZERO):
    return queryset.order_by().values_list(kind, "pk", place, title, word, state, more, width, height, at)


_QUESTION = Question(_rows)
