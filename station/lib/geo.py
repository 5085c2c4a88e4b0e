"""Where something is, how far it is, and how to open it on the maps people use.

Everything inside the product is WGS-84 degrees, as phones report it. 高德 and 腾讯 draw GCJ-02 and 百度 draws
BD-09, so an unconverted point lands 100 to 700 m away on their maps: `map_links` converts.
"""

import math
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Degrees = float | Decimal

EARTH_RADIUS_M = 6_371_008.8  # mean radius R1 of the IUGG

# A walker covers about 83 m a minute (5 km/h), and streets are about a fifth longer than the straight line.
WALKING_M_PER_MINUTE = 70

# The extreme points of the country, the islands of the south included, rounded outwards.
CHINA_LATITUDES = (3.4, 53.6)
CHINA_LONGITUDES = (73.4, 135.1)

# GCJ-02 offsets are computed on the Krasovsky 1940 ellipsoid.
KRASOVSKY_SEMI_MAJOR_M = 6_378_245.0
KRASOVSKY_ECCENTRICITY_SQUARED = 0.00669342162296594323

# Half the side of a square that lies in a circle of radius 1, a little less than √½.
SQUARE_IN_CIRCLE = 0.7

# More rows than a page needs; within so narrow a ring all are read, however many stand there.
MOST_IN_A_RING, NARROWEST_RING_M = 150, 50.0

# Around the searched box: decimal columns round the bounds, and one metre more is cheaper than one station less.
BOX_MARGIN_DEGREES = 1e-5


class Point(NamedTuple):
    latitude: float
    longitude: float


class Box(NamedTuple):
    south: float
    west: float
    north: float
    east: float


class MapLink(NamedTuple):
    label: str | Promise
    url: str


def distance_m(latitude1: Degrees, longitude1: Degrees, latitude2: Degrees, longitude2: Degrees) -> float:
    """Great-circle distance in metres (haversine; within 0.5 % of the ellipsoid)."""
    phi1, phi2 = math.radians(latitude1), math.radians(latitude2)
    half_dphi = (phi2 - phi1) / 2
    half_dlambda = math.radians(float(longitude2) - float(longitude1)) / 2
    h = math.sin(half_dphi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_dlambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, h)))


def walking_minutes(distance_m: float) -> int:
    """Whole minutes on foot for a straight-line distance in metres; at least one."""
    return max(1, math.ceil(distance_m / WALKING_M_PER_MINUTE))


def in_china(latitude: Degrees, longitude: Degrees) -> bool:
    """Whether the point lies in the rectangle around China; a check for typing errors, not a border."""
    south, north = CHINA_LATITUDES
    west, east = CHINA_LONGITUDES
    return south <= float(latitude) <= north and west <= float(longitude) <= east


def validate_coordinates(latitude: Degrees, longitude: Degrees) -> None:
    """Refuse a point outside China, and say so when the two numbers look swapped.

    The two ranges do not overlap, so a swap is never mistaken for a place. Raises ValidationError.
    """
    if in_china(latitude, longitude):
        return
    if in_china(longitude, latitude):
        raise ValidationError(_("经纬度可能填反了：纬度在前，经度在后。"), code="coordinates_swapped")
    raise ValidationError(_("这个位置不在国内，请检查经纬度。"), code="coordinates_outside")


def bounding_box(latitude: Degrees, longitude: Degrees, radius_m: float) -> Box:
    """The smallest box in degrees that holds every point within `radius_m`.

    Around a pole it takes every longitude. It does not wrap at the 180th meridian, which is far from China.
    """
    latitude, longitude = float(latitude), float(longitude)
    angle = radius_m / EARTH_RADIUS_M
    south, north = latitude - math.degrees(angle), latitude + math.degrees(angle)
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    half_width = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(latitude))))
    return Box(south, longitude - half_width, north, longitude + half_width)


def by_distance(
    queryset,
    latitude: Degrees,
    longitude: Degrees,
    *,
    beyond: tuple[int, int] = (-1, 0),
    start_radius_m: float = 1_000,
    max_radius_m: float = 100_000,
    step: int = 3,
) -> Iterator[tuple[float, object]]:
    """Yield the rows within `max_radius_m` as (distance in metres, object), nearest first, for as long as asked.

    Rows need `latitude` and `longitude`; those without are left out. Ring by ring, each `step` times as wide, so an
    index on the two columns answers at any table size, on any database; a ring is read only when the one inside is used
    up, and one that would hold more than MOST_IN_A_RING rows is drawn narrower: at the edge of a city two steps lead
    from nobody to everybody. `beyond` is the `distance_key` of a row: only what comes after it is yielded.
    """
    inner_m, radius_m = -1.0, min(max(start_radius_m, beyond[0] / 1000), max_radius_m)
    crowded_m = math.inf  # a radius known to hold too many
    while True:
        box = bounding_box(latitude, longitude, radius_m)
        rows = queryset.order_by().filter(
            latitude__range=(box.south - BOX_MARGIN_DEGREES, box.north + BOX_MARGIN_DEGREES),
            longitude__range=(box.west - BOX_MARGIN_DEGREES, box.east + BOX_MARGIN_DEGREES),
        )
        known_m = max(inner_m, beyond[0] / 1000 - 1)  # nobody within is wanted again
        if known_m > 0:
            hole = bounding_box(latitude, longitude, known_m * SQUARE_IN_CIRCLE)
            rows = rows.exclude(latitude__range=(hole.south, hole.north), longitude__range=(hole.west, hole.east))
        narrowest_m = max(NARROWEST_RING_M, inner_m * 1.1, beyond[0] / 1000 * 1.1)
        if radius_m > narrowest_m:
            rows = list(rows[: MOST_IN_A_RING + 1])
            if len(rows) > MOST_IN_A_RING:
                crowded_m = radius_m
                radius_m = max(narrowest_m, math.sqrt(max(inner_m, radius_m / 10) * radius_m))
                continue
        measured = ((distance_m(latitude, longitude, row.latitude, row.longitude), row) for row in rows)
        ring = [pair for pair in measured if inner_m < pair[0] <= radius_m and distance_key(*pair) > beyond]
        yield from sorted(ring, key=lambda pair: (pair[0], pair[1].pk))
        if radius_m >= max_radius_m:
            return
        inner_m = radius_m
        radius_m *= step
        if inner_m < crowded_m:
            radius_m = min(radius_m, max(math.sqrt(inner_m * crowded_m), inner_m * 1.1))
        radius_m = min(radius_m, max_radius_m)


