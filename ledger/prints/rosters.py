"""A roster as PDF: its head on every sheet, groups and what they add up to, rows to fill in, a place to sign."""

from contextlib import closing
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from ledger.prints.frames import SMALL_LINE, Frame, sign_height
from ledger.prints.tables import (
    GROUP_FILL,
    HEAD_FILL,
    SUM_FILL,
    ZEBRA_FILL,
    Row,
    Table,
    least_width,
    shared_widths,
)
from ledger.rosters import ORDINAL_WIDTH_MM, RosterCopy, text_of
from ledger.rosters.bodies import Blank, Heading, Line, Sum, body_of
from station.lib.paper import (
    BODY_POINTS,
    GETA,
    GREY,
    LINE_HEIGHT,
    MARGIN,
    PADDING,
    SMALL_POINTS,
    Sheets,
)

BLANK_HEIGHT = 8  # of a row somebody writes in by hand
PORTRAIT_POINTS = 8
LEAST_POINTS = 7  # where many columns must share one sheet


def write_pdf(copy: RosterCopy, file: BinaryIO, *, anyway: bool = False) -> None:
    """Write the copy as PDF.

    Raises ValidationError, and writes nothing, for a character that no font has, unless told to print it `anyway`
    as 〓.
    """
    with closing(Sheets(portrait=copy.layout.portrait)) as sheets:
        _RosterSheets(copy, sheets).draw()
        sheets.save(file, title=f"{copy.title} {copy.serial}", at=copy.at, anyway=anyway)


def mask_note(copy: RosterCopy) -> str:
    """What to say about personal data below a roster: what is masked, and what to do with the paper."""
    return copy.mask_note + _("内部资料，用完请妥善保管或销毁。")


class Signature(NamedTuple):
    """A place to sign: what stands before the line, and what is printed on it already."""

    label: str
    hint: str


def signatures_of(copy: RosterCopy) -> list[Signature]:
    """The places to sign; one for a date has its year, month and day printed."""
    labels = copy.layout.signatures or (_("制表人"), _("审核人"), _("单位（盖章）"), _("日期"))
    hints = {_("日期"): _("年　　月　　日")}
    return [Signature(label.rstrip("：:") + "：", hints.get(label.rstrip("：:"), "")) for label in map(str, labels)]


