"""Each roster says exactly what it should, of one community only, in one query, and notices every change."""

from datetime import date

import pytest
from django.utils import translation

from ledger.models import Enterprise, PartyMember, Worker
from ledger.rosters import (
    MEMBERS,
    ORDINAL_WIDTH_MM,
    PAPER_WIDTH_MM,
    ROSTERS,
    WORKERS,
    Layout,
    fingerprint_of,
    text_of,
)
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker, copy_of, today_and_long_ago


def texts(copy):
    return [[text_of(value) for value in line] for line in copy.lines()]


def digest(kind, place):
    roster = ROSTERS[kind]
    return fingerprint_of(roster, [roster.rows(place.community)])


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS)
def test_the_columns_fill_one_sheet_and_bear_each_key_once(roster):
    assert sum(column.width_mm for column in roster.columns) == PAPER_WIDTH_MM - ORDINAL_WIDTH_MM
    assert len({column.key for column in roster.columns}) == len(roster.columns)


def test_the_workers(here, elsewhere):
    fresh, stale = today_and_long_ago()
    enterprise = add_enterprise(here)
    add_worker(here, "JSL-R0002", grid=None, phone="", other_contact="微信群", last_confirmed_on=None, platform="")
    add_worker(here, "JSL-R0004", "王㛃", grid=here.grids[1], sex="female", last_confirmed_on=stale)
    add_worker(here, "JSL-R0003", "李䶮", sex="male", employer=enterprise, last_confirmed_on=fresh)
    add_worker(here, "JSL-R0005", "走了的", state="left", left_on=fresh, left_reason="去了长沙")
    add_worker(here, "JSL-R0006", "待核实", state="pending")
    add_worker(elsewhere, "HD-R0001", "别处的")
    assert [str(column.title) for column in WORKERS.columns] == [
        "编号", "姓名", "性别", "职业", "平台", "站点", "所属企业", "网格", "手机号", "最近核实", "核实情况", "状态",
    ]  # fmt: skip
    assert texts(copy_of("workers", here.community)) == [
        ["1", "JSL-R0003", "李䶮", "男", "外卖骑手", "暖风外卖", "建设路站", "湘潭暖风配送有限公司", "第1网格",
         "138****0003", fresh.isoformat(), "有效", "在册"],
        ["2", "JSL-R0004", "王㛃", "女", "外卖骑手", "暖风外卖", "建设路站", "", "第2网格",
         "138****0004", stale.isoformat(), "该核实了", "在册"],
        ["3", "JSL-R0002", "刘洋", "", "外卖骑手", "", "建设路站", "", "", "", "", "该核实了", "在册"],
    ]  # fmt: skip


def test_the_enterprises(here, elsewhere):
    add_enterprise(here, credit_code="91350100M000100Y43", member_count=1)
    add_enterprise(
        here, "JSL-Q0002", name="霞光出行", kind="ride_hailing", contact_phone="", contact_name="",
        party_organisation="own", member_count=3, no_party_reason="", has_union=True,
    )  # fmt: skip
    add_enterprise(elsewhere, "HD-Q0001")
    assert texts(copy_of("enterprises", here.community)) == [
        ["1", "JSL-Q0001", "湘潭暖风配送有限公司", "外卖配送", "91350100M000100Y43", "第1网格", "建设北路1号", "郭振华",
         "139****0801", "正常经营", "12", "1", "未组建：党员不足三名", "无", "2026-09-01"],
        ["2", "JSL-Q0002", "霞光出行", "网约出行", "", "第1网格", "建设北路1号", "",
         "", "正常经营", "12", "3", "单独组建", "有", "2026-09-01"],
    ]  # fmt: skip


def test_the_members(here, elsewhere):
    add_member(add_worker(here, "JSL-R0001", "赵𫖯", sex="male"), next_contact_on=date(2026, 12, 1))
    add_member(add_worker(here, "JSL-R0002", "走了的"), "JSL-D0002", state="returned")
    add_member(add_worker(elsewhere, "HD-R0001", "别处的"), "HD-D0001")
    assert texts(copy_of("members", here.community)) == [
        ["1", "JSL-D0001", "赵𫖯", "男", "138****0001", "外卖骑手", "第1网格", "流入", "衡山县某村党支部",
         "2026-08-16", "在流动中", "2026-12-01"],
    ]  # fmt: skip


