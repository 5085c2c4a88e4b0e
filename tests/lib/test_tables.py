"""What goes into a file comes back out: the same text, real dates and numbers, and never a formula."""

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook
from xlsxwriter import Workbook

from station.lib.tables import (
    DANGEROUS_STARTERS,
    Column,
    Sheet,
    clean_text,
    escape_cell,
    sheet_title,
    unescape_cell,
    write_csv,
    write_xlsx,
)

NAME = [Column("姓名", 10)]
LONG = "1" * 32_768

# Text as attackers and people write it: starters, apostrophes, XML and its escapes, rare characters, anything else.
HARD_TEXT = st.lists(
    st.sampled_from(
        [*DANGEROUS_STARTERS, "'", "''", "<r>", "</r>", "&", '"', ",", ";", "_x000D_", " ", "䶮𬱟㛃𫖯", "0138"]
    )
    | st.text(max_size=4),
    max_size=6,
).map("".join)


def xlsx(*sheets):
    out = io.BytesIO()
    write_xlsx(out, sheets)
    out.seek(0)
    return out


def xlsx_rows(file, index=0):
    file.seek(0)
    return load_workbook(file).get_sheet_by_index(index).to_python(skip_empty_area=False)


def csv_bytes(columns, rows, header_lines=()):
    out = io.BytesIO()
    write_csv(out, columns, rows, header_lines)
    return out.getvalue()


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def part(file, name):
    return zipfile.ZipFile(file).read(name).decode()


@settings(max_examples=50, deadline=None)
@given(st.lists(HARD_TEXT, min_size=1, max_size=12))
def test_xlsx_round_trips_every_text(texts):
    rows = xlsx_rows(xlsx(Sheet("表", NAME, [[text] for text in texts], footer_lines=["end"])))
    assert [unescape_cell(row[0]) for row in rows[1 : len(texts) + 1]] == [clean_text(text) for text in texts]


@settings(max_examples=150, deadline=None)
@given(st.lists(HARD_TEXT, min_size=1, max_size=12))
def test_csv_round_trips_every_text(texts):
    rows = csv_rows(csv_bytes(NAME, [[text] for text in texts]))[1:]
    assert [unescape_cell(row[0]) for row in rows] == [clean_text(text) for text in texts]
    assert not [row for row in rows if row[0][:1] in set(DANGEROUS_STARTERS)]


@pytest.mark.parametrize("starter", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_dangerous_starters_are_quoted_in_csv(starter):
    assert escape_cell(f"{starter}1+1") == f"'{starter}1+1"
    assert escape_cell(f"'{starter}") == f"''{starter}"


@pytest.mark.parametrize("text", ["", "'", "'quoted'", "a=b", "张三", " =1"])
def test_harmless_text_stays_as_it_is(text):
    assert escape_cell(text) == text == unescape_cell(text)


def test_xlsx_holds_no_formula_and_no_link():
    texts = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "https://example.org", "13800001234", "1e5"]
    file = xlsx(Sheet("表", NAME, [[text] for text in texts], header_lines=["=1+1"]))
    sheet = part(file, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower().replace("=hyperlink(1)", "")
    assert sheet.count('t="inlineStr"') == len(texts) + 2
    assert 'quotePrefix="1"' in part(file, "xl/styles.xml")
    assert [row[0] for row in xlsx_rows(file)] == ["=1+1", "姓名", *texts]


MOMENTS = st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2199, 1, 1)).map(lambda at: at.replace(microsecond=0))
VALUES = st.one_of(
    HARD_TEXT, st.none(), st.integers(-(10**14), 10**14), st.floats(-1e9, 1e9), MOMENTS, MOMENTS.map(dt.datetime.date)
)


def cells_of(file):
    """Each cell of the first sheet as XML, without its style."""
    return re.findall(r"<c .*?(?:/>|</c>)", re.sub(r' s="[0-9]+"', "", part(file, "xl/worksheets/sheet1.xml")), re.S)


@settings(max_examples=100, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=12))
def test_our_cells_are_those_xlsxwriter_would_write(row):
    """Rows go around XlsxWriter's cells for speed; a new release that writes others shows here."""
    theirs = io.BytesIO()
    workbook = Workbook(theirs, {"constant_memory": True})
    worksheet = workbook.add_worksheet()
    style = workbook.add_format({"bold": True})
    for column, value in enumerate(row):
        if isinstance(value, str) and clean_text(value):
            escaped = escape_cell(clean_text(value))
            text = escaped if clean_text(value)[0] == "'" else clean_text(value)
            worksheet.write_string(1, column, text, style)
        elif isinstance(value, dt.date):
            worksheet.write_datetime(1, column, value, style)
        elif isinstance(value, int | float):
            worksheet.write_number(1, column, value, style)
        else:
            worksheet.write_blank(1, column, None, style)
    workbook.close()
    ours = xlsx(Sheet("表", [Column(str(number)) for number in range(len(row))], [row]))
    assert [cell for cell in cells_of(ours) if '2"' in cell] == cells_of(theirs)


def test_text_that_looks_like_rich_text_xml_stays_text():
    evil = "<r><t>x</t></is></c><c><f>1+1</f></c></r>"
    file = xlsx(Sheet("表", NAME, [[evil]]))
    assert "<f>" not in part(file, "xl/worksheets/sheet1.xml")
    assert xlsx_rows(file)[1] == [evil]


