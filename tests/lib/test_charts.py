"""Charts: round scales, columns that add up, numbers that stay inside the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.lib.charts import LABELS, LEFT, bar_chart, column_chart, scale, shortened, two_way_chart


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


def test_bars_are_as_long_as_their_share_of_the_longest():
    chart = bar_chart([("一", 40, "40"), ("二", 10, "10"), ("三", 0, "0"), ("四", 1, "1")], width=360)
    assert (chart.left, chart.room, chart.height) == (128, 180, 126)
    assert [(bar.label, bar.y, bar.width) for bar in chart.bars] == [
        ("一", 6, 180),
        ("二", 36, 45),
        ("三", 66, 0),
        ("四", 96, 4),
    ]
    of_hundred = bar_chart([("组织覆盖", 33, "33%")], most=100)
    assert (of_hundred.bars[0].width, of_hundred.bars[0].text) == (59, "33%")
    assert bar_chart([("没有", 0, "0")]).bars[0].width == 0


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("近 30 天核实过", "近 30 天核实过"),
        ("建设路社区 第12网格", "建设路社区 第12网格"),
        ("建设路社区 第112网格", "建设路社区 第112…"),
        ("一二三四五六七八九", "一二三四五六七八九"),
        ("一二三四五六七八九十", "一二三四五六七八…"),
        ("", ""),
    ],
)
def test_a_label_too_long_says_that_something_is_missing(label, shown):
    assert shortened(label) == shown


def test_what_came_stands_on_the_line_and_what_went_hangs_from_it():
    chart = two_way_chart([("1", (6, 2), 0), ("2", (0, 0), 4), ("3", (0, 0), 0)], width=334, height=172, marked=1)
    assert [(tick.value, tick.y) for tick in chart.ticks] == [
        (4, 126),
        (2, 110),
        (0, 93),
        (2, 76),
        (4, 60),
        (6, 43),
        (8, 26),
    ]
    first, second, third = chart.columns
    assert (first.came, first.went, second.came, second.went) == (8, 0, 0, 4)
    assert [block.series for block in first.blocks] == [1, 2]
    assert first.blocks[0].y + first.blocks[0].height == chart.zero_y == second.blocks[0].y
    assert [block.series for block in second.blocks] == [3]
    assert (third.blocks, second.marked, first.marked) == ((), True, False)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7)), max_size=24))
def test_every_two_way_block_and_figure_stays_inside_the_picture(rows):
    chart = two_way_chart([("", (registered, returned), left) for registered, returned, left in rows])
    for column in chart.columns:
        assert column.came_y >= 0
        assert column.went_y <= chart.label_y
        for block in column.blocks:
            assert LEFT <= block.x <= block.x + block.width <= chart.width
            assert 0 <= block.y <= block.y + block.height <= chart.height
    assert [(column.came, column.went) for column in chart.columns] == [(one + two, left) for one, two, left in rows]


@given(st.lists(st.integers(0, 10**7), max_size=40))
def test_every_bar_stays_inside_the_picture(values):
    chart = bar_chart([("", value, str(value)) for value in values])
    assert all(
        0 <= bar.width <= chart.room and (bar.width > 0) == (value > 0)
        for bar, value in zip(chart.bars, values, strict=True)
    )
    assert all(bar.y + chart.bar_height <= chart.height for bar in chart.bars)
    assert chart.left == LABELS
