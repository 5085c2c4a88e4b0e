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
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import _datetime_to_excel_datetime, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

DANGEROUS_STARTERS = "=+-@＝＋－＠\t\r\n"

MAX_SHEET_TITLE = 31  # UTF-16 units, as the limits below: what Excel accepts
MAX_CELL_TEXT = 32_767
MAX_ROWS = 1_048_576
MAX_EXACT_INTEGER = 10**15  # a spreadsheet number keeps 15 digits
FIRST_YEAR = 1901  # Excel has no date before 1900 and a false 29 February in it

PAPER_A4 = 9
REMEMBERED_CELLS = 4096

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
    footer_lines: Iterable[str] = ()  # read after the last row
    portrait: bool = False


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

    def write_rows(self, first: int, rows: Iterable[Sequence[Any]], width: int, ending: Callable[[Any], str]) -> int:
        """Write whole rows from the row `first` on and return the number of the next row.

        They go into the file as XML of ours: XlsxWriter makes an object of every cell and looks at it several times,
        which takes longer than reading the row from the database. The cells are the very ones it would write.
        """
        starts = [f'<c r="{xl_col_to_name(column)}' for column in range(width)]
        write, row = self.fh.write, first
        self._write_single_row(first)  # what stands above
        for row, values in enumerate(rows, start=first + 1):
            if len(values) != width:
                raise ValueError(f"A row of {len(values)} cells does not fit {width} columns.")
            if row >= MAX_ROWS:
                raise ValueError("The table has more rows than a sheet can hold.")
            cells = [f"{start}{row}{ending(value)}" for start, value in zip(starts, values, strict=True)]
            write(f'<row r="{row}">{"".join(cells)}</row>')
        if row > first:
            self._check_dimensions(first, 0)
            self._check_dimensions(row - 1, width - 1)
        self.previous_row = row
        return row

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
    _set_up_print(worksheet, head_row, portrait=sheet.portrait)
    for index, column in enumerate(sheet.columns):
        worksheet.set_column(index, index, column.width_chars)
    for row_index, line in enumerate(sheet.header_lines):
        _write_text(worksheet, row_index, 0, line, formats.title, formats.title)
    for index, column in enumerate(sheet.columns):
        _write_text(worksheet, head_row, index, column.title, formats.head, formats.head)
    below = worksheet.write_rows(head_row + 1, sheet.rows, len(sheet.columns), _cell_ending(formats))
    footer_lines = list(sheet.footer_lines)  # only now: they may count what the rows said
    if below + len(footer_lines) >= MAX_ROWS:
        raise ValueError("The table has more rows than a sheet can hold.")
    for footer_index, line in enumerate(footer_lines, start=below + 1):
        _write_text(worksheet, footer_index, 0, line, formats.title, formats.title)
    worksheet.freeze_panes(head_row + 1, 0)
    worksheet.autofilter(head_row, 0, below - 1, last_column)
    worksheet.print_area(0, 0, below + len(footer_lines) if footer_lines else below - 1, last_column)
    # Phones and numbers of cards are text on purpose: no green triangles.
    worksheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
    return below - 1 - head_row


def _set_up_print(worksheet: Worksheet, head_row: int, *, portrait: bool) -> None:
    if not portrait:
        worksheet.set_landscape()
    worksheet.set_paper(PAPER_A4)
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)  # inches
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(0, head_row)
    worksheet.set_footer("&C" + _("第 &P 页，共 &N 页"))


def _cell_ending(formats: _Formats) -> Callable[[Any], str]:
    """A function that gives one value's cell as XML, from its row number on; looked up by exact type, for speed.

    In a roster most cells repeat: texts met before are remembered, up to REMEMBERED_CELLS of them.
    """
    texts: dict[str, str] = {}
    empty, plain, quoted, numeric, dated, timed, clocked = (
        f'" s="{style._get_xf_index()}"'
        for style in (
            formats.text, formats.text, formats.quoted, formats.number, formats.date, formats.moment, formats.time,
        )
    )  # fmt: skip

    def blank(value: Any = None) -> str:
        return f"{empty}/>"

    def inline(value: Any) -> str:
        text = clean_text(value)
        if len(text) > MAX_CELL_TEXT // 2 and len(text.encode("utf-16-le")) > 2 * MAX_CELL_TEXT:
            raise ValueError(f"A cell holds at most {MAX_CELL_TEXT} characters.")
        if not text:
            return blank()
        if not _ESCAPED.match(text):
            style = plain
        else:
            style, text = quoted, f"'{text}" if text[0] == "'" else text
        space = ""
        if not text.isalnum():
            if "_" in text or not text.isprintable():
                # Excel reads _x000D_ as a character: the same escapes as XlsxWriter's own.
                text = Worksheet._escape_control_characters(text)
            space = ' xml:space="preserve"' if text != text.strip() else ""
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'{style} t="inlineStr"><is><t{space}>{text}</t></is></c>'

    def text(value: str) -> str:
        ending = texts.get(value)
        if ending is None:
            ending = inline(value)
            if len(texts) < REMEMBERED_CELLS:
                texts[value] = ending
        return ending

    def serial(value: Any, style: str) -> str:
        return f"{style}><v>{_datetime_to_excel_datetime(value, False, False):.16G}</v></c>"

    def number(value: float | Decimal) -> str:
        if not math.isfinite(value):
            return blank()
        if isinstance(value, int) and abs(value) >= MAX_EXACT_INTEGER:
            return inline(value)
        return f"{numeric}><v>{value:.16G}</v></c>"

    @lru_cache(maxsize=REMEMBERED_CELLS)
    def date(value: dt.date) -> str:
        return inline(value.isoformat()) if value.year < FIRST_YEAR else serial(value, dated)

    def moment(value: dt.datetime) -> str:
        value = _local(value)
        return inline(value.strftime("%Y-%m-%d %H:%M:%S")) if value.year < FIRST_YEAR else serial(value, timed)

    # Subclasses before their bases: a bool is an int and a datetime is a date.
    endings: dict[type, Callable[[Any], str]] = {
        str: text,
        type(None): blank,
        bool: lambda value: text(_yes_no(value)),
        int: number,
        float: number,
        Decimal: number,
        dt.datetime: moment,
        dt.date: date,
        dt.time: lambda value: serial(value.replace(tzinfo=None), clocked),
    }

    def ending(value: Any) -> str:
        kind = type(value)
        make = endings.get(kind)
        if make is None:
            make = next((known for base, known in endings.items() if isinstance(value, base)), inline)
            endings[kind] = make
        return make(value)

    return ending


def _write_text(worksheet: Worksheet, row: int, column: int, value: Any, plain: Format, quoted: Format) -> None:
    text = clean_text(value)
    if not _ESCAPED.match(text):
        result = worksheet.write_string(row, column, text, plain)
    else:
        result = worksheet.write_string(row, column, f"'{text}" if text[0] == "'" else text, quoted)
    if result == -2:
        raise ValueError(f"A cell holds at most {MAX_CELL_TEXT} characters.")
