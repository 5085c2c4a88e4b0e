"""The figures of the ledger on a small ledger made by hand: every number, every total, every month."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from ledger.figures import FIGURES, Counted, figure_tables, flow, last_months, portions
from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.operations import enterprises, workers
from station.models import Community, Grid, Occupation, User
from station.operations.figures import export_figures
from tests.conftest import make_place

Job = Occupation


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def people():
    """``people(place, 3, Job.COURIER, grid=…)``: so many workers, straight into the table."""

    def add(place, count, occupation=Job.COURIER, *, confirmed=0, grid="first", **values):
        values["grid"] = place.grid if grid == "first" else grid
        if values.get("state") == "left":
            values |= {"left_on": days_ago(1), "left_reason": "走了"}
        return [
            Worker.objects.create(
                number=f"R{Worker.objects.count():05d}",
                community=place.community,
                name="欧阳试",
                other_contact="微信",
                occupation=occupation,
                last_confirmed_on=None if confirmed is None else days_ago(confirmed),
                **values,
            )
            for _person in range(count)
        ]

    return add


@pytest.fixture
def firm():
    """``firm(place, "own", grid=…)``: an enterprise, straight into the table."""

    def add(place, organisation="none", *, confirmed=0, **values):
        return Enterprise.objects.create(
            number=f"Q{Enterprise.objects.count():05d}",
            community=place.community,
            grid=values.pop("grid", place.grid),
            name="某企业",
            kind="express",
            address="建设路1号",
            worker_count=9,
            member_count=3,
            party_organisation=organisation,
            no_party_reason="没有党员" if organisation == "none" else "",
            last_confirmed_on=days_ago(confirmed),
            **values,
        )

    return add


def party(worker, **values):
    return PartyMember.objects.create(number=f"D{worker.pk}", worker=worker, home_branch="支部", **values)


@pytest.fixture
def neighbour(here):
    """A second community of the same street."""
    place = make_place("板塘", "bantang", "BT", "bantang")
    Community.objects.filter(pk=place.community.pk).update(street=here.street)
    return place


@pytest.fixture
def ledger(here, neighbour, elsewhere, people, firm):
    """Two communities of one street and one of another: every state, a grid with nobody, somebody in no grid."""
    couriers = people(here, 3, confirmed=40)
    people(here, 2, Job.FOOD_RIDER, grid=here.grids[1], confirmed=100)
    people(here, 1, Job.SANITATION, grid=None)
    people(here, 4, state="pending", confirmed=None)
    people(here, 2, state="left")
    people(here, 1, state="refused")
    riders = people(neighbour, 2, Job.FOOD_RIDER)
    people(elsewhere, 7)
    firm(here, "own")
    firm(here, "none", confirmed=91)
    firm(here, "instructor", state="left", left_on=days_ago(3), left_reason="搬走")
    firm(neighbour, "instructor", confirmed=31)
    firm(elsewhere, "joint")
    party(couriers[0], next_contact_on=days_ago(0))
    party(couriers[1], state="returned")
    party(riders[0], state="lost", next_contact_on=days_ago(-5))


def table(user, name):
    (found,) = figure_tables(Counted(user), (name,))
    return found


# --- where, what, how well, how fresh ----------------------------------------------------------------------
def test_by_grid_with_everybody_in_his_place(ledger, community_admin):
    figure = table(community_admin, "grids")
    assert figure.heads == ("网格", "企业", "人员", "占比（%）", "流动党员", "久未核实")
    assert figure.rows == (
        ("第1网格", 2, 3, 50, 1, 1),
        ("第2网格", 0, 2, 33, 0, 2),
        ("未分网格", 0, 1, 17, 0, 0),
    )
    assert figure.total == ("合计", 2, 6, 100, 1, 3)


def test_by_community_for_the_street(ledger, supervisor):
    figure = table(supervisor, "communities")
    assert figure.heads == (
        "社区",
        "企业",
        "组织覆盖（%）",
        "工作覆盖（%）",
        "人员",
        "占比（%）",
        "流动党员",
        "久未核实",
    )
    assert figure.rows == (
        ("建设路社区", 2, 50, 50, 6, 75, 1, 3),
        ("板塘社区", 1, 0, 100, 2, 25, 1, 0),
    )
    assert figure.total == ("合计", 3, 33, 67, 8, 100, 2, 3)


def test_by_occupation(ledger, community_admin, supervisor):
    assert table(community_admin, "occupations").lines == (
        ("快递员", 3, 50),
        ("外卖骑手", 2, 33),
        ("环卫工人", 1, 17),
        ("合计", 6, 100),
    )
    figure = table(supervisor, "community-occupations")
    assert figure.heads == ("社区", "外卖骑手", "快递员", "环卫工人", "合计")
    assert figure.lines == (("建设路社区", 2, 3, 1, 6), ("板塘社区", 2, 0, 0, 2), ("合计", 4, 3, 1, 8))


def test_the_two_coverages_and_freshness(ledger, community_admin, supervisor):
    assert table(community_admin, "coverage").rows == (("组织覆盖", 1, 2, 50), ("工作覆盖", 1, 2, 50))
    assert table(community_admin, "freshness").lines == (
        ("近 30 天核实过", 2, 25),
        ("30 到 90 天前", 3, 38),
        ("90 天没核实", 3, 37),
        ("合计", 8, 100),
    )
    assert table(supervisor, "community-freshness").lines == (
        ("建设路社区", 2, 3, 3, 8, 25),
        ("板塘社区", 2, 1, 0, 3, 67),
        ("合计", 4, 4, 3, 11, 36),
    )


def test_round_progress_by_grid_for_who_may_open_it_else_by_round(ledger, here, community_admin, supervisor):
    survey = SurveyRound.objects.create(community=here.community, title="冬季摸排", ends_on=days_ago(-9))
    done = {"result": "confirmed", "channel": "door", "checked_at": timezone.now()}
    for number, worker in enumerate(Worker.objects.filter(community=here.community, state="active").order_by("pk")):
        SurveyEntry.objects.create(round=survey, worker=worker, grid=worker.grid, **(done if number < 3 else {}))
    assert table(community_admin, "rounds").title == "摸排进度：冬季摸排"
    assert sorted(table(community_admin, "rounds").rows) == [
        ("未分网格", 0, 1, 0),
        ("第1网格", 3, 3, 100),
        ("第2网格", 0, 2, 0),
    ]
    assert table(supervisor, "rounds").lines == (("建设路社区", 3, 6, 50), ("合计", 3, 6, 50))


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_portions_add_up_and_hide_nobody(parts):
    shares = portions(parts)
    assert sum(shares) == (100 if sum(parts) else 0)
    assert all((share > 0) == (part > 0) for share, part in zip(shares, parts, strict=True))


# --- who came and who went ---------------------------------------------------------------------------------
def test_the_last_twelve_months_also_from_a_leap_day():
    assert last_months(date(2028, 2, 29))[0] == date(2027, 3, 1)
    assert last_months(date(2028, 2, 29))[-1] == date(2028, 2, 1)
    assert last_months(date(2026, 1, 31))[0] == date(2025, 2, 1)
    assert last_months(date(2026, 12, 1))[0] == date(2026, 1, 1)
    assert len(last_months(date(2026, 12, 31))) == 12


def test_registered_left_returned_and_left_again(make_worker, make_enterprise, community_admin):
    stays, goes, waits = (make_worker("工人", f"1390000000{number}") for number in range(3))
    for reason in ("换到长沙", "又走了"):
        workers.leave_worker(goes, by=community_admin, reason=reason)
        workers.change_worker(goes, {"note": f"{reason}，留了新电话"}, by=community_admin, reason="补")
        if reason == "换到长沙":
            workers.return_worker(goes, by=community_admin)
    enterprises.leave_enterprise(make_enterprise(), by=community_admin, reason="搬走")
    Worker.objects.filter(pk=waits.pk).update(state="pending")
    assert flow(Worker.objects.all(), timezone.localdate()).of().cells == (2, 1, 2, 1)
    assert flow(Enterprise.objects.all(), timezone.localdate()).of().cells == (1, 0, 1, 0)
    assert flow(Worker.objects.all(), timezone.localdate()).of().net == Worker.objects.active().count()
    assert stays.state == "active"


def test_what_came_in_as_gone_is_counted_both_ways(here, people):
    people(here, 1, state="left")
    assert flow(Worker.objects.all(), timezone.localdate()).of().cells == (1, 0, 1, 0)


def test_a_merged_entry_never_came_and_never_went(make_worker, community_admin):
    first, second = (make_worker("工人", f"1390000000{number}") for number in range(2))
    workers.leave_worker(second, by=community_admin, reason="走了")
    second.refresh_from_db()
    second.state, second.merged_into, second.left_on, second.left_reason = "merged", first, None, ""
    second.save()
    assert flow(Worker.objects.all(), timezone.localdate()).of().cells == (1, 0, 0, 1)


def test_months_are_those_of_shanghai(here, people, community_admin):
    early, late, old = people(here, 3)
    for worker, moment in (
        (early, datetime(2026, 2, 28, 15, 59, tzinfo=UTC)),  # 23:59 on the last of February
        (late, datetime(2026, 2, 28, 16, 0, tzinfo=UTC)),  # midnight: it is March
        (old, datetime(2025, 3, 31, 15, 59, tzinfo=UTC)),  # a minute before the twelve months begin
    ):
        Worker.objects.filter(pk=worker.pk).update(created_at=moment)
    past = Worker.history.model.objects
    for worker, left_on, back_at in (
        (early, date(2026, 1, 31), datetime(2026, 2, 28, 15, 59, tzinfo=UTC)),
        (late, date(2026, 2, 1), datetime(2026, 2, 28, 16, 0, tzinfo=UTC)),
        (old, date(2025, 3, 31), datetime(2025, 3, 31, 15, 59, tzinfo=UTC)),
    ):
        workers.leave_worker(worker, by=community_admin, reason="走了", on=left_on)
        workers.return_worker(worker, by=community_admin)
        newest = past.filter(id=worker.pk).order_by("-history_id").first()
        past.filter(pk=newest.pk).update(history_date=back_at)
    found = flow(Worker.objects.all(), date(2026, 3, 15))
    moved = {month: found.of(month=month).cells for month in found.months if any(found.of(month=month).cells)}
    assert moved == {
        date(2026, 1, 1): (0, 0, 1, -1),
        date(2026, 2, 1): (1, 1, 1, 1),
        date(2026, 3, 1): (1, 1, 0, 2),
    }
    assert found.months[0] == date(2025, 4, 1)


def test_the_flow_of_a_street_by_community(ledger, supervisor):
    assert table(supervisor, "community-flow").lines == (
        ("建设路社区", 8, 0, 2, 6),
        ("板塘社区", 2, 0, 0, 2),
        ("合计", 10, 0, 2, 8),
    )
    months = table(supervisor, "worker-flow")
    assert (len(months.rows), months.total) == (12, ("合计", 10, 0, 2, 8))
    assert sum(row[1] for row in months.rows) == 10


# --- who may know what -------------------------------------------------------------------------------------
def test_a_grid_worker_counts_his_grid_and_no_party_member(ledger, grid_worker):
    figure = table(grid_worker, "grids")
    assert (figure.heads, figure.lines) == (
        ("网格", "企业", "人员", "占比（%）", "久未核实"),
        (("第1网格", 2, 3, 100, 1), ("合计", 2, 3, 100, 1)),
    )
    names = [table.name for table in figure_tables(Counted(grid_worker))]
    assert names == ["grids", "occupations", "coverage", "freshness", "worker-flow", "enterprise-flow"]


def test_a_street_never_counts_by_grid(ledger, supervisor):
    counted = Counted(supervisor)
    names = [table.name for table in figure_tables(counted)]
    assert names == [
        "communities",
        "occupations",
        "community-occupations",
        "coverage",
        "freshness",
        "community-freshness",
        "worker-flow",
        "community-flow",
        "enterprise-flow",
    ]
    assert counted.grids == []


def test_who_supervises_a_street_and_walks_one_grid_learns_no_grids_members(ledger, here, neighbour, make_staff):
    user = make_staff("street_supervisor", street=here.street)
    for role, place in (("grid_worker", {"grid": here.grid}), ("community_admin", {"community": neighbour.community})):
        user.duties.create(role=role, **place)
    user = User.objects.get(pk=user.pk)
    figure = table(user, "grids")
    assert "流动党员" not in figure.heads
    assert [row[0] for row in figure.rows] == ["建设路社区 第1网格", "板塘社区 第1网格", "板塘社区 第2网格"]
    assert table(user, "communities").total[-2] == 2


@pytest.mark.parametrize("who", ["keeper", "team_leader", "rider"])
def test_others_count_nothing(who, ledger, request):
    counted = Counted(request.getfixturevalue(who))
    assert not counted.counts_anything
    assert figure_tables(counted) == []


def test_the_whole_country_is_counted_by_community(ledger, db):
    root = User.objects.create(username="root", is_staff=True, is_superuser=True)
    figure = table(root, "communities")
    assert [row[0] for row in figure.rows] == ["建设路街道 建设路社区", "建设路街道 板塘社区", "河东街道 河东社区"]
    assert figure.total[4] == 15
    assert Counted(root).grids == []


# --- cost --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("places", [1, 30])
def test_as_many_queries_for_one_community_as_for_thirty(places, here, supervisor, people, django_assert_num_queries):
    for number in range(places - 1):
        community = Community.objects.create(
            street=here.street, name=f"第{number}社区", code=f"c{number}", prefix=f"X{chr(65 + number)}"
        )
        here_too = type(here)(community=community, grid=Grid.objects.create(community=community, number=1))
        people(here_too, 1)
    people(here, 1)
    user = User.objects.get(pk=supervisor.pk)
    with django_assert_num_queries(12):
        tables = figure_tables(Counted(user))
    assert len(tables[0].rows) == places


@pytest.mark.parametrize("grids", [1, 30])
def test_as_many_queries_for_one_grid_as_for_thirty(grids, here, community_admin, people, django_assert_num_queries):
    for number in range(3, grids + 2):
        people(here, 1, grid=Grid.objects.create(community=here.community, number=number))
    user = User.objects.get(pk=community_admin.pk)
    with django_assert_num_queries(13):
        tables = figure_tables(Counted(user))
    assert tables[0].name == "grids"


# --- spreadsheets ------------------------------------------------------------------------------------------
def test_a_workbook_has_the_cells_of_the_tables(ledger, community_admin, supervisor):
    for user in (community_admin, supervisor):
        tables = figure_tables(Counted(user))
        file = BytesIO()
        export_figures(tables, file=file, by=user)
        file.seek(0)
        book = CalamineWorkbook.from_filelike(file)
        assert book.sheet_names == [found.title for found in tables]
        for found in tables:
            rows = book.get_sheet_by_name(found.title).to_python(skip_empty_area=False)
            above = 3 if found.note else 2
            assert tuple(rows[above]) == found.heads
            assert [tuple(row) for row in rows[above + 1 :]] == [tuple(line) for line in found.lines]


def test_every_figure_has_a_picture_and_a_place_in_the_list(ledger, supervisor, community_admin):
    drawn = {}
    for user in (supervisor, community_admin):
        for found in figure_tables(Counted(user)):
            drawn[found.name] = (found.bars or found.columns) and found.pictured
    assert set(drawn) == set(FIGURES) - {"rounds"}
    assert all(drawn.values())
