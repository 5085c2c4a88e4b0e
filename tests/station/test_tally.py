"""The paper tally: all lines of work in one go, once, and never more than can be true."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from station.models import AuditEvent, Duty, Occupation, Visit
from station.operations.tallies import tally_hours

TALLY = "/counter/lanyuan/tally/"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def browser(clock, keeper, signed_in):
    """The keeper's, on Tuesday 24 November 2026 at 15:20."""
    clock(2026, 11, 24, 15, 20)
    Duty.objects.update(starts_on="2026-01-01")
    return signed_in(keeper)


def paper(**numbers):
    return {"date": "2026-11-24", "hours": "6"} | numbers


def entered():
    rows = Visit.objects.order_by("pk").values_list("occupation", "people", "source", "at")
    return [(job, people, source, f"{at.astimezone(SHANGHAI):%d %H:%M}") for job, people, source, at in rows]


def test_a_whole_paper_in_one_go(browser, here):
    page = browser.get(TALLY).content.decode()
    assert [f'name="{one}"' in page for one in Occupation.values] == [True] * 7
    assert 'value="2026-11-24"' in page
    morning = datetime(2026, 11, 24, 7, tzinfo=SHANGHAI)
    Visit.objects.create(station=here.station, occupation="courier", people=1, at=morning)
    answer = browser.post(TALLY, paper(food_rider=12, courier=7, sanitation=""), follow=True)
    page = answer.content.decode()
    assert "补记了 19 人次，谢谢。" in page
    assert "今天扫码 1 人次，补记 19 人次。" in page
    assert entered()[1:] == [("food_rider", 12, "tally", "24 09:00"), ("courier", 7, "tally", "24 09:00")]
    event = AuditEvent.objects.get()
    assert (event.action, event.data, event.community) == ("tally visits", {"people": 19}, here.community)


def test_hours_that_go_on_count_at_this_moment(browser):
    browser.post(TALLY, paper(hours="12", courier=3))
    assert entered() == [("courier", 3, "tally", "24 15:00")]
    browser.post(TALLY, {"date": "2026-11-23", "hours": "18", "courier": 3})
    assert entered()[1:] == [("courier", 3, "tally", "23 21:00")]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (paper(), "一个人次也没填"),
        (paper(courier=0, food_rider="0"), "一个人次也没填"),
        (paper(courier=501), "一次最多记 500"),
        (paper(courier=-1), "人次不能是负数"),
        (paper(courier="一打"), "请填一个整数"),
        (paper(courier="9" * 400), "一次最多记 500"),
        (paper(courier="1" * 5000), "请填一个整数"),
        (paper(hours="18", courier=3), "这个时段还没到"),
        (paper(date="2026-11-25", courier=3), "请填今天，或者最近一个月里的一天"),
        (paper(date="2026-10-23", courier=3), "请填今天，或者最近一个月里的一天"),
        (paper(date="9999-12-31", courier=3), "请填今天，或者最近一个月里的一天"),
        (paper(date="0001-01-01", courier=3), "请填今天，或者最近一个月里的一天"),
        (paper(date="昨天", courier=3), "还没提交成功"),
        (paper(hours="5", courier=3), "还没提交成功"),
        ({}, "还没提交成功"),
    ],
)
def test_what_cannot_be_true_is_refused_and_nothing_is_lost(browser, sent, says):
    answer = browser.post(TALLY, sent | {"streamer": 4} if sent.get("courier") else sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Visit.objects.count() == AuditEvent.objects.count() == 0
    if sent.get("courier"):
        assert 'name="streamer" value="4"' in answer.content.decode()


def test_the_oldest_day_that_the_form_takes_the_operation_may_still_refuse(browser):
    answer = browser.post(TALLY, paper(date="2026-10-24", courier=3))
    assert answer.status_code == 422
    assert "最早到一个月前" in answer.content.decode()
    assert browser.post(TALLY, paper(date="2026-10-24", hours="18", courier=3)).status_code == 302


def test_a_form_sent_twice_counts_once_unless_it_is_another_paper(browser):
    browser.post(TALLY, paper(courier=7, food_rider=2))
    again = browser.post(TALLY, paper(courier=7, food_rider=2))
    page = again.content.decode()
    assert again.status_code == 422
    assert "一模一样的数已经记过一次了" in page
    assert "是另一张纸，再记一遍" in page
    assert Visit.objects.count() == 2
    assert browser.post(TALLY, paper(courier=7, food_rider=2, again="on")).status_code == 302
    assert browser.post(TALLY, paper(courier=7, food_rider=3)).status_code == 302
    assert browser.post(TALLY, paper(hours="0", courier=7, food_rider=2)).status_code == 302
    assert sum(Visit.objects.values_list("people", flat=True)) == 9 + 9 + 10 + 9


def test_another_stations_paper_is_another_paper(browser, here, keeper, add_station):
    hours = {
        "starts_at": datetime(2026, 11, 24, 6, tzinfo=SHANGHAI),
        "ends_at": datetime(2026, 11, 24, 12, tzinfo=SHANGHAI),
    }
    for station in (here.station, add_station("near")):
        assert tally_hours(station, {"courier": 7}, by=keeper, **hours) == 7
    with pytest.raises(ValidationError) as refused:
        tally_hours(here.station, {"courier": 7}, by=keeper, **hours)
    assert refused.value.code == "again"
