"""The table is found in the sheet, its columns by title or synonym, decoration or not, in either language."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from ledger.imports import REGISTERS, guess_mapping, read_table, unmapped
from ledger.rosters import ENTERPRISES, MEMBERS, ROSTERS, WORKERS
from station.lib.cells import folded
from station.lib.sheets import read_book
from tests.ledger.import_files import csv_of, xlsx_of


def table(rows, roster=WORKERS, **values):
    return read_table(read_book(xlsx_of(rows, **values)), roster, None)


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS)
def test_no_title_names_two_columns(roster):
    """Nobody decides between them: the first would win, and half the tables would be read wrong."""
    names = [
        (folded(name), column.key)
        for column in roster.catalogue.values()
        for name in {folded(str(column.title)), *map(folded, column.synonyms)}
    ]
    twice = [name for name, _key in names if sum(other == name for other, _key in names) > 1]
    assert sorted(set(twice)) == []


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_own_title_is_known_in_every_language(roster, language):
    with translation.override(language):
        titles = [str(column.title) for column in roster.catalogue.values()]
    assert guess_mapping(titles, roster, None) == list(roster.catalogue)


@pytest.mark.parametrize(
    ("roster", "titles", "keys"),
    [
        (WORKERS, ["姓　名", "联系电话（必填）", "*从业类型", "所属网格", "单位名称", "微信号", "入职时间"],
         ["name", "phone", "occupation", "grid", "employer", "other_contact", ""]),
        (ENTERPRISES, ["单位名称", "联系人", "联系电话", "行业类别", "党员数（人）", "是否建立工会", "党组织情况"],
         ["name", "contact_name", "contact_phone", "kind", "member_count", "union", "party_organisation"]),
        (MEMBERS, ["党员姓名", "手机", "所在党支部", "报到时间", "流动原因", "活动证号"],
         ["name", "phone", "home_branch", "reported", "away_reason", "card_number"]),
        (WORKERS, ["姓名", "电话", "手机号", "联系方式"], ["name", "", "phone", ""]),
    ],
)  # fmt: skip
def test_other_peoples_titles(roster, titles, keys):
    assert guess_mapping(titles, roster, None) == keys


def test_the_head_is_found_below_title_and_signature_lines():
    found = table(
        [
            ["建设路社区新就业群体摸排表"],
            ["填报单位：某站", "", "日期：2026-11-20"],
            [],
            ["序号", "姓名", "手机号", "备注"],
            [1, "李四", 13800000001, ""],
            [2, "王五", 13800000002, ""],
            ["序号", "姓名", "手机号", "备注"],
            [3, "陈六", 13800000003, ""],
            [4, "", "", ""],
            ["合计", "3人", "", ""],
            ["制表人：周敏", "", "审核人：", ""],
        ]
    )
    assert found.titles == ["序号", "姓名", "手机号", "备注"]
    assert [(number, row[1]) for number, row in found.rows] == [(5, "李四"), (6, "王五"), (8, "陈六")]
    assert found.ignored == 4


def test_the_sheet_with_the_table_is_found_behind_others():
    instructions = [["填表说明"], ["姓名要与身份证一致"]]
    found = table([["姓名", "手机号"], ["李四", 13800000001]], before=[instructions, []])
    assert found.rows == [(2, ["李四", "13800000001"])]


def test_a_head_merged_over_two_rows_speaks_in_the_second():
    rows = [["姓名", "联系方式", ""], ["", "手机号", "微信号"], ["李四", 13800000001, "x"]]
    found = table(rows, merges=[(0, 0, 1, 0, "姓名"), (0, 1, 0, 2, "联系方式")])
    assert found.titles == ["姓名", "手机号", "微信号"]
    assert found.rows == [(3, ["李四", "13800000001", "x"])]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_csv_divided_by_something_else(separator):
    data = csv_of([["姓名", "手机号"], ["李四", "13800000001"]]).replace(b",", separator.encode())
    assert read_table(read_book(data), WORKERS, None).rows == [(2, ["李四", "13800000001"])]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["李四", "13800000001"], ["王五", "13800000002"]], "no_head"),
        ([["姓名", "几岁"], ["李四", "3"]], "no_head"),
        ([["姓名", "手机号"]], "empty"),
        ([["姓名", "手机号"], ["合计", "0"]], "empty"),
        ([["姓名", "手机号"], ["李四", "1" * 9000]], "row_too_long"),
        ([["姓名", "手机号"], *[["李四", str(n)] for n in range(20_001)]], "too_many_rows"),
    ],
)
def test_no_table(rows, code):
    with pytest.raises(ValidationError) as refused:
        read_table(read_book(csv_of(rows)), WORKERS, None)
    assert refused.value.code == code


def test_what_he_may_not_see_is_not_read(here, grid_worker):
    titles = ["姓名", "手机号", "政治面貌", "身份证号"]
    assert guess_mapping(titles, WORKERS, grid_worker) == ["name", "phone", "", ""]
    assert unmapped(["序号", "姓名", "入职时间", ""], ["", "name", "", ""]) == ["入职时间"]


@pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS)
def test_every_column_an_import_writes_can_be_read(register):
    for column in register.roster.catalogue.values():
        writes = column.field or column.entry_field or column.person
        assert bool(writes) == (column.read is not None), column.key
