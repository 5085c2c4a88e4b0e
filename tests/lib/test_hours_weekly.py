"""The plain week in one line, for paper."""

from datetime import time

import pytest
from django.utils import translation

from station.lib.hours_text import weekly_text

MORNING, AFTERNOON = (time(8, 30), time(12)), (time(14, 30), time(18))
WORKDAYS = [(day, *hours) for day in range(5) for hours in (AFTERNOON, MORNING)]


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], ""),
        (WORKDAYS, "周一至周五 8:30–12:00、14:30–18:00"),
        ([*WORKDAYS, (5, time(9), time(12))], "周一至周五 8:30–12:00、14:30–18:00；周六 9:00–12:00"),
        ([(day, time(), time()) for day in range(7)], "每天 24 小时"),
        ([(5, time(9), time()), (6, time(9), time())], "周六、周日 9:00–24:00"),
        ([(0, time(22), time(6)), (2, time(22), time(6))], "周一 22:00–次日 6:00；周三 22:00–次日 6:00"),
    ],
)
def test_a_week_in_one_line(rows, text):
    assert weekly_text(rows) == text