def test_values_keep_their_kind_in_xlsx():
    columns = [Column(str(number)) for number in range(10)]
    noon = dt.datetime(2026, 2, 18, 4, 30, tzinfo=dt.UTC)
    row = [
        7,
        2.5,
        Decimal("1.25"),
        dt.date(2026, 2, 18),
        noon,
        dt.time(8, 30),
        True,
        None,
        430304199001011234,
        float("nan"),
    ]
    assert xlsx_rows(xlsx(Sheet("表", columns, [row])))[1] == [
        7.0,
        2.5,
        1.25,
        dt.date(2026, 2, 18),
        dt.datetime(2026, 2, 18, 12, 30),
        dt.time(8, 30),
        "是",
        "",
        "430304199001011234",
        "",
    ]


def test_values_in_csv():
    noon = dt.datetime(2026, 2, 18, 4, 30, tzinfo=dt.UTC)
    row = [
        -7,
        Decimal("-1.25"),
        dt.date(2026, 2, 18),
        noon,
        dt.time(8, 30),
        False,
        None,
        "13800001234",
        gettext_lazy("=x"),
    ]
    content = csv_bytes([Column(str(number)) for number in range(9)], [row])
    expected = ["-7", "-1.25", "2026-02-18", "2026-02-18 12:30:00", "08:30:00", "否", "", "13800001234", "'=x"]
    assert csv_rows(content)[1] == expected


def test_dates_excel_cannot_hold_are_text():
    rows = xlsx_rows(xlsx(Sheet("表", NAME, [[dt.date(1899, 12, 31)], [dt.date(1901, 1, 1)]])))
    assert [row[0] for row in rows[1:]] == ["1899-12-31", dt.date(1901, 1, 1)]


def test_csv_is_utf_8_with_bom_crlf_and_quotes():
    assert csv_bytes(NAME, [["𬱟"]], ["制表：王某"]) == '\ufeff"制表：王某"\r\n"姓名"\r\n"𬱟"\r\n'.encode()


def test_characters_no_format_holds_are_removed():
    assert clean_text("a\x00b\x0b\x1f\ud800\uffffc\td") == "abc\td"
    assert csv_rows(csv_bytes(NAME, [["a\x00b"]]))[1] == ["ab"]


def test_sheet_is_ready_to_read_and_to_print():
    columns = [Column("姓名", 10), Column("电话", 15.5)]
    sheet = Sheet(
        "名册", columns, [["甲", "1"], ["乙", "2"]], header_lines=["制表：王某", "用途：核对"], footer_lines=["完"]
    )
    file = xlsx(sheet)
    assert [row[0] for row in xlsx_rows(file)] == ["制表：王某", "用途：核对", "姓名", "甲", "乙", "", "完"]
    xml, workbook = part(file, "xl/worksheets/sheet1.xml"), part(file, "xl/workbook.xml")
    assert 'ySplit="3"' in xml
    assert 'state="frozen"' in xml
    assert '<autoFilter ref="A3:B5"/>' in xml
    assert re.search(r'<pageSetup paperSize="9"[^>]*fitToHeight="0"[^>]*orientation="landscape"', xml)
    assert "<oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter>" in xml
    assert "名册!$1:$3</definedName>" in workbook
    assert "名册!$A$1:$B$7</definedName>" in workbook


def test_a_sheet_may_stand_upright_and_say_below_what_the_rows_said():
    said = []

    def rows():
        for name in ("甲", "乙"):
            said.append(f"{name}：1")
            yield [name]

    file = xlsx(Sheet("名册", NAME, rows(), footer_lines=said, portrait=True))
    assert [row[0] for row in xlsx_rows(file)] == ["姓名", "甲", "乙", "", "甲：1", "乙：1"]
    assert 'orientation="portrait"' in part(file, "xl/worksheets/sheet1.xml")


def test_an_empty_sheet_has_its_head():
    file = xlsx(Sheet("名册", NAME, [], footer_lines=["完"]))
    assert [row[0] for row in xlsx_rows(file)] == ["姓名", "", "完"]
    assert '<autoFilter ref="A1"/>' in part(file, "xl/worksheets/sheet1.xml")


def test_several_sheets_and_the_number_of_rows():
    out = io.BytesIO()
    sheets = [Sheet("一", NAME, [["甲"], ["乙"]]), Sheet("一", NAME, []), Sheet("二", NAME, [["丙"]])]
    assert write_xlsx(out, sheets) == 3
    out.seek(0)
    assert load_workbook(out).sheet_names == ["一", "一 (2)", "二"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("劳动者名册", "劳动者名册"),
        ("a[b]:c*d?e/f\\g", "a b  c d e f g"),
        ("'引号'", "引号"),
        ("长" * 40, "长" * 31),
        ("𬱟" * 20, "𬱟" * 15),
        ("", "表 1"),
        ("History", "表 History"),
    ],
)
def test_sheet_titles_are_what_excel_accepts(title, expected):
    assert sheet_title(title) == expected
    assert load_workbook(xlsx(Sheet(title, NAME, []))).sheet_names == [expected]


def test_equal_long_titles_stay_apart():
    assert sheet_title("A" * 40, ["a" * 31]) == "A" * 27 + " (2)"


def failing_rows():
    yield ["甲"]
    raise LookupError("the database went away")


@pytest.mark.parametrize(
    ("rows", "error"),
    [([["甲", "乙"]], ValueError), ([[LONG]], ValueError), (failing_rows(), LookupError)],
)
def test_a_failure_leaves_neither_half_a_file_nor_temporary_ones(rows, error, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    out = io.BytesIO()
    with pytest.raises(error):
        write_xlsx(out, [Sheet("表", NAME, rows)])
    assert out.getvalue() == b""
    assert list(tmp_path.iterdir()) == []