def distance_key(distance: float, row) -> tuple[int, int]:
    """Where a row stands in the order of `by_distance`: millimetres, then its primary key."""
    return int(distance * 1000), row.pk


def nearest(
    queryset,
    latitude: Degrees,
    longitude: Degrees,
    limit: int = 10,
    *,
    start_radius_m: float = 1_000,
    max_radius_m: float = 100_000,
) -> list[tuple[float, object]]:
    """The exact `limit` nearest rows within `max_radius_m`, as (distance in metres, object), nearest first.

    From 1 km to 100 km that is six queries at most; where riders are, one or two.
    """
    rows = by_distance(queryset, latitude, longitude, start_radius_m=start_radius_m, max_radius_m=max_radius_m)
    return list(islice(rows, limit))


def _wave(x: float, terms: tuple[tuple[float, float], ...]) -> float:
    """A sum of sines: (amplitude, frequency in half turns per unit)."""
    return sum(amplitude * math.sin(frequency * math.pi * x) for amplitude, frequency in terms)


def wgs84_to_gcj02(latitude: Degrees, longitude: Degrees) -> Point:
    """Shift a WGS-84 point to GCJ-02; points outside China stay.

    The formula is the published approximation, within a metre of what the map makers' own services answer.
    """
    latitude, longitude = float(latitude), float(longitude)
    if not in_china(latitude, longitude):
        return Point(latitude, longitude)
    # The published polynomial counts from 35° N 105° E.
    x, y = longitude - 105.0, latitude - 35.0
    ripple = _wave(x, ((20.0, 6.0), (20.0, 2.0)))
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north_m += (ripple + _wave(y, ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))) * 2 / 3
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east_m += (ripple + _wave(x, ((20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))) * 2 / 3
    phi = math.radians(latitude)
    flatness = 1 - KRASOVSKY_ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    meridian_radius_m = KRASOVSKY_SEMI_MAJOR_M * (1 - KRASOVSKY_ECCENTRICITY_SQUARED) / flatness**1.5
    parallel_radius_m = KRASOVSKY_SEMI_MAJOR_M / math.sqrt(flatness) * math.cos(phi)
    return Point(
        latitude + math.degrees(north_m / meridian_radius_m),
        longitude + math.degrees(east_m / parallel_radius_m),
    )


def gcj02_to_bd09(latitude: Degrees, longitude: Degrees) -> Point:
    """Shift a GCJ-02 point to 百度's BD-09."""
    latitude, longitude = float(latitude), float(longitude)
    frequency = math.pi * 3000.0 / 180.0
    radius = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * frequency)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * frequency)
    return Point(radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065)


def map_links(latitude: Degrees, longitude: Degrees, name: str) -> list[MapLink]:
    """Links that show a WGS-84 point, each in the coordinates its map draws.

    高德 is told that the point is WGS-84. 百度's `coord_type` is reported to be ignored on phones, so it gets its own
    BD-09; 腾讯 knows GCJ-02 only. `geo:` is RFC 5870, WGS-84, and opens the phone's own map.
    """
    gcj02 = wgs84_to_gcj02(latitude, longitude)
    bd09 = gcj02_to_bd09(*gcj02)
    amap = urlencode(
        {
            "position": f"{longitude:.6f},{latitude:.6f}",
            "name": name,
            "coordinate": "wgs84",
            "callnative": 1,
        },
        safe=",",
    )
    baidu = urlencode(
        {
            "location": f"{bd09.latitude:.6f},{bd09.longitude:.6f}",
            "title": name,
            "content": name,
            "output": "html",
            "coord_type": "bd09ll",
            "src": "webapp.reststation.reststation",
        },
        safe=",",
    )
    # 腾讯 splits the marker at its own punctuation after decoding, so the name may not hold any.
    title = name.translate({ord(";"): "；", ord(":"): "："})
    tencent = urlencode(
        {
            "marker": f"coord:{gcj02.latitude:.6f},{gcj02.longitude:.6f};title:{title};addr:{title}",
            "referer": "reststation",
        },
        safe=":,;",
    )
    here = f"{latitude:.6f},{longitude:.6f}"
    label = quote(name.translate({ord("("): "（", ord(")"): "）"}))
    return [
        MapLink(_("高德地图"), f"https://uri.amap.com/marker?{amap}"),
        MapLink(_("百度地图"), f"https://api.map.baidu.com/marker?{baidu}"),
        MapLink(_("腾讯地图"), f"https://apis.map.qq.com/uri/v1/marker?{tencent}"),
        MapLink(_("手机地图"), f"geo:{here}?q={here}({label})"),
    ]
