"""Where the bars, lines and labels of a chart stand, in whole units of an SVG viewBox. Templates draw them."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Room for the labels, in viewBox units; the charts' text is 17 units high.
LEFT, TOP, BOTTOM = 34, 26, 30
#: What part of its slot a column fills.
FILL = 0.68
#: A scale has at most so many lines above its zero.
MOST_TICKS = 4


@dataclass(frozen=True, slots=True)
class Block:
    """One coloured part of a column; `series` counts from 1, from the bottom up."""

    series: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its label below, its total above, its blocks between. `x` is its middle."""

    label: str
    x: int
    top: int
    total: int
    blocks: tuple[Block, ...]
    marked: bool = False

    @property
    def total_y(self) -> int:
        """The baseline of the total's text."""
        return self.top - 6


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the scale."""

    value: int
    y: int

    @property
    def text_y(self) -> int:
        """The baseline of its text, so that the figures' middle lies on the line."""
        return self.y + 6


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """A chart of stacked columns in a viewBox of `width` × `height`."""

    width: int
    height: int
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    left: int = LEFT

    @property
    def base_y(self) -> int:
        return self.height - BOTTOM

    @property
    def label_y(self) -> int:
        """The baseline of the labels below the columns."""
        return self.height - 8

    @property
    def tick_x(self) -> int:
        """Where the middle of the scale's figures stands."""
        return self.left // 2 - 1


def scale(most: int) -> list[int]:
    """Return round figures from 0 to at least `most`: MOST_TICKS steps at most, of 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * MOST_TICKS >= most:
                ticks = max(1, -(-most // step))
                return [step * number for number in range(ticks + 1)]
        power *= 10


def column_chart(
    columns: Iterable[tuple[str, Sequence[int]]], *, width: int = 360, height: int = 220, marked: int | None = None
) -> ColumnChart:
    """Lay out stacked columns from rows ``(label, counts)``; `marked` is the index of a column to be set off.

    Counts are not negative. Heights are rounded from the sums below them, so that blocks never gape or overlap.
    """
    rows = [(label, list(counts)) for label, counts in columns]
    ticks = scale(max((sum(counts) for _label, counts in rows), default=0))
    base, room, slot = height - BOTTOM, height - TOP - BOTTOM, (width - LEFT) / max(1, len(rows))

    def y(value):
        return base - round(room * value / ticks[-1])

    bar = round(slot * FILL)
    placed = []
    for index, (label, counts) in enumerate(rows):
        middle = LEFT + round(slot * (index + 0.5))
        below, blocks = 0, []
        for series, count in enumerate(counts, 1):
            if count:
                top = y(below + count)
                blocks.append(Block(series, middle - bar // 2, top, bar, y(below) - top))
                below += count
        placed.append(Column(label, middle, y(below), below, tuple(blocks), index == marked))
    return ColumnChart(width, height, tuple(placed), tuple(Tick(value, y(value)) for value in ticks))


# --- bars that lie ---------------------------------------------------------------------------------------------------

#: Room beside the bars of a bar chart for their labels and their figures, and the height of one.
LABELS, FIGURES, ROW = 128, 52, 30
#: The longest label such a chart shows whole; a Chinese character counts two.
LABEL_WIDTH = 19


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label to the left, its figure to the right. `text_y` is their baseline."""

    label: str
    text: str
    y: int
    width: int

    @property
    def text_y(self) -> int:
        return self.y + 14


