"""The letter to the newcomers as PDF: A4 upright, one page where it fits, a large code to introduce oneself with."""

from contextlib import closing
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ledger.papers import Door, LetterPaper
from ledger.prints.frames import demo_mark
from station.lib.paper import GREY, INK, MM_PER_POINT, PADDING, RED, SERIF, SMALL_POINTS, Sheets

LEFT, TOP, FOOT = 24, 20, 16  # margins
LAST_LINE = 297 - FOOT
GOLD, PAPER, WHITE = (214, 168, 96), (252, 245, 233), (255, 255, 255)
QR_SIZE, QR_QUIET = 46, 7  # the quiet zone is four modules and more
PANEL_GAP = 8
ONE_PAGE_POINTS = (15, 14.5, 14, 13.5, 13, 12.5, 12, 11.5)
TWO_PAGES_POINTS = (12.5, 12, 11.5, 11, 10.5)
LEADING = 1.75
DOORS_SHOWN = 4
LINES_KEPT = 2  # of the last paragraph, above the signature
INDENT = "　　"  # of a paragraph: two characters
DASH = "——"


class _Setting(NamedTuple):
    """The text set in one size: its lines, paragraph by paragraph, and their height."""

    points: float
    line_height: float
    paragraphs: list[tuple[str, ...]]

    @property
    def gap(self):
        """Between two paragraphs."""
        return self.line_height * 0.3


def write_letter(paper: LetterPaper, file: BinaryIO, *, anyway: bool = False) -> None:
    """Write the letter as PDF, in the language of its readers, not of whoever prints it.

    Raises ValidationError for a character no font has, unless to be printed `anyway`.
    """
    with translation.override(settings.LANGUAGE_CODE), closing(Sheets(portrait=True, face=SERIF)) as sheets:
        _LetterSheets(paper, sheets).draw()
        sheets.save(file, title=f"{paper.title} {paper.serial}", at=paper.at, anyway=anyway)


