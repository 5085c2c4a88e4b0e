"""Distances, the three coordinate systems of Chinese maps, and the nearest places."""

import math
import random
from decimal import Decimal
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext, isolate_apps

from station.lib.geo import (
    bounding_box,
    by_distance,
    distance_key,
    distance_m,
    gcj02_to_bd09,
    in_china,
    map_links,
    nearest,
    validate_coordinates,
    walking_minutes,
    wgs84_to_gcj02,
)

XIANGTAN = (27.8700, 112.9500)
METRES_A_DEGREE = 111_195.08  # of a great circle of the mean earth radius


def test_distance_of_one_degree_along_a_meridian_and_along_the_equator():
    assert distance_m(27, 112, 28, 112) == pytest.approx(METRES_A_DEGREE, abs=0.1)
    assert distance_m(0, 112, 0, 113) == pytest.approx(METRES_A_DEGREE, abs=0.1)


def test_distance_between_known_places():
    # 北京天安门 to 上海人民广场 is about 1,067 km.
    assert distance_m(39.9087, 116.3975, 31.2304, 121.4737) == pytest.approx(1_067_000, rel=0.005)
    assert distance_m(*XIANGTAN, *XIANGTAN) == 0.0
    assert distance_m(0, 0, 0, 180) == pytest.approx(math.pi * 6_371_008.8)
    assert distance_m(Decimal("27.1"), Decimal("112.1"), 27.1, 112.1) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("metres", "minutes"), [(0, 1), (70, 1), (71, 2), (700, 10)])
def test_walking_minutes_round_up(metres, minutes):
    assert walking_minutes(metres) == minutes


# Test points published with eviltransform, coordtransform and geotool.
@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # 上海
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # 深圳
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),  # 北京
        ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
        ((30.6107779, 121.0917077), (30.608604331756705, 121.09626935575027)),
        ((39.90734, 116.39089), (39.90874539, 116.39713623)),  # answered by a map maker's own service
    ],
)
def test_wgs84_to_gcj02_agrees_with_published_points_within_a_metre(wgs84, gcj02):
    assert distance_m(*wgs84_to_gcj02(*wgs84), *gcj02) < 1


@pytest.mark.parametrize(
    ("gcj02", "bd09"),
    [
        ((39.915, 116.404), (39.92133699351021, 116.41036949371029)),
        ((30.608604331756705, 121.09626935575027), (30.61484572185035, 121.10271732371203)),
    ],
)
def test_gcj02_to_bd09_agrees_with_published_points_within_a_metre(gcj02, bd09):
    assert distance_m(*gcj02_to_bd09(*gcj02), *bd09) < 1


def test_points_abroad_are_not_shifted():
    assert wgs84_to_gcj02(51.5072, -0.1276) == (51.5072, -0.1276)


def test_decimals_are_welcome():
    assert wgs84_to_gcj02(Decimal("39.915"), Decimal("116.404")) == wgs84_to_gcj02(39.915, 116.404)


@pytest.mark.parametrize("point", [XIANGTAN, (53.5, 123.3), (3.9, 112.3), (39.5, 73.6), (48.3, 135.0)])
def test_points_in_china_are_accepted(point):
    assert in_china(*point)
    validate_coordinates(*point)


@pytest.mark.parametrize(
    ("latitude", "longitude", "code", "message"),
    [
        (112.95, 27.87, "coordinates_swapped", "经纬度可能填反了：纬度在前，经度在后。"),
        (0, 0, "coordinates_outside", "这个位置不在国内，请检查经纬度。"),
        (51.5, -0.1, "coordinates_outside", "这个位置不在国内，请检查经纬度。"),
        (float("nan"), 112.95, "coordinates_outside", "这个位置不在国内，请检查经纬度。"),
        (float("inf"), 1e300, "coordinates_outside", "这个位置不在国内，请检查经纬度。"),
        (Decimal("NaN"), Decimal(112), "coordinates_outside", "这个位置不在国内，请检查经纬度。"),
    ],
)
def test_points_elsewhere_are_refused_with_the_likely_reason(latitude, longitude, code, message):
    with pytest.raises(ValidationError) as refusal:
        validate_coordinates(latitude, longitude)
    assert refusal.value.code == code
    assert refusal.value.messages == [message]


