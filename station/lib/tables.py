"""Tables out: xlsx and CSV, written row by row so that memory stays flat.

Text is never a formula. The dangerous first characters are those that OWASP names under "CSV Injection": = + - @,
their full-width forms, tab, carriage return and line feed. A CSV cell that begins so gets a leading apostrophe. An xlsx
cell is a string by type, carries the quote prefix (editing it does not revive a formula) and needs no visible
apostrophe. Text that already begins with apostrophes before such a character gets one more in both formats, so
`unescape_cell` gives back the very text from either file, also when a spreadsheet has saved the CSV as xlsx.
"""

import csv
import datetime as dt
import math
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

DANGEROUS_STARTERS = "=+-@＝＋－＠\t\r\n"

MAX_SHEET_TITLE = 31  # UTF-16 units, as the limits below: what Excel accepts
MAX_CELL_TEXT = 32_767
MAX_ROWS = 1_048_576
MAX_EXACT_INTEGER = 10**15  # a spreadsheet number keeps 15 digits
FIRST_YEAR = 1901  # Excel has no date before 1900 and a false 29 February in it

PAPER_A4 = 9

_ESCAPED = re.compile(f"'*[{re.escape(DANGEROUS_STARTERS)}]")
_QUOTED = re.compile(f"'+[{re.escape(DANGEROUS_STARTERS)}]")
# Outside the characters of XML 1.0 (section 2.2), surrogates included; UTF-8 cannot carry those either.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL_IN_TITLE = re.compile(r"[\[\]:*?/\\\t\r\n]")


class Column(NamedTuple):
    """One column: `width_chars` counts Latin characters, a Chinese one takes two."""

    title: str
    width_chars: float = 12


@dataclass(frozen=True)
class Sheet:
    """One sheet. `header_lines` (who, when, why) stand above the head, on every printed page too."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    header_lines: Sequence[str] = ()
    footer_lines: Sequence[str] = ()


def clean_text(value: Any) -> str:
    """The value as text, without the characters no table format can hold."""
    text = str(value)
    return _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text


def escape_cell(text: str) -> str:
    """Make text harmless in a CSV: an apostrophe before a dangerous first character."""
    return f"'{text}" if _ESCAPED.match(text) else text


def unescape_cell(text: str) -> str:
    """The text that was exported, from a text cell of our CSV or xlsx. Undoes `escape_cell` exactly."""
    return text[1:] if _QUOTED.match(text) else text


def sheet_title(title: str, taken: Iterable[str] = ()) -> str:
    """A title Excel accepts: 31 characters, none of []:*?/\\, no apostrophe at either end, none used twice."""
    cleaned = _ILLEGAL_IN_TITLE.sub(" ", clean_text(title)).strip(" '")
    # Excel keeps the name "History" for itself.
    if not cleaned or cleaned.lower() == "history":
        cleaned = _("表 %(title)s") % {"title": cleaned or "1"}
    used = {name.lower() for name in taken}
    result, number = _shortened(cleaned, MAX_SHEET_TITLE), 1
    while result.lower() in used:
        number += 1
        suffix = f" ({number})"
        result = _shortened(cleaned, MAX_SHEET_TITLE - len(suffix)) + suffix
    return result


def _shortened(text: str, max_units: int) -> str:
    """At most so many UTF-16 units, never half a character."""
    return text.encode("utf-16-le")[: max_units * 2].decode("utf-16-le", errors="ignore").rstrip(" '")


# --- CSV


class _Line:
    """A file for csv.writer that hands back what is written."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], header_lines: Sequence[str] = ()
) -> Iterator[bytes]:
    """The lines of a CSV, to stream: UTF-8 with BOM (so that spreadsheets know), CRLF, every field quoted."""
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for line in header_lines:
        yield writer.writerow([_csv_cell(line)]).encode()
    yield writer.writerow([_csv_cell(column.title) for column in columns]).encode()
    for row in rows:
        _check_width(row, columns)
        yield writer.writerow([_csv_cell(value) for value in row]).encode()


