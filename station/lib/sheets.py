"""Tables in: an xlsx or a CSV as rows of texts, whatever a spreadsheet made of numbers and dates.

The counterpart of ``station.lib.tables``: what was exported there is read here as the very texts it showed.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from python_calamine import CalamineSheet

from station.lib.tables import clean_text, unescape_cell
from station.lib.workbooks import (
    MAX_COLUMNS,
    MAX_ROWS,
    OLE,
    ROWS_ABOVE,
    fill_merged,
    refuse_old_workbook,
    sheets_of,
    too_many_columns,
    too_many_rows,
)

MAX_FILE_BYTES = 5_000_000
SEPARATORS = ",\t;"
EXACT_WHOLE = 10**15  # a spreadsheet number keeps 15 digits


@dataclass(frozen=True)
class Sheet:
    """The filled rows of one sheet, each with its number as a spreadsheet program counts them (from 1).

    Every row has as many cells as the longest; blank rows are left out.
    """

    title: str
    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Book:
    """What one file holds. Of a CSV the encoding, and one sheet for every separator it might be read by."""

    sheets: list[Sheet]
    encoding: str = ""


def read_book(data: bytes) -> Book:
    """Read an xlsx or a CSV, told apart by what is inside. Raises ValidationError worded for who chose the file."""
    if len(data) > MAX_FILE_BYTES:
        raise ValidationError(_("文件超过 %(n)d MB，请分成几个小一些的。"), "too_large", {"n": MAX_FILE_BYTES // 10**6})
    if not data.strip():
        raise ValidationError(_("这个文件是空的。"), "empty")
    if data.startswith(OLE):
        refuse_old_workbook(data)
    if data.startswith(b"PK\x03\x04"):
        return Book([_sheet(sheet.name, _rows_of(sheet)) for sheet in sheets_of(data)])
    text, encoding = _decoded(data)
    return Book(list(_csv_sheets(text)), encoding)


def cell_text(value: Any) -> str:
    """One cell as text: whole numbers without ``.0``, dates as 2026-08-16, a number too long to be exact as 1.2E+17."""
    if isinstance(value, str):
        return unescape_cell(clean_text(value)).strip()
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int | float):
        if abs(value) >= EXACT_WHOLE:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        whole = value.time() == dt.time()
        return value.date().isoformat() if whole else value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else str(value)


def _sheet(title: str, rows: list[list[str]]) -> Sheet:
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    if len(filled) > MAX_ROWS + ROWS_ABOVE:
        raise too_many_rows()
    width = max((_width(row) for _number, row in filled), default=0)
    if width > MAX_COLUMNS:
        raise too_many_columns()
    return Sheet(title, [(number, row[:width] + [""] * (width - len(row))) for number, row in filled])


def _width(row: list[str]) -> int:
    """How many cells there are up to the last that is filled."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1]), 0)


def _rows_of(sheet: CalamineSheet) -> list[list[str]]:
    rows = sheet.to_python(skip_empty_area=False)
    fill_merged(rows, sheet.merged_cell_ranges)
    return [[cell_text(value) for value in row] for row in rows]


# --- CSV


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding, told strictly: a file that is neither is refused, not guessed at."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding.removesuffix("-sig")
    raise ValidationError(
        _("认不出这个文件：只认 .xlsx，以及 UTF-8 或 GB18030（GBK）编码的 .csv。请用表格软件另存为 .xlsx 再试。"),
        "unknown_format",
    )


def _csv_sheets(text: str) -> Iterator[Sheet]:
    """The text as a sheet by every separator it can be read by. Raises ValidationError where it is none."""
    refusal, readable = None, False
    for separator in [separator for separator in SEPARATORS if separator in text] or [","]:
        try:
            yield _sheet("", _csv_rows(text, separator))
        except ValidationError as error:
            refusal = refusal or error
        else:
            readable = True
    if refusal and not readable:
        raise refusal


def _csv_rows(text: str, separator: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator):
            if len(rows) > MAX_ROWS + ROWS_ABOVE and any(row):
                raise too_many_rows()
            if any(map(str.strip, row[MAX_COLUMNS:])):
                raise too_many_columns()
            rows.append([cell_text(value) for value in row[:MAX_COLUMNS]])
    except csv.Error as error:
        raise ValidationError(_("这个 CSV 里有一格没有收尾的引号，请用表格软件另存一份再试。"), "broken") from error
    return rows
