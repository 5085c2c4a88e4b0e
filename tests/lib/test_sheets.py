"""A file from outside becomes rows of texts, or a sentence that says what to do; nothing unfolds, nothing crashes."""

import csv
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import ValidationError
from xlsxwriter import Workbook

from station.lib import workbooks
from station.lib.sheets import read_book
from station.lib.tables import Column, Sheet, write_csv, write_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(*rows, **extra):
    """A workbook as a spreadsheet program writes it."""
    file = BytesIO()
    book = Workbook(file, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    for where in extra.get("merged", ()):
        sheet.merge_range(where, "第1网格")
    book.close()
    return file.getvalue()


def tampered(data, **parts):
    """The same zip with some parts replaced; ``sheet="…"`` is what stands in the first sheet."""
    named = {"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml"}
    parts = {named.get(name, name): part for name, part in parts.items()}
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


def sheet_xml(cells):
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def said(data):
    with pytest.raises(ValidationError) as refused:
        read_book(data)
    return refused.value.code


def rows(data):
    return read_book(data).sheets[0].rows


# --- what is read ----------------------------------------------------------------------------------------------------
def test_what_a_spreadsheet_makes_of_numbers_and_dates_is_undone():
    values = [13800000001.0, 27.0, 1.5, 0.1 + 0.2, True, None, " 李䶮 ", 3.4052419800101e17]
    days = [date(2026, 8, 16), datetime(2026, 8, 16, 9, 30), time(9, 30)]
    file = BytesIO()
    book = Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, values)
    for column, (value, form) in enumerate(zip(days, ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"], strict=True), 8):
        sheet.write_datetime(0, column, value, book.add_format({"num_format": form}))
    sheet.write_formula(0, 11, "=1/0", None, "#DIV/0!")
    book.close()
    assert rows(file.getvalue()) == [
        (1, ["13800000001", "27", "1.5", "0.3", "是", "", "李䶮", "3.40524198001010E+17",
             "2026-08-16", "2026-08-16 09:30:00", "09:30:00"]),
    ]  # fmt: skip


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers():
    assert rows(xlsx(["a"], [""], ["b", "c"])) == [(1, ["a", ""]), (3, ["b", "c"])]


def test_a_cell_merged_downwards_speaks_for_every_row_it_covers():
    data = xlsx(["网格", "姓名"], [], ["", "李"], ["", "王"], ["", "陈"], merged=["A3:A4"])
    assert rows(data)[1:] == [(3, ["第1网格", "李"]), (4, ["第1网格", "王"]), (5, ["", "陈"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_csv_in_either_encoding(encoding):
    book = read_book("姓名,电话\r\n李四,138\r\n".encode(encoding))
    assert book.sheets[0].rows == [(1, ["姓名", "电话"]), (2, ["李四", "138"])]
    assert book.encoding == ("utf-8" if "utf" in encoding else "gb18030")


def test_rare_characters_survive_gb18030():
    assert rows("李䶮,陈𬱟,王㛃,赵𫖯".encode("gb18030")) == [(1, ["李䶮", "陈𬱟", "王㛃", "赵𫖯"])]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_any_separator_and_line_ending(separator, ending):
    text = ending.join([f"姓名{separator}备注", f'李{separator}"一{separator}二"'])
    sheets = read_book(text.encode()).sheets
    assert [(1, ["姓名", "备注"]), (2, ["李", f"一{separator}二"])] in [sheet.rows for sheet in sheets]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_was_exported_is_read_as_it_was(write):
    texts = ["=1+1", "+86", "-3", "@x", "＝甲", "'=x", "''=x", "'quoted'", 'a"b', "a,b;c", "李𬱟", "_x000D_", "a\nb"]
    file = BytesIO()
    columns = [Column(f"c{n}") for n in range(len(texts))]
    if write is write_csv:
        write_csv(file, columns, [texts])
    else:
        write_xlsx(file, [Sheet("表", columns, [texts])])
    assert rows(file.getvalue())[1][1] == texts


# --- what is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"a" * 5_000_001, "too_large"),
        (workbooks.OLE + b"W\0o\0r\0k\0b\0o\0o\0k\0", "old_workbook"),
        (workbooks.OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "unknown_format"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0", "unknown_format"),
        ("姓名,电话\r\n".encode("utf-16"), "unknown_format"),
        (b"PK\x03\x04 and nothing more", "broken"),
        (b"\n".join([b"a"] * 20_100), "too_many_rows"),
        (b"," * 300 + b"a", "too_many_columns"),
        (b'a,"b\n' + b"c" * 200_000, "broken"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data, code):
    assert said(data) == code


def test_a_zip_that_is_no_workbook():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert said(file.getvalue()) == "unknown_format"
    assert said(tampered(xlsx(["a"]), **{f"xl/more{n}.xml": "<x/>" for n in range(200)})) == "too_large"


def test_an_encrypted_member():
    data = bytearray(xlsx(["a"]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + offset] |= 1
            start = data.find(signature, start + 4)
    assert said(bytes(data)) == "encrypted"


def test_a_bomb_that_says_its_size():
    assert said(tampered(xlsx(["a"]), sheet=sheet_xml(" " * 51_000_000))) == "too_large"


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_said():
    """The directory says 1,000 bytes, the compressed data hold ten million."""
    data = tampered(xlsx(["a"]), sheet=sheet_xml("<row/>" * 2_000_000))
    size = len(sheet_xml("<row/>" * 2_000_000))
    lying = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != data
    assert said(lying) == "broken"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ('<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "too_many_rows"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "too_many_columns"),
        ("<row r='1048576'><c><v>1</v></c></row>", "too_many_rows"),
        ('<x:row xmlns:x="a"><x:c r = "A999999"><x:v>1</x:v></x:c></x:row>', "too_many_rows"),
        ('<row r="1"><c x=">" r="XFD1048576"><v>1</v></c></row>', "broken"),
        ("<row>" + "<c><v>1</v></c>" * 300 + "</row>", "too_many_columns"),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="20000"><c r="GR20000"><v>1</v></c></row>', "too_large"),
        ("<row><c/></row>" * 20_100 + "<row><c><v>1</v></c></row>", "too_many_rows"),
        ("<row>" + "<c><v>1</v></c>" * 60 + "</row>", None),
    ],
)  # fmt: skip
def test_a_sheet_that_would_unfold_in_the_parser(cells, code):
    data = tampered(xlsx(["a"]), sheet=sheet_xml(cells))
    assert (said(data) if code else len(rows(data))) == (code or 1)


def test_empty_cells_far_away_are_only_formatting():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert rows(tampered(xlsx(["a"]), sheet=sheet_xml(cells))) == [(1, ["1"])]


def test_one_long_text_in_every_cell():
    texts = f'<sst xmlns="{MAIN}"><si><t>{"长" * 20_000}</t></si></sst>'
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2000))
    assert said(tampered(xlsx(["a"]), sheet=sheet_xml(cells), texts=texts)) == "too_large"


def test_entities_are_not_unfolded():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + sheet_xml("<row/>")
    assert said(tampered(xlsx(["a"]), sheet=bomb)) == "broken"
    assert said(tampered(xlsx(["a"]), sheet=sheet_xml("<row/>").encode("utf-16"))) == "broken"


@pytest.mark.parametrize("part", ["sheet", "texts", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", ["<", "<a>", "<worksheet><sheetData><row><c t='s'><v>99</v></c></row>", "<a></b>"])
def test_a_damaged_part_is_answered(part, content):
    data = tampered(xlsx(["a", "b"]), **{part: content})
    with suppress(ValidationError):
        read_book(data)


def test_a_workbook_cut_short_anywhere_is_answered():
    data = xlsx(["姓名"], ["李"])
    for end in range(4, len(data), 97):
        assert said(data[:end]) == "broken"


def test_what_stands_around_a_zip_does_not_matter():
    """A file that is two things at once is read as a workbook or refused; it is never kept or served."""
    data = xlsx(["姓名"])
    assert rows(data + b"<script>alert(1)</script>") == [(1, ["姓名"])]
    assert said(b"\xff\xd8\xff\xe0" + data) == "unknown_format"


def test_a_csv_of_twenty_thousand_rows_is_read():
    text = StringIO()
    csv.writer(text).writerows([["姓名", "电话"], *([f"李{n}", 13800000000 + n] for n in range(20_000))])
    assert len(rows(text.getvalue().encode())) == 20_001
