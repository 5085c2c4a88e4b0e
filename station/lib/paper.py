"""The sheets everything is printed on: A4, fonts with every Chinese character there is, lines that fit their cells.

Sizes are millimetres unless a name says points. What stands on a sheet is collected here and written as plain PDF
operators: a roster may have a hundred thousand rows.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files
from itertools import groupby
from typing import BinaryIO, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from station.lib.fonts import Face
from station.lib.icons import SIDE as ICON_SIDE
from station.lib.icons import outline
from station.lib.pdf import POINTS_PER_MM, PackedPage, write_pdf
from station.lib.qr import qr_modules

A4_MM = (210, 297)
MARGIN = 12
BOTTOM = 14  # below the last line of a sheet: its foot
MM_PER_POINT = 25.4 / 72
PADDING = 0.9  # left and right of the text in a cell
BODY_POINTS, SMALL_POINTS, TITLE_POINTS = 9, 7.5, 18
LINE_HEIGHT = 4.1
QR_SIZE = 18
BOLD_POINTS_PER_POINT = 0.0255  # width of the outline that makes a character bold
SHRINK_TO = 0.84  # a line a little too long is set smaller rather than broken

GETA = "〓"  # what a Chinese compositor sets where a character is missing from the case

Colour = tuple[int, int, int]
INK, GREY, RULE, RED = (0, 0, 0), (95, 95, 95), (150, 150, 150), (158, 42, 26)

SANS = files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf"
SERIF = files("pylopdf_fonts_zh_cn") / "NotoSerifSC-Regular.otf"
RARE_FONT = files("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc"
RARE_FONT_FACE = 2  # the simplified Chinese face of the collection

_PATH_OPERATORS = {"moveTo": "m", "lineTo": "l", "curveTo": "c", "closePath": "h"}

# A Latin word or number stays whole; closing punctuation stays with the character before it.
_PIECE = re.compile(r"[!-~]+|.[，。、；：！？）》”’]*", re.DOTALL)
_INVISIBLE = {"Cc", "Cf", "Mn", "Cs"}
_SHOWN_MISSING = 5


class Cell(NamedTuple):
    """A text made ready for a cell: per line, how far from the left edge it begins and the operators that show it."""

    lines: tuple[tuple[float, str], ...]
    points: float

    def part(self, first: int, last: int) -> "Cell":
        """The cell with some of its lines, for a row that goes on overleaf."""
        return Cell(self.lines[first:last], self.points)


class Sheets:
    """A4 sheets with the fonts of a document. `missing` collects the characters that no font has.

    What is drawn waits until `finish_sheet`: fills lie below rules, rules below text. `where` is what a missing
    character is remembered with: the ledger number of the row being drawn.
    """

    def __init__(self, *, portrait=False, face=SANS):
        self.w, self.h = A4_MM if portrait else A4_MM[::-1]
        self.missing: dict[str, str] = {}  # character → where it was met first
        self.where = ""
        self._faces = [Face(face)]
        self._used: list[dict[int, str]] = [{}]  # of each face: glyph → the character it shows
        self._codes = _Learnt(self._learn)  # character → its glyph in hexadecimal, as a page shows it
        self._widths = _Learnt(self._learn)  # character → thousandths of its size
        self._rare: set[str] = set()  # those only the second font has
        self._packed: list = []  # the sheets finished, and sealed in the end
        self._is_open = False
        self._clear()

    @property
    def room(self):
        """The width between the margins."""
        return self.w - 2 * MARGIN

    @property
    def limit(self):
        """How far down a sheet may be filled."""
        return self.h - BOTTOM

    def close(self):
        """Let go of the fonts, and of the dictionaries that know this object."""
        for face in self._faces:
            face.close()
        self._faces = self._codes = self._widths = None

    # --- characters --------------------------------------------------------------------------------------------------
    def _learn(self, character):
        """Find the font for a character not met before. One in no font is drawn as 〓 and remembered."""
        drawn, place = character, 0
        found = self._faces[0].find(character)
        if found is None and unicodedata.category(character) in _INVISIBLE:
            drawn = " " if character in "\t\r\n" else ""
        elif found is None and (found := self._rare_face.find(character)):
            place = 1
            self._rare.add(character)
        elif found is None:
            drawn = GETA
            self.missing.setdefault(character, self.where)
        if drawn != character:
            self._codes[character] = self._codes[drawn] if drawn else ""
            self._widths[character] = self._widths[drawn] if drawn else 0
            return
        cid, width = found
        self._used[place].setdefault(cid, character)
        self._codes[character], self._widths[character] = f"{cid:04X}", width

    @property
    def _rare_face(self):
        if len(self._faces) == 1:
            self._faces.append(Face(RARE_FONT, RARE_FONT_FACE))
            self._used.append({})
        return self._faces[1]

    # --- text --------------------------------------------------------------------------------------------------------
    def width_of(self, text, points):
        return sum(map(self._widths.__getitem__, text)) * points * MM_PER_POINT / 1000

    def fitted(self, text, width, points, *, shrink_to=SHRINK_TO):
        """The text as lines no wider than a cell of `width`, and the size they are to be set in. Nothing is cut off.

        A line feed begins a new line.
        """
        if "\n" in text:
            lines = [self.fitted(line, width, points, shrink_to=1)[0] for line in text.splitlines()]
            return tuple(line for part in lines for line in part), points
        room = width - 2 * PADDING - 0.05
        wide = self.width_of(text, points)
        if wide <= room:
            return (text,), points
        if wide * shrink_to <= room:
            return (text,), points * room / wide
        lines, line = [], ""
        for piece in _PIECE.findall(text):
            if self.width_of(line + piece, points) <= room:
                line += piece
                continue
            if line:
                lines.append(line)
            line = ""
            for character in piece:  # a word longer than the cell is broken where it must be
                if line and self.width_of(line + character, points) > room:
                    lines.append(line)
                    line = ""
                line += character
        return (*lines, line), points

    def fit(self, text, width, *, points=BODY_POINTS, align="L", shrink_to=SHRINK_TO) -> Cell:
        """The text made ready for a cell of `width`, in as many lines as it takes."""
        lines, points = self.fitted(text, width, points, shrink_to=shrink_to)
        return Cell(tuple(self._line(line, width, points, align) for line in lines), points)

    def _line(self, text, width, points, align):
        if align == "L":
            return PADDING, self._shown(text, points)
        free = width - self.width_of(text, points)
        return (free / 2 if align == "C" else free - PADDING), self._shown(text, points)

    def _shown(self, text, points):
        """The operators that show a text at the current place, which moves on by itself between two fonts."""
        codes = "".join(map(self._codes.__getitem__, text))
        if self._rare.isdisjoint(text):
            return f"<{codes}>Tj" if codes else ""
        main, rare = f"/F1 {points:.2f} Tf", f"/F2 {points:.2f} Tf"
        runs = []
        for is_rare, characters in groupby(text, self._rare.__contains__):
            shown = f"<{''.join(map(self._codes.__getitem__, characters))}>Tj"
            runs.append(f"{rare}{shown}{main}" if is_rare else shown)
        return "".join(runs)

    def draw_row(self, y, height, cells, boxes, *, line_height=LINE_HEIGHT, bold=False, colour=INK):
        """Draw cells beside one another, each in its box (left, width), their lines in the middle of the height."""
        texts, k = self._texts, POINTS_PER_MM
        for (lines, points), (x, _width) in zip(cells, boxes, strict=True):
            if not lines or (len(lines) == 1 and not lines[0][1]):
                continue
            self._set_text(points, bold, colour)
            # The middle of a Chinese character lies three tenths of its size above the baseline.
            middle = y + (height - line_height * (len(lines) - 1)) / 2
            up = round((self.h - middle) * k - 0.3 * points, 2)
            for offset, shown in lines:
                left = round((x + offset) * k, 2)
                texts.append(f"{left - self._left:.2f} {up - self._up:.2f} Td{shown}")
                self._left, self._up = left, up
                up = round(up - line_height * k, 2)

    def draw_cell(self, x, y, width, height, cell: Cell, **look):
        """Draw one cell alone."""
        self.draw_row(y, height, (cell,), ((x, width),), **look)

    def _set_text(self, points, bold, colour):
        """Say what differs from the text drawn before."""
        if points != self._points:
            self._texts.append(f"/F1 {points:.2f} Tf")
            self._points = points
        if bold != self._bold or (bold and points * BOLD_POINTS_PER_POINT != self._outlined):
            # The font has one weight: an outline thickens it.
            self._outlined = points * BOLD_POINTS_PER_POINT
            self._texts.append(f"2 Tr {self._outlined:.3f} w" if bold else "0 Tr")
            self._bold = bold
        if colour != self._colour:
            self._texts.append(f"{_parts(colour)} rg {_parts(colour)} RG")
            self._colour = colour

    def text_at(self, x, y, width, text, *, points=BODY_POINTS, align="L", height=LINE_HEIGHT, bold=False, colour=INK):
        """One line of text in the middle of a box, however long it is."""
        cell = Cell((self._line(text, width, points, align),), points)
        self.draw_cell(x, y, width, height, cell, bold=bold, colour=colour)

    def paragraph(self, x, y, width, text, *, points=BODY_POINTS, align="L", line_height=LINE_HEIGHT, **look):
        """As many lines of text as it takes; returns where they end."""
        cell = self.fit(text, width, points=points, align=align)
        height = line_height * len(cell.lines)
        self.draw_cell(x, y, width, height, cell, line_height=line_height, **look)
        return y + height

    # --- shapes ------------------------------------------------------------------------------------------------------
    def fill(self, x, y, width, height, colour):
        self._fills.append(f"{_parts(colour)} rg {self._box(x, y, width, height)} f")

    def rule(self, lines: Iterable[tuple[float, float, float, float]], *, width=0.12, colour=RULE):
        """Straight lines (x, y, x, y), all alike, in one stroke."""
        k, h = POINTS_PER_MM, self.h
        paths = " ".join(
            f"{x1 * k:.2f} {(h - y1) * k:.2f} m {x2 * k:.2f} {(h - y2) * k:.2f} l" for x1, y1, x2, y2 in lines
        )
        self._rules.append(f"{_parts(colour)} RG {width * k:.2f} w {paths} S")

    def frame(self, x, y, width, height, *, line=0.2, colour=RULE):
        self._rules.append(f"{_parts(colour)} RG {line * POINTS_PER_MM:.2f} w {self._box(x, y, width, height)} S")

    def _box(self, x, y, width, height):
        k = POINTS_PER_MM
        return f"{x * k:.2f} {(self.h - y - height) * k:.2f} {width * k:.2f} {height * k:.2f} re"

    def icon(self, x, y, size, name, *, line=0.42, colour=INK):
        """An icon of the icon sheet in a square of `size`; an unknown one leaves the square empty."""
        scale, k = size / ICON_SIDE, POINTS_PER_MM
        parts = []
        for step, points in outline(name):
            if operator := _PATH_OPERATORS.get(step):
                ends = (f"{(x + px * scale) * k:.2f} {(self.h - y - py * scale) * k:.2f}" for px, py in points)
                parts.append(" ".join((*ends, operator)))
        if parts:
            # Round caps make the dots of an icon, which are lines without length.
            self._rules.append(f"1 J 1 j {_parts(colour)} RG {line * k:.2f} w {' '.join(parts)} S 0 J 0 j")

    def qr(self, x, y, text, size=QR_SIZE, *, error="m"):
        """A QR code whose dark modules fill a square of `size`, without the quiet zone: keep 2.5 mm free around it."""
        modules = qr_modules(text, error=error)
        step = size / len(modules)
        boxes = []
        for row_number, row in enumerate(modules):
            start = None
            for column, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    # A hair wider than the module, or printers leave white seams.
                    width = (column - start) * step
                    boxes.append(self._box(x + start * step, y + row_number * step, width, step * 1.02))
                    start = None
        self._fills.append(f"{_parts(INK)} rg {' '.join(boxes)} f")

    # --- sheets ------------------------------------------------------------------------------------------------------
    @property
    def count(self):
        """How many sheets there are."""
        return len(self._packed) + self._is_open

    def begin_sheet(self):
        """Finish the sheet before and begin a new one."""
        self.finish_sheet()
        self._is_open = True

    def _clear(self):
        self._fills, self._rules, self._texts = [], [], []
        self._left = self._up = self._outlined = 0.0
        self._points, self._bold, self._colour = None, False, INK

    def _written(self):
        """What has been collected, as it stands in the file."""
        text = ["BT 0 Tr", f"{_parts(INK)} rg {_parts(INK)} RG", *self._texts, "ET"] if self._texts else []
        content = "\n".join([*self._fills, *self._rules, *text, ""]).encode()
        self._clear()
        return content

    def finish_sheet(self):
        """Write the sheet and compress it: a long document would fill the memory with its pages."""
        if self._is_open:
            self._packed.append(PackedPage(self._written()))
            self._is_open = False

    def finish(self, draw: Callable[[int, int], None] = lambda page, pages: None):
        """Let `draw(page, pages)` add to every sheet what needs their number, and seal them all."""
        self.finish_sheet()
        pages = len(self._packed)
        for place in range(pages):
            draw(place + 1, pages)
            self._packed[place] = self._packed[place].sealed_with(self._written())

    def save(self, file: BinaryIO, *, title: str, at: datetime, anyway=False):
        """Write the file. Raises ValidationError, writing nothing, for a character that no font has.

        Told to print `anyway`, it leaves 〓 where such a character should stand.
        """
        if self.missing and not anyway:
            raise ValidationError(missing_text(self.missing), code="missing_glyph")
        fonts = zip(self._faces, self._used, strict=True)
        write_pdf(file, self._packed, fonts, width_mm=self.w, height_mm=self.h, title=title, at=at)


def missing_text(missing: dict[str, str]) -> str:
    """What to tell who wants to print characters that no font has."""
    shown = [
        (_("编号 %(number)s 的“%(character)s”（U+%(code)04X）") if number else _("“%(character)s”（U+%(code)04X）"))
        % {"number": number, "character": character, "code": ord(character)}
        for character, number in list(missing.items())[:_SHOWN_MISSING]
    ]
    if len(missing) > _SHOWN_MISSING:
        shown.append(_("……共 %(n)d 个字") % {"n": len(missing)})
    return _("字库里没有这些字：%(list)s。照样打印的话，它们会印成“〓”，请在纸上手写补上。") % {
        "list": "、".join(shown)
    }


class _Learnt(dict):
    """A dictionary that has whatever it lacks looked up once."""

    def __init__(self, learn):
        super().__init__()
        self.learn = learn

    def __missing__(self, key):
        self.learn(key)
        return self[key]


def _parts(colour: Colour) -> str:
    return " ".join(f"{part / 255:.3g}" for part in colour)
