"""A roster as PDF: A4 across, the head on every sheet, serial number, who, when and why below, a place to sign."""

import gc
from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.print_pages import (
    BODY_POINTS,
    BOTTOM,
    GETA,
    HEAD_FILL,
    LINE_HEIGHT,
    MARGIN,
    PADDING,
    QR_SIZE,
    SMALL_POINTS,
    TITLE_POINTS,
    ZEBRA_FILL,
    RosterSheets,
    row_height,
)
from ledger.rosters import ORDINAL_WIDTH_MM, PAPER_WIDTH_MM, RosterCopy, text_of

SIGN_HEIGHT = 22
FIRST_TOP, NEXT_TOP = 33, 15  # where the table begins on the first sheet and on the others
KEEP_NOTE = gettext_lazy("内部资料，用完请妥善保管或销毁。")
SHOWN_MISSING = 5


def write_pdf(copy: RosterCopy, file: BinaryIO, *, anyway: bool = False) -> None:
    """Write the copy as PDF.

    Raises ValidationError, and writes nothing, for a character that no font has, unless told to print it `anyway`
    as 〓.
    """
    try:
        sheets = _draw(copy)
        if sheets.missing and not anyway:
            raise ValidationError(missing_text(sheets.missing), code="missing_glyph")
        sheets.output(file)
    finally:
        sheets = None
        gc.collect()  # the fonts hang in reference cycles: 17 MB a document until the collector comes by itself


def missing_text(missing: dict[str, str]) -> str:
    """What to tell who wants to print characters that no font has."""
    shown = [
        _("编号 %(number)s 的“%(character)s”（U+%(code)04X）")
        % {"number": number, "character": character, "code": ord(character)}
        for character, number in list(missing.items())[:SHOWN_MISSING]
    ]
    if len(missing) > SHOWN_MISSING:
        shown.append(_("……共 %(n)d 个字") % {"n": len(missing)})
    return _("字库里没有这些字：%(list)s。照样打印的话，它们会印成“〓”，请在纸上手写补上。") % {
        "list": "、".join(shown)
    }


def _draw(copy: RosterCopy) -> RosterSheets:
    page = _Page(copy)
    page.begin(FIRST_TOP)
    previous = None
    for cells in page.rows():
        if previous is not None:
            page.add(previous)
        previous = cells
    if previous is not None:
        page.add(previous, keep=SIGN_HEIGHT)  # the last row stays on one sheet with the signatures
    page.close()
    page.sign()
    page.sheets.number_pages(page.number)
    return page.sheets


