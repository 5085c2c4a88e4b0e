"""The first page."""

import pytest
from django.urls import reverse

from station.models import Fault, Notice, Station


def shown(client):
    return [one.station.code for one in client.get(reverse("home")).context["stations"]]


def test_open_first_then_about_to_close_then_by_next_opening(client, here, add_station, clock):
    clock(2026, 11, 24, 19, 45)
    add_station("evening", hours=[((21,), (23,))])
    add_station("closing", hours=[((7,), (20,))])
    add_station("open", hours=[((7,), (22,))])
    assert shown(client) == ["open", "closing", "evening"]


def test_what_riders_found_locked_is_not_praised_as_open(client, here, add_station, clock):
    now = clock(2026, 11, 24, 19, 45)
    locked = add_station("open", hours=[((7,), (22,))])
    closing = add_station("closing", hours=[((7,), (20,))])
    Fault.objects.create(station=locked, kind="locked", said_at=now)
    assert shown(client) == ["closing", "open", "lanyuan"]
    assert "现在开着，进来歇歇" in client.get(reverse("home")).content.decode()
    closing.delete()
    page = client.get(reverse("home")).content.decode()
    assert "该开着，去前看一眼" in page
    assert "现在开着，进来歇歇" not in page


def test_a_station_closed_for_good_is_not_shown(client, here, clock):
    clock(2026, 11, 24, 10)
    Station.objects.update(state="closed", state_reason="搬走了")
    page = client.get(reverse("home"))
    assert page.context["stations"] == []
    assert "驿站还在准备" in page.content.decode()


def test_the_four_actions_the_letter_and_joining_are_linked(client, here):
    page = client.get(reverse("home")).content.decode()
    for path in ("/stations/", "/services/", "/report/", "/volunteer/", "/letter/", "/join/"):
        assert f'href="{path}"' in page


def test_only_a_pinned_published_notice_for_all_stands_there(client, here, clock):
    now = clock(2026, 11, 24, 10)
    common = {"community": here.community, "body": "正文", "published_at": now}
    Notice.objects.create(title="没有置顶", **common)
    Notice.objects.create(title="只给一个站", pinned=True, station=here.station, **common)
    Notice.objects.create(title="一封信", pinned=True, kind=Notice.Kind.LETTER, **common)
    Notice.objects.create(title="热姜茶", pinned=True, **common)
    assert client.get(reverse("home")).context["pinned"].title == "热姜茶"


@pytest.mark.parametrize("number", [1, 30])
def test_four_queries(client, add_station, django_assert_num_queries, number):
    for station in range(number):
        add_station(f"s{station}", hours=[((7,), (21,))])
    with django_assert_num_queries(4):
        client.get(reverse("home"))
