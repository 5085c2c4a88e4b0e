"""The counter: what the keeper says is on every page at once, only at his own station, and nothing is said twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from station.models import (
    Amenity,
    AmenityKind,
    AuditEvent,
    DoorReport,
    Fault,
    LateOpening,
    Station,
    Visit,
)
from station.operations import openings
from station.roles import Role
from tests.station.counters import COUNTER, SHANGHAI, as_seen, states, text_of


# --- opening and closing ----------------------------------------------------------------------------------------------
def test_one_tap_opens_and_confirms_everything(at, inside, here, client, keeper):
    browser = at(8, 31)
    page = text_of(browser, COUNTER)
    assert page.count("checked") == 3  # all is ticked before he looks
    answer = browser.post(f"{COUNTER}open/", as_seen(inside), follow=True)
    assert "08:31 记下了：开着。骑手马上就看得到。" in answer.content.decode()
    report = DoorReport.objects.get()
    assert (report.station, report.said, report.by) == (here.station, "open", keeper)
    station = Station.objects.get(code="lanyuan")
    assert (station.said_open, station.said_at) == (True, report.at)
    assert set(Amenity.objects.values_list("checked_at", "checked_by")) == {(report.at, keeper.pk)}
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.community, event.data) == (
        "open station",
        keeper,
        here.community,
        {"checked": 3},
    )
    at(8, 51)
    for path in ("/", "/stations/", "/stations/lanyuan/", "/s/lanyuan/", "/board/jianshelu/"):
        assert "20 分钟前驿站确认开着" in text_of(client, path), path
    [one] = client.get("/api/stations/").json()["stations"]
    assert (one["confirmed_at"], one["unconfirmed"]) == ("2026-11-24T00:31:00Z", False)


def test_what_is_different_inside_is_said_with_the_same_tap(at, inside, client):
    browser = at(8, 31)
    browser.post(f"{COUNTER}open/", as_seen(inside, microwave="broken", cups="low"))
    assert states(inside) == {"water": ("working", ""), "microwave": ("broken", ""), "cups": ("working", "不多了")}
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == [
        "mark amenity",
        "mark amenity",
        "open station",
    ]
    assert [one.station.code for one in client.get("/stations/?amenity=microwave").context["stations"]] == []
    assert [one.station.code for one in client.get("/stations/?amenity=water").context["stations"]] == ["lanyuan"]
    # In the afternoon it is mended, and the cups are gone: the low note goes with the change.
    browser = at(14, 30)
    page = text_of(browser, COUNTER)
    assert f'value="low" id="id_amenity-{inside["cups"].pk}_1" checked' in page.replace(" required", "")
    browser.post(f"{COUNTER}open/", as_seen(inside, cups="empty"))
    assert states(inside) == {"water": ("working", ""), "microwave": ("working", ""), "cups": ("empty", "不多了")}


def test_a_note_that_is_no_fault_stays(at, inside):
    Amenity.objects.filter(pk=inside["water"].pk).update(note="两台，带扫码")
    at(8, 31).post(f"{COUNTER}open/", as_seen(inside))
    assert states(inside)["water"] == ("working", "两台，带扫码")


def test_a_second_tap_says_when_the_first_was(at, inside):
    at(10, 32).post(f"{COUNTER}open/", as_seen(inside))
    again = at(10, 41).post(f"{COUNTER}open/", as_seen(inside, water="broken"), follow=True)
    assert "10:32 已经说过了，不用再点。" in again.content.decode()
    assert DoorReport.objects.count() == 1
    assert states(inside)["water"] == ("broken", "")  # what he saw the second time counts all the same
    at(10, 42).post(f"{COUNTER}open/", as_seen(inside))
    assert DoorReport.objects.count() == 2


def test_closing_shuts_the_station_everywhere_until_its_hours_begin_again(at, here, client):
    browser = at(17, 40)
    assert "点了就显示关门，11月25日 8:30 按时间表再开。" in text_of(browser, COUNTER)
    answer = browser.post(f"{COUNTER}closed/", follow=True)
    assert "17:40 记下了：关门了。辛苦了，早点歇着。" in answer.content.decode()
    says = "驿站说已经关门了（17:40）· 明天 8:30 开"
    for path in ("/", "/stations/", "/stations/lanyuan/", "/s/lanyuan/", "/board/jianshelu/"):
        assert says in text_of(client, path), path
    assert [one.station.code for one in client.get("/stations/?open=1").context["stations"]] == []
    assert [one.station.code for one in client.get("/stations/?at=17:50").context["stations"]] == []
    [one] = client.get("/api/stations/").json()["stations"]
    assert (one["open"], one["text"], one["confirmed_at"]) == (False, says, None)
    assert "17:40 已经说过了" in browser.post(f"{COUNTER}closed/", follow=True).content.decode()
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["shut station"]
    at(17, 45).post(f"{COUNTER}open/")
    assert "开放中 · 到 18:00" in text_of(client, "/stations/lanyuan/")


def test_open_outside_the_hours_is_shown_as_what_it_is(at, here, client):
    at(19, 0).post(f"{COUNTER}open/")
    assert "驿站说现在开着（19:00）" in text_of(client, "/stations/lanyuan/")
    assert [one.station.code for one in client.get("/stations/?open=1").context["stations"]] == ["lanyuan"]
    at(21, 0)
    assert [one.station.code for one in client.get("/stations/?open=1").context["stations"]] == []


def test_silence_is_said_of_those_who_usually_speak(at, here, client):
    at(9, 0)
    assert "今天还没有确认开门" not in text_of(client, "/stations/")
    Station.objects.update(said_open=False, said_at=datetime(2026, 11, 23, 18, tzinfo=SHANGHAI))
    for path in ("/", "/stations/", "/stations/lanyuan/", "/s/lanyuan/", "/board/jianshelu/"):
        assert "今天还没有确认开门" in text_of(client, path), path
    assert client.get("/api/stations/").json()["stations"][0]["unconfirmed"] is True
    at(8, 59)
    assert "今天还没有确认开门" not in text_of(client, "/stations/")


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_station_out_of_use_says_nothing(at, inside, state):
    Station.objects.filter(code="lanyuan").update(state=state, state_reason="装修")
    browser = at(10)
    answer = browser.post(f"{COUNTER}open/", as_seen(inside, water="broken"))
    assert answer.status_code == (422 if state == "suspended" else 404)
    assert DoorReport.objects.count() == 0
    assert states(inside)["water"] == ("working", "")
    if state == "suspended":
        assert "先恢复开放，再来点" in answer.content.decode()
        assert browser.post(f"{COUNTER}closed/").status_code == 422


def test_nothing_tapped_is_lost_when_one_choice_cannot_be_read(at, inside):
    answer = at(10).post(f"{COUNTER}open/", as_seen(inside, water="nonsense", microwave="broken"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有这个选项，请重新点一下。" in page
    assert f'value="broken" id="id_amenity-{inside["microwave"].pk}_1" checked' in page.replace(" required", "")
    assert DoorReport.objects.count() == 0


def test_after_signing_in_again_the_address_of_a_tap_leads_back(at, client):
    browser = at(10)
    for path in ("open/", "closed/"):
        assert browser.get(f"{COUNTER}{path}")["Location"] == COUNTER
    assert client.get(f"{COUNTER}open/")["Location"] == f"/admin/login/?next={COUNTER}open/"
    assert DoorReport.objects.count() == 0


def test_the_late_opening_gets_its_time(at, here, elsewhere):
    posted = datetime(2026, 11, 24, 8, 30, tzinfo=SHANGHAI)
    for station in (here.station, elsewhere.station):
        LateOpening.objects.create(station=station, posted_at=posted)
    LateOpening.objects.create(station=here.station, posted_at=posted - timedelta(days=1))
    at(9, 12).post(f"{COUNTER}open/")
    opened = {(late.station.code, late.posted_at.day): late.opened_at for late in LateOpening.objects.all()}
    assert opened == {
        ("lanyuan", 24): datetime(2026, 11, 24, 9, 12, tzinfo=SHANGHAI),
        ("lanyuan", 23): None,
        ("hedong", 24): None,
    }


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_word(here, keeper):
    def tap(_number):
        try:
            return openings.say_open(here.station, by=keeper)[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(tap, range(4))) == [False, False, False, True]
    assert DoorReport.objects.count() == 1


# --- where ------------------------------------------------------------------------------------------------------------
PAGES = ["", "open/", "closed/", "amenities/", "tally/", "guests/"]


@pytest.mark.parametrize("page", PAGES)
def test_only_at_his_own_station(at, here, elsewhere, add_station, keeper, community_admin, page):
    add_station("near")
    for user, near in ((keeper, 404), (community_admin, 302 if page in {"open/", "closed/"} else 200)):
        browser = at(10, user=user)
        assert browser.get(f"/counter/hedong/{page}").status_code == 404
        assert browser.post(f"/counter/hedong/{page}", {"occupation": 1}).status_code == 404
        assert browser.get(f"/counter/near/{page}").status_code == near
    assert (DoorReport.objects.count(), Visit.objects.count()) == (0, 0)
    assert Station.objects.filter(said_at=None).count() == 3


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.TEAM_LEADER, Role.STREET_SUPERVISOR])
def test_other_roles_do_not_keep_stations(at, here, make_staff, role, page):
    place = {
        Role.GRID_WORKER: {"grid": here.grid},
        Role.TEAM_LEADER: {"community": here.community},
        Role.STREET_SUPERVISOR: {"street": here.street},
    }
    browser = at(10, user=make_staff(role, **place[role]))
    assert browser.get(f"{COUNTER}{page}").status_code == 403
    assert browser.post(f"{COUNTER}{page}").status_code == 403
    assert "/counter/" not in text_of(browser, "/me/")


def test_a_rider_has_no_counter_and_a_stranger_signs_in_as_staff(here, rider, signed_in, client):
    assert signed_in(rider).get(COUNTER).status_code == 403
    assert client.get("/counter/")["Location"] == "/admin/login/?next=/counter/"


def test_straight_to_the_only_station_else_a_choice(at, here, elsewhere, add_station, keeper, community_admin):
    assert at(10).get("/counter/")["Location"] == COUNTER
    add_station("near")
    page = at(10, user=community_admin).get("/counter/")
    assert {one.station.code for one in page.context["page"]} == {"near", "lanyuan"}
    found = at(10, user=community_admin).get("/counter/", {"q": "jsl\0"})
    assert [one.station.code for one in found.context["page"]] == ["lanyuan"]
    assert "没找到" in text_of(at(10, user=community_admin), "/counter/?q=河东")


def test_the_way_to_the_counter_is_at_hand(at):
    browser = at(10)
    for path in ("/me/", "/admin/"):
        assert 'href="/counter/"' in text_of(browser, path)


def test_no_cache_keeps_the_counter(at):
    assert at(10).get(COUNTER)["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("number", [1, 30])
def test_the_counter_costs_the_same_for_any_number(at, here, django_assert_num_queries, number):
    for n in range(number):
        kind = AmenityKind.objects.create(code=f"k{n}", name=f"设施{n}", icon="tv", is_supply=n % 2 == 1)
        amenity = Amenity.objects.create(station=here.station, kind=kind)
        Fault.objects.create(station=here.station, kind="broken", amenity=amenity)
    browser = at(10)
    browser.get(COUNTER)
    with django_assert_num_queries(12):
        assert browser.get(COUNTER).status_code == 200
    with django_assert_num_queries(6):
        assert browser.get(f"{COUNTER}amenities/").status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_the_choice_costs_the_same_for_any_number(
    at, here, add_station, community_admin, django_assert_num_queries, number
):
    for n in range(number):
        add_station(f"s{n}")
    browser = at(10, user=community_admin)
    browser.get("/counter/")
    with django_assert_num_queries(7):
        assert browser.get("/counter/").status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_opening_costs_the_same_for_any_number_of_things(at, here, keeper, django_assert_num_queries, number):
    checks = {}
    for n in range(number):
        kind = AmenityKind.objects.create(code=f"k{n}", name=f"设施{n}", icon="tv")
        checks[Amenity.objects.create(station=here.station, kind=kind).pk] = openings.Check("working", "")
    at(10)
    with django_assert_num_queries(25):
        openings.say_open(here.station, by=keeper, checks=checks)
    assert Amenity.objects.filter(checked_by=keeper).count() == number


def test_browsers_without_a_token_are_refused(keeper, here):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post(f"{COUNTER}open/").status_code == 403
    assert DoorReport.objects.count() == 0
