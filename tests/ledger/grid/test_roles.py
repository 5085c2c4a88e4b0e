"""Who gets which page of `/grid/`, both ways; the grid next door is not there."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from ledger.models import Worker
from station.models import Duty, Occupation
from station.roles import Role
from tests.ledger.grid.pages import NEW, PAGES, TAPS, WALK, rows_of, tap


@pytest.mark.parametrize("role", Role)
def test_the_pages_are_for_those_who_look_after_the_ledger(survey, mine, staff, signed_in, role):
    client = signed_in(staff[role])
    walks = role in (Role.COMMUNITY_ADMIN, Role.GRID_WORKER)
    for url in [*map(reverse, PAGES), *(tap(mine, name) for name in TAPS)]:
        allowed = {client.get(url).status_code, client.post(url).status_code} <= {200, 302, 422}
        assert allowed == walks, url
        if not walks:
            assert client.post(url).status_code == 403, url
    for page in ("/me/", "/admin/"):
        assert (f'href="{WALK}"' in client.get(page).content.decode()) == walks


def test_riders_and_strangers_are_not_let_in(mine, rider, signed_in, client):
    for url in [*map(reverse, PAGES), *(tap(mine, name) for name in TAPS)]:
        assert signed_in(rider).get(url).status_code == 403
        assert client.get(url).url.startswith(reverse("admin:login"))
    assert WALK not in signed_in(rider).get("/me/").content.decode()


def test_the_grid_next_door_is_not_there(here, elsewhere, survey, near, make_worker, make_enterprise, walk):
    far = make_worker("别处", "13900000004", community=elsewhere.community, grid=elsewhere.grid)
    unplaced = make_worker("陈𬱟", "13900000003", grid=None)
    shop = make_enterprise(grid=here.grids[1])
    before = list(Worker.objects.values_list("pk", "state", "last_confirmed_on", "platform"))
    for row in (near, far, unplaced, shop):
        for name in TAPS:
            for answer in (walk.get(tap(row, name)), walk.post(tap(row, name), {"why": "没人应门", "platform": "x"})):
                assert answer.status_code == 404, (row, name)
                assert row.name not in answer.content.decode()
        assert row.name not in walk.get(WALK, {"show": "all"}).content.decode()
    assert list(Worker.objects.values_list("pk", "state", "last_confirmed_on", "platform")) == before
    assert walk.get("/grid/robot/1/").status_code == 404


def test_who_looks_here_and_acts_there_acts_only_there(here, elsewhere, mine, make_staff, signed_in, make_worker):
    """A grid worker here who is an administrator elsewhere: departures without a round are his only there."""
    both = make_staff(Role.GRID_WORKER, grid=here.grid)
    Duty.objects.create(user=both, role=Role.COMMUNITY_ADMIN, community=elsewhere.community)
    far = make_worker("别处", "13900000004", community=elsewhere.community, grid=elsewhere.grid)
    client = signed_in(both)
    assert client.get(tap(mine, "left")).status_code == 404
    assert client.get(tap(far, "left")).status_code == 200
    assert {*rows_of(client.get(WALK, {"show": "all"}))} == {mine, far}


def test_occupations_are_tiles(here, walk):
    assert walk.get(NEW).content.decode().count('type="radio"') == len(Occupation)


@pytest.mark.parametrize("nasty", ["\0", "x" * 5000, "9" * 30, "䶮" * 100, "../admin/", "worker-9"])
def test_odd_addresses_and_answers_are_no_servers_fault(survey, mine, walk, nasty):
    query = dict.fromkeys(("kind", "show", "grid", "page", "then", "q", "round", "survey"), nasty)
    typed = dict.fromkeys(("why", "words", "seen", "channel", "letters", "q", "grid", "phone", "change_reason"), nasty)
    for url in [*map(reverse, PAGES), *(tap(mine, name) for name in TAPS)]:
        for answer in (walk.get(url, query), walk.post(f"{url}?{urlencode(query)}", typed)):
            assert answer.status_code in (200, 302, 404, 422), url
            assert "admin" not in answer.headers.get("Location", "").split("?")[0]
