"""Where the bars, lines and labels of a chart stand, in whole units of an SVG viewBox. Templates draw them."""

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
