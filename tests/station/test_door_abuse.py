"""The door under pressure: old forms, phones without cookies, one address a thousand times, taps at one moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from station.models import Visit, VisitMark
from station.operations.visits import mark_of_address
from tests.station.doors import DOOR, tap, token_on, without_cookies


def counted():
    return Visit.objects.count(), VisitMark.objects.count()


# --- tokens that expire ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("minutes", "seconds", "status"), [(120, 0, 303), (120, 1, 422)])
def test_a_page_is_good_for_two_hours(client, here, clock, monkeypatch, minutes, seconds, status):
    opened = clock(2026, 11, 24, 10)
    token = token_on(client.get(DOOR))
    later = opened + timedelta(minutes=minutes, seconds=seconds)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert tap(client, token=token).status_code == status


def test_an_old_page_comes_again_with_the_choice_lit_and_one_tap_more_counts_once(client, here, clock):
    clock(2026, 11, 24, 10)
    token = token_on(client.get(DOOR))
    clock(2026, 11, 24, 12, 1)
    page = tap(client, "food_rider", token=token)
    html = page.content.decode()
    assert page.status_code == 422
    assert "这一页开得久了，刚才没记上。请再点一下，就记上了。" in html
    assert html.count("job-chosen") == 1
    assert 'job-chosen" type="submit" name="occupation" value="food_rider" autofocus' in html
    assert counted() == (0, 0)
    assert tap(client, "food_rider", token=token_on(page)).status_code == 303
    assert tap(client, "food_rider", token=token_on(page)).status_code == 303
    assert counted() == (1, 1)


@pytest.mark.parametrize("token", ["", "x", "\0", "1.word.6924:forged", "x" * 9000])
def test_a_token_that_is_none_of_ours_counts_nothing(client, here, token):
    page = tap(client, token=token)
    assert page.status_code == 422
    assert token_on(page)
    assert counted() == (0, 0)


def test_the_page_of_one_door_opens_no_other(client, here, add_station):
    add_station("other")
    assert tap(client, token=token_on(client.get("/s/other/"))).status_code == 422
    assert counted() == (0, 0)


# --- phones that refuse cookies --------------------------------------------------------------------------------------
def test_a_phone_without_cookies_is_counted_and_thanked_at_once(client, here, clock):
    clock(2026, 11, 24, 10, 32)
    token = token_on(client.get(DOOR))
    page = tap(without_cookies(client), token=token)
    assert page.status_code == 200
    assert "10:32 已记下，谢谢，快进来歇歇。" in page.content.decode()
    again = tap(without_cookies(client), token=token)
    assert "10:32 已经记过了" in again.content.decode()
    assert counted() == (1, 1)


def test_a_phone_that_loses_its_cookie_between_page_and_tap_stays_the_same_phone(client, here, clock):
    clock(2026, 11, 24, 10, 32)
    token = token_on(client.get(DOOR))
    assert tap(client, token=token).status_code == 303
    assert "已经记过了" in tap(without_cookies(client), token=token).content.decode()
    assert "已经记过了" in tap(client, follow=True).content.decode()  # and gets its cookie back
    assert counted() == (1, 1)


# --- one address -----------------------------------------------------------------------------------------------------
def test_a_thousand_taps_from_one_address_count_forty(here, clock, settings):
    clock(2026, 11, 24, 10)
    answers = [tap(Client()).status_code for _number in range(1000)]
    assert [answers.count(status) for status in (303, 429)] == [40, 960]
    assert answers[:40] == [303] * 40
    assert counted() == (40, 40)
    page = tap(Client())
    assert "这个网络一小时里记了很多人，这一次没有记。" in page.content.decode()
    assert page.status_code == 429
    assert settings.VISIT_LIMITS["door"] == 40


def test_a_thousand_taps_without_cookies_count_ten(here, clock):
    clock(2026, 11, 24, 10)
    answers = []
    for _number in range(1000):
        client = Client()
        token = token_on(client.get(DOOR))
        answers.append(tap(without_cookies(client), token=token).status_code)
    assert [answers.count(status) for status in (200, 429)] == [10, 990]
    assert counted() == (10, 10)
    assert tap(Client()).status_code == 303  # whoever keeps cookies is not shut out by those who do not


def test_whoever_was_counted_earlier_today_is_counted_again_however_full_it_is(here, clock, settings):
    clock(2026, 11, 24, 10)
    known = Client()
    tap(known)
    settings.VISIT_LIMITS = settings.VISIT_LIMITS | {"door": 1}
    assert tap(Client()).status_code == 429
    clock(2026, 11, 24, 10, 10)
    assert tap(known).status_code == 303
    assert Visit.objects.count() == 2


def test_another_address_is_not_held_to_account(here, clock, settings):
    clock(2026, 11, 24, 10)
    settings.VISIT_LIMITS = settings.VISIT_LIMITS | {"door": 1}
    assert [tap(Client(REMOTE_ADDR=f"10.0.0.{n}")).status_code for n in (1, 1, 2, 2)] == [303, 429, 303, 429]


def test_an_hour_later_the_address_is_welcome_again_also_across_midnight(here, clock, settings):
    settings.VISIT_LIMITS = settings.VISIT_LIMITS | {"door": 1}
    clock(2026, 11, 24, 23, 30)
    assert tap(Client()).status_code == 303
    clock(2026, 11, 25, 0, 29)
    assert tap(Client()).status_code == 429
    clock(2026, 11, 25, 0, 30)
    assert tap(Client()).status_code == 303


def test_doors_in_a_row_are_bounded_too(here, add_station, settings):
    settings.VISIT_LIMITS = settings.VISIT_LIMITS | {"everywhere": 2}
    for code in ("one", "two", "three"):
        add_station(code)
    assert [tap(Client(), door=f"/s/{code}/").status_code for code in ("one", "two", "three")] == [303, 303, 429]


def test_a_claimed_address_counts_only_behind_a_proxy_of_ours(here, settings):
    settings.VISIT_LIMITS = settings.VISIT_LIMITS | {"door": 1}
    claimed = [{"X-Forwarded-For": f"9.9.9.{n}"} for n in (1, 2, 3)]
    assert [tap(Client(headers=headers)).status_code for headers in claimed] == [303, 429, 429]
    settings.TRUSTED_PROXY_COUNT = 1
    assert [tap(Client(headers=headers)).status_code for headers in claimed] == [303, 303, 303]
    forged = [{"X-Forwarded-For": f"8.8.8.{n}, 9.9.9.3"} for n in (1, 2)]
    assert [tap(Client(headers=headers)).status_code for headers in forged] == [429, 429]


def test_of_the_address_only_a_digest_of_the_day_is_kept(here, clock):
    now = clock(2026, 11, 24, 10)
    tap(Client(REMOTE_ADDR="203.0.113.9"))
    mark = VisitMark.objects.get()
    assert mark.address == mark_of_address("203.0.113.9", now)
    assert mark.address != mark_of_address("203.0.113.9", now + timedelta(days=1))
    assert "203" not in f"{mark.address[:3]} {mark.device[:3]}"
    assert len(mark.address) == 16


# --- at the same moment ----------------------------------------------------------------------------------------------
def at_once(number, act):
    """`act(n)` in `number` threads, each with a connection of its own; the answers' status codes."""

    def one(position):
        try:
            return act(position).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.mark.django_db(transaction=True)