def test_who_may_not_see_an_affiliation_gets_no_home_branch(grid_worker, community_admin):
    assert "home_branch" not in {column.key for column in MEMBERS.columns_for(grid_worker)}
    assert MEMBERS.columns_for(community_admin) == MEMBERS.columns


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("kind", ROSTERS)
def test_a_roster_costs_one_query(kind, rows, here, django_assert_num_queries):
    enterprise = add_enterprise(here)
    for number in range(1, rows + 1):
        add_member(add_worker(here, f"JSL-R{number:04}", employer=enterprise), f"JSL-D{number:04}")
    for number in range(2, rows + 1):
        add_enterprise(here, f"JSL-Q{number:04}")
    with django_assert_num_queries(1):
        assert len(texts(copy_of(kind, here.community))) == rows


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("kind", ROSTERS)
def test_every_column_there_is_costs_one_query(kind, full, here, django_assert_num_queries):
    """A column that forgets to say what it `reads` would ask the database once a row."""
    enterprise = add_enterprise(here)
    for number, id_number in enumerate(["34052419800101001X", "370101190102039973"], start=1):
        worker = add_worker(
            here, f"JSL-R{number:04}", employer=enterprise, id_number=id_number, id_purpose="保险",
            affiliation="member", needs="租房",
        )  # fmt: skip
        add_member(worker, f"JSL-D{number:04}", home_phone="13900000001", card_number="A1")
    layout = Layout(columns=tuple(ROSTERS[kind].catalogue.values()))
    with django_assert_num_queries(1):
        texts(copy_of(kind, here.community, layout=layout, full=full))


@pytest.mark.parametrize("order", ["platform", "employer", "grid"])
def test_rows_without_a_value_come_last_on_every_database(order, here):
    add_worker(here, "JSL-R0001", grid=None, platform="丙")
    add_worker(here, "JSL-R0002", employer=add_enterprise(here), grid=here.grids[1], platform="甲")
    rows = texts(copy_of("workers", here.community, layout=Layout(order=order)))
    expected = {"platform": ["JSL-R0001", "JSL-R0002"]}.get(order, ["JSL-R0002", "JSL-R0001"])
    assert [row[1] for row in rows] == expected


def test_what_no_column_shows_is_not_fetched(here):
    add_worker(here, "JSL-R0001", id_number="34052419800101001X", id_purpose="保险", affiliation="member")
    row = WORKERS.prepared(WORKERS.rows(here.community)).get()
    assert {"id_number", "affiliation", "needs", "note", "source", "left_on"} <= row.get_deferred_fields()
    assert row.grid.get_deferred_fields() == {"area", "community_id"}


# --- the digest ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        {"phone": "13999990001"},  # the same mask: 139****0001 and 13900000001 look alike
        {"name": "刘阳"},
        {"grid": None},
        {"occupation": "courier"},
        {"last_confirmed_on": date(2026, 9, 2)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_change_of_a_row_changes_the_digest(change, here):
    worker = add_worker(here, "JSL-R0001", phone="13900000001")
    before = digest("workers", here)
    for name, value in change.items():
        setattr(worker, name, value)
    worker.save()
    assert digest("workers", here) != before


def test_new_rows_and_those_who_left_change_the_digest(here):
    worker = add_worker(here, "JSL-R0001")
    before = digest("workers", here)
    second = add_worker(here, "JSL-R0002")
    assert digest("workers", here) != before
    second.delete()
    assert digest("workers", here) == before
    Worker.objects.filter(pk=worker.pk).update(state="left", left_on=date(2026, 9, 2), left_reason="搬走")
    assert digest("workers", here) != before


def test_a_change_no_column_shows_keeps_the_digest(here, elsewhere):
    worker = add_worker(here, "JSL-R0001")
    before = digest("workers", here)
    worker.note = "夜班"
    worker.save()
    add_worker(elsewhere, "HD-R0001")
    assert digest("workers", here) == before


@pytest.mark.parametrize("kind", ROSTERS)
def test_the_digest_is_the_same_in_every_language_and_for_every_reader(kind, here, grid_worker):
    add_member(add_worker(here, "JSL-R0001", sex="male", employer=add_enterprise(here)))
    with translation.override("en"):
        copy = copy_of(kind, here.community, by=grid_worker)
        assert len(texts(copy)) == 1
    assert copy.fingerprint.hexdigest() == digest(kind, here)


def test_the_digest_tells_two_rows_that_swapped_their_cells(here):
    """The sum of the rows' digests stays the same only when the rows do."""
    first, second = add_worker(here, "JSL-R0001", site="甲"), add_worker(here, "JSL-R0002", site="乙")
    before = digest("workers", here)
    first.site, second.site = "乙", "甲"
    first.save()
    second.save()
    assert digest("workers", here) != before


def test_the_digest_does_not_depend_on_the_order(here):
    for number in (1, 2, 3):
        add_worker(here, f"JSL-R{number:04}")
    parts = [WORKERS.model.objects.filter(number=f"JSL-R{number:04}") for number in (3, 1, 2)]
    assert fingerprint_of(WORKERS, parts) == digest("workers", here)


def test_every_roster_has_its_model():
    assert [(kind, roster.model) for kind, roster in ROSTERS.items()] == [
        ("enterprises", Enterprise),
        ("workers", Worker),
        ("members", PartyMember),
    ]