@dataclass(frozen=True, slots=True)
class BarChart:
    """Lying bars in a viewBox of `width` × `height`, all beginning at `left`, each with room for `room`."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    left: int = LABELS
    bar_height: int = 18

    @property
    def room(self) -> int:
        return self.width - LABELS - FIGURES

    @property
    def label_x(self) -> int:
        """Where the labels end."""
        return self.left - 8

    @property
    def figure_x(self) -> int:
        """Where the figures end, at the right edge."""
        return self.width - 2


def shortened(label: str, width: int = LABEL_WIDTH) -> str:
    """The beginning of `label` that fits, with … where something is missing."""

    def taken(text):
        return sum(1 if unicodedata.east_asian_width(character) in ("Na", "N", "H", "A") else 2 for character in text)

    if taken(label) <= width:
        return label
    kept = label
    while taken(kept) > width - 2:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def bar_chart(rows: Iterable[tuple[str, int, str]], *, most: int | None = None, width: int = 360) -> BarChart:
    """Lay out bars from rows ``(label, value, figure shown)``; the longest, or one of `most`, fills the room.

    Values are not negative. A bar of anything is at least one unit long.
    """
    rows = list(rows)
    longest = most or max((value for _label, value, _text in rows), default=0) or 1
    room = width - LABELS - FIGURES
    bars = []
    for index, (label, value, text) in enumerate(rows):
        long = max(1, round(room * min(value, longest) / longest)) if value else 0
        bars.append(Bar(shortened(str(label)), str(text), index * ROW + 6, long))
    return BarChart(width, max(1, len(rows)) * ROW + 6, tuple(bars))


# --- columns that go up and down -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TwoWayColumn:
    """One column of what came (up from the line) and what went (down from it)."""

    label: str
    x: int
    top: int
    bottom: int
    came: int
    went: int
    blocks: tuple[Block, ...]
    marked: bool = False

    @property
    def came_y(self) -> int:
        """The baseline of the figure above."""
        return self.top - 5

    @property
    def went_y(self) -> int:
        """The baseline of the figure below."""
        return self.bottom + 14


@dataclass(frozen=True, slots=True)
class TwoWayChart:
    """Columns on both sides of a line, in a viewBox of `width` × `height`; ticks count from the line both ways."""

    width: int
    height: int
    columns: tuple[TwoWayColumn, ...]
    ticks: tuple[Tick, ...]
    zero_y: int
    left: int = LEFT

    @property
    def label_y(self) -> int:
        return self.height - 8

    @property
    def tick_x(self) -> int:
        return self.left // 2 - 1


def two_way_chart(
    columns: Iterable[tuple[str, Sequence[int], int]], *, width: int = 360, height: int = 240, marked: int | None = None
) -> TwoWayChart:
    """Lay out rows ``(label, counts that came, count that went)``; both sides share one scale.

    The counts that came are stacked upwards (series 1, 2 …), the one that went hangs below as series 3.
    """
    rows = [(label, list(came), went) for label, came, went in columns]
    up = max((sum(came) for _label, came, _went in rows), default=0)
    down = max((went for _label, _came, went in rows), default=0)
    steps = scale(max(up, down))
    step = steps[1]
    ups, downs = max(1, -(-up // step)), -(-down // step)
    room = height - TOP - BOTTOM - (16 if downs else 0)  # the figures below the columns want their line too
    unit = room / (step * (ups + downs))
    zero, slot = TOP + round(unit * step * ups), (width - LEFT) / max(1, len(rows))
    bar = round(slot * FILL)
    placed = []
    for index, (label, came, went) in enumerate(rows):
        middle, above, blocks = LEFT + round(slot * (index + 0.5)), 0, []
        for series, count in enumerate(came, 1):
            if count:
                top, low = zero - round(unit * (above + count)), zero - round(unit * above)
                blocks.append(Block(series, middle - bar // 2, top, bar, low - top))
                above += count
        bottom = zero + round(unit * went)
        if went:
            blocks.append(Block(3, middle - bar // 2, zero, bar, bottom - zero))
        placed.append(
            TwoWayColumn(label, middle, zero - round(unit * above), bottom, above, went, tuple(blocks), index == marked)
        )
    values = range(-downs, ups + 1)
    ticks = tuple(Tick(abs(value) * step, zero - round(unit * step * value)) for value in values)
    return TwoWayChart(width, height, tuple(placed), ticks, zero)