class _Page:
    """The sheet being drawn, and how far down it has come."""

    def __init__(self, copy: RosterCopy):
        self.copy = copy
        self.sheets = RosterSheets()
        self.sheets.set_title(f"{copy.title} {copy.serial}")
        self.sheets.set_lang("zh-CN")
        self.sheets.set_creation_date(copy.at)
        self.widths = (ORDINAL_WIDTH_MM, *self._column_widths())
        titles = (_("序号"), *(str(column.title) for column in copy.columns))
        self.head = [self._fitted(title, width) for title, width in zip(titles, self.widths, strict=True)]
        self.limit = self.sheets.h - BOTTOM
        self.at = timezone.localtime(copy.at).strftime("%Y-%m-%d %H:%M")

    def _column_widths(self):
        """The declared widths; where a column is left out the others share its room."""
        declared = [column.width_mm for column in self.copy.columns]
        room = PAPER_WIDTH_MM - ORDINAL_WIDTH_MM
        return [width * room / sum(declared) for width in declared]

    def _fitted(self, text, width, where="", points=BODY_POINTS):
        return self.sheets.fitted(self.sheets.drawable(text, where), width, points)

    def rows(self) -> Iterator[tuple[list, list]]:
        """The rows of the roster as cells that fit, with their alignments."""
        number = next((i for i, column in enumerate(self.copy.columns, 1) if column.key == "number"), 0)
        for line in self.copy.lines():
            where = text_of(line[number])
            cells = [self._fitted(text_of(value), width, where) for value, width in zip(line, self.widths, strict=True)]
            yield cells, ["C" if isinstance(value, int) else "L" for value in line]

    # --- sheets ------------------------------------------------------------------------------------------------------
    def begin(self, top):
        self.sheets.add_page()
        if top == FIRST_TOP:
            self._title()
        else:
            self.sheets.text_at(
                MARGIN - PADDING,
                top - 6,
                PAPER_WIDTH_MM,
                self.sheets.drawable(self.copy.title),
                points=SMALL_POINTS,
                grey=True,
            )
        self._foot()
        self.top = top
        centred = ["C"] * len(self.head)
        with self.sheets.bold():
            self.y = self.sheets.row(top, self.head, self.widths, centred, fill=HEAD_FILL)
        self.bottoms = [self.y]

    def add(self, row, keep=0):
        """Draw one row, on a new sheet where it and `keep` millimetres below it would not fit on this one."""
        cells, aligns = row
        if self.y + row_height(cells) + keep > self.limit and len(self.bottoms) > 1:
            self.close()
            self.begin(NEXT_TOP)
        fill = ZEBRA_FILL if len(self.bottoms) % 2 == 0 else None
        self.y = self.sheets.row(self.y, cells, self.widths, aligns, fill=fill)
        self.bottoms.append(self.y)

    def close(self):
        self.sheets.grid(self.top, self.bottoms, self.widths)

    def _title(self):
        sheets, copy = self.sheets, self.copy
        with sheets.bold(TITLE_POINTS):
            sheets.text_at(
                MARGIN, 13, PAPER_WIDTH_MM, sheets.drawable(copy.title), points=TITLE_POINTS, align="C", height=9
            )
        street = copy.community.street
        place = f"{street.city}{street.district} {street.name} {copy.community.name}"
        sheets.text_at(MARGIN - PADDING, 25, 150, sheets.drawable(place))
        room = PAPER_WIDTH_MM - QR_SIZE - 5
        made = _("制表：%(by)s　%(at)s　流水号：%(serial)s") % {
            "by": copy.by_name,
            "at": self.at,
            "serial": copy.serial,
        }
        sheets.text_at(MARGIN, 25, room, sheets.drawable(made), align="R")
        if copy.shown_filters:
            shown = _("筛选：%(filters)s") % {"filters": "；".join(copy.shown_filters)}
            (line, *_rest), points = sheets.fitted(sheets.drawable(shown), room, SMALL_POINTS)
            sheets.text_at(MARGIN - PADDING, 28.8, room, line, points=points, grey=True)
        right = MARGIN + PAPER_WIDTH_MM
        sheets.qr(right - QR_SIZE, 8, copy.check_url)
        sheets.text_at(
            right - QR_SIZE - 3, 26.6, QR_SIZE + 6, sheets.drawable(_("扫码核验真伪")), points=6.5, align="C", grey=True
        )
        if settings.DEMO:
            sheets.text_at(
                MARGIN - PADDING, 8, 150, sheets.drawable(_("演示数据，人员均为虚构")), points=SMALL_POINTS, grey=True
            )

    def _foot(self):
        sheets, copy = self.sheets, self.copy
        made = _("%(serial)s　%(at)s　%(by)s　用途：%(reason)s") % {
            "serial": copy.serial,
            "at": self.at,
            "by": copy.by_name,
            "reason": copy.reason,
        }
        lines, points = sheets.fitted(sheets.drawable(made), PAPER_WIDTH_MM - 45, SMALL_POINTS)
        for number, line in enumerate(lines):
            y = self.limit + 1.6 + number * 3.4
            sheets.text_at(MARGIN - PADDING, y, 200, line, points=points, grey=True, height=3.4)

    def number(self, page, pages):
        text = self.sheets.drawable(_("第 %(page)d 页 / 共 %(pages)d 页") % {"page": page, "pages": pages})
        x = MARGIN + PAPER_WIDTH_MM - 45
        self.sheets.text_at(
            x, self.limit + 1.6, 45 + PADDING, text, points=SMALL_POINTS, align="R", grey=True, height=3.4
        )

    def sign(self):
        """How many, what is masked, and where to sign: below the last row."""
        sheets, y = self.sheets, self.y + 2.5
        total = _("合计 %(n)d %(unit)s") % {"n": self.copy.count, "unit": self.copy.roster.unit}
        note = self.copy.mask_note + str(KEEP_NOTE)
        if sheets.missing:
            note = (
                _("“%(sign)s”处的字：%(list)s。")
                % {
                    "sign": GETA,
                    "list": "、".join(f"U+{ord(character):04X}" for character in sheets.missing),
                }
                + note
            )
        with sheets.bold():
            sheets.text_at(MARGIN - PADDING, y, 60, sheets.drawable(total))
        lines, points = sheets.fitted(sheets.drawable(note), PAPER_WIDTH_MM - 60, SMALL_POINTS)
        for number, line in enumerate(lines[:2]):
            sheets.text_at(
                MARGIN + 60.9, y + number * 3.4, PAPER_WIDTH_MM - 60, line, points=points, align="R", grey=True
            )
        y += LINE_HEIGHT + 6
        for place, label in enumerate((_("制表人："), _("审核人："), _("单位（盖章）："), _("日期："))):
            x = MARGIN + place * PAPER_WIDTH_MM / 4
            label = sheets.drawable(label)
            sheets.text_at(x - PADDING, y, 60, label, points=10)
            start = x + sheets.width_of(label, 10) + 1
            sheets.set_draw_color(0)
            sheets.set_line_width(0.2)
            sheets.line(start, y + LINE_HEIGHT + 0.4, x + PAPER_WIDTH_MM / 4 - 8, y + LINE_HEIGHT + 0.4)
