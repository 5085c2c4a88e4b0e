"""The QR code at the door: one tap counts one visit, once in ten minutes, and tells nothing about anybody."""

from datetime import timedelta

import pytest
from django.test import Client

from station.models import Amenity, Fault, Occupation, Station, Visit, VisitMark
from tests.station.doors import DOOR, THANKS, tap, token_on


def test_a_button_for_every_line_of_work_and_what_does_not_work_here(client, here, kinds, clock):
    clock(2026, 11, 24, 10)
    Amenity.objects.create(station=here.station, kind=kinds["water"])
    Amenity.objects.create(station=here.station, kind=kinds["microwave"], state="empty", note="下午补")
    page = client.get(DOOR).content.decode()
    assert [f'name="occupation" value="{one}"' in page for one in Occupation.values] == [True] * 7
    assert "开放中 · 到 18:00" in page
    assert "微波炉：下午补" in page
    assert "饮水机" not in page
    assert 'href="/stations/lanyuan/"' in page
    assert 'href="/report/"' in page


def test_what_is_confirmed_broken_is_said_once(client, here, kinds, clock):
    """By the fault; the amenity only adds a word of its own."""
    clock(2026, 11, 24, 10)
    microwave = Amenity.objects.create(station=here.station, kind=kinds["microwave"], state="broken")
    Fault.objects.create(station=here.station, kind="broken", amenity=microwave, state="confirmed")
    assert client.get(DOOR).content.decode().count("微波炉") == 1
    Amenity.objects.update(note="先用水吧里那台")
    assert "微波炉：先用水吧里那台" in client.get(DOOR).content.decode()


def test_one_tap_is_counted_and_thanked_with_the_time(client, here, clock):
    now = clock(2026, 11, 24, 10, 32)
    answer = tap(client)
    assert (answer.status_code, answer["Location"]) == (303, THANKS)
    assert list(Visit.objects.values_list("station", "occupation", "at", "source", "people")) == [
        (here.station.pk, "courier", now, "door", 1)
    ]
    assert "10:32 已记下，谢谢，快进来歇歇。" in client.get(THANKS).content.decode()
    assert "已记下" not in client.get(THANKS).content.decode()


def test_a_second_tap_says_when_the_first_was(client, here, clock):
    clock(2026, 11, 24, 10, 32)
    tap(client)
    client.get(THANKS)
    clock(2026, 11, 24, 10, 41)
    page = tap(client, "food_rider", follow=True).content.decode()
    assert "10:32 已经记过了" in page
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(("seconds", "visits"), [(599, 1), (600, 2)])
def test_after_ten_minutes_it_counts_again(client, here, clock, monkeypatch, seconds, visits):
    now = clock(2026, 11, 24, 10, 32)
    tap(client)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(seconds=seconds))
    tap(client)
    assert Visit.objects.count() == visits


def test_another_station_and_another_phone_count_for_themselves(client, here, add_station, clock):
    clock(2026, 11, 24, 10)
    add_station("other")
    tap(client)
    tap(client, door="/s/other/")
    tap(Client())
    assert sorted(Visit.objects.values_list("station__code", flat=True)) == ["lanyuan", "lanyuan", "other"]


def test_marks_at_two_stations_cannot_be_joined(client, here, add_station):
    add_station("other")
    tap(client)
    tap(client, door="/s/other/")
    assert len(set(VisitMark.objects.values_list("device", flat=True))) == 2


def test_the_cookie_is_random_short_lived_and_unreadable_to_scripts(client, here):
    cookie = client.get(DOOR).cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 86400)
    assert cookie.value != Client().get(DOOR).cookies["device"].value
    token = cookie.value.split(":")[0]
    tap(client)
    assert client.cookies["device"].value.split(":")[0] == token
    assert token not in VisitMark.objects.get().device


def test_a_forged_cookie_is_replaced(client, here):
    client.cookies["device"] = "a:b:c"
    assert tap(client).status_code == 303
    assert client.cookies["device"].value != "a:b:c"


def test_the_cookie_is_not_given_again_to_who_has_it(client, here):
    client.get(DOOR)
    assert "device" not in client.get(DOOR).cookies
    assert "device" in tap(client).cookies  # but a tap lengthens its life


def test_nobody_is_signed_in_and_no_session_begins(client, here):
    client.get(DOOR)
    tap(client)
    client.get(THANKS)
    assert set(client.cookies) == {"csrftoken", "device", "messages", "visit"}


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_of_another_site_counts_nothing(here, headers):
    strict = Client(enforce_csrf_checks=True)
    sent = {"occupation": "courier", "token": token_on(strict.get(DOOR))}
    assert strict.post(DOOR, sent, headers=headers).status_code == 403
    assert strict.post(THANKS, sent, headers=headers).status_code == 403
    assert (Visit.objects.count(), VisitMark.objects.count()) == (0, 0)
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert strict.post(DOOR, sent, headers=own).status_code == 303


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "请点一下您是做什么的"),
        ({"occupation": "king"}, "没有这个选项"),
        ({"occupation": "a\0b"}, "没有这个选项"),
        ({"occupation": "x" * 9000}, "没有这个选项"),
    ],
)
def test_what_is_no_line_of_work_is_refused_on_the_same_page(client, here, sent, said):
    page = client.post(DOOR, sent | {"token": token_on(client.get(DOOR))})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert 'value="courier"' in page.content.decode()
    assert (Visit.objects.count(), VisitMark.objects.count()) == (0, 0)


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_station_out_of_use_counts_nobody(client, here, state):
    Station.objects.update(state=state, state_reason="装修")
    assert '<button class="job"' not in client.get(DOOR).content.decode()
    page = client.post(DOOR, {"occupation": "courier"})
    assert page.status_code == 422
    assert "这个驿站现在停用" in page.content.decode()
    assert "开得久了" not in page.content.decode()
    assert Visit.objects.count() == 0


def test_the_page_is_not_kept_by_any_cache(client, here):
    assert "no-store" in client.get(DOOR)["Cache-Control"]


@pytest.mark.parametrize("number", [1, 3])
def test_four_queries(client, here, kinds, django_assert_num_queries, number):
    for kind in list(kinds.values())[:number]:
        Amenity.objects.create(station=here.station, kind=kind, state="broken")
    with django_assert_num_queries(4):
        client.get(DOOR)
