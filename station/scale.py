"""Invented places in bulk, for measurements: streets, communities with grids, stations with hours and amenities.

Drawn from one seeded generator and dated relative to today, so two databases filled alike on the same day are alike.
Written in batches past the operations: no history, one audit event for the whole (``manage.py scale_data``).
"""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from random import Random

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from station.demo import AMENITY_KINDS, MADE
from station.lib.invented import CITIES, DISTRICTS, road
from station.models import Amenity, AmenityKind, AuditEvent, Community, Grid, Station, Street, User, WeeklyHours
from station.operations.numbers import next_number

BATCH = 5_000  # rows in memory and in one transaction
CODE = "scale-"  # what the codes of invented communities begin with
DEMO_CODE = "jianshelu"
COMMUNITIES_A_STREET = 10
MOST_GRIDS, LEAST_GRIDS, PEOPLE_A_GRID = 200, 4, 250
SPREAD_DEGREES = 0.12  # of stations around the middle of their city, about 13 km

_HOURS = [  # share of all stations, weekdays, intervals
    (45, range(5), [(time(8, 30), time(12)), (time(14, 30), time(18))]),
    (30, range(7), [(time(7), time(21, 30))]),
    (15, range(7), [(time(0), time(0))]),
    (10, range(6), [(time(9), time(17, 30))]),
]


@dataclass
class ScaleWorld:
    """What one run has made so far."""

    seed: int = 1
    today: date = field(default_factory=timezone.localdate)
    random: Random | None = None
    communities: list = field(default_factory=list)
    grids: dict = field(default_factory=dict)  # community id → its grids


def refuse_real_data():
    """Raises ValidationError where the database holds more than the demo and what earlier runs invented."""
    foreign = Community.objects.exclude(code__startswith=CODE)
    if AuditEvent.objects.filter(action=MADE).exists():
        foreign = foreign.exclude(code=DEMO_CODE)
    elif User.objects.exclude(is_superuser=True).exists() and not Community.objects.exists():
        foreign = User.objects.all()
    if foreign.exists():
        raise ValidationError(_("这个数据库里有不是演示的数据，没有动它。"), code="real_data")


def in_batches(rows, size=BATCH):
    """The rows of an iterable in lists of `size`; the last may be shorter."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def prefix_of(position):
    """Five capital letters no community of people has: ZAAAA, ZAAAB … for positions from 0."""
    letters = ""
    for _place in range(4):
        position, letter = divmod(position, 26)
        letters = chr(ord("A") + letter) + letters
    return f"Z{letters}"


@transaction.atomic
def invent_communities(world, people):
    """One community for each number in `people` (how many workers it will have), ten a street, with its grids."""
    first = next_number("scale communities", count=len(people)) - 1
    world.random = Random(f"{world.seed}.{first}")  # noqa: S311 - not a secret; a second run invents other people
    weights = [weight for *_city, weight in CITIES]
    streets = []
    for batch in in_batches(range(len(people)), COMMUNITIES_A_STREET):
        province, city, *_place = world.random.choices(CITIES, weights)[0]
        position = (first + batch[0]) // COMMUNITIES_A_STREET
        streets.append(
            Street.objects.get_or_create(
                province=province, city=city, district=DISTRICTS[position % 6], name=f"{road(position)[:-1]}街道"
            )[0]
        )
    world.communities = Community.objects.bulk_create(
        Community(
            street=streets[offset // COMMUNITIES_A_STREET],
            name=f"{road(first + offset)}社区",
            code=f"{CODE}{first + offset}",
            prefix=prefix_of(first + offset),
        )
        for offset in range(len(people))
    )
    for batch in in_batches(zip(world.communities, people, strict=True), BATCH // LEAST_GRIDS):
        grids = Grid.objects.bulk_create(
            Grid(community=community, number=number, area=f"{road(number)}沿线")
            for community, workers in batch
            for number in range(1, 1 + min(max(workers // PEOPLE_A_GRID, LEAST_GRIDS), MOST_GRIDS))
        )
        for grid in grids:
            world.grids.setdefault(grid.community_id, []).append(grid)


def invent_stations(world, count):
    """`count` stations over the invented communities, each in its street's city. Yields how many there are so far."""
    kinds = _amenity_kinds()
    middles = {city: (latitude, longitude) for _province, city, latitude, longitude, _weight in CITIES}
    first = next_number("scale stations", count=count)
    numbers = iter(range(first, first + count))
    done = 0
    for batch in in_batches(numbers):
        with transaction.atomic():
            stations = Station.objects.bulk_create(
                _station(world, number, world.communities[number % len(world.communities)], middles) for number in batch
            )
            WeeklyHours.objects.bulk_create(
                (hours for station in stations for hours in _hours(world, station)), batch_size=BATCH
            )
            Amenity.objects.bulk_create(
                (amenity for station in stations for amenity in _amenities(world, station, kinds)), batch_size=BATCH
            )
        done += len(batch)
        yield done


def _amenity_kinds():
    """Those of the demo, made where there are none."""
    if not AmenityKind.objects.exists():
        AmenityKind.objects.bulk_create(
            AmenityKind(code=code, name=name, icon=icon, order=order * 10, is_filter=is_filter)
            for order, (code, name, icon, is_filter) in enumerate(AMENITY_KINDS, 1)
        )
    return list(AmenityKind.objects.all())


def _station(world, number, community, middles):
    random, (latitude, longitude) = world.random, middles[community.street.city]
    suspended = random.random() < 0.02
    return Station(
        code=f"{CODE}{number}",
        name=f"{road(number)}{number}号驿站",
        kind=random.choice(Station.Kind.values),
        community=community,
        grid=random.choice(world.grids[community.pk]),
        address=f"{road(random.randrange(200))}{random.randrange(1, 400)}号",
        latitude=Decimal(f"{random.gauss(latitude, SPREAD_DEGREES):.6f}"),
        longitude=Decimal(f"{random.gauss(longitude, SPREAD_DEGREES):.6f}"),
        seats=random.randrange(2, 30),
        area_m2=random.randrange(8, 120),
        follows_holidays=random.random() < 0.8,
        state=Station.State.SUSPENDED if suspended else Station.State.ACTIVE,
        state_reason="内部装修" if suspended else "",
        opened_on=world.today - timedelta(days=random.randrange(30, 1500)),
    )


def _hours(world, station):
    _share, weekdays, intervals = world.random.choices(_HOURS, [share for share, *_hours in _HOURS])[0]
    for weekday in weekdays:
        for opens, closes in intervals:
            yield WeeklyHours(station=station, weekday=weekday, opens=opens, closes=closes)


def _amenities(world, station, kinds):
    for kind in world.random.sample(kinds, min(len(kinds), world.random.randrange(3, 8))):
        broken = world.random.random() < 0.03
        yield Amenity(station=station, kind=kind, state=Amenity.State.BROKEN if broken else Amenity.State.WORKING)