@pytest.mark.parametrize("latitude", [0, 27.87, 53.5])
@pytest.mark.parametrize("radius_m", [500, 100_000])
def test_the_box_holds_the_circle_and_hardly_more(latitude, radius_m):
    box = bounding_box(latitude, 112.95, radius_m)
    assert distance_m(latitude, 112.95, box.north, 112.95) == pytest.approx(radius_m)
    assert distance_m(latitude, 112.95, box.south, 112.95) == pytest.approx(radius_m)
    for turn in range(0, 360, 5):
        # The point at that bearing on the circle.
        phi, angle, bearing = math.radians(latitude), radius_m / 6_371_008.8, math.radians(turn)
        north = math.asin(math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing))
        east = math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(north)
        )
        assert box.south - 1e-9 <= math.degrees(north) <= box.north + 1e-9
        assert box.west - 1e-9 <= 112.95 + math.degrees(east) <= box.east + 1e-9


def test_the_box_near_a_pole_takes_every_longitude():
    assert bounding_box(89.99, 10, 5_000)[1::2] == (-180.0, 180.0)


def test_map_links_point_to_one_place_in_each_map_s_own_coordinates():
    name = "建设路驿站(24h);A:B&c=1"
    links = {str(link.label): link.url for link in map_links(Decimal("39.915"), Decimal("116.404"), name)}
    assert list(links) == ["高德地图", "百度地图", "腾讯地图", "手机地图"]

    amap = parse_qs(urlsplit(links["高德地图"]).query)
    assert amap == {"position": ["116.404000,39.915000"], "name": [name], "coordinate": ["wgs84"], "callnative": ["1"]}
    assert links["高德地图"].startswith("https://uri.amap.com/marker?position=116.404000,39.915000&")

    baidu = parse_qs(urlsplit(links["百度地图"]).query)
    expected = gcj02_to_bd09(39.91640428150164, 116.41024449916938)
    assert baidu["location"] == [f"{expected.latitude:.6f},{expected.longitude:.6f}"]
    assert (baidu["coord_type"], baidu["title"]) == (["bd09ll"], [name])

    tencent = parse_qs(urlsplit(links["腾讯地图"]).query)
    title = "建设路驿站(24h)；A：B&c=1"
    assert tencent["marker"] == [f"coord:39.916404,116.410244;title:{title};addr:{title}"]

    assert links["手机地图"].startswith("geo:39.915000,116.404000?q=39.915000,116.404000(")
    assert links["手机地图"].isascii()


@pytest.fixture
def place(transactional_db):
    """A table of places of its own, with decimals as stations have them."""
    with isolate_apps():

        class Place(models.Model):
            latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
            longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)

            class Meta:
                app_label = "geo_test"
                db_table = "test_geo_place"

            def __str__(self):
                return f"place {self.pk}"

    with connection.schema_editor() as editor:
        editor.create_model(Place)
    yield Place
    with connection.schema_editor() as editor:
        editor.delete_model(Place)


def scatter(place, count, spread_degrees):
    dice = random.Random(count)
    latitude, longitude = XIANGTAN
    place.objects.bulk_create(
        place(
            latitude=Decimal(f"{latitude + dice.uniform(-spread_degrees, spread_degrees):.6f}"),
            longitude=Decimal(f"{longitude + dice.uniform(-spread_degrees, spread_degrees):.6f}"),
        )
        for _ in range(count)
    )


@pytest.mark.parametrize(
    ("count", "spread_degrees", "limit"), [(3000, 0.1, 10), (200, 0.6, 25), (40, 0.5, 40), (0, 1, 3)]
)
def test_nearest_equals_sorting_everything(place, count, spread_degrees, limit):
    scatter(place, count, spread_degrees)
    everything = sorted((distance_m(*XIANGTAN, row.latitude, row.longitude), row.pk) for row in place.objects.all())

    found = nearest(place.objects.all(), *XIANGTAN, limit)
    assert [(distance, row.pk) for distance, row in found] == everything[:limit]