class _LetterSheets:
    """The letter being drawn, and how far down."""

    def __init__(self, paper: LetterPaper, sheets: Sheets):
        self.paper, self.sheets = paper, sheets
        self.width = sheets.w - 2 * LEFT
        self.doors = paper.doors()
        self.door_width = self.width - QR_SIZE - 2 * QR_QUIET - 6
        self.panel_height = max(QR_SIZE + 2 * QR_QUIET + 21, self._doors(None) + 10)

    def draw(self):
        head = self._head_height()
        setting = self._setting(LAST_LINE - head - self._sign_height())
        self._begin()
        self.y = self._head()
        self._text(setting)
        self._sign(setting)
        if self.y + PANEL_GAP + self.panel_height > LAST_LINE:
            self._begin()
        self._panel(LAST_LINE - self.panel_height)
        self.sheets.finish(self._foot)

    # --- how large ---------------------------------------------------------------------------------------------------
    def _set_in(self, points):
        """The paragraphs as lines. The salutation, which ends in a colon, begins at the margin."""
        paragraphs = []
        for place, text in enumerate(self.paper.paragraphs):
            indent = "" if place == 0 and text.endswith(("：", ":")) else INDENT
            paragraphs.append(self.sheets.fitted(indent + text, self.width + 2 * PADDING, points, shrink_to=1)[0])
        return _Setting(points, points * MM_PER_POINT * LEADING, paragraphs)

    @staticmethod
    def _height(setting):
        lines = sum(len(lines) for lines in setting.paragraphs)
        return lines * setting.line_height + len(setting.paragraphs) * setting.gap

    def _setting(self, room):
        """The largest letters in which all fits on one page, else on two; beyond that, the smallest."""
        for points in ONE_PAGE_POINTS:
            setting = self._set_in(points)
            if self._height(setting) <= room - PANEL_GAP - self.panel_height:
                return setting
        for points in TWO_PAGES_POINTS:
            setting = self._set_in(points)
            if self._height(setting) <= room + LAST_LINE - TOP - PANEL_GAP - self.panel_height - setting.line_height:
                break
        return setting

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _begin(self):
        """A new page under its red band."""
        self.sheets.begin_sheet()
        self.sheets.fill(0, 0, self.sheets.w, 5, RED)
        self.sheets.fill(0, 5, self.sheets.w, 0.8, GOLD)
        self.y = TOP

    def _titles(self):
        """The title in one size, and what follows a dash in it in another."""
        first, dash, rest = self.paper.title.partition(DASH)
        titles = [(line, points, 11) for line, points in self._lines_of(first, 26)]
        return titles + [(line, points, 8) for line, points in self._lines_of(dash + rest, 15)]

    def _lines_of(self, text, points):
        lines, points = self.sheets.fitted(text, self.width, points, shrink_to=0.7)
        return [(line, points) for line in lines if line]

    def _head_height(self):
        return TOP + sum(height for _line, _points, height in self._titles()) + 7

    def _head(self):
        sheets, y = self.sheets, TOP
        if settings.DEMO:
            sheets.text_at(LEFT - PADDING, 10, 100, demo_mark(), points=SMALL_POINTS, colour=GREY)
        for line, points, height in self._titles():
            sheets.text_at(LEFT, y, self.width, line, points=points, align="C", height=height, bold=True, colour=RED)
            y += height
        middle = sheets.w / 2
        sheets.rule([(middle - 26, y + 2.2, middle + 26, y + 2.2)], width=0.5, colour=GOLD)
        return y + 7

    def _text(self, setting):
        look = {"points": setting.points, "height": setting.line_height}
        for place, lines in enumerate(setting.paragraphs, 1):
            is_last = place == len(setting.paragraphs)
            for number, line in enumerate(lines, 1):
                # The last lines go overleaf with the signature, never the signature alone.
                left = len(lines) - number + 1
                keep = self._sign_height() + left * setting.line_height if is_last and left <= LINES_KEPT else 0
                if self.y + max(setting.line_height, keep) > LAST_LINE:
                    self._begin()
                self.sheets.text_at(LEFT - PADDING, self.y, self.width, line, **look)
                self.y += setting.line_height
            self.y += setting.gap

    def _sign_height(self):
        return 8 * (1 + bool(self.paper.letter.signed)) + 2

    def _sign(self, setting):
        """Who sends it and when, at the right."""
        if self.y + self._sign_height() > LAST_LINE:
            self._begin()
        day = self.paper.dated
        dated = _("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}
        self.y += 2
        for text in filter(None, (self.paper.letter.signed, dated)):
            self.sheets.text_at(LEFT, self.y, self.width, text, points=setting.points, align="R", height=8)
            self.y += 8

    def _panel(self, top):
        """The code on the left, and on the right where one may come in at any time."""
        sheets, height = self.sheets, self.panel_height
        sheets.fill(LEFT - 6, top, self.width + 12, height, PAPER)
        sheets.fill(LEFT - 6, top, self.width + 12, 0.8, GOLD)
        box = QR_SIZE + 2 * QR_QUIET
        sheets.fill(LEFT, top + 6, box, box, WHITE)
        sheets.qr(LEFT + QR_QUIET, top + 6 + QR_QUIET, self.paper.join_url, QR_SIZE)
        y = top + 6 + box + 1
        sheets.text_at(LEFT, y, box, _("扫一扫，认识一下"), points=13, align="C", height=7, bold=True, colour=RED)
        said = _("自愿填写，不填也一样进来歇脚")
        sheets.text_at(LEFT, y + 7, box, said, points=9, align="C", height=5, colour=GREY)
        self._doors(top + 6)

    def _doors(self, y):
        """Draw the stations from `y` down, or only measure them; returns where they end, or their height."""
        x, start = LEFT + QR_SIZE + 2 * QR_QUIET + 8, y or 0.0
        y = self._line(x, start, _("推门就进，不收钱"), 13, 8, bold=True, colour=RED, drawn=y is not None)
        drawn = start > 0
        for door in self.doors[:DOORS_SHOWN]:
            y = self._line(x, y, door.name, 11, 5.6, bold=True, colour=INK, drawn=drawn)
            for text in self._door_lines(door):
                y = self._line(x, y, text, 9, 4.4, colour=INK, drawn=drawn)
            y += 2
        if len(self.doors) > DOORS_SHOWN:
            more = _("还有 %(n)d 个驿站，看 %(url)s") % {
                "n": len(self.doors) - DOORS_SHOWN,
                "url": self.paper.stations_url,
            }
            y = self._line(x, y, more, 9, 4.4, colour=GREY, drawn=drawn)
        return y - start

    @staticmethod
    def _door_lines(door: Door):
        yield "，".join(filter(None, (door.address, door.way_in)))
        if door.hours:
            yield _("开放：%(hours)s") % {"hours": door.hours}
        if door.amenities:
            yield _("有：%(amenities)s") % {"amenities": "、".join(door.amenities)}
        if door.phone:
            yield _("电话：%(phone)s") % {"phone": door.phone}

    def _line(self, x, y, text, points, line_height, *, drawn, bold=False, colour=INK):
        cell = self.sheets.fit(text, self.door_width, points=points, shrink_to=0.95)
        height = line_height * len(cell.lines)
        if drawn:
            look = {"line_height": line_height, "bold": bold, "colour": colour}
            self.sheets.draw_cell(x - PADDING, y, self.door_width, height, cell, **look)
        return y + height

    def _foot(self, page, pages):
        """The number of the paper, to check it by; of a longer letter the page."""
        said = _("流水号 %(serial)s　核验：%(url)s") % {"serial": self.paper.serial, "url": self.paper.check_url}
        self.sheets.text_at(LEFT - PADDING, 297 - 11, self.width, said, points=7, colour=GREY)
        if pages > 1:
            text = _("第 %(page)d 页 / 共 %(pages)d 页") % {"page": page, "pages": pages}
            self.sheets.text_at(LEFT, 297 - 11, self.width + PADDING, text, points=7, align="R", colour=GREY)