def test_the_same_tap_ten_times_at_once_counts_once(here):
    first = Client()
    token = token_on(first.get(DOOR))
    device = first.cookies["device"].value

    def double_tap(_number):
        client = Client()
        client.cookies["device"] = device
        return tap(client, token=token)

    assert at_once(10, double_tap) == [303] * 10
    assert counted() == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_phone_count_once(here):
    first = Client()
    tokens = [token_on(first.get(DOOR)) for _tab in range(2)]
    device = first.cookies["device"].value

    def tap_tab(number):
        client = Client()
        client.cookies["device"] = device
        return tap(client, ("courier", "other")[number], token=tokens[number])

    assert at_once(2, tap_tab) == [303, 303]
    assert counted() == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_form_without_cookies_ten_times_at_once_counts_once(here):
    token = token_on(Client().get(DOOR))
    assert at_once(10, lambda _number: tap(Client(), token=token)) == [200] * 10
    assert counted() == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_to_the_last_place_when_twenty_tap_at_once(here, settings):
    settings.VISIT_LIMITS = settings.VISIT_LIMITS | {"door": 7}
    answers = at_once(20, lambda _number: tap(Client()))
    assert [answers.count(status) for status in (303, 429)] == [7, 13]
    assert counted() == (7, 7)