class _RosterSheets:
    """The roster being drawn: the sheet it has come to, and how far down."""

    def __init__(self, copy: RosterCopy, sheets: Sheets):
        self.copy, self.layout, self.sheets = copy, copy.layout, sheets
        self.frame = Frame(sheets, copy)
        self.table = self._table()
        titles = (_("序号"), *(str(column.title) for column in copy.columns))
        self.head = self.table.row(titles, ["C"] * len(titles))
        self.table.forget()  # a value that reads like its column's title is not centred
        self.group = ""
        self.rows_on_sheet = 0

    def _table(self):
        """The columns, in the proportions they ask for, in letters that suit how close they stand."""
        room = self.sheets.room - ORDINAL_WIDTH_MM
        wanted = [column.width_mm for column in self.copy.columns]
        points = PORTRAIT_POINTS if self.layout.portrait else BODY_POINTS
        points = max(LEAST_POINTS, min(points, points * (room / (sum(wanted) or room)) ** 0.5))
        widths = shared_widths(wanted, room, least_width(points))
        return Table(
            self.sheets,
            [ORDINAL_WIDTH_MM, *widths],
            points=points,
            line_height=LINE_HEIGHT * points / BODY_POINTS,
        )

    def draw(self):
        self._begin()
        block: list[tuple] = []  # a heading, a row and its sums: what must not be torn apart
        for part in body_of(self.copy):
            if isinstance(part, Sum) or (isinstance(part, Line) and block and isinstance(block[-1][0], Heading)):
                block.append((part, self._row(part)))
                continue
            self._add(block)
            block = [(part, self._row(part))]
        self._add(block, keep=self._closing_height())
        self.table.close()
        self._close()
        self.sheets.finish(self.frame.number)

    def _row(self, part) -> Row:
        table = self.table
        if isinstance(part, Line):
            values = part.values
            if self._number_at is not None:
                self.sheets.where = text_of(values[self._number_at])
            return table.row(map(text_of, values), ["C" if isinstance(value, int) else "L" for value in values])
        if isinstance(part, Heading):
            return table.merged([part.text], ["L"], [len(table.boxes)])
        if isinstance(part, Sum):
            spans = [part.span, *([1] * len(part.values))]
            return table.merged([part.label, *map(text_of, part.values)], ["L", *"C" * len(part.values)], spans)
        return table.row(
            [str(part.number), *([""] * len(self.copy.columns))], "C" * len(table.boxes), least=BLANK_HEIGHT
        )

    @property
    def _number_at(self):
        keys = [column.key for column in self.copy.columns]
        return keys.index("number") + 1 if "number" in keys else None

    # --- sheets ------------------------------------------------------------------------------------------------------
    def _begin(self):
        sheets = self.sheets
        is_first = not sheets.count
        sheets.begin_sheet()
        self.y = self._title() if is_first else self._running_head()
        self.frame.foot()
        self.y = self.table.draw(self.y, self.head, fill=HEAD_FILL, bold=True)
        self.rows_on_sheet = 0

    def _title(self):
        filters = "；".join(self.copy.shown_filters)
        small = _("筛选：%(filters)s") % {"filters": filters} if filters else ""
        return self.frame.title(self.copy.title, small=small, is_full=self.copy.full)

    def _running_head(self):
        said = self.copy.title
        return self.frame.running_head(said, is_full=self.copy.full)

    def _next_sheet(self, *, goes_on):
        self.table.close()
        self._begin()
        if goes_on and self.group:
            row = self.table.merged([_("%(group)s（续）") % {"group": self.group}], ["L"], [len(self.table.boxes)])
            self.y = self.table.draw(self.y, row, fill=GROUP_FILL, bold=True)

    def _add(self, block, keep=0.0):
        """Draw what belongs together, on a new sheet where it, and `keep` millimetres below, would not fit."""
        if not block:
            return
        heading = block[0][0] if isinstance(block[0][0], Heading) else None
        height = sum(row.height for _part, row in block) + keep
        turns = heading and self.layout.new_pages and self.group
        if heading:
            self.group = heading.text
        elif isinstance(block[0][0], Blank):
            self.group = ""
        if self.rows_on_sheet and (turns or self.y + height > self.sheets.limit):
            self._next_sheet(goes_on=heading is None and not isinstance(block[0][0], Sum))
        for part, row in block:
            self._draw_row(part, row)

    def _draw_row(self, part, row):
        looks = {
            Heading: {"fill": GROUP_FILL, "bold": True},
            Sum: {"fill": SUM_FILL, "bold": True},
            Line: {"fill": ZEBRA_FILL if self.rows_on_sheet % 2 else None},
            Blank: {},
        }
        room = self.sheets.limit - self.y if self.rows_on_sheet == 0 else self.sheets.limit - 30
        for number, piece in enumerate(self.table.parts(row, room)):
            if number:
                self._next_sheet(goes_on=True)
            self.y = self.table.draw(self.y, piece, **looks[type(part)])
        if isinstance(part, Line | Blank):
            self.rows_on_sheet += 1

    # --- below the table ---------------------------------------------------------------------------------------------
    def _notes(self):
        """What is masked, and which characters are to be added by hand."""
        notes = [mask_note(self.copy)]
        if self.sheets.missing:
            codes = "、".join(f"U+{ord(character):04X}" for character in self.sheets.missing)
            notes.insert(0, _("“%(sign)s”处的字：%(list)s。") % {"sign": GETA, "list": codes})
        cell = self.sheets.fit("".join(notes), self.sheets.room, points=SMALL_POINTS)
        return cell, SMALL_LINE * len(cell.lines)

    @property
    def _signs_a_line(self):
        return 2 if self.layout.portrait else 4

    def _closing_height(self):
        return 2 + self._notes()[1] + 4 + sign_height(signatures_of(self.copy), self._signs_a_line)

    def _close(self):
        """The notes and where to sign, below the last row."""
        sheets, y = self.sheets, self.y + 2
        cell, height = self._notes()
        sheets.draw_cell(MARGIN - PADDING, y, sheets.room, height, cell, line_height=SMALL_LINE, colour=GREY)
        self.frame.sign(y + height + 4, signatures_of(self.copy), a_line=self._signs_a_line)
