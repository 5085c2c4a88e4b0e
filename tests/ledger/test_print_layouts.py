"""Rosters in groups, upright, with sums, rows to fill in and their own signatures: on paper and on the page alike."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from ledger.prints import HtmlPage
from ledger.prints.tables import Table, least_width, shared_widths
from ledger.rosters import ENTERPRISES, WORKERS, Layout
from ledger.rosters.bodies import Blank, Heading, Line, Sum, body_of
from station.lib.paper import MARGIN, Sheets
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker, copy_of, pdf_of

BY_GRID, BY_EMPLOYER = Layout(group_by="grid"), Layout(group_by="employer")
A4_POINTS = (595, 842)
LONG = "建设路片区东侧临时集散点（商贸城后门，靠近霞光路口，进门右转到底）"


def joined(text):
    """The text without the blanks and line ends that wrapping put in."""
    return "".join(text.split())


def pages_of(kind, community, **values):
    return [joined(page.extract_text()) for page in PdfReader(pdf_of(BytesIO(), kind, community, **values)).pages]


def page_of(kind, community, **values):
    """The HTML page of a copy, as text."""
    page = HtmlPage()
    page.read(copy_of(kind, community, **values))
    return render_to_string("ledger/roster_print.html", page.context())


def outline(parts):
    """The parts of a body in short."""
    short = {
        Heading: lambda part: f"[{part.text}]",
        Line: lambda part: part.values[1],
        Sum: lambda part: " ".join([part.label, *(str(value) for value in part.values if value != "")]),
        Blank: lambda part: f"_{part.number}",
    }
    return [short[type(part)](part) for part in parts]


# --- groups and sums
def test_enterprises_by_grid_add_up(here, elsewhere):
    add_enterprise(here, "JSL-Q0001", worker_count=46, member_count=2)
    add_enterprise(here, "JSL-Q0002", worker_count=12, member_count=1)
    second = add_enterprise(here, "JSL-Q0003", worker_count=30)
    nowhere = add_enterprise(here, "JSL-Q0004", worker_count=5)
    second.grid, nowhere.grid = here.grids[1], None
    second.save()
    nowhere.save()
    add_enterprise(elsewhere, "HD-Q0001", worker_count=1000)
    layout = Layout(group_by="grid", blank_rows=2)
    copy = copy_of("enterprises", here.community, layout=layout)
    assert outline(body_of(copy)) == [
        "[第1网格]", "JSL-Q0001", "JSL-Q0002", "小计 2 家 58 3",
        "[第2网格]", "JSL-Q0003", "小计 1 家 30 0",
        "[未定网格]", "JSL-Q0004", "小计 1 家 5 0",
        "合计 4 家（不含下面手写的） 93 3", "_5", "_6",
    ]  # fmt: skip
    assert copy.count == 4
    (text,) = pages_of("enterprises", here.community, layout=layout)
    for said in ("小计2家583", "小计1家300", "小计1家50", "合计4家（不含下面手写的）933", "56"):
        assert said in text, said


def test_workers_by_employer_in_the_order_of_names_those_without_one_last(here):
    first, second = add_enterprise(here, name="甲公司"), add_enterprise(here, "JSL-Q0002", name="乙公司")
    add_worker(here, "JSL-R0001")
    add_worker(here, "JSL-R0002", employer=second)
    add_worker(here, "JSL-R0003", employer=first)
    add_worker(here, "JSL-R0004", employer=second)
    found = outline(body_of(copy_of("workers", here.community, layout=BY_EMPLOYER)))
    assert found[-4:] == ["[没有所属企业]", "JSL-R0001", "小计 1 名", "合计 4 名"]
    assert found[(at := found.index("[甲公司]")) : at + 3] == ["[甲公司]", "JSL-R0003", "小计 1 名"]
    assert found[(at := found.index("[乙公司]")) : at + 4] == ["[乙公司]", "JSL-R0002", "JSL-R0004", "小计 2 名"]


def test_without_groups_there_is_only_the_total(here):
    add_enterprise(here, worker_count=46)
    assert outline(body_of(copy_of("enterprises", here.community))) == ["JSL-Q0001", "合计 1 家 46 0"]
    assert outline(body_of(copy_of("workers", here.community, layout=BY_GRID))) == ["合计 0 名"]


def test_a_sum_stands_below_its_column_whatever_the_columns(here):
    add_enterprise(here, worker_count=46, member_count=2)
    chosen = tuple(ENTERPRISES.catalogue[key] for key in ("member_count", "name", "worker_count"))
    *_line, total = body_of(copy_of("enterprises", here.community, layout=Layout(columns=chosen)))
    assert (total.span, total.values) == (1, [2, "", 46])


def test_the_digest_does_not_depend_on_the_layout(here):
    for number in range(1, 4):
        add_worker(here, f"JSL-R{number:04}", grid=here.grids[number % 2])
    digests = set()
    for layout in (Layout(), BY_GRID, replace(BY_EMPLOYER, blank_rows=5)):
        copy = copy_of("workers", here.community, layout=layout)
        list(body_of(copy))
        digests.add((copy.count, copy.fingerprint.hexdigest()))
    assert len(digests) == 1


# --- sheets
@pytest.mark.parametrize("rows", range(16, 25))
def test_a_heading_keeps_a_row_and_the_last_row_its_subtotal(rows, here):
    """However many rows the first group has, no sheet ends in a heading or begins with a sum."""
    for number in range(1, rows + 3):
        add_worker(here, f"JSL-R{number:04}", grid=here.grids[0] if number <= rows else here.grids[1])
    pages = pages_of("workers", here.community, layout=BY_GRID)
    for text in pages:
        assert not text.partition("核实情况状态")[2].startswith(("小计", "合计"))
    assert sum(len(re.findall(r"第2网格\d+JSL-R", text)) for text in pages) == 1  # the heading, and its first row


def test_overleaf_the_group_is_named_again(here):
    for number in range(1, 31):
        add_worker(here, f"JSL-R{number:04}")
    first, second = pages_of("workers", here.community, layout=BY_GRID)
    assert "第1网格（续）" not in first
    assert "第1网格（续）" in second
    assert "小计30名合计30名" in second


def test_each_group_can_begin_a_sheet_of_its_own(here):
    for number in range(1, 5):
        add_worker(here, f"JSL-R{number:04}", grid=here.grids[number % 2])
    first, second = pages_of("workers", here.community, layout=replace(BY_GRID, new_pages=True))
    assert "JSL-R0002" in first
    assert "JSL-R0001" not in first
    assert "JSL-R0001" in second
    assert "第2页/共2页" in second
    for text in (first, second):
        for column in WORKERS.columns:
            assert str(column.title) in text


def test_blank_rows_are_numbered_on_and_stay_with_the_signatures(here):
    add_worker(here, "JSL-R0001")
    layout = Layout(blank_rows=40, signatures=("网格员", "社区书记：", "日期"))
    pages = pages_of("workers", here.community, layout=layout)
    assert len(pages) == 3
    assert re.search(
        r"状态(\d+)网格员：社区书记：日期：年月日", re.sub(r"手机号中间四位已隐去。.*销毁。", "", pages[-1])
    )
    assert "41" in pages[-1]
    assert "制表人" not in pages[-1]


# --- upright
def test_upright_everything_stands_within_the_margins(here):
    add_worker(here, "JSL-R0001", site=LONG, employer=add_enterprise(here, name=LONG))
    reader = PdfReader(pdf_of(BytesIO(), "workers", here.community, layout=Layout(portrait=True)))
    (page,) = reader.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == A4_POINTS
    rights = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: rights.append(tm[4]) if text.strip() else None)
    assert min(rights) >= (MARGIN - 1) * 72 / 25.4
    assert max(rights) <= (210 - MARGIN) * 72 / 25.4
    text = joined(page.extract_text())
    assert text.count(LONG[-8:]) == 2
    assert "138****0001" in text


def test_own_titles_widths_and_signatures(here):
    add_worker(here, "JSL-R0001", "李䶮")
    catalogue = WORKERS.catalogue
    columns = (
        replace(catalogue["name"], title="姓　　名", width_mm=30),
        replace(catalogue["needs"], title="本人诉求", width_mm=120),
    )
    layout = Layout(title="四季度诉求表", columns=columns, portrait=True, signatures=("经办",))
    (text,) = pages_of("workers", here.community, layout=layout)
    assert "四季度诉求表" in text
    assert "序号姓名本人诉求1李䶮合计1名" in text
    assert "经办：" in text
    assert "手机号" not in text
    assert "内部资料，用完请妥善保管或销毁。" in text


def test_columns_share_the_sheet_and_none_is_too_narrow_for_a_character():
    assert shared_widths([10, 30], 80, 5) == [20, 60]
    widths = shared_widths([1, 1, 100, 100], 102, 5)
    assert widths == [5, 5, 46, 46]
    assert shared_widths([1] * 30, 60, 5) == [2] * 30
    assert sum(shared_widths([3, 7, 2, 90, 14], 186, 6)) == pytest.approx(186)


def test_a_row_higher_than_a_sheet_goes_on_overleaf(here):
    add_worker(here, "JSL-R0001", needs="愁" * 200)
    needs = replace(WORKERS.catalogue["needs"], width_mm=0.1)
    columns = (*(replace(column, width_mm=60) for column in WORKERS.columns), needs)
    pages = pages_of("workers", here.community, layout=Layout(columns=columns))
    assert len(pages) > 1
    assert sum(text.count("愁") for text in pages) == 200
    assert "合计1名" in pages[-1]


def test_no_line_is_wider_than_its_cell():
    sheets = Sheets()
    table = Table(sheets, [least_width(9), 12, 40], points=9)
    row = table.row([LONG, LONG, LONG], "LCL")
    for cell, (_left, width) in zip(row.cells, row.boxes, strict=True):
        assert len(cell.lines) > 1
        for offset, _shown in cell.lines:
            assert 0 <= offset < width
    assert row.boxes[0][0] == MARGIN
    sheets.close()


# --- what it says of itself
def test_masked_full_and_past_say_so_on_every_sheet(here, community_admin):
    for number in range(1, 31):
        add_worker(here, f"JSL-R{number:04}")
    for text in pages_of("workers", here.community, as_of=date(2026, 9, 30)):
        assert "截至2026-09-30" in text
        assert "含完整个人信息" not in text
    full = pages_of("workers", here.community, full=True, by=community_admin)
    assert len(full) == 2
    for text in full:
        assert "含完整个人信息" in text
        assert "****" not in text
    assert "13800000001" in full[0]
    assert "含完整手机号或证件号，只限注明的用途" in full[1]
    assert "手机号中间四位已隐去" in pages_of("workers", here.community)[-1]


def test_a_full_copy_without_anything_to_hide_claims_nothing(here):
    add_worker(here, "JSL-R0001")
    layout = Layout(columns=(WORKERS.catalogue["name"], WORKERS.catalogue["grid"]))
    (text,) = pages_of("workers", here.community, full=True, layout=layout)
    assert "含完整个人信息" not in text


# --- both forms
def cells_of(page):
    """The cells of the table's bodies, row by row, as the page shows them."""
    bodies = "".join(re.findall(r"<tbody.*?</tbody>", page, re.DOTALL))
    rows = re.findall(r"<tr.*?</tr>", bodies, re.DOTALL)
    return [[unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


@pytest.mark.parametrize("kind", ["enterprises", "workers", "members"])
def test_paper_and_page_have_the_same_cells(kind, here):
    employer = add_enterprise(here, name="甲<乙>公司", worker_count=7)
    for number in range(1, 6):
        worker = add_worker(here, f"JSL-R{number:04}", grid=here.grids[number % 2], employer=employer)
        add_member(worker, f"JSL-D{number:04}")
    layout = Layout(group_by="grid", blank_rows=3)
    rows = cells_of(page_of(kind, here.community, layout=layout))
    text = "".join(pages_of(kind, here.community, layout=layout))
    assert len(rows) == {"enterprises": 7, "workers": 13, "members": 13}[kind]
    for row in rows:
        assert joined("".join(row)) in text, row


def test_the_page_is_upright_by_a_class_and_each_group_breaks_by_one(here):
    add_worker(here, "JSL-R0001")
    layout = Layout(portrait=True, group_by="grid", new_pages=True, signatures=("网格员", "日期"))
    page = page_of("workers", here.community, layout=layout)
    assert '<body class="portrait">' in page
    assert '<tbody class="group new-page">' in page
    assert "A4 竖放" in page
    assert "网格员：" in page
    assert "年　　月　　日" in page
    assert 'style="' not in page
    assert sum(float(width) for width in re.findall(r'<col width="([\d.]+)%">', page)) == pytest.approx(100, abs=0.2)
    assert '<body class="landscape">' in page_of("workers", here.community)
    assert "含完整个人信息" in page_of("workers", here.community, full=True)
    assert "截至 2026-09-30" in page_of("workers", here.community, as_of=date(2026, 9, 30))
