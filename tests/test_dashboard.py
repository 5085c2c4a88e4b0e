"""The dashboard: true counts, each person's own, at a price that does not grow with the rows."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from ledger.figures import enterprise_counts, ledger_figures, percent, summed, worker_counts
from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from services.bookings.models import Service, Session
from services.hazards.models import Report
from services.hazards.templatetags.hazards_figures import open_hazards
from services.volunteering.models import Shift, Team
from services.volunteering.templatetags.volunteering_figures import todays_shifts
from station.figures import visits_by_day, years_without_holidays
from station.models import Occupation, PublicHoliday, Station, User, Visit

DASHBOARD = "/admin/"


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def today_at(hour, minute=0):
    return datetime.combine(timezone.localdate(), time(hour, minute), timezone.get_default_timezone())


def add_enterprise(place, number, *, organisation="none", confirmed=0, **fields):
    return Enterprise.objects.create(
        number=number,
        community=place.community,
        grid=fields.pop("grid", place.grid),
        name=f"企业{number}",
        kind="express",
        address="建设路1号",
        worker_count=10,
        member_count=3,
        party_organisation=organisation,
        no_party_reason="没有党员" if organisation == "none" else "",
        last_confirmed_on=None if confirmed is None else days_ago(confirmed),
        **fields,
    )


def add_worker(place, number, *, confirmed=0, **fields):
    return Worker.objects.create(
        number=number,
        community=place.community,
        grid=fields.pop("grid", place.grid),
        name="欧阳试",
        other_contact="微信",
        occupation=Occupation.COURIER,
        last_confirmed_on=None if confirmed is None else days_ago(confirmed),
        **fields,
    )


def add_report(place, reporter, number, *, due=None, **fields):
    dispatched = {"state": Report.State.DISPATCHED, "owner": reporter, "due_at": due} if due else {}
    return Report.objects.create(
        number=number,
        reporter=reporter,
        community=place.community,
        grid=place.grid,
        category="road",
        place=f"路口{number}",
        **dispatched | fields,
    )


def fill(place, reporter, prefix, rows):
    """`rows` of everything the dashboard counts, at one place, today."""
    team = Team.objects.create(community=place.community, name="法律援助队", field="legal_aid")
    survey = SurveyRound.objects.create(community=place.community, title="冬季摸排", ends_on=days_ago(-9))
    for n in range(rows):
        number = f"{prefix}-{n}"
        add_enterprise(place, f"E{number}")
        worker = add_worker(place, f"W{number}")
        PartyMember.objects.create(number=f"M{number}", worker=worker, home_branch="支部")
        SurveyEntry.objects.create(round=survey, worker=worker, grid=place.grid)
        service = Service.objects.create(slug=number.lower(), name=f"服务{number}", category="advice", summary="问")
        times = {"starts_at": today_at(0, n), "ends_at": today_at(23, 59), "places": 5}
        Session.objects.create(service=service, station=place.station, **times)
        Shift.objects.create(team=team, station=place.station, title=f"班{number}", **times)
        add_report(place, reporter, f"R{number}")
        Visit.objects.create(station=place.station, occupation=Occupation.COURIER, at=today_at(0, n))
        Station.objects.create(
            code=f"s{number}".lower(),
            name=f"站{number}",
            community=place.community,
            address="x",
            latitude=27.8,
            longitude=112.9,
        )


@pytest.fixture
def page(signed_in):
    """``page(user)``: the dashboard's HTML as this user gets it."""

    def get(user):
        response = signed_in(user).get(DASHBOARD)
        assert response.status_code == 200
        return response.content.decode()

    return get


