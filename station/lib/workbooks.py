"""Opening an xlsx that a stranger may have made: weighed before it is unpacked, looked through before it is parsed.

The parser lays a sheet out as a full rectangle and copies a shared text into every cell that names it, and a zip may
lie about how much comes out of it. So nothing reaches the parser but a zip of our own, made of parts that were unpacked
under a limit, of cells that fit a small rectangle, of texts that add up to little.

Every function raises ValidationError, worded for the person who chose the file.
"""

import re
import struct
import zipfile
import zlib
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

MAX_MEMBERS = 200
MAX_UNPACKED_BYTES = 50_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
ROWS_ABOVE = 50  # title, who, why and head do not count as rows
MAX_CELLS = 1_000_000  # of the rectangle around everything filled in
MAX_TEXT_BYTES = 50_000_000  # once every cell has its own copy of its shared text
MAX_MERGED_CELLS = 200_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how .xls begins, and an xlsx with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NOT_NEEDED = ("xl/media/", "xl/drawings/", "xl/theme/", "xl/printersettings/", "docprops/", "customxml/")

_NAME = rb"(?:[^\s<>/:!?]+:)?"
_CELL_OR_ROW = re.compile(rb"<" + _NAME + rb"(c|row)(?=[\s/>])([^<>]*)>(?:\s*<" + _NAME + rb"v>(\d{1,9})<)?")
_PLACE = re.compile(rb"""(?<![\w:])r\s*=\s*["']([A-Za-z]{0,3})(\d{0,7})["']""")
_SHARED = re.compile(rb"""(?<![\w:])t\s*=\s*["']s["']""")
_TEXT_ITEM = re.compile(rb"<" + _NAME + rb"si(?=[\s/>])")
_TEXT_TABLE = re.compile(rb"<" + _NAME + rb"sst(?=[\s/>])")


def refused(message, code, **params):
    return ValidationError(message, code=code, params=params)


def too_many_rows():
    return refused(_("表格超过 %(n)d 行，请分成几个文件导入。"), "too_many_rows", n=MAX_ROWS)


def too_many_columns():
    return refused(_("表格超过 %(n)d 列，请删掉用不着的列。"), "too_many_columns", n=MAX_COLUMNS)


def _too_large():
    return refused(_("表格展开后太大，请删掉多余的工作表、图片和格式再试。"), "too_large")


def _broken():
    return refused(_("这个文件打不开，可能坏了：请用表格软件打开，另存为 .xlsx 再试。"), "broken")


def refuse_old_workbook(data: bytes) -> None:
    """Says what to do with an old .xls or an encrypted workbook."""
    if _ENCRYPTED in data:
        raise refused(_("这个文件加了密码，请去掉密码，另存一份再导入。"), "encrypted")
    raise refused(_("这是旧的 .xls 格式，请用表格软件另存为 .xlsx 再导入。"), "old_workbook")


def sheets_of(data: bytes) -> list[CalamineSheet]:
    """The sheets of an xlsx as the parser gives them, those in sight first."""
    parts = _unpack(data)
    names = {name.lower() for name in parts}
    if "xl/workbook.xml" not in names:
        raise refused(_("只认 .xlsx 和 .csv，请用表格软件另存为其中一种。"), "unknown_format")
    _look_through(parts)
    try:
        workbook = load_workbook(BytesIO(_packed(parts)))
        sheets = [
            (sheet.visible != SheetVisibleEnum.Visible, place)
            for place, sheet in enumerate(workbook.sheets_metadata)
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]
        return [workbook.get_sheet_by_index(place) for _hidden, place in sorted(sheets)]
    except CalamineError as error:
        raise _broken() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the parser's own accident is no reason to stop the process
            raise _broken() from error
        raise


def fill_merged(rows: list[list], merged) -> None:
    """Say in every row what one merged cell says for several, downwards only: titles are merged across."""
    left = MAX_MERGED_CELLS
    for (top, column), (bottom, last_column) in merged or ():
        if top >= bottom or (last_column - column) > 1 or top >= len(rows) or column >= len(rows[top]):
            continue
        below = rows[top + 1 : min(bottom + 1, len(rows))]
        left -= len(below)
        if left < 0:
            return
        for row in below:
            if row[column] == "":
                row[column] = rows[top][column]


def _unpack(data: bytes) -> dict[str, bytes]:
    """The parts of the zip that hold cells, each by its name."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _too_large()
            if any(member.flag_bits & 1 for member in members):
                raise refused(_("这个文件加了密码，请去掉密码，另存一份再导入。"), "encrypted")
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise _too_large()
            wanted = [member for member in members if _is_wanted(member.filename.lower())]
            # No more comes out than the directory says, whatever the compressed bytes would give.
            return {member.filename: archive.read(member) for member in wanted}
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise _broken() from error


def _is_wanted(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not name.startswith(_NOT_NEEDED)


def _packed(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _look_through(parts: dict[str, bytes]) -> None:
    """Refuse what would unfold in the parser."""
    for part in parts.values():
        if not part.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or b"<!DOCTYPE" in part:
            raise _broken()
    tables = [part for part in parts.values() if _TEXT_TABLE.search(part)]
    if len(tables) > 1:
        raise _broken()
    lengths = _text_lengths(tables[0]) if tables else []
    for part in parts.values():
        _look_through_sheet(part, lengths)


def _text_lengths(table: bytes) -> list[int]:
    """How many bytes each shared text takes, its tags included."""
    starts = [match.start() for match in _TEXT_ITEM.finditer(table)]
    return [end - start for start, end in zip(starts, [*starts[1:], len(table)], strict=True)]


def _look_through_sheet(part: bytes, lengths: list[int]) -> None:
    rows = columns = cells = text = row = column = 0
    for match in _CELL_OR_ROW.finditer(part):
        kind, attributes, value = match.groups()
        if attributes.count(b'"') % 2 or attributes.count(b"'") % 2:
            raise _broken()  # a ">" inside an attribute, which no spreadsheet program writes
        place = _PLACE.search(attributes)
        if kind == b"row":
            row, column = (int(place[2] or 0) if place else row + 1), 0
            continue
        column += 1
        if place:
            column, row = _column_number(place[1]), int(place[2] or 0)
        if attributes.endswith(b"/"):
            continue
        cells += 1
        rows, columns = max(rows, row), max(columns, column)
        if rows > MAX_ROWS + ROWS_ABOVE:
            raise too_many_rows()
        if columns > MAX_COLUMNS:
            raise too_many_columns()
        if value and _SHARED.search(attributes):
            text += lengths[int(value)] if int(value) < len(lengths) else 0
        if cells > MAX_CELLS or text > MAX_TEXT_BYTES:
            raise _too_large()
    if rows * columns > MAX_CELLS:
        raise _too_large()


def _column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
