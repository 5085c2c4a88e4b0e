"""After the tap: what was used, one tap each, for ten minutes, without JavaScript and without cookies."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from station.models import Amenity, Visit
from tests.station.doors import DOOR, THANKS, tap, token_on, without_cookies


@pytest.fixture
def inside(here, kinds):
    """Water and a television that work, a microwave that does not."""
    for code in ("water", "tv", "microwave"):
        Amenity.objects.create(station=here.station, kind=kinds[code])
    Amenity.objects.filter(kind__code="microwave").update(state="broken")
    return here


def used():
    return sorted(Visit.objects.get().used.values_list("code", flat=True))


def buttons(page):
    """``{kind: (what a tap says, lit)}`` of the buttons on a page of thanks."""
    found = re.findall(r'name="(add|remove)" value="(\w+)" aria-pressed="(\w+)"', page.content.decode())
    return {kind: (name, pressed == "true") for name, kind, pressed in found}


def test_one_tap_ticks_and_the_next_takes_it_back(client, inside):
    page = tap(client, follow=True)
    assert buttons(page) == {"water": ("add", False), "tv": ("add", False)}
    token = token_on(page)
    answer = client.post(THANKS, {"token": token, "add": "water"})
    assert (answer.status_code, answer["Location"]) == (303, f"{THANKS}#used")
    assert buttons(client.get(THANKS)) == {"water": ("remove", True), "tv": ("add", False)}
    client.post(THANKS, {"token": token, "add": "tv"})
    assert used() == ["tv", "water"]
    client.post(THANKS, {"token": token, "remove": "water"})
    assert used() == ["tv"]


def test_a_double_tap_is_one(client, inside):
    token = token_on(tap(client, follow=True))
    for _tap in range(2):
        client.post(THANKS, {"token": token, "add": "water"})
    assert used() == ["water"]
    for _tap in range(2):
        client.post(THANKS, {"token": token, "remove": "water"})
    assert used() == []


def test_a_phone_without_cookies_ticks_as_well(client, inside):
    token = token_on(client.get(DOOR))
    page = tap(without_cookies(client), token=token)
    assert set(buttons(page)) == {"water", "tv"}
    page = without_cookies(client).post(THANKS, {"token": token_on(page), "add": "tv"})
    assert page.status_code == 200
    assert buttons(page)["tv"] == ("remove", True)
    page = without_cookies(client).post(THANKS, {"token": token_on(page), "remove": "tv"})
    assert buttons(page)["tv"] == ("add", False)
    assert used() == []


def test_a_second_tap_still_leads_to_the_visit_that_was_counted(client, inside, clock):
    clock(2026, 11, 24, 10, 32)
    tap(client)
    del client.cookies["visit"]  # its answer never arrived
    clock(2026, 11, 24, 10, 35)
    page = tap(client, follow=True)
    assert "10:32 已经记过了" in page.content.decode()
    client.post(THANKS, {"token": token_on(page), "add": "water"})
    assert used() == ["water"]


@pytest.mark.parametrize(("seconds", "status", "ticked"), [(600, 303, ["water"]), (601, 422, [])])
def test_it_can_be_changed_for_ten_minutes(client, inside, clock, monkeypatch, seconds, status, ticked):
    now = clock(2026, 11, 24, 10, 32)
    token = token_on(tap(client, follow=True))
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(seconds=seconds))
    answer = client.post(THANKS, {"token": token, "add": "water"})
    assert answer.status_code == status
    assert ("过了十分钟，这次就不改了。谢谢您。" in answer.content.decode()) == (status == 422)
    assert used() == ticked


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"add": "sauna"}, "这个驿站没有这一样，请重新点一下。"),
        ({"remove": "sauna"}, "这个驿站没有这一样，请重新点一下。"),
        ({"add": "x" * 9000}, "这个驿站没有这一样，请重新点一下。"),
        ({"add": "a\0b"}, "不允许是用空字符"),
        ({}, "请点一下用过的那一样。"),
        ({"add": "water", "remove": "tv"}, "请点一下用过的那一样。"),
    ],
)
def test_what_the_station_does_not_have_is_refused_and_the_rest_stays(client, inside, sent, said):
    token = token_on(tap(client, follow=True))
    client.post(THANKS, {"token": token, "add": "tv"})
    page = client.post(THANKS, {"token": token, **sent})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert buttons(page) == {"water": ("add", False), "tv": ("remove", True)}
    assert used() == ["tv"]


@pytest.mark.parametrize("token", ["", "1", "1.6924:forged", "\0", "x" * 9000])
def test_nobody_adds_to_a_visit_he_holds_no_token_of(inside, token):
    tap(Client())
    page = Client().post(THANKS, {"token": token, "add": "water"})
    assert page.status_code == 422
    assert buttons(page) == {}
    assert used() == []


def test_the_token_of_one_station_is_good_for_no_other(client, inside, add_station, kinds):
    Amenity.objects.create(station=add_station("other"), kind=kinds["water"])
    token = token_on(tap(client, follow=True))
    assert client.post("/s/other/thanks/", {"token": token, "add": "water"}).status_code == 422
    assert client.post(THANKS, {"token": token_on(client.get(DOOR)), "add": "water"}).status_code == 422
    assert used() == []


def test_what_broke_after_it_was_ticked_can_still_be_taken_back(client, inside):
    token = token_on(tap(client, follow=True))
    client.post(THANKS, {"token": token, "add": "water"})
    Amenity.objects.update(state="broken")
    assert buttons(client.get(THANKS)) == {"water": ("remove", True)}


def test_the_page_alone_asks_nothing(inside):
    assert buttons(Client().get(THANKS)) == {}
    assert Client().get("/s/nowhere/thanks/").status_code == 404


@pytest.mark.parametrize("ticked", [0, 2])
def test_the_page_of_thanks_costs_three_queries(client, inside, django_assert_num_queries, ticked):
    token = token_on(tap(client, follow=True))
    for kind in ("water", "tv")[:ticked]:
        client.post(THANKS, {"token": token, "add": kind})
    with django_assert_num_queries(3):
        client.get(THANKS)