def write_csv(
    file: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]], header_lines: Sequence[str] = ()
) -> None:
    """Write `csv_lines` to a binary file or a response."""
    for line in csv_lines(columns, rows, header_lines):
        file.write(line)


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, int | float | Decimal):
        return str(value) if math.isfinite(value) else ""
    if isinstance(value, dt.datetime):
        return _local(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return escape_cell(clean_text(value))


def _yes_no(value: bool) -> str:
    return _("是") if value else _("否")


def _local(moment: dt.datetime) -> dt.datetime:
    """A spreadsheet knows no time zones: the local wall clock."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment


def _check_width(row: Sequence[Any], columns: Sequence[Column]) -> None:
    if len(row) != len(columns):
        raise ValueError(f"A row of {len(row)} cells does not fit {len(columns)} columns.")


# --- xlsx


class _PlainTextWorksheet(Worksheet):
    """A worksheet whose texts are only texts, and whose file of waiting rows can be closed early."""

    def _xml_rich_inline_string(self, string: str, attributes=()) -> None:
        """XlsxWriter takes text between <r> and </r> for ready-made XML and would pass on what a user typed."""
        self._xml_inline_string(string, True, attributes)

    def close_rows(self) -> None:
        """Harmless when closed already; XlsxWriter itself closes them only when all went well."""
        self._opt_close()


class _Formats(NamedTuple):
    title: Format
    head: Format
    text: Format
    quoted: Format
    number: Format
    date: Format
    moment: Format
    time: Format

    @classmethod
    def of(cls, workbook: Workbook) -> "_Formats":
        cell = {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
        text = cell | {"num_format": "@", "text_wrap": True}
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#F2F2F2"}
        return cls(
            title=workbook.add_format({"num_format": "@", "quote_prefix": True}),
            head=workbook.add_format(cell | head),
            text=workbook.add_format(text),
            quoted=workbook.add_format(text | {"quote_prefix": True}),
            number=workbook.add_format(cell),
            date=workbook.add_format(cell | {"num_format": "yyyy-mm-dd"}),
            moment=workbook.add_format(cell | {"num_format": "yyyy-mm-dd hh:mm"}),
            time=workbook.add_format(cell | {"num_format": "hh:mm"}),
        )


def write_xlsx(file: BinaryIO, sheets: Iterable[Sheet]) -> int:
    """Write the sheets to a binary file or a response and return the number of rows.

    Rows wait in a private temporary folder; `file` gets nothing before the last of them, so a failure leaves it empty.
    Raises ValueError for a row of the wrong width, a text or a table longer than Excel can hold.
    """
    with tempfile.TemporaryDirectory(prefix="station-xlsx-") as folder:
        workbook = Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "use_zip64": True,
            },
        )
        formats = _Formats.of(workbook)
        titles: list[str] = []
        count = 0
        try:
            for sheet in sheets:
                titles.append(sheet_title(sheet.title, titles))
                worksheet = workbook.add_worksheet(titles[-1], worksheet_class=_PlainTextWorksheet)
                count += _write_sheet(worksheet, sheet, formats)
            workbook.close()
        finally:
            for worksheet in workbook.worksheets():
                worksheet.close_rows()
    return count


def _write_sheet(worksheet: Worksheet, sheet: Sheet, formats: _Formats) -> int:
    head_row, last_column = len(sheet.header_lines), len(sheet.columns) - 1
    _set_up_print(worksheet, head_row)
    for index, column in enumerate(sheet.columns):
        worksheet.set_column(index, index, column.width_chars)
    for row_index, line in enumerate(sheet.header_lines):
        _write_text(worksheet, row_index, 0, line, formats.title, formats.title)
    for index, column in enumerate(sheet.columns):
        _write_text(worksheet, head_row, index, column.title, formats.head, formats.head)
    write = _cell_writer(worksheet, formats)
    row_index = head_row
    for row_index, row in enumerate(sheet.rows, start=head_row + 1):
        _check_width(row, sheet.columns)
        if row_index + len(sheet.footer_lines) + 1 >= MAX_ROWS:
            raise ValueError("The table has more rows than a sheet can hold.")
        for index, value in enumerate(row):
            write(row_index, index, value)
    for footer_index, line in enumerate(sheet.footer_lines, start=row_index + 2):
        _write_text(worksheet, footer_index, 0, line, formats.title, formats.title)
    worksheet.freeze_panes(head_row + 1, 0)
    worksheet.autofilter(head_row, 0, row_index, last_column)
    worksheet.print_area(0, 0, row_index + (len(sheet.footer_lines) + 1 if sheet.footer_lines else 0), last_column)
    # Phones and numbers of cards are text on purpose: no green triangles.
    worksheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
    return row_index - head_row


def _set_up_print(worksheet: Worksheet, head_row: int) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(PAPER_A4)
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)  # inches
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(0, head_row)
    worksheet.set_footer("&C" + _("第 &P 页，共 &N 页"))


def _cell_writer(worksheet: Worksheet, formats: _Formats) -> Callable[[int, int, Any], None]:
    """A function that writes one value of any kind; looked up by exact type first, for speed."""

    def blank(row: int, column: int, value: None) -> None:
        worksheet.write_blank(row, column, None, formats.text)

    def text(row: int, column: int, value: Any) -> None:
        _write_text(worksheet, row, column, value, formats.text, formats.quoted)

    def yes_no(row: int, column: int, value: bool) -> None:
        text(row, column, _yes_no(value))

    def number(row: int, column: int, value: float | Decimal) -> None:
        if not math.isfinite(value):
            blank(row, column, None)
        elif isinstance(value, int) and abs(value) >= MAX_EXACT_INTEGER:
            text(row, column, value)
        else:
            worksheet.write_number(row, column, value, formats.number)

    def date(row: int, column: int, value: dt.date) -> None:
        if value.year < FIRST_YEAR:
            text(row, column, value.isoformat())
        else:
            worksheet.write_datetime(row, column, value, formats.date)

    def moment(row: int, column: int, value: dt.datetime) -> None:
        value = _local(value)
        if value.year < FIRST_YEAR:
            text(row, column, value.strftime("%Y-%m-%d %H:%M:%S"))
        else:
            worksheet.write_datetime(row, column, value, formats.moment)

    def time(row: int, column: int, value: dt.time) -> None:
        worksheet.write_datetime(row, column, value.replace(tzinfo=None), formats.time)

    # Subclasses before their bases: a bool is an int and a datetime is a date.
    writers: dict[type, Callable[[int, int, Any], None]] = {
        str: text,
        type(None): blank,
        bool: yes_no,
        int: number,
        float: number,
        Decimal: number,
        dt.datetime: moment,
        dt.date: date,
        dt.time: time,
    }

    def write(row: int, column: int, value: Any) -> None:
        writer = writers.get(type(value))
        if writer is None:
            writer = next((known for kind, known in writers.items() if isinstance(value, kind)), text)
        writer(row, column, value)

    return write


def _write_text(worksheet: Worksheet, row: int, column: int, value: Any, plain: Format, quoted: Format) -> None:
    text = clean_text(value)
    if not _ESCAPED.match(text):
        result = worksheet.write_string(row, column, text, plain)
    else:
        result = worksheet.write_string(row, column, f"'{text}" if text[0] == "'" else text, quoted)
    if result == -2:
        raise ValueError(f"A cell holds at most {MAX_CELL_TEXT} characters.")
