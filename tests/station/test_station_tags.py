"""How long ago, in a rider's words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from station.templatetags.station_tags import ago

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ((24, 9, 59, 1), "刚刚"),
        ((24, 9, 59), "1 分钟前"),
        ((24, 9, 1), "59 分钟前"),
        ((24, 9, 0), "1 小时前"),
        ((24, 0, 0), "10 小时前"),
        ((23, 23, 59), "昨天"),
        ((23, 0, 0), "昨天"),
        ((22, 23, 59), "2 天前"),
    ],
)
def test_ago(moment, said):
    assert ago(datetime(2026, 11, *moment, tzinfo=ZoneInfo("Asia/Shanghai")), NOW) == said


def test_never():
    assert ago(None, NOW) == ""
