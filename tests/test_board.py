"""The wall screen: public, without a person, at seven queries however many rows, and helpful when mistyped."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from services.bookings.models import Service, Session
from services.hazards.models import Report
from station.figures import stations_now, visits_by_hour
from station.models import Fault, Notice, Occupation, Station, Visit, VisitPeak, WeeklyHours

BOARD = "/board/jianshelu/"


def today_at(hour, minute=0):
    return datetime.combine(timezone.localdate(), time(hour, minute), timezone.get_default_timezone())


def add_session(place, slug, name, *, ends_at=None, **fields):
    service = Service.objects.create(slug=slug, name=name, category="advice", summary="问")
    times = {"starts_at": today_at(0), "ends_at": ends_at or timezone.now() + timedelta(hours=1)}
    return Session.objects.create(service=service, station=place.station, places=6, **times | fields)


def add_report(place, reporter, number, **fields):
    return Report.objects.create(
        number=number, reporter=reporter, community=place.community, category="road", place="老街14号", **fields
    )


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def anybody():
    return Client()


def test_anybody_reads_todays_community(here, rider, anybody):
    Visit.objects.create(station=here.station, occupation=Occupation.FOOD_RIDER, people=3, at=today_at(0, 1))
    Visit.objects.create(station=here.station, occupation=Occupation.SANITATION, people=2, at=today_at(0, 2))
    Visit.objects.create(station=here.station, occupation=Occupation.COURIER, at=today_at(0) - timedelta(minutes=1))
    add_session(here, "legal", "法律援助", taken=2)
    add_session(here, "full", "理发", taken=6)
    add_report(here, rider, "R1", state=Report.State.SOLVED, solved_at=timezone.now())
    response = anybody.get(BOARD)
    assert response.status_code == 200
    text = text_of(response)
    assert "建设路社区 · 暖心驿站" in text
    assert "今天来歇脚 5 人次 外卖骑手 3 环卫工人 2" in text
    assert "法律援助 建设路驿站 · 还有 4 个名额" in text
    assert "理发 建设路驿站 · 名额已满" in text
    assert "社区办好 1 件" in text
    assert not response.cookies


def test_it_renews_itself_without_a_script(here, anybody):
    html = anybody.get(BOARD).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in html
    assert 'data-refresh="60" data-away="暂时连不上，显示的是 # 的情况，连上后自己更新。"' in html
    assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)[^>]*>", html) == []


def test_a_quiet_morning_still_says_something(here, anybody):
    text = text_of(anybody.get(BOARD))
    assert "今天来歇脚 0 人次" in text
    assert "等您来坐坐" in text
    assert "今天没有要约的活动" in text
    assert "社区办好 0 件" in text


def test_no_person_and_no_other_community_is_on_the_wall(here, elsewhere, rider, anybody):
    for place, slug in ((here, "a"), (elsewhere, "b")):
        add_session(place, slug, f"服务{slug}", host="李律师")
        add_report(place, rider, f"R{slug}", state=Report.State.SOLVED, solved_at=timezone.now())
        Visit.objects.create(station=place.station, occupation=Occupation.COURIER, at=today_at(0, 1))
    text = text_of(anybody.get(BOARD))
    for hidden in (rider.name, rider.phone, "老街14号", "Ra", "服务b", elsewhere.station.name):
        assert hidden not in text
    assert "今天来歇脚 1 人次" in text
    assert "社区办好 1 件" in text


def test_sessions_that_are_over_cancelled_or_withdrawn_are_left_out(here, anybody):
    add_session(here, "over", "早场", ends_at=today_at(0) + timedelta(seconds=1))
    add_session(here, "off", "取消场", state=Session.State.CANCELLED, cancel_reason="讲师有事")
    Service.objects.filter(pk=add_session(here, "gone", "停办").service_id).update(is_offered=False)
    text = text_of(anybody.get(BOARD))
    assert [name for name in ("早场", "取消场", "停办") if name in text] == []


def test_hazards_count_from_the_first_of_the_month(here, rider, anybody):
    first = today_at(0).replace(day=1)
    for number, solved_at in enumerate([first, first - timedelta(seconds=1)]):
        add_report(here, rider, f"R{number}", state=Report.State.CLOSED, solved_at=solved_at)
    add_report(here, rider, "R9")
    assert "社区办好 1 件" in text_of(anybody.get(BOARD))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_wall_costs_eight_queries(rows, here, rider, anybody, django_assert_num_queries):
    for n in range(rows):
        add_session(here, f"s{n}", f"服务{n}")
        add_report(here, rider, f"R{n}", state=Report.State.SOLVED, solved_at=timezone.now())
        Visit.objects.create(station=here.station, occupation=Occupation.COURIER, at=today_at(0, n))
        Station.objects.create(
            code=f"x{n}", name=f"站{n}", community=here.community, address="x", latitude=27.8, longitude=112.9
        )
    with django_assert_num_queries(8):
        assert f"今天来歇脚 {rows} 人次" in text_of(anybody.get(BOARD))


def test_the_wall_says_open_of_no_door_that_riders_found_locked(here, anybody):
    here.station.weekly_hours.all().delete()
    here.station.weekly_hours.bulk_create(
        WeeklyHours(station=here.station, weekday=weekday, opens=time(0), closes=time(0)) for weekday in range(7)
    )
    assert "24 小时开放" in text_of(anybody.get(BOARD))
    Fault.objects.create(station=here.station, kind="locked")
    page = text_of(anybody.get(BOARD))
    assert "有人反映门锁着" in page
    assert "24 小时开放" not in page


def test_open_stations_come_first(here, db):
    night = Station.objects.create(
        code="night", name="夜站", community=here.community, address="x", latitude=27.8, longitude=112.9
    )
    night.weekly_hours.create(weekday=0, opens=time(18), closes=time(23))
    monday = datetime(2026, 3, 2, 20, tzinfo=timezone.get_default_timezone())
    rows = stations_now([here.station, night], monday)
    assert [(row.station, row.tone) for row in rows] == [(night, "open"), (here.station, "closed")]
    bare = Station(pk=999, name="新站")
    assert stations_now([bare], monday)[0].tone == "unknown"


def test_a_day_by_hours(here, db):
    Visit.objects.create(station=here.station, occupation=Occupation.COURIER, people=2, at=today_at(23, 59))
    Visit.objects.create(station=here.station, occupation=Occupation.STREAMER, people=5, at=today_at(0))
    today = visits_by_hour(Visit.objects.all(), today_at(12))
    assert (today.totals[0], today.totals[23], today.total) == (5, 2, 7)
    assert [column.label for column in today.chart.columns if column.label] == ["0:00", "6:00", "12:00", "18:00"]


def test_an_hour_that_was_left_out_is_not_on_the_wall(here, anybody):
    peak = VisitPeak.objects.create(
        station=here.station, starts_at=today_at(0), people=400, usual=1, state="left_out", reason="刷的"
    )
    Visit.objects.create(station=here.station, occupation=Occupation.COURIER, people=400, at=today_at(0), peak=peak)
    Visit.objects.create(station=here.station, occupation=Occupation.COURIER, people=3, at=today_at(0))
    assert "今天来歇脚 3 人次" in text_of(anybody.get(BOARD))


def add_stations(place, number, **hours):
    for n in range(number):
        station = Station.objects.create(
            code=f"x{n}", name=f"新站{n:02}", community=place.community, address="x", latitude=27.8, longitude=112.9
        )
        for weekday in range(7):
            station.weekly_hours.create(weekday=weekday, **hours)


def test_of_thirty_stations_the_open_ones_are_shown_and_the_rest_counted(here, anybody):
    here.station.weekly_hours.all().delete()
    add_stations(here, 29, opens=time(0), closes=time(0))
    text = text_of(anybody.get(BOARD))
    assert "现在哪里开着 另外 26 个，25 个开着 新站00" in text
    assert ("新站03" in text, "新站04" in text, "建设路驿站" in text) == (True, False, False)
    add_session(here, "one", "理发")
    add_session(here, "two", "体检")
    add_session(here, "three", "讲座")
    text = text_of(anybody.get(BOARD))
    assert "另外 27 个，26 个开着" in text
    assert "今天的活动 一共 3 场" in text


def test_the_newest_pinned_notice_of_the_community_stands_at_the_foot(here, elsewhere, anybody):
    now = timezone.now()
    for title, fields in {
        "旧的": {"pinned": True, "published_at": now - timedelta(days=3)},
        "入冬了，有热姜茶": {"pinned": True, "published_at": now - timedelta(days=1)},
        "还没发": {"pinned": True, "published_at": now + timedelta(days=1)},
        "过期了": {"pinned": True, "published_at": now - timedelta(hours=2), "expires_at": now - timedelta(hours=1)},
        "没置顶": {"published_at": now},
        "一封信": {"pinned": True, "kind": "letter", "published_at": now},
        "只给一个站": {"pinned": True, "station": here.station, "published_at": now},
    }.items():
        Notice.objects.create(community=here.community, title=title, body="内容", **fields)
    Notice.objects.create(community=elsewhere.community, title="别处的", body="内容", pinned=True)
    foot = re.search("<footer.*</footer>", anybody.get(BOARD).content.decode(), re.S)[0]
    assert re.findall("<b>(.*?)</b>", foot) == ["入冬了，有热姜茶"]


@pytest.mark.parametrize(
    ("asked", "theme"), [("", "dark"), ("?look=light", "light"), ("?look=dark", "dark"), ("?look=%00<b>", "dark")]
)
def test_it_is_dark_unless_the_address_asks_for_light(here, anybody, asked, theme):
    assert f'<html lang="zh-hans" data-theme="{theme}">' in anybody.get(BOARD + asked).content.decode()


@pytest.mark.parametrize("code", ["nowhere", "x" * 500])
def test_an_unknown_code_gets_a_page_that_helps(code, here, anybody):
    response = anybody.get(f"/board/{code}/")
    assert response.status_code == 404
    assert "没有这块大屏" in text_of(response)
    assert "网址代号" in text_of(response)


def test_the_wall_is_for_reading(here, anybody):
    assert anybody.head(BOARD).status_code == 200
    assert anybody.post(BOARD).status_code == 405
