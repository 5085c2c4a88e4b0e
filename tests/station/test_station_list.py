"""Finding a station: filters, order, and addresses nobody meant to type."""

import pytest
from django.urls import reverse

from station.models import Amenity, Station

LIST = "/stations/"


def codes(client, **asked):
    page = client.get(LIST, asked)
    assert page.status_code == 200
    return [one.station.code for one in page.context["stations"]]


@pytest.fixture
def three(add_station, kinds, clock):
    """At 23:00 one is open day and night, one until 23:50, one (the fixture's own) no more."""
    clock(2026, 11, 24, 23)
    add_station("night", hours=[((0,), (0,))], amenities="water", latitude="27.852100")
    add_station("late", hours=[((7,), (23, 50))], amenities="water microwave", latitude="27.844100")


def test_the_address_is_the_contract():
    assert reverse("station-list") == LIST


def test_without_a_place_the_open_ones_come_first(client, three):
    assert codes(client) == ["night", "late", "lanyuan"]


def test_with_a_place_the_nearest_come_first(client, three):
    assert codes(client, near="27.8425,112.9234") == ["lanyuan", "late", "night"]
    assert codes(client, near=" 27.853 ， 112.9234 ") == ["night", "late", "lanyuan"]


def test_open_now_day_and_night(client, three):
    assert codes(client, open="1") == ["night", "late"]
    assert codes(client, open="0") == ["night", "late", "lanyuan"]
    assert codes(client, all_day="1") == ["night"]


def test_an_amenity_that_does_not_work_does_not_count(client, three):
    assert codes(client, amenity="microwave") == ["late"]
    Amenity.objects.filter(kind__code="microwave").update(state="broken")
    assert codes(client, amenity="microwave") == []


def test_by_name_or_address(client, three):
    assert codes(client, q="night小") == ["night"]
    assert codes(client, q="late路") == ["late"]
    assert codes(client, q="%") == []


def test_filters_join(client, three):
    assert codes(client, near="27.842,112.923", open="1", amenity="water") == ["late", "night"]


def test_a_suspended_station_is_listed_as_such_and_not_open(client, three):
    Station.objects.filter(code="night").update(state="suspended", state_reason="装修")
    assert "暂停开放：装修" in client.get(LIST).content.decode()
    assert codes(client, open="1") == ["late"]


def test_a_station_closed_for_good_is_not_listed(client, three):
    Station.objects.filter(code="night").update(state="closed", state_reason="搬走了")
    assert codes(client) == ["late", "lanyuan"]


def test_the_distance_is_said_roughly(client, here, clock):
    clock(2026, 11, 24, 10)
    assert "约 330 米 · 走 5 分钟" in client.get(LIST, {"near": "27.8391,112.9234"}).content.decode()
    assert "约 10 米 · 走 1 分钟" in client.get(LIST, {"near": "27.8421,112.9234"}).content.decode()
    assert "约 15.8 公里<" in client.get(LIST, {"near": "27.7,112.9234"}).content.decode()


def test_nothing_within_reach(client, here):
    page = client.get(LIST, {"near": "39.9,116.4"})
    assert page.status_code == 200
    assert "附近还没有驿站" in page.content.decode()


def test_nothing_fits_and_what_to_do(client, here):
    page = client.get(LIST, {"q": "没有这条路"}).content.decode()
    assert "没有合适的驿站" in page
    assert 'value="没有这条路"' in page


@pytest.mark.parametrize(
    ("near", "said"),
    [
        ("here", "没看懂这个位置"),
        ("27.8", "没看懂这个位置"),
        ("27.8,112.9,3", "没看懂这个位置"),
        ("nan,nan", "没看懂这个位置"),
        ("1e5,1e5", "没看懂这个位置"),
        ("9" * 5000, "没看懂这个位置"),
        ("112.9,27.8", "经纬度可能填反了"),
        ("-0,0", "这个位置不在国内"),
    ],
)
def test_a_malformed_place_is_said_kindly_and_left_out(client, here, near, said):
    page = client.get(LIST, {"near": near, "q": "建设路"})
    assert page.status_code == 400
    assert said in page.content.decode()
    assert [one.station.code for one in page.context["stations"]] == ["lanyuan"]


@pytest.mark.parametrize(
    "asked",
    [
        {"amenity": "nothing-like-it"},
        {"q": "长" * 4000},
        {"show": "9" * 5000},
        {"show": "-1"},
        {"show": "x"},
    ],
)
def test_what_cannot_be_read_never_breaks_the_page(client, here, asked):
    page = client.get(LIST, asked)
    assert page.status_code == 400
    assert [one.station.code for one in page.context["stations"]] == ["lanyuan"]


@pytest.mark.parametrize("name", ["q", "near", "amenity", "show"])
def test_nul_is_refused(client, here, name):
    assert client.get(LIST, {name: "a\0b"}).status_code == 400


def test_thirty_then_more_each_once_and_in_the_same_order(client, add_station, clock):
    clock(2026, 11, 24, 10)
    made = [add_station(f"s{number}", hours=[((7,), (21,))]).code for number in range(40)]
    page = client.get(LIST)
    first = [one.station.code for one in page.context["stations"]]
    assert len(first) == 30
    assert "?show=60" in page.content.decode()
    every = codes(client, show="60")
    assert every[:30] == first
    assert sorted(every) == sorted([*made, "lanyuan"])


@pytest.mark.parametrize(
    ("asked", "codes_shown"), [({}, ["lanyuan", "s0", "s1"]), ({"near": "27.842,112.923"}, ["lanyuan", "s2", "s3"])]
)
def test_where_stations_are_many_the_list_says_that_it_is_cut(client, add_station, monkeypatch, asked, codes_shown):
    monkeypatch.setattr("station.listing.ENOUGH", 3)
    monkeypatch.setattr("station.views.stations.ENOUGH", 3)
    for number in range(4):
        add_station(f"s{number}", latitude=f"27.84{4 - number}100")
    page = client.get(LIST, asked)
    assert [one.station.code for one in page.context["stations"]] == codes_shown
    assert "可能没列全" in page.content.decode()


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("asked", "queries"), [({}, 4), ({"near": "27.842,112.923", "open": "1"}, 5)])
def test_the_queries_do_not_grow(client, add_station, kinds, clock, django_assert_num_queries, number, asked, queries):
    clock(2026, 11, 24, 10)
    for station in range(number):
        add_station(f"s{station}", hours=[((7,), (21,))], amenities="water microwave tv")
    with django_assert_num_queries(queries):
        client.get(LIST, asked)
