"""`/grid/`: whom to check, the stalest first, chosen, searched, page by page."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from ledger.models import Worker
from ledger.operations import workers
from ledger.operations.joins import join_ledger
from station.roles import Role
from tests.ledger.grid.pages import PHONE, WALK, rows_of, text_of


def test_whom_to_check_the_stalest_first(here, make_worker, walk, community_admin):
    days = {"甲甲": 10, "乙乙": None, "丙丙": 100, "丁丁": 300}
    for number, (name, age) in enumerate(days.items()):
        worker = make_worker(name, f"139000001{number:02d}")
        day = None if age is None else timezone.localdate() - timedelta(days=age)
        Worker.objects.filter(pk=worker.pk).update(last_confirmed_on=day)
    page = walk.get(WALK)
    assert [worker.name for worker in rows_of(page)] == ["乙乙", "丁丁", "丙丙"]
    assert [worker.name for worker in rows_of(walk.get(WALK, {"show": "all"}))] == ["乙乙", "丁丁", "丙丙", "甲甲"]
    assert "从没核实过" in text_of(page)
    assert "100 天前核实" in text_of(page)


def test_the_round_on_top_and_what_it_still_asks(survey, near, mine, make_enterprise, walk):
    make_enterprise()  # new to the round, so it is no longer asked
    page = walk.get(WALK)
    assert rows_of(page) == [mine]
    assert [(show.name, count) for show, count in page.context["chips"]] == [("check", 1), ("stale", 1), ("all", 1)]
    text = text_of(page)
    assert "查过 1 / 2，还有 3 天" in text
    assert "还在跑单吗？ 电话换了没有？" in text
    assert "139****0001" in text
    assert PHONE not in page.content.decode()


def test_chips_pick_what_is_shown(here, survey, mine, walk, community_admin, make_worker):
    gone = make_worker("走了", "13900000005")
    workers.leave_worker(gone, by=community_admin, reason="回老家了")
    rider = Worker(community=here.community, grid=here.grid, name="向南", phone="13900000009", occupation="courier")
    join_ledger(rider, address="192.0.2.1")
    shown = {show: [w.name for w in rows_of(walk.get(WALK, {"show": show}))] for show in ("waiting", "left", "x")}
    assert shown == {"waiting": ["向南"], "left": ["走了"], "x": [mine.name]}
    assert rows_of(walk.get(WALK, {"kind": "enterprise", "show": "waiting"})) == []
    assert rows_of(walk.get(WALK, {"kind": "robot"})) == [mine]


def test_the_community_admin_walks_all_grids_or_one(here, elsewhere, mine, near, make_worker, signed_in, staff):
    unplaced = make_worker("陈𬱟", "13900000003", grid=None)
    make_worker("别处", "13900000004", community=elsewhere.community, grid=elsewhere.grid)
    client = signed_in(staff[Role.COMMUNITY_ADMIN])
    everybody = client.get(WALK, {"show": "all"})
    assert {*rows_of(everybody)} == {mine, near, unplaced}
    grid = str(here.grids[1].pk)
    assert rows_of(client.get(WALK, {"show": "all", "grid": grid})) == [near]
    assert rows_of(client.get(WALK, {"show": "all", "grid": "none"})) == [unplaced]
    for strange in (str(elsewhere.grid.pk), "9" * 30, "x"):
        assert {*rows_of(client.get(WALK, {"show": "all", "grid": strange}))} == {mine, near, unplaced}


@pytest.mark.parametrize("words", ["李䶮", PHONE, "0001", "jsl-r0001"])
def test_the_search_finds_as_the_admin_does_and_keeps_names_out_of_addresses(mine, near, walk, words):
    answer = walk.post(WALK, {"q": words})
    assert answer.status_code == 302
    assert words not in answer.url
    assert set(parse_qs(urlsplit(answer.url).query)) == {"q"}
    page = walk.get(answer.url)
    assert rows_of(page) == [mine]
    assert "找到 1 条" in text_of(page)


def test_the_search_looks_beyond_the_chip_but_never_next_door(mine, near, walk, signed_in, staff, community_admin):
    workers.leave_worker(mine, by=community_admin, reason="走了")
    assert rows_of(walk.post(WALK, {"q": "李䶮"}, follow=True)) == [mine]
    for words in (near.name, near.number, "13900000002"):
        page = walk.post(WALK, {"q": words}, follow=True)
        assert rows_of(page) == []
        assert "没找到" in text_of(page)
    sealed = walk.post(WALK, {"q": "李䶮"}).url
    others = signed_in(staff[Role.COMMUNITY_ADMIN]).get(sealed, follow=True)
    assert "别人的查找链接也打不开" in text_of(others)
    assert "看不见的字符" in text_of(walk.post(WALK, {"q": "李\0"}, follow=True))


def test_pages_of_twenty(make_worker, walk):
    for number in range(21):
        make_worker(f"人{number:02d}", f"139000002{number:02d}")
    first, second = (walk.get(WALK, {"show": "all", "page": page}) for page in (1, 2))
    assert (len(rows_of(first)), len(rows_of(second))) == (20, 1)
    assert rows_of(walk.get(WALK, {"show": "all", "page": "9" * 30})) == rows_of(second)


def test_the_list_costs_the_same_for_one_and_twenty(make_worker, survey, walk, django_assert_num_queries):
    walk.get(WALK)
    with django_assert_num_queries(10):
        assert len(rows_of(walk.get(WALK, {"show": "all"}))) == 1
    for number in range(10, 29):
        make_worker(f"工人{number}", f"139000{number:05d}")
    with django_assert_num_queries(10):
        assert len(rows_of(walk.get(WALK, {"show": "all"}))) == 20