def block(html, name):
    """The text of one block of the page; None if it is absent."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}-title".*?</section>', html, re.S)
    return found and " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


# --- the ledger's figures ----------------------------------------------------------------------------------
def test_rosters_count_the_own_community_only(here, elsewhere, community_admin, page):
    add_enterprise(here, "E1")
    add_worker(here, "W1", confirmed=200)
    add_worker(here, "W2", state=Worker.State.PENDING, confirmed=None)
    member = add_worker(here, "W3")
    PartyMember.objects.create(number="M1", worker=member, home_branch="支部", next_contact_on=days_ago(0))
    for n in range(5):
        add_worker(elsewhere, f"W9{n}")
    rosters = block(page(community_admin), "rosters")
    assert "新业态企业 1 家 都核实过 1 还没覆盖" in rosters
    assert "新就业群体 2 人 1 条久未核实 1 待核实" in rosters
    assert "流动党员 1 人 都核实过 1 该联系了" in rosters


def test_stale_is_what_the_ledger_calls_stale(here, db):
    for n, confirmed in enumerate([None, 0, 89, 90, 91, 400]):
        add_worker(here, f"W{n}", confirmed=confirmed)
        add_enterprise(here, f"E{n}", confirmed=confirmed)
    today = timezone.localdate()
    assert summed(worker_counts(Worker.objects.all(), today))["stale"] == Worker.objects.active().stale().count() == 3
    assert (
        summed(enterprise_counts(Enterprise.objects.all(), today))["stale"] == Enterprise.objects.stale().count() == 3
    )


def test_freshness_has_three_parts_that_add_up(here, community_admin):
    for n, confirmed in enumerate([0, 30, 31, 90, 91, None]):
        add_worker(here, f"W{n}", confirmed=confirmed)
    add_enterprise(here, "E1", confirmed=5)
    add_worker(here, "W9", state=Worker.State.PENDING, confirmed=None)
    freshness = ledger_figures(community_admin).freshness
    assert [share.part for share in freshness.parts] == [3, 2, 2]
    assert freshness.total == 7


def test_the_two_coverages(here, community_admin):
    add_enterprise(here, "E1", organisation="own")
    add_enterprise(here, "E2", organisation="joint")
    add_enterprise(here, "E3", organisation="instructor")
    add_enterprise(here, "E4", instructor="贺建军")
    add_enterprise(here, "E5")
    add_enterprise(here, "E6", organisation="own", state="left", left_on=days_ago(1), left_reason="搬走")
    organised, reached = ledger_figures(community_admin).coverage
    assert (organised.part, organised.whole, organised.percent) == (2, 5, 40)
    assert (reached.part, reached.whole, reached.percent) == (4, 5, 80)


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 0, 0), (0, 9, 0), (1, 1000, 1), (999, 1000, 99), (2, 3, 67), (9, 9, 100)]
)
def test_per_cent_never_hides_a_remainder(part, whole, shown):
    assert percent(part, whole) == shown


def test_a_running_round_by_grid(here, elsewhere, community_admin):
    survey = SurveyRound.objects.create(
        community=here.community, title="冬季摸排", starts_on=days_ago(9), ends_on=days_ago(1)
    )
    done = {"result": "confirmed", "channel": "door", "checked_at": timezone.now()}
    for n, (grid, fields) in enumerate([(0, done), (0, {}), (0, {}), (1, done), (None, {})]):
        place = here.grids[grid] if grid is not None else None
        SurveyEntry.objects.create(round=survey, worker=add_worker(here, f"W{n}"), grid=place, **fields)
    other = SurveyRound.objects.create(community=elsewhere.community, title="别处", ends_on=days_ago(-1))
    SurveyEntry.objects.create(round=other, worker=add_worker(elsewhere, "W9"))
    (progress,) = ledger_figures(community_admin).rounds
    shares = sorted((str(grid.label), grid.part, grid.whole) for grid in progress.grids)
    assert shares == [("未分网格", 0, 1), ("第1网格", 1, 3), ("第2网格", 1, 1)]
    assert (progress.whole.part, progress.whole.whole, progress.whole.percent) == (2, 5, 40)
    assert progress.overdue


# --- who sees what -----------------------------------------------------------------------------------------
BLOCKS = ["todo", "rosters", "coverage", "rounds", "agenda", "hazards", "visits", "stations"]


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ("community_admin", {*BLOCKS}),
        ("grid_worker", {*BLOCKS} - {"visits"}),
        ("keeper", {"agenda", "hazards", "visits", "stations"}),
        ("team_leader", {"agenda"}),
        ("supervisor", {*BLOCKS} - {"todo"}),
    ],
)
def test_each_role_has_its_blocks(who, shown, here, rider, page, request):
    user = request.getfixturevalue(who)
    fill(here, rider, "X", 1)
    add_report(here, rider, "R-late", due=timezone.now() - timedelta(hours=1))
    add_worker(here, "W-new", state=Worker.State.PENDING, confirmed=None)
    html = page(user)
    assert {name for name in BLOCKS if block(html, name)} == shown


def test_the_supervisor_reads_counts_and_nobodys_list(here, elsewhere, supervisor, rider, page):
    fill(here, rider, "X", 3)
    fill(elsewhere, rider, "Y", 9)
    html = page(supervisor)
    assert "新就业群体 3 人" in block(html, "rosters")
    assert {*re.findall(r"/admin/ledger/[^\"]*", html)} == {  # what two rounds differ in is figures, too
        reverse("admin:ledger_surveyround_compare", args=[SurveyRound.objects.get(community=here.community).pk])
    }
    assert "欧阳试" not in html
    assert rider.name not in html


def test_a_grid_worker_counts_his_grid(here, grid_worker):
    add_worker(here, "W1")
    add_worker(here, "W2", grid=here.grids[1])
    figures = ledger_figures(grid_worker)
    assert [(roster.name, roster.count) for roster in figures.rosters] == [("enterprise", 0), ("worker", 1)]


def test_a_team_leader_sees_his_teams_shifts_only(here, team_leader, rider):
    fill(here, rider, "X", 1)
    own = Team.objects.create(community=here.community, name="社保队", field="social_insurance", leader=team_leader)
    times = {"starts_at": today_at(9), "ends_at": today_at(11)}
    shift = Shift.objects.create(team=own, station=here.station, title="社保坐班", **times)
    assert todays_shifts(team_leader) == [shift]


def test_nothing_of_another_community_shows(here, elsewhere, community_admin, rider, page):
    fill(elsewhere, rider, "Y", 2)
    html = page(community_admin)
    assert "Y-0" not in html
    assert elsewhere.station.name not in html
    assert "新业态企业 0 家" in block(html, "rosters")


def test_a_superuser_counts_every_report(here, elsewhere, rider, db):
    root = User.objects.create(username="root", is_staff=True, is_superuser=True)
    add_report(here, rider, "R1")
    add_report(elsewhere, rider, "R2")
    assert open_hazards(root)["open"] == 2


# --- hazards, visits, calendar -----------------------------------------------------------------------------
def test_overdue_hazards_come_first(here, community_admin, rider, page):
    now = timezone.now()
    add_report(here, rider, "R1")
    add_report(here, rider, "R2", due=now + timedelta(hours=5))
    add_report(here, rider, "R3", due=now - timedelta(hours=1))
    add_report(here, rider, "R4", state=Report.State.CLOSED)
    hazards = open_hazards(community_admin)
    assert [report.number for report in hazards["rows"]] == ["R3", "R2", "R1"]
    assert (hazards["open"], hazards["waiting"], hazards["overdue"]) == (3, 1, 1)
    assert "1 件上报过了期限" in block(page(community_admin), "todo")


def test_a_week_of_visits_by_local_day(here, db):
    last = date(2026, 3, 8)
    zone = timezone.get_default_timezone()
    for at, job, people in [
        (datetime(2026, 3, 8, 0, 5, tzinfo=zone), Occupation.FOOD_RIDER, 1),
        (datetime(2026, 3, 7, 23, 55, tzinfo=zone), Occupation.FOOD_RIDER, 2),
        (datetime(2026, 3, 7, 12, 0, tzinfo=zone), Occupation.SANITATION, 30),
        (datetime(2026, 3, 2, 0, 0, tzinfo=zone), Occupation.COURIER, 4),
        (datetime(2026, 3, 1, 23, 59, tzinfo=zone), Occupation.COURIER, 500),
        (datetime(2026, 3, 9, 0, 0, tzinfo=zone), Occupation.COURIER, 500),
    ]:
        Visit.objects.create(station=here.station, at=at, occupation=job, people=people)
    week = visits_by_day(Visit.objects.all(), last)
    assert week.heads[0] == date(2026, 3, 2)
    assert week.totals == [4, 0, 0, 0, 0, 32, 1]
    assert week.total == 37
    assert [(row.occupation, row.total) for row in week.rows] == [
        (Occupation.SANITATION, 30),
        (Occupation.COURIER, 4),
        (Occupation.FOOD_RIDER, 3),
    ]
    assert [(block.series) for block in week.chart.columns[5].blocks] == [1, 3]
    assert [column.marked for column in week.chart.columns] == [False] * 6 + [True]


def test_missing_public_holidays_are_asked_for_in_time(db):
    assert years_without_holidays(date(2026, 5, 1)) == [2026]
    PublicHoliday.objects.create(date=date(2026, 10, 1), kind="holiday", name="国庆节")
    assert years_without_holidays(date(2026, 10, 31)) == []
    assert years_without_holidays(date(2026, 11, 1)) == [2027]
    PublicHoliday.objects.create(date=date(2027, 1, 1), kind="holiday", name="元旦")
    assert years_without_holidays(date(2026, 12, 31)) == []


# --- what it costs, and what it is made of -----------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 30])
def test_the_dashboard_costs_the_same_for_one_row_and_thirty(
    rows, here, community_admin, rider, signed_in, django_assert_num_queries
):
    fill(here, rider, "X", rows)
    client = signed_in(community_admin)
    client.get(DASHBOARD)
    with django_assert_num_queries(26):
        assert f"新就业群体 {rows} 人" in block(client.get(DASHBOARD).content.decode(), "rosters")


def test_nothing_is_inline(here, community_admin, rider, signed_in):
    fill(here, rider, "X", 2)
    client = signed_in(community_admin)
    for url in (DASHBOARD, reverse("admin:station_visit_changelist"), reverse("admin:station_station_add")):
        html = client.get(url).content.decode()
        assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+=", html) == []


def test_the_demo_strip_stands_on_every_admin_page(community_admin, signed_in):
    client = signed_in(community_admin)
    assert "演示环境" not in client.get(DASHBOARD).content.decode()
    with override_settings(DEMO=True):
        for url in (DASHBOARD, reverse("admin:station_notice_changelist")):
            assert "演示环境" in client.get(url).content.decode()


def test_the_front_is_one_click_away(community_admin, page):
    html = page(community_admin)
    assert '<a href="/">查看前台</a>' in html
    assert html.count('href="/"') == 1


def test_the_base_apps_models_are_in_the_admin():
    registered = {model for model in admin.site._registry if model._meta.app_label == "station"}
    assert {Station, User, Visit, PublicHoliday} <= registered
    assert type(admin.site._wrapped).__name__ == "StationAdminSite"
    assert settings.INSTALLED_APPS[0] == "station.apps.StationAdminConfig"
