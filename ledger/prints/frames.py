"""What stands around everything that is printed: title and code to check it above, who, when and why below."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.paper import (
    BODY_POINTS,
    GREY,
    INK,
    LINE_HEIGHT,
    MARGIN,
    PADDING,
    QR_SIZE,
    RED,
    SMALL_POINTS,
    TITLE_POINTS,
    Sheets,
)

SMALL_LINE = 3.4
SMALL = {"points": SMALL_POINTS, "line_height": SMALL_LINE, "colour": GREY}
FULL_MARK_WIDTH, FULL_MARK_HEIGHT = 32, 5.4
NUMBER_WIDTH = 45
SIGN_LINE = 10


class Frame:
    """The head and foot of the sheets of one paper: a roster's copy or another `Paper`."""

    def __init__(self, sheets: Sheets, paper):
        self.sheets, self.paper = sheets, paper
        self.left, self.right = MARGIN - PADDING, MARGIN + sheets.room
        self.at = timezone.localtime(paper.at).strftime("%Y-%m-%d %H:%M")

    def title(self, title: str, *, below: str = "", small: str = "", is_full: bool = False) -> float:
        """The head of a first sheet, `below` the title and `small` under it all; returns where its content begins."""
        sheets, room = self.sheets, self.sheets.room
        if is_full:
            self.full_mark(MARGIN, 8)
        elif settings.DEMO:
            sheets.text_at(self.left, 8, 150, demo_mark(), points=SMALL_POINTS, colour=GREY)
        aside = QR_SIZE + 5  # the code at the right, and as much free at the left
        lines, points = sheets.fitted(title, room - 2 * aside, TITLE_POINTS, shrink_to=0.7)
        y = 13.0
        for line in lines:
            sheets.text_at(MARGIN + aside, y, room - 2 * aside, line, points=points, align="C", height=9, bold=True)
            y += 8.4
        if below:
            sheets.text_at(MARGIN + aside, y, room - 2 * aside, below, points=11, align="C", height=6, bold=True)
            y += 6
        self._code()
        y = self._made(max(y + 1.8, 24.2))
        if small:
            y = sheets.paragraph(self.left, y, room - aside, small, **SMALL)
        return max(y + 1.2, 31.5)

    def _code(self):
        """The code that leads to the page on which one learns whether the paper is genuine."""
        self.sheets.qr(self.right - QR_SIZE, 8, self.paper.check_url)
        place = (self.right - QR_SIZE - 3, 26.4, QR_SIZE + 6)
        self.sheets.text_at(*place, _("扫码核验真伪"), points=6.5, align="C", colour=GREY)

    def _made(self, y):
        """Where, by whom, when and under which number; in one line where there is room beside the code."""
        sheets, community = self.sheets, self.paper.community
        street = community.street
        place = f"{street.city}{street.district} {street.name} {community.name}"
        made = _("制表：%(by)s　%(at)s　流水号：%(serial)s") % {
            "by": self.paper.by_name,
            "at": self.at,
            "serial": self.paper.serial,
        }
        width = sheets.room - QR_SIZE - 5
        if sheets.width_of(place + made, BODY_POINTS) + 8 < width:
            sheets.text_at(self.left, y, width, place)
            sheets.text_at(MARGIN, y, width, made, align="R")
            return y + LINE_HEIGHT
        for text in (place, made):
            y = sheets.paragraph(self.left, y, width, text)
        return y

    def running_head(self, said: str, *, is_full: bool = False) -> float:
        """The head of a sheet after the first; returns where its content begins."""
        said = "　".join([said, demo_mark()] if settings.DEMO else [said])
        (line, *_rest), points = self.sheets.fitted(said, self.sheets.room - 45, SMALL_POINTS, shrink_to=0.5)
        self.sheets.text_at(self.left, 9, self.sheets.room, line, points=points, colour=GREY)
        if is_full:
            self.full_mark(self.right - FULL_MARK_WIDTH, 8)
        return 15.0

    def full_mark(self, x, y):
        width, height = FULL_MARK_WIDTH, FULL_MARK_HEIGHT
        self.sheets.frame(x, y, width, height, line=0.3, colour=RED)
        look = {"points": 10, "align": "C", "height": height, "bold": True, "colour": RED}
        self.sheets.text_at(x, y, width, _("含完整个人信息"), **look)

    def foot(self):
        made = _("%(serial)s　%(at)s　%(by)s　用途：%(reason)s") % {
            "serial": self.paper.serial,
            "at": self.at,
            "by": self.paper.by_name,
            "reason": self.paper.reason,
        }
        self.sheets.paragraph(self.left, self.sheets.limit + 1.6, self.sheets.room - NUMBER_WIDTH, made, **SMALL)

    def number(self, page: int, pages: int):
        """The page number, once it is known how many there are."""
        text = _("第 %(page)d 页 / 共 %(pages)d 页") % {"page": page, "pages": pages}
        place = (self.right - NUMBER_WIDTH, self.sheets.limit + 1.6, NUMBER_WIDTH + PADDING)
        self.sheets.text_at(*place, text, points=SMALL_POINTS, align="R", height=SMALL_LINE, colour=GREY)

    def sign(self, y: float, places, *, a_line: int):
        """Lines to sign on, `a_line` beside one another: each place is a label and what stands on its line already."""
        sheets, share = self.sheets, self.sheets.room / a_line
        for number, (label, hint) in enumerate(places):
            x, top = MARGIN + number % a_line * share, y + number // a_line * SIGN_LINE
            sheets.text_at(x - PADDING, top, share, label, points=10)
            start, end = x + sheets.width_of(label, 10) + 1, x + share - 8
            sheets.text_at(start, top, end - start, hint, points=10, align="R")
            line = top + LINE_HEIGHT + 0.6
            sheets.rule([(start, line, max(end, start + 8), line)], width=0.2, colour=INK)


def demo_mark() -> str:
    """What every paper of a demo says."""
    return _("演示数据，人员均为虚构")


def sign_height(places, a_line: int) -> float:
    """The room that `Frame.sign` takes."""
    return SIGN_LINE * -(-len(places) // a_line)
