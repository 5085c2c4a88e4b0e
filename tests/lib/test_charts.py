"""Charts: round scales, columns that add up, numbers that stay inside the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.lib.charts import LEFT, column_chart, scale


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (47, [0, 20, 40, 60]),
        (80, [0, 20, 40, 60, 80]),
        (81, [0, 50, 100]),
        (12_345, [0, 5000, 10_000, 15_000]),
    ],
)
def test_the_scale_is_round_and_reaches_the_highest_column(most, ticks):
    assert scale(most) == ticks


def test_columns_stand_in_their_slots_and_stack_without_gaps():
    chart = column_chart([("一", [10, 5, 5]), ("二", [0, 0, 0]), ("三", [0, 40, 0])], width=334, height=156, marked=2)
    first, second, third = chart.columns
    assert [tick.value for tick in chart.ticks] == [0, 10, 20, 30, 40]
    assert [(block.series, block.y, block.height) for block in first.blocks] == [(1, 101, 25), (2, 88, 13), (3, 76, 12)]
    assert (first.total, second.total, third.total) == (20, 0, 40)
    assert second.blocks == ()
    assert third.blocks[0].height == 100
    assert [column.x for column in chart.columns] == [84, 184, 284]
    assert [column.marked for column in chart.columns] == [False, False, True]


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=1, max_size=3), max_size=31))
def test_every_block_stays_inside_the_picture(counts):
    chart = column_chart([("", values) for values in counts], width=720)
    blocks = [block for column in chart.columns for block in column.blocks]
    assert all(block.x >= LEFT and block.x + block.width <= 720 for block in blocks)
    assert all(block.y >= 0 and block.height >= 0 and block.y + block.height <= chart.base_y for block in blocks)
    assert [column.total for column in chart.columns] == [sum(values) for values in counts]
