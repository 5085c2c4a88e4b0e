"""A table on paper: rows of cells that wrap, one below the other, ruled, split where a row is higher than a sheet."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from station.lib.paper import BODY_POINTS, INK, LINE_HEIGHT, MARGIN, MM_PER_POINT, PADDING, Cell, Sheets

ROW_PADDING = 1.15  # above and below the text of a row
REMEMBERED = 400  # texts of one column whose cells are kept: most repeat, names do not

HEAD_FILL, GROUP_FILL, SUM_FILL, ZEBRA_FILL = (232, 227, 219), (243, 232, 214), (243, 240, 234), (249, 247, 244)


class Row(NamedTuple):
    """Cells made ready, the left edge and the width of each, and how high they stand together."""

    cells: Sequence[Cell]
    boxes: Sequence[tuple[float, float]]
    height: float


def shared_widths(wanted: Sequence[float], room: float, least: float) -> list[float]:
    """The widths in proportion so that they fill `room`; none under `least`, for one character has to fit."""
    narrow: set[int] = set()
    while True:
        free = room - least * len(narrow)
        scale = free / (sum(width for place, width in enumerate(wanted) if place not in narrow) or 1)
        widths = [least if place in narrow else width * scale for place, width in enumerate(wanted)]
        found = {place for place, width in enumerate(widths) if width < least - 1e-9}
        if not found or len(narrow) + len(found) >= len(wanted):
            return widths if not found else [room / len(wanted)] * len(wanted)
        narrow |= found


class Table:
    """Columns of a fixed width from the left margin on, and where the rules of the sheet being drawn must stand."""

    def __init__(self, sheets: Sheets, widths: Sequence[float], *, points=BODY_POINTS, line_height=LINE_HEIGHT):
        self.sheets = sheets
        self.points, self.line_height = points, line_height
        self.boxes = []
        left = MARGIN
        for width in widths:
            self.boxes.append((left, width))
            left += width
        self.right = left
        self._known: list[dict[str, Cell]] = [{} for _width in widths]
        self._runs: list[list] = []  # from, to, edges of the rows drawn on this sheet

    def row(self, texts: Iterable[str], aligns: Iterable[str], *, least=0.0) -> Row:
        """A row of one text a column, `least` millimetres high where it is to be written in."""
        cells = []
        for text, align, (_left, width), known in zip(texts, aligns, self.boxes, self._known, strict=True):
            cell = known.get(text)
            if cell is None:
                if len(known) >= REMEMBERED:
                    known.clear()
                cell = known[text] = self.sheets.fit(text, width, points=self.points, align=align)
            cells.append(cell)
        return Row(cells, self.boxes, max(least, self._height(cells)))

    def merged(self, texts: Iterable[str], aligns: Iterable[str], spans: Iterable[int], *, least=0.0) -> Row:
        """A row whose cells stretch over as many columns as `spans` says."""
        cells, boxes, place = [], [], 0
        for text, align, span in zip(texts, aligns, spans, strict=True):
            columns = self.boxes[place : place + span]
            place += span
            box = (columns[0][0], sum(width for _left, width in columns))
            boxes.append(box)
            cells.append(self.sheets.fit(text, box[1], points=self.points, align=align))
        return Row(cells, boxes, max(least, self._height(cells)))

    def forget(self):
        """Let no cell made so far be used again: the same text may stand there aligned in another way."""
        for known in self._known:
            known.clear()

    def _height(self, cells):
        return max(len(cell.lines) for cell in cells) * self.line_height + 2 * ROW_PADDING

    def draw(self, y: float, row: Row, *, fill=None, bold=False, colour=INK) -> float:
        """Draw the row from `y` down and return where it ends."""
        cells, boxes, height = row
        sheets = self.sheets
        if fill:
            sheets.fill(MARGIN, y, self.right - MARGIN, height, fill)
        sheets.draw_row(y, height, cells, boxes, line_height=self.line_height, bold=bold, colour=colour)
        if self._runs and self._runs[-1][2] is boxes and self._runs[-1][1][-1] == y:
            self._runs[-1][1].append(y + height)
        else:
            self._runs.append([y, [y + height], boxes])
        return y + height

    def parts(self, row: Row, room: float) -> Iterator[Row]:
        """The row in parts no higher than `room`: itself, unless it is higher than a whole sheet."""
        if row.height <= room:
            yield row
            return
        at_once = max(1, int((room - 2 * ROW_PADDING) / self.line_height))
        lines = max(len(cell.lines) for cell in row.cells)
        for first in range(0, lines, at_once):
            cells = [cell.part(first, first + at_once) for cell in row.cells]
            yield Row(cells, row.boxes, self._height(cells))

    def close(self):
        """Draw the rules around the rows of this sheet."""
        horizontal, vertical = [], []
        for top, bottoms, boxes in self._runs:
            horizontal += [(MARGIN, y, self.right, y) for y in (top, *bottoms)]
            vertical += [(left, top, left, bottoms[-1]) for left, _width in boxes]
            vertical.append((self.right, top, self.right, bottoms[-1]))
        if horizontal:
            self.sheets.rule([*horizontal, *vertical])
        self._runs = []


def least_width(points: float) -> float:
    """The narrowest column that holds one character."""
    return points * MM_PER_POINT + 2 * PADDING + 0.1
