"""What people type into cells is understood, or refused in words; nothing is guessed."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from station.lib.cells import (
    canonical,
    chinese_number,
    folded,
    is_masked,
    is_rounded,
    read_count,
    read_date,
    read_yes_no,
)


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-16", "2026-8-16", "2026.8.16", "2026/8/16", "2026年8月16日", "2026 年 8 月 16 日", "2026年8月16",
        "20260816", "46250", "46250.5", "２０２６．８．１６", "2026-08-16 09:30:00", "2026-08-16T09:30", " 2026-08-16 ",
    ],
)  # fmt: skip
def test_a_day_in_every_usual_way(text):
    assert read_date(text) == date(2026, 8, 16)


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "26.8.16", "8/16/2026", "2026.8", "2026-13-01", "1899-12-31", "9999-01-01", "昨天", "999", "0"],
)
def test_no_day(text):
    with pytest.raises(ValidationError):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("12.0", 12), ("１２", 12), ("12人", 12), ("1,234", 1234), ("0", 0), (" 7 名 ", 7)]
)
def test_a_count(text, number):
    assert read_count(text) == number


@pytest.mark.parametrize("text", ["-1", "1.5", "十二", "12-15", "1e3", "9999999999", "约12人"])
def test_no_count(text):
    with pytest.raises(ValidationError):
        read_count(text)


@pytest.mark.parametrize(
    ("text", "truth"),
    [("是", True), ("√", True), ("有", True), ("Y", True), ("１", True),
     ("否", False), ("无", False), ("×", False), ("No", False), ("0", False)],
)  # fmt: skip
def test_yes_and_no(text, truth):
    assert read_yes_no(text) is truth


@pytest.mark.parametrize("text", ["不详", "2", "-", "是否"])
def test_neither_yes_nor_no(text):
    with pytest.raises(ValidationError):
        read_yes_no(text)


@pytest.mark.parametrize(
    "title",
    ["姓名", "姓 名", "姓\n名", "姓名*", "*姓名", "姓名（必填）", "姓名(必填)", "【必填】姓名", "姓名：", "　姓名　"],
)
def test_a_title_is_the_same_however_it_is_decorated(title):
    assert folded(title) == "姓名"


def test_a_title_that_is_only_a_remark_keeps_it():
    assert folded("（备注）") == "备注"
    assert folded("ＩＤ　Number") == "idnumber"
    assert folded("(" * 1_000_000) == ""


@pytest.mark.parametrize(
    ("text", "number"), [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("〇", 0), ("二一", 21)]
)
def test_a_chinese_number(text, number):
    assert chinese_number(text) == number


@pytest.mark.parametrize("text", ["", "百", "第一", "十十", "二十十", "一二十"])
def test_no_chinese_number(text):
    assert chinese_number(text) is None


def test_masks_and_rounded_numbers_are_noticed():
    assert [is_masked(text) for text in ("138****0001", "138＊＊＊＊0001", "13800000001")] == [True, True, False]
    assert [is_rounded(text) for text in ("1.38E+10", "3.40524198001010E+17", "13800000001")] == [True, True, False]


def test_blanks_of_any_kind_count_as_one():
    assert canonical("  建设北路\t1号\r\n　二楼\0 ") == "建设北路 1号 二楼"
