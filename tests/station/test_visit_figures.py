"""The figures of visits: official only, each in his places, summed by the database, alike on screen and in Excel."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from station.models import AuditEvent, Duty, User, Visit, VisitPeak
from station.visit_figures import VisitFigures, figure_tables

PAGE, XLSX = reverse("visit-figures"), reverse("visit-figures-xlsx")
ZONE = timezone.get_default_timezone()
WEEK = {"since": "2026-11-23", "until": "2026-11-29"}  # Monday to Sunday


@pytest.fixture(autouse=True)
def now(clock):
    """The week has passed."""
    return clock(2026, 12, 1, 9)


def add(station, day, hour, minute=0, people=1, job="courier", **fields):
    at = datetime(2026, 11, day, hour, minute, tzinfo=ZONE)
    return Visit.objects.create(station=station, at=at, people=people, occupation=job, **fields)


def tables_of(user, first=date(2026, 11, 23), last=date(2026, 11, 29)):
    return {table.name: table for table in figure_tables(VisitFigures(user, first, last))}


def tables_in(html):
    """Every table of the page as rows of texts, by its name."""
    found = {}
    for section in re.findall(r'<section[^>]*aria-labelledby="[\w-]+-heading".*?</section>', html, re.S):
        rows = re.findall(r"<tr>(.*?)</tr>", section, re.S)
        found[re.search(r'id="(\w+)"', section)[1]] = [
            tuple(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)) for row in rows
        ]
    return found


@pytest.fixture
def week(here, elsewhere, kinds, add_station):
    """A week at two doors of one community, its edges, an hour left out, and a crowd elsewhere."""
    other = add_station("other")
    add(here.station, 23, 0).used.add(kinds["water"])
    add(here.station, 24, 8, 59, job="food_rider").used.add(kinds["water"], kinds["tv"])
    add(here.station, 24, 9, 0, job="food_rider")
    add(other, 29, 23, 59)
    add(other, 29, 12, people=16, source="tally", job="sanitation")
    peak = VisitPeak.objects.create(
        station=here.station,
        starts_at=datetime(2026, 11, 25, 3, tzinfo=ZONE),
        people=50,
        usual=0,
        state="left_out",
        reason="刷的",
    )
    for _n in range(50):
        add(here.station, 25, 3, peak=peak).used.add(kinds["tv"])
    kept = VisitPeak.objects.create(
        station=here.station, starts_at=peak.starts_at + timedelta(hours=2), people=1, usual=0, state="flagged"
    )
    add(here.station, 25, 5, people=1, peak=kept)
    add(here.station, 22, 23, 59, people=100)
    add(here.station, 30, 0, people=100)
    add(elsewhere.station, 24, 8, people=400)
    return here


def test_hours_weekdays_days_and_work_of_a_week(week, community_admin):
    tables = tables_of(community_admin)
    hours = {row[0]: row[1] for row in tables["hours"].rows if row[1]}
    assert hours == {
        "0:00–1:00": 1,
        "5:00–6:00": 1,
        "8:00–9:00": 1,
        "9:00–10:00": 1,
        "12:00–13:00": 16,
        "23:00–24:00": 1,
    }
    assert tables["hours"].total == ("合计", 21, 100)
    assert tables["weekdays"].rows == (
        ("周一", 1, 1, 1),
        ("周二", 2, 1, 2),
        ("周三", 1, 1, 1),
        ("周四", 0, 1, 0),
        ("周五", 0, 1, 0),
        ("周六", 0, 1, 0),
        ("周日", 17, 1, 17),
    )
    assert tables["weekdays"].total == ("合计", 21, 7, 3)
    assert tables["days"].rows[0] == ("11-23 周一", 1)
    assert tables["days"].rows[6] == ("11-29 周日", 17)
    assert tables["occupations"].rows == (("环卫工人", 16, 76), ("快递员", 3, 14), ("外卖骑手", 2, 10))


def test_what_was_used_is_said_of_those_who_scanned(week, community_admin):
    used = tables_of(community_admin)["used"]
    assert used.rows == (("饮水机", 2, 40), ("电视", 1, 20))
    assert used.total == ()


def test_places_by_how_they_were_counted(week, community_admin):
    places = tables_of(community_admin)["places"]
    assert places.heads == ("驿站", "人次", "占比（%）", "扫码", "补记")
    assert places.rows == (("other小站", 17, 81, 1, 16), ("建设路驿站", 4, 19, 4, 0))
    assert places.total == ("合计", 21, 100, 5, 16)


def test_days_that_have_not_come_yet_are_no_days(week, community_admin, clock):
    Duty.objects.update(starts_on=date(2026, 1, 1))
    clock(2026, 11, 24, 20)
    tables = tables_of(community_admin)
    assert [row[2] for row in tables["weekdays"].rows] == [1, 1, 0, 0, 0, 0, 0]
    assert len(tables["days"].rows) == 2


def test_a_weekday_that_comes_twice_is_averaged(here, community_admin):
    add(here.station, 23, 9, people=10)
    add(here.station, 30, 9, people=5)
    rows = tables_of(community_admin, date(2026, 11, 23), date(2026, 11, 30))["weekdays"].rows
    assert rows[0] == ("周一", 15, 2, 8)


def test_a_year_is_shown_by_months(here, community_admin):
    add(here.station, 1, 0, people=3)
    add(here.station, 30, 23, 59, people=4)
    days = tables_of(community_admin, date(2026, 1, 1), date(2026, 12, 31))["days"]
    assert days.title == "每月"
    assert len(days.rows) == 12  # December has begun
    assert days.rows[10] == ("2026年11月", 7)


# --- who counts what -------------------------------------------------------------------------------------------------
def test_a_keeper_counts_his_door(week, keeper):
    assert tables_of(keeper)["places"].rows == (("建设路驿站", 4, 100, 4, 0),)


def test_a_supervisor_counts_communities_and_no_station(week, supervisor, signed_in):
    places = tables_of(supervisor)["places"]
    assert places.title == "各社区"
    assert places.rows == (("建设路社区", 21, 100, 5, 16),)
    html = signed_in(supervisor).get(PAGE, WEEK).content.decode()
    assert "一共 21 人次" in html
    assert [name for name in ("建设路驿站", "other小站", "河东") if name in html] == []


def test_who_oversees_several_streets_tells_their_communities_apart(week, db):
    root = User.objects.create(username="root", is_staff=True, is_superuser=True)
    assert [row[0] for row in tables_of(root)["places"].rows] == ["河东街道 河东社区", "建设路街道 建设路社区"]


@pytest.mark.parametrize("who", ["grid_worker", "team_leader", "rider"])
@pytest.mark.parametrize("address", [PAGE, XLSX])
def test_who_counts_nothing_is_turned_away(who, address, here, request, signed_in):
    answer = signed_in(request.getfixturevalue(who)).get(address)
    assert answer.status_code == (302 if who == "rider" else 403)


def test_a_visitor_is_sent_to_sign_in(client, here):
    assert client.get(PAGE).status_code == 302
    assert client.get(XLSX).status_code == 302


# --- the page and its spreadsheet ------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["community_admin", "keeper", "supervisor"])
def test_every_picture_has_its_table_and_excel_has_the_same_cells(who, week, request, signed_in):
    user = request.getfixturevalue(who)
    client = signed_in(user)
    html = client.get(PAGE, WEEK).content.decode()
    tables = tables_of(user)
    shown = tables_in(html)
    assert list(shown) == list(tables) == ["days", "hours", "weekdays", "occupations", "used", "places"]
    assert len(re.findall(r'<svg[^>]*role="img" aria-labelledby', html)) == 6
    answer = client.get(XLSX, WEEK)
    assert 'filename="visits-2026-11-23-2026-11-29.xlsx"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
    assert book.sheet_names == [table.title for table in tables.values()]
    for name, table in tables.items():
        cells = [tuple(map(str, line)) for line in (table.heads, *table.lines)]
        assert shown[name] == cells
        sheet = book.get_sheet_by_name(table.title).to_python(skip_empty_area=False)
        written = [tuple(str(int(c)) if isinstance(c, float) else c for c in row) for row in sheet[-len(cells) :]]
        assert written == cells
        assert "到站统计　2026-11-23 到 2026-11-29" in [row[0] for row in sheet]
    assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+=", html) == []


def test_a_download_is_on_record(week, community_admin, signed_in):
    signed_in(community_admin).get(XLSX, WEEK)
    event = AuditEvent.objects.get(action="export figures")
    assert (event.actor, event.community) == (community_admin, week.community)
    assert event.data == {"figure": "days、hours、weekdays、occupations、used、places"}


def test_nothing_to_write_leads_back_to_the_page(here, community_admin, signed_in):
    client = signed_in(community_admin)
    page = client.get(XLSX, WEEK)
    assert "这段时间还没有到站记录，换一段看看。" in page.content.decode()
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, "2026-11-23", "2026-11-26"),
        ({"period": "week"}, "2026-11-23", "2026-11-26"),
        ({"period": "month"}, "2026-11-01", "2026-11-26"),
        ({"period": "days"}, "2026-10-30", "2026-11-26"),
        ({"period": "year"}, "2026-01-01", "2026-11-26"),
        ({"since": "2026-02-01", "until": "2026-02-01", "period": "year"}, "2026-02-01", "2026-02-01"),
    ],
)
def test_which_days_are_shown(here, community_admin, signed_in, clock, asked, first, last):
    Duty.objects.update(starts_on=date(2026, 1, 1))
    clock(2026, 11, 26, 15)
    html = signed_in(community_admin).get(PAGE, asked).content.decode()
    assert f"{first} 到 {last}" in html


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"period": "century"}, "没有这个时间段，请重新选。"),
        ({"since": "2026-11-01"}, "从哪天、到哪天，两个都要填。"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "“从”在“到”的后面了，请对调一下。"),
        ({"since": "2025-01-01", "until": "2026-11-01"}, "一次最多看一年，请把时间段选短一点。"),
        ({"since": "1900-01-01", "until": "1900-02-01"}, "这个日期太早或太晚了，请重新选。"),
        ({"since": "9999-12-01", "until": "9999-12-31"}, "这个日期太早或太晚了，请重新选。"),
        ({"since": "2026-02-30", "until": "2026-03-01"}, "输入一个有效的日期"),
        ({"since": "\0", "until": "x" * 5000}, "输入一个有效的日期"),
    ],
)
@pytest.mark.parametrize("address", [PAGE, XLSX])
def test_what_cannot_be_read_is_said_and_this_week_shown(week, community_admin, signed_in, address, asked, said):
    answer = signed_in(community_admin).get(address, asked)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    if len(asked.get("since", "")) == 10:
        assert f'value="{asked["since"]}"' in html


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("who", ["community_admin", "supervisor"])
def test_the_page_costs_the_same_for_one_row_and_thirty(
    rows, who, here, add_station, kinds, request, signed_in, django_assert_num_queries
):
    for n in range(rows):
        add(add_station(f"s{n}"), 23 + n % 7, n % 24).used.add(kinds["tv"])
    client = signed_in(request.getfixturevalue(who))
    client.get(PAGE, {"period": "year"})  # begins the session
    with django_assert_num_queries(8):  # session, user, duties, three of visits, two for names
        assert f"一共 {rows} 人次" in client.get(PAGE, WEEK).content.decode()


def test_the_dashboard_leads_there(here, community_admin, signed_in):
    assert f'href="{PAGE}"' in signed_in(community_admin).get("/admin/").content.decode()
