"""Two rounds side by side: who is new, back, changed, gone, each exactly once; on the page, in the file, by role."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from ledger.beats import ENTERPRISE, WORKER
from ledger.comparisons import Comparison, Outcome, outcome_text
from ledger.models import Printout, SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations import checks, surveys, workers
from station.models import AuditEvent, Duty
from station.roles import Role
from tests.ledger.roster_rows import add_worker

DOOR = {"channel": Channel.DOOR}


def link(survey, *, export="", **query):
    name, args = ("compare_export", [survey.pk, export]) if export else ("compare", [survey.pk])
    return reverse(f"admin:ledger_surveyround_{name}", args=args, query=query)


@pytest.fixture
def rounds(here, elsewhere, make_worker, make_enterprise, community_admin):
    """A closed round and a running one with one of every possibility between them; `people` by what befell them."""
    admin, today = {"by": community_admin}, timezone.localdate()

    def opened(title, day):
        survey = SurveyRound(community=here.community, title=title, starts_on=day, ends_on=day)
        return surveys.open_round(survey, **admin)

    def met(name, **values):
        number = Worker.objects.count() + 1
        people[name] = make_worker(f"人{number:02d}", f"139000000{number:02d}", **values)

    people = {}
    for name in ("same", "unchecked", "changed", "left", "left_between", "back", "out_and_back", "gone", "merged"):
        met(name, grid=here.grids[name == "changed"])
    site = make_enterprise()
    first = opened("三季度", today - timedelta(days=90))
    for name in ("back", "gone"):
        checks.found_left(people[name], reason="回老家了", **DOOR, **admin)
    checks.found_changed(people["same"], {"site": "甲"}, reason="改", **DOOR, **admin)  # in the older round only
    surveys.close_round(first, reason="到期", **admin)

    workers.leave_worker(people["left_between"], reason="换城市了", **admin)
    workers.leave_worker(people["out_and_back"], reason="走了", **admin)
    workers.return_worker(people["back"], **admin)
    Worker.objects.filter(pk=people["merged"].pk).update(state="merged", merged_into=people["same"])
    met("registered_between", occupation="food_rider")
    met("came_and_went")
    second = opened("四季度", today)
    workers.return_worker(people["out_and_back"], **admin)
    checks.found_same(people["same"], **DOOR, **admin)
    checks.found_changed(people["changed"], {"platform": "乙", "needs": "租房"}, reason="问过", **DOOR, **admin)
    for name in ("left", "came_and_went"):
        checks.found_left(people[name], reason="不干了", **DOOR, **admin)
    checks.found_changed(site, {"worker_count": 9}, reason="问过", **DOOR, **admin)
    met("found")

    stranger = add_worker(elsewhere, "HD-R0001", name="河东人")
    theirs = SurveyRound.objects.create(community=elsewhere.community, title="河东摸排", ends_on=today)
    SurveyEntry.objects.create(round=theirs, worker=stranger, grid=elsewhere.grid)
    return first, second, people


def names(people, rows):
    by_key = {worker.pk: name for name, worker in people.items()}
    return {by_key[row.pk] for row in rows}


def test_everybody_stands_in_one_list_at_most(rounds, community_admin):
    first, second, people = rounds
    comparison = Comparison(first, second, community_admin, "未定网格")
    assert {outcome: names(people, comparison.listed(WORKER, outcome)) for outcome in Outcome} == {
        Outcome.NEW: {"registered_between", "found"},
        Outcome.RETURNED: {"back", "out_and_back"},
        Outcome.CHANGED: {"changed"},
        Outcome.LEFT: {"left", "left_between", "came_and_went"},
    }
    assert comparison.whole.counts == (2, 2, 2, 3)
    assert [(line.label, line.counts) for line in comparison.by_grid] == [
        ("第1网格", (2, 2, 1, 3)),
        ("第2网格", (0, 0, 1, 0)),
    ]
    (_worker, occupations), (_enterprise, kinds) = comparison.by_work
    assert [(line.label, line.counts) for line in occupations] == [
        ("外卖骑手", (1, 0, 0, 0)),
        ("快递员", (1, 2, 1, 3)),
    ]
    assert [(line.label, line.counts) for line in kinds] == [("外卖配送", (0, 0, 1, 0))]
    assert [comparison.total(ENTERPRISE, outcome) for outcome in Outcome] == [0, 0, 1, 0]
    assert [outcome_text(row) for row in comparison.listed(WORKER, Outcome.CHANGED)] == ["有变化：需求、平台"]


def test_the_page_compares_with_the_round_before_whichever_is_opened(rounds, community_admin, signed_in):
    first, second, people = rounds
    client = signed_in(community_admin)
    for url in (link(second), link(first), link(second, **{"with": first.pk}), link(second, **{"with": "x"})):
        page = client.get(url)
        assert (page.context["comparison"].before, page.context["comparison"].after) == (first, second)
    body = client.get(link(second, show="left")).content.decode()
    assert people["left_between"].number in body
    assert "换城市了" in body
    assert people["changed"].number not in body
    assert client.get(link(second, show="changed")).context["lists"][0]["rows"][0].outcome_text == "有变化：需求、平台"


def test_a_single_round_has_nothing_to_be_compared_with(here, worker, community_admin, signed_in):
    survey = SurveyRound(community=here.community, title="四季度", ends_on=timezone.localdate())
    surveys.open_round(survey, by=community_admin)
    assert "还没有另一轮可以比" in signed_in(community_admin).get(link(survey)).content.decode()
    assert signed_in(community_admin).get(link(survey, export="worker")).status_code == 404


def test_each_role_compares_what_is_his(here, elsewhere, rounds, signed_in, make_staff, supervisor, keeper, rider):
    _first, second, people = rounds
    stranger = make_staff(Role.COMMUNITY_ADMIN, community=elsewhere.community)
    neighbour = make_staff(Role.GRID_WORKER, grid=here.grids[1])

    counted = signed_in(supervisor).get(link(second))
    assert counted.context["comparison"].whole.counts == (2, 2, 2, 3)
    assert not any(worker.number in counted.content.decode() for worker in people.values())
    assert "名单" not in counted.content.decode()
    assert signed_in(supervisor).get(link(second, export="worker")).status_code == 404

    page = signed_in(neighbour).get(link(second))
    assert page.context["comparison"].whole.counts == (0, 0, 1, 0)
    assert people["changed"].number in page.content.decode()
    assert people["left"].number not in signed_in(neighbour).get(link(second, show="left")).content.decode()
    assert signed_in(neighbour).get(link(second, export="worker")).status_code == 403

    assert signed_in(stranger).get(link(second)).status_code == 404
    assert signed_in(keeper).get(link(second)).status_code == 404
    assert signed_in(rider).get(link(second)).status_code == 302
    Duty.objects.create(user=stranger, role=Role.COMMUNITY_ADMIN, community=here.community)
    assert signed_in(stranger).get(link(second)).status_code == 200


def test_the_file_is_recorded_like_every_export_and_can_be_checked(rounds, community_admin, signed_in, client):
    _first, second, people = rounds
    url = link(second, export="worker")
    assert signed_in(community_admin).get(url).status_code == 200
    refused = signed_in(community_admin).post(url, {"reason": "", "outcome": "changed"})
    assert (refused.status_code, Printout.objects.count()) == (422, 0)
    answer = signed_in(community_admin).post(url, {"reason": "报送街道办"})
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    head = next(row for row in rows if "变化" in row)
    table = [dict(zip(head, row, strict=True)) for row in rows[rows.index(head) + 1 :]]
    assert {(row["编号"], row["变化"], row["离开原因"]) for row in table} == {
        (people[name].number, text, reason)
        for name, text, reason in [
            ("registered_between", "新增", ""),
            ("found", "新增", ""),
            ("back", "又回来了", ""),
            ("out_and_back", "又回来了", ""),
            ("changed", "有变化：需求、平台", ""),
            ("left", "离开了", "不干了"),
            ("left_between", "离开了", "换城市了"),
            ("came_and_went", "离开了", "不干了"),
        ]
    }
    assert "13900000003" not in str(rows)
    printout = Printout.objects.get()
    assert (printout.roster, printout.rows, printout.reason) == ("workers", 8, "报送街道办")
    assert printout.filters["shown"] == ["摸排对比：三季度 → 四季度"]
    assert AuditEvent.objects.get(action="export roster").actor == community_admin
    assert "这份仍然有效" in client.get(f"/v/{printout.serial}/").content.decode()

    one = signed_in(community_admin).post(link(second, export="enterprise"), {"reason": "存档", "outcome": "changed"})
    assert one.status_code == 200
    assert Printout.objects.latest("pk").filters["shown"][1:] == ["有变化"]
    assert Printout.objects.latest("pk").rows == 1


@pytest.mark.parametrize("key", ["0", "9" * 30, "x", "%00", "1/../2"])
def test_strange_addresses_are_not_there(rounds, community_admin, signed_in, key):
    for tail in ("", "worker/", "robot/"):
        url = f"/admin/ledger/surveyround/{key}/compare/{tail}"
        assert signed_in(community_admin).get(url).status_code in (302, 404)
    _first, second, _people = rounds
    assert signed_in(community_admin).get(link(second, export="robot")).status_code == 404
    assert signed_in(community_admin).get(link(second, show=key, **{"with": key})).status_code == 200


def test_the_page_costs_the_same_for_one_and_thirty(here, community_admin, signed_in, django_assert_num_queries):
    today = timezone.localdate()
    _older, newer = (
        SurveyRound.objects.create(community=here.community, title=title, starts_on=day, ends_on=day, state=state)
        for title, day, state in (("旧", today - timedelta(days=90), "closed"), ("新", today, "open"))
    )

    def add(number):
        worker = add_worker(here, f"JSL-R{number:04d}")
        when = {"result": "new", "channel": "door", "checked_at": timezone.now()}
        SurveyEntry.objects.create(round=newer, worker=worker, grid=here.grid, **when)

    add(1)
    client = signed_in(community_admin)
    client.get(link(newer))
    with django_assert_num_queries(12):
        client.get(link(newer))
    for number in range(2, 31):
        add(number)
    with django_assert_num_queries(12):
        page = client.get(link(newer))
    assert len(page.context["lists"][0]["rows"]) == 30
