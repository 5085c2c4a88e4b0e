"""The sheets of a printed roster: fonts, lines of text that fit their cells, rows one below the other.

Sizes are millimetres unless a name says points. Of fpdf2 only its plainest call draws text; cells, page loop and page
numbers are ours: on long rosters its ``cell()`` took most of the time, and its tables many times that.
"""

import logging
import re
import unicodedata
from importlib.resources import files
from itertools import groupby

from fpdf import FPDF
from fpdf.drawing_primitives import DeviceGray
from fpdf.enums import TextMode

from station.lib.qr import qr_modules

MARGIN = 12
BOTTOM = 14
MM_PER_POINT = 25.4 / 72
PADDING = 0.9
BODY_POINTS, SMALL_POINTS, TITLE_POINTS = 9, 7.5, 18
LINE_HEIGHT = 4.1
ROW_PADDING = 1.15
QR_SIZE = 18
BOLD_MM_PER_POINT = 0.009  # width of the outline
SHRINK_TO = 0.84  # a line a little too long is set smaller rather than broken

GETA = "〓"  # what a Chinese compositor sets where a character is missing from the case

INK, GREY, HEAD_FILL, ZEBRA_FILL, RULE = 0, 95, (232, 227, 219), (248, 246, 242), 150

MAIN_FONT = files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf"
RARE_FONT = files("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc"
RARE_FONT_FACE = 2  # the simplified Chinese face of the collection
# Not of use on paper, and costly to write again: vertical setting, substitution, positioning.
UNUSED_TABLES = ("vhea", "vmtx", "VORG", "GSUB", "GPOS", "GDEF", "BASE")

# A Latin word or number stays whole; closing punctuation stays with the character before it.
_PIECE = re.compile(r"[!-~]+|.[，。、；：！？）》”’]*", re.DOTALL)
_INVISIBLE = {"Cc", "Cf", "Mn", "Cs"}

logging.getLogger("fontTools").setLevel(logging.WARNING)


class RosterSheets(FPDF):
    """A4 sheets across, with the roster's fonts. `missing` collects the characters that no font has."""

    def __init__(self):
        super().__init__("landscape", "mm", "A4")
        self.missing: dict[str, str] = {}  # character → the ledger number where it was met first
        self._drawable = set(GETA)
        self._rare: set[str] = set()  # those only the second font has
        self.alias_nb_pages(None)
        self.set_auto_page_break(False)
        self.set_margins(MARGIN, MARGIN)
        self.c_margin = PADDING
        self._add_otf("main", MAIN_FONT)
        self.set_font("main", size=BODY_POINTS)
        self.set_fill_color(INK)
        self.set_text_color(INK)
        self._widths = self.fonts["main"].cw

    def _add_otf(self, family, path, face=0):
        self.add_font(family, fname=str(path), collection_font_number=face)
        font = self.fonts[family].ttfont
        font.recalcBBoxes = False  # measuring all 30,000 glyphs again would take longer than a short roster
        for table in UNUSED_TABLES:
            if table in font:
                del font[table]

    # --- text --------------------------------------------------------------------------------------------------------
    def drawable(self, text, where=""):
        """`text` as it can be drawn. A character in no font becomes 〓 and is remembered with `where`."""
        unknown = set(text) - self._drawable
        if unknown:
            for character in unknown:
                text = self._learn(character, text, where)
        return text

    def _learn(self, character, text, where):
        code = ord(character)
        if code in self.fonts["main"].cmap:
            self._drawable.add(character)
            return text
        if unicodedata.category(character) in _INVISIBLE:
            return text.replace(character, " " if character in "\t\r\n" else "")
        if "rare" not in self.fonts:
            self._add_otf("rare", RARE_FONT, RARE_FONT_FACE)
        if code in self.fonts["rare"].cmap:
            self._drawable.add(character)
            self._rare.add(character)
            self._widths[code] = self.fonts["rare"].cw[code]
            return text
        self.missing.setdefault(character, where)
        return text.replace(character, GETA)

    def width_of(self, text, points):
        return sum(map(self._widths.__getitem__, map(ord, text))) * points * MM_PER_POINT / 1000

    def fitted(self, text, width, points):
        """The text as lines no wider than a cell of `width`, and the size they are to be set in. Nothing is cut off."""
        room = width - 2 * PADDING - 0.05
        wide = self.width_of(text, points)
        if wide <= room:
            return (text,), points
        if wide * SHRINK_TO <= room:
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

    def text_at(self, x, y, width, text, *, points=BODY_POINTS, align="L", grey=False, height=LINE_HEIGHT):
        """One line of text in a cell, set in its middle."""
        if align == "L":
            x += PADDING
        else:
            room = width - self.width_of(text, points)
            x += room / 2 if align == "C" else room - PADDING
        baseline = y + height / 2 + 0.3 * points * MM_PER_POINT
        self.set_font_size(points)
        if grey:
            self.set_text_color(GREY)
        if self._rare and not self._rare.isdisjoint(text):
            self._mixed_text(x, baseline, text, points)
        else:
            self.text(x, baseline, text)
        if grey:
            self.set_text_color(INK)

    def _mixed_text(self, x, baseline, text, points):
        for is_rare, characters in groupby(text, self._rare.__contains__):
            run = "".join(characters)
            self.set_font("rare" if is_rare else "main", size=points)
            self.text(x, baseline, run)
            x += self.width_of(run, points)
        self.set_font("main", size=points)

    def bold(self, points=BODY_POINTS):
        """A context in which text is bold: the font has one weight, so an outline thickens it."""
        return self.local_context(
            text_mode=TextMode.FILL_STROKE, draw_color=DeviceGray(0), line_width=points * BOLD_MM_PER_POINT
        )

    # --- what a roster is made of ------------------------------------------------------------------------------------
    def row(self, y, cells, widths, aligns, *, fill=None):
        """Draw one row whose `cells` are (lines, points) as `fitted` gave them, and return where it ends."""
        height = row_height(cells)
        if fill:
            self.set_fill_color(*fill)
            self.rect(MARGIN, y, sum(widths), height, "F")
            self.set_fill_color(INK)  # text in the colour of the fill needs no colour of its own
        x = MARGIN
        for (lines, points), width, align in zip(cells, widths, aligns, strict=True):
            top = y + (height - LINE_HEIGHT * len(lines)) / 2
            for number, line in enumerate(lines):
                if line:
                    self.text_at(x, top + number * LINE_HEIGHT, width, line, points=points, align=align)
            x += width
        return y + height

    def grid(self, top, bottoms, widths):
        """The rules around the rows that end at `bottoms`."""
        self.set_draw_color(RULE)
        self.set_line_width(0.12)
        right = MARGIN + sum(widths)
        for y in (top, *bottoms):
            self.line(MARGIN, y, right, y)
        x = MARGIN
        for width in (0, *widths):
            x += width
            self.line(x, top, x, bottoms[-1])

    def qr(self, x, y, text, size=QR_SIZE):
        """A QR code whose dark modules fill a square of `size`, without the quiet zone: keep 2.5 mm free around it."""
        modules = qr_modules(text)
        step = size / len(modules)
        self.set_fill_color(INK)
        for row_number, row in enumerate(modules):
            start = None
            for column, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    # A hair wider than the module, or printers leave white seams.
                    self.rect(x + start * step, y + row_number * step, (column - start) * step, step * 1.02, "F")
                    start = None

    def number_pages(self, draw):
        """Let `draw(page, pages)` write on every sheet again, now that their number is known."""
        pages = self.pages_count
        for page in range(1, pages + 1):
            self.page = page
            self.current_font_is_set_on_page = False
            draw(page, pages)


def row_height(cells):
    return max(len(lines) for lines, _points in cells) * LINE_HEIGHT + 2 * ROW_PADDING
