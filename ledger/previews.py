"""The head of a form as it will stand on paper, to draw beside the form that makes it. Sizes are millimetres."""

from dataclasses import dataclass
from itertools import accumulate
from math import ceil

from django.utils.translation import gettext as _

from ledger.rosters import ORDINAL_WIDTH_MM, Layout, Roster

LONG_MM, SHORT_MM, MARGIN_MM = 297, 210, 12
CHARACTER_MM, LINE_MM = 3.2, 4.1  # of the 9-point text of a roster
PADDING_MM = 1.8
LEAST_MM = 10  # a column narrower than three characters breaks every word
HEAD_MM, ROW_MM, SIGN_MM = 20, 6.4, 9  # where the head begins; a row; from the last row to the place to sign
ROWS = 3


@dataclass(frozen=True)
class Preview:
    """The upper part of a sheet: its title, the head, the first rows, the place to sign."""

    width: float
    height: float
    title: str
    titles: tuple[str, ...]
    head: tuple[float, float, float, float]  # x, y, width, height
    rules: tuple[tuple[float, float, float, float], ...]  # x1, y1, x2, y2
    words: tuple[tuple[float, float, str], ...]  # middle, baseline, text
    signatures: tuple[tuple[float, float, str], ...]  # left, baseline, text
    narrow: tuple[str, ...]  # titles of columns too narrow to read

    @property
    def middle(self):
        return self.width / 2


def preview_of(layout: Layout, roster: Roster, community=None) -> Preview:
    """How the head of `layout` will look; the columns share the sheet in the proportion of their widths."""
    width = SHORT_MM if layout.portrait else LONG_MM
    columns = layout.columns or roster.columns
    right = width - MARGIN_MM
    scale = (right - MARGIN_MM - ORDINAL_WIDTH_MM) / sum(column.width_mm for column in columns)
    standard = {column.key: column.width_mm for column in roster.columns}  # some are meant for two characters
    widths = [ORDINAL_WIDTH_MM, *(column.width_mm * scale for column in columns)]
    titles = [_("序号"), *(str(column.title) for column in columns)]
    broken = [_broken(title, wide) for title, wide in zip(titles, widths, strict=True)]
    height = max(map(len, broken)) * LINE_MM + 2.3
    bottom = HEAD_MM + height
    end = bottom + ROWS * ROW_MM
    edges = [round(edge, 2) for edge in accumulate(widths, initial=MARGIN_MM)]
    across = [HEAD_MM, *(bottom + row * ROW_MM for row in range(ROWS + 1))]
    words = []
    for lines, edge, wide in zip(broken, edges, widths, strict=False):
        top = HEAD_MM + (height - len(lines) * LINE_MM) / 2
        middle = round(edge + wide / 2, 2)
        words += [(middle, round(top + (n + 0.78) * LINE_MM, 2), line) for n, line in enumerate(lines)]
    labels = layout.signatures or (_("制表人"), _("审核人"), _("单位（盖章）"), _("日期"))
    step = (right - MARGIN_MM) / len(labels)
    return Preview(
        width,
        round(end + SIGN_MM + 4, 2),
        layout.title or (roster.title_of(community) if community else str(roster.title)),
        tuple(titles),
        (MARGIN_MM, HEAD_MM, right - MARGIN_MM, round(height, 2)),
        (
            *((MARGIN_MM, round(y, 2), right, round(y, 2)) for y in across),
            *((edge, HEAD_MM, edge, round(end, 2)) for edge in edges),
        ),
        tuple(words),
        tuple(
            (round(MARGIN_MM + number * step, 2), round(end + SIGN_MM, 2), _("%(label)s：") % {"label": label})
            for number, label in enumerate(labels)
        ),
        tuple(
            title
            for column, title, wide in zip(columns, titles[1:], widths[1:], strict=True)
            if wide < min(LEAST_MM, standard.get(column.key, LEAST_MM)) - 0.05
        ),
    )


def _broken(title, width):
    """A title in lines of a column's width."""
    a_line = max(1, int((width - PADDING_MM) / CHARACTER_MM))
    return [title[n * a_line : (n + 1) * a_line] for n in range(ceil(len(title) / a_line))] or [""]