def test_a_corner_of_the_box_does_not_win_over_a_nearer_place_outside_it(place):
    place.objects.create(latitude=Decimal("27.8785"), longitude=Decimal("112.9595"))  # 1.33 km north-east, in the box
    north = place.objects.create(latitude=Decimal("27.88"), longitude=Decimal("112.95"))  # 1.11 km north, outside it
    assert [row for _, row in nearest(place.objects.all(), *XIANGTAN, 1, start_radius_m=1_000)] == [north]


def test_nearest_stops_at_the_greatest_radius(place):
    here = place.objects.create(latitude=Decimal("27.87"), longitude=Decimal("112.95"))
    near = place.objects.create(latitude=Decimal("27.96"), longitude=Decimal("112.95"))  # 10 km
    place.objects.create(latitude=Decimal("28.87"), longitude=Decimal("112.95"))  # 111 km
    place.objects.create(latitude=None, longitude=None)
    assert [row for _, row in nearest(place.objects.all(), *XIANGTAN)] == [here, near]
    assert [row for _, row in nearest(place.objects.all(), *XIANGTAN, max_radius_m=5_000)] == [here]
    assert nearest(place.objects.all(), 39.9, 116.4) == []


def test_nearest_asks_once_where_places_are_many(place, django_assert_num_queries):
    scatter(place, 140, 0.005)
    with django_assert_num_queries(1):
        assert len(nearest(place.objects.all(), *XIANGTAN, 10)) == 10
    with django_assert_num_queries(6):  # 1, 3, 9, 27, 81, 100 km
        assert nearest(place.objects.all(), 39.9, 116.4, 10) == []


def test_from_outside_a_crowd_only_its_edge_is_read(place):
    """A ring of 10 km would hold a whole city, of which a page needs ten."""
    scatter(place, 4000, 0.05)
    outside = 27.87 + 0.05 + 0.02, 112.95  # 2 km from the crowd's edge
    everything = sorted((distance_m(*outside, row.latitude, row.longitude), row.pk) for row in place.objects.all())
    with CaptureQueriesContext(connection) as asked:
        found = list(islice(by_distance(place.objects.all(), *outside, start_radius_m=1_000, step=10), 10))
    assert [(distance, row.pk) for distance, row in found] == everything[:10]
    assert len(asked) <= 6
    assert all("LIMIT 151" in query["sql"] for query in asked)
    walked = list(by_distance(place.objects.all(), *outside, step=10))
    assert [(distance, row.pk) for distance, row in walked] == everything


def test_more_places_than_a_ring_takes_on_one_spot_are_all_there(place):
    place.objects.bulk_create(place(latitude=Decimal("27.87"), longitude=Decimal("112.95")) for _ in range(400))
    assert [row.pk for _, row in by_distance(place.objects.all(), *XIANGTAN)] == sorted(
        place.objects.values_list("pk", flat=True)
    )


@pytest.mark.parametrize("page", [40, 300])
def test_page_after_page_is_the_whole_list(page, place):
    scatter(place, 900, 0.02)
    everything = [row.pk for _, row in by_distance(place.objects.all(), *XIANGTAN)]
    found, beyond = [], (-1, 0)
    while some := list(islice(by_distance(place.objects.all(), *XIANGTAN, beyond=beyond, step=10), page)):
        found += [row.pk for _, row in some]
        beyond = distance_key(*some[-1])
    assert found == everything
    assert len(found) == 900


def test_nearest_keeps_the_filters_of_the_queryset(place):
    scatter(place, 50, 0.005)
    closest = nearest(place.objects.all(), *XIANGTAN, 1)[0][1]
    assert nearest(place.objects.exclude(pk=closest.pk), *XIANGTAN, 1)[0][1] != closest
