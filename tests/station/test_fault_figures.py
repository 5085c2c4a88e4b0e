"""How long faults wait, how fast they are mended: exact, in the own places, at two queries."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from station.fault_figures import fault_figures, stretch_text
from station.models import Fault, Voice


@pytest.fixture
def fault():
    """``fault(station, hours ago, "fixed", after hours)``."""

    def make(station, ago, state="reported", after=None):
        now = timezone.now()
        reported = now - timedelta(hours=ago)
        ended = None if after is None else reported + timedelta(hours=after)
        answer = "看过了" if state == "dismissed" else ""
        return Fault.objects.create(
            station=station, kind="other", text="x", state=state, reported_at=reported, ended_at=ended, answer=answer
        )

    return make


def test_the_median_of_the_month_and_what_waits_longest(here, add_station, fault, clock, django_assert_num_queries):
    now = clock(2026, 11, 24, 12)
    other = add_station("other", name="别的站")
    for after in (1, 2, 100):
        fault(here.station, 200, "fixed", after)
    fault(other, 48, "fixed", 30)
    fault(other, 30)
    fault(here.station, 5)
    fault(here.station, 400, "dismissed", 300)  # took nobody any time
    fault(here.station, 24 * 30, "fixed", 1)  # last month
    with django_assert_num_queries(2):
        figures = fault_figures(Fault.objects.all(), now)
    assert (figures.open, figures.oldest_at, figures.fixed) == (2, now - timedelta(hours=30), 4)
    assert figures.time_to_fix == timedelta(hours=16)
    assert [(row.name, row.open, row.fixed, row.time_to_fix_text) for row in figures.stations] == [
        ("别的站", 1, 1, "30 小时"),
        ("建设路驿站", 1, 3, "2 小时"),
    ]


@pytest.mark.parametrize("number", [1, 30])
def test_two_queries_however_many(here, add_station, fault, django_assert_num_queries, number):
    for n in range(number):
        station = add_station(f"s{n}")
        fault(station, 2)
        fault(station, 2, "fixed", 1)
    with django_assert_num_queries(2):
        assert len(fault_figures(Fault.objects.all(), timezone.now()).stations) == number


def test_nothing_wrong_anywhere(db):
    figures = fault_figures(Fault.objects.all(), timezone.now())
    assert (figures.open, figures.oldest_at, figures.fixed, figures.time_to_fix_text) == (0, None, 0, "")


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "1 分钟"), (25, "25 分钟"), (59, "59 分钟"), (60, "1 小时"), (47 * 60, "47 小时"), (50 * 60, "2 天")],
)
def test_stretches_in_words(minutes, text):
    assert stretch_text(timedelta(minutes=minutes)) == text


def block(html):
    found = re.search(r'<section[^>]*aria-labelledby="faults-title".*?</section>', html, re.S)
    return found and " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_the_dashboard_tells_the_own_places(here, elsewhere, fault, community_admin, supervisor, signed_in, clock):
    clock(2040, 3, 14, 12)  # when every duty has begun, in the middle of a month
    fault(here.station, 30)
    fault(here.station, 5, "fixed", 2)
    Voice.objects.create(community=here.community, station=here.station, kind="wish", text="想要打气筒")
    fault(elsewhere.station, 90)
    Voice.objects.create(community=elsewhere.community, kind="wish", text="别处的")
    said = block(signed_in(community_admin).get("/admin/").content.decode())
    assert "待处理 1 最久 昨天 本月修好 1 件，一般用 2 小时" in said
    assert "待答复的心声 1 去答复" in said
    said = block(signed_in(supervisor).get("/admin/").content.decode())
    assert "待处理 1" in said
    assert "待答复的心声 1" in said
    assert "去答复" not in said


def test_a_grid_worker_has_no_such_block(here, fault, grid_worker, signed_in):
    fault(here.station, 1)
    assert block(signed_in(grid_worker).get("/admin/").content.decode()) is None
