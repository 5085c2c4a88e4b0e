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
        {"after": "9" * 5000},
        {"at": "25:00"},
        {"at": "夜里"},
        {"community": "nowhere"},
    ],
)
def test_what_cannot_be_read_never_breaks_the_page(client, here, asked):
    page = client.get(LIST, asked)
    assert page.status_code == 400
    assert [one.station.code for one in page.context["stations"]] == ["lanyuan"]


@pytest.mark.parametrize("name", ["q", "near", "amenity", "after", "at", "community"])
def test_nul_is_refused(client, here, name):
    assert client.get(LIST, {name: "a\0b"}).status_code == 400


def every_page(client, **asked):
    """The codes on every page, page by page, as whoever follows "再往下看" sees them."""
    pages, after = [], ""
    while True:
        answer = client.get(LIST, asked | {"after": after})
        pages.append([one.station.code for one in answer.context["stations"]])
        after = answer.context["after"]
        if not after:
            return pages
        assert f"after={after}" in answer.content.decode()


@pytest.mark.parametrize("enough", [300, 25])  # all weighed at once, or in the order they were registered
def test_page_by_page_each_once(client, add_station, clock, monkeypatch, enough):
    clock(2026, 11, 24, 10)
    monkeypatch.setattr("station.listing.ENOUGH", enough)
    made = [add_station(f"s{number}", hours=[((7,), (21,))]).code for number in range(40)]
    pages = every_page(client)
    assert len(pages[0]) == min(30, enough)
    shown = [code for page in pages for code in page]
    assert sorted(shown) == sorted([*made, "lanyuan"])


def test_nearest_page_by_page_with_a_filter(client, add_station, clock, monkeypatch):
    """Every third station is open; those at the same spot are told apart by their number."""
    clock(2026, 11, 24, 22)
    monkeypatch.setattr("station.listing.ENOUGH", 50)
    for number in range(120):
        hours = [((0,), (0,))] if number % 3 == 0 else [((8,), (9,))]
        add_station(f"s{number}", hours=hours, latitude=f"27.{842100 + number // 2 * 1900:06}")
    pages = every_page(client, near="27.8421,112.9234", open="1")
    shown = [code for page in pages for code in page]
    assert shown == [f"s{number}" for number in range(0, 120, 3)]
    assert all(len(page) <= 30 for page in pages)
    whole = [code for page in every_page(client, near="27.8421,112.9234") for code in page]
    assert (len(whole), len(set(whole))) == (121, 121)


@pytest.mark.parametrize("after", ["x", "-1", "99999999999999999999", "1-", "1-x", "12-99999999999999999999"])
@pytest.mark.parametrize("near", ["", "27.8421,112.9234"])
def test_an_address_that_was_cut_off_begins_anew_or_ends(client, here, after, near):
    assert client.get(LIST, {"near": near, "after": after}).status_code == 200


def test_found_by_pinyin_initials_street_and_community(client, here, add_station, elsewhere):
    Station.objects.filter(code="lanyuan").delete()
    add_station("a", name="岚园暖心驿站", address="建设北路1号")
    assert codes(client, q="lyn") == ["a"]
    assert codes(client, q="LANYUAN") == ["a"]
    assert codes(client, q="nuan xin yi") == ["a"]
    assert codes(client, q="河东街道") == ["hedong"]
    assert codes(client, q="建设路社区") == ["a"]
    assert codes(client, community="hedong") == ["hedong"]
    assert codes(client, q="lyz") == []
    renamed = Station.objects.get(code="a")
    renamed.name = "白石驿站"
    renamed.save()
    assert codes(client, q="bsyz") == ["a"]
    assert codes(client, q="lyn") == []


def test_open_at_a_time_today_or_tomorrow(client, add_station, clock):
    """Wednesday 10:00; the fixture's own station keeps 8:30 to 18:00, Monday to Friday."""
    clock(2026, 11, 25, 10)
    add_station("night", hours=[((20,), (2,))])
    assert codes(client, at="12:00") == ["lanyuan"]
    assert codes(client, at="18:00") == []
    assert codes(client, at="17:59") == ["lanyuan"]
    assert codes(client, at="23:30") == ["night"]
    assert codes(client, at="01:30") == ["night"]  # tonight, after midnight
    assert codes(client, at="09:00") == ["lanyuan"]  # tomorrow
    clock(2026, 11, 27, 10)  # Friday: tomorrow it is closed
    assert codes(client, at="09:00") == []
    assert "23:30 开着" in client.get(LIST, {"at": "23:30"}).content.decode()


def test_several_amenities_all_must_work(client, three):
    assert codes(client, amenity=["water", "microwave"]) == ["late"]
    assert codes(client, amenity=["water"]) == ["night", "late"]
    page = client.get(LIST, {"amenity": ["water"], "open": "1"}).content.decode()
    assert 'href="?amenity=water&amp;amenity=microwave&amp;open=1"' in page
    assert 'href="?open=1"' in page


def test_the_api_says_what_the_page_says(client, three):
    asked = {"near": "27.8425,112.9234", "open": "1"}
    shown = client.get(LIST, asked).context["stations"]
    answer = client.get("/api/stations/", asked).json()
    assert [(one["code"], one["open"], one["text"]) for one in answer["stations"]] == [
        (one.station.code, True, one.text) for one in shown
    ]
    assert answer["after"] is None
    assert answer["stations"][0]["url"] == "http://testserver/stations/late/"
    assert answer["stations"][0]["until"] == "2026-11-24T23:50:00+08:00"
    refused = client.get("/api/stations/", {"near": "112.9,27.8"})
    assert refused.status_code == 400
    assert "填反了" in refused.json()["errors"]["near"][0]["message"]


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("asked", "queries"), [({}, 5), ({"near": "27.842,112.923", "open": "1"}, 6)])
def test_the_queries_do_not_grow(client, add_station, kinds, clock, django_assert_num_queries, number, asked, queries):
    clock(2026, 11, 24, 10)
    for station in range(number):
        add_station(f"s{station}", hours=[((7,), (21,))], amenities="water microwave tv")
    with django_assert_num_queries(queries):
        client.get(LIST, asked)
