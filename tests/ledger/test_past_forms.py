"""Form templates and the whole workbook as of a past day: chosen by what the entries said that evening."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from ledger.models import PartyMember, Printout, Worker
from ledger.operations import workers
from ledger.operations.members import move_member
from ledger.pasts import PastRows
from ledger.rosters import MEMBERS, WORKERS
from station.models import AuditEvent
from tests.ledger.past_rows import happened
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

REASON = {"reason": "报送街道办"}
DAY = "2026-02-01"
SAME, OTHERWISE = "那天的历史记录没有改动", "那天的历史记录后来有改动"


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


@pytest.fixture
def spring(here, elsewhere, make_worker, community_admin):
    """On DAY two couriers, in the first and the second grid, and a rider in none; by now a courier has left, one drives
    meals, and the rider is a courier."""
    how = {"by": community_admin, "reason": "换工作"}
    first, second = make_worker("李䶮", "13900000001"), make_worker("王𫖯", "13900000002", grid=here.grids[1])
    third = make_worker("陈𬱟", "13900000003", grid=None, occupation="food_rider")
    workers.leave_worker(first, reason="回老家", on=date(2026, 3, 1), by=community_admin)
    workers.change_worker(second, {"occupation": "food_rider"}, **how)
    workers.change_worker(third, {"occupation": "courier"}, **how)
    for row in (first, second, third):
        happened(row, "2026-01-10 09:00", "2026-03-01 10:00")
    happened(add_worker(elsewhere, "HD-R0001", "别处的", occupation="courier"), "2026-01-01 10:00")
    return first


def numbers(community, filters, day=DAY, roster=WORKERS):
    return [row.number for row in PastRows.of(roster, community, date.fromisoformat(day)).kept(filters)]


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("filters", "then", "now"),
    [
        ({"occupation": ["courier"]}, ["JSL-R0001", "JSL-R0002"], ["JSL-R0003"]),
        ({"occupation": ["courier"], "grid": ["1"]}, ["JSL-R0001"], []),
        ({"grid": ["2", "0"]}, ["JSL-R0002", "JSL-R0003"], ["JSL-R0002", "JSL-R0003"]),
        ({"state": ["left"]}, [], ["JSL-R0001"]),
        (
            {"state": ["active", "left"]},
            ["JSL-R0001", "JSL-R0002", "JSL-R0003"],
            ["JSL-R0001", "JSL-R0002", "JSL-R0003"],
        ),
        ({"gone": ["1"]}, [], []),
    ],
)
def test_who_is_on_a_form_is_who_was_on_it_that_evening(filters, then, now, spring, here):
    assert numbers(here.community, filters) == then
    assert numbers(here.community, filters, "2026-03-01") == now


def test_members_are_kept_by_their_own_state_and_their_persons_grid_of_that_day(here, community_admin):
    person = add_worker(here, "JSL-R0001")
    happened(person, "2026-01-10 09:00")
    member = add_member(person)
    move_member(member, PartyMember.State.LOST, by=community_admin, reason="电话停机")
    happened(member, "2026-01-10 09:00", "2026-03-01 10:00")
    for filters, day, expected in [
        ({"state": ["mobile"]}, DAY, [member.number]),
        ({"state": ["mobile"]}, "2026-03-01", []),
        ({"state": ["lost"], "grid": ["1"]}, "2026-03-01", [member.number]),
        ({"grid": ["2"]}, DAY, []),
    ]:
        assert numbers(here.community, filters, day, MEMBERS) == expected, (filters, day)


def test_a_form_with_filters_is_let_out_recorded_and_checked(spring, here, make_template, community_admin, signed_in):
    template = make_template(columns=["number", "name"], filters={"occupation": ["courier"]})
    staff = signed_in(community_admin)
    url = reverse("admin:ledger_worker_past_csv") + f"?on={DAY}"
    text = body(staff.post(url, REASON | {"template": f"own-{template.pk}"})).decode("utf-8-sig")
    assert re.findall(r'"(JSL-R\d+)"', text) == ["JSL-R0001", "JSL-R0002"]
    assert "筛选：职业：快递员" in text
    printout = Printout.objects.get()
    assert printout.filters == {"shown": ["职业：快递员"], "kept": {"occupation": ["courier"]}}
    assert (printout.as_of, printout.rows, printout.template) == (date(2026, 2, 1), 2, "季报")
    assert AuditEvent.objects.get(action="export roster").data["filtered"] is True
    page = staff.get(f"/v/{printout.serial}/").content.decode()
    assert SAME in page
    assert "（筛选出的一部分）" in page
    cache.clear()
    # Who was not on it may change his past without a word; who was, may not.
    Worker.history.filter(name="陈𬱟").update(site="改过")
    assert SAME in staff.get(f"/v/{printout.serial}/").content.decode()
    cache.clear()
    Worker.history.filter(id=spring.pk).update(site="改过")
    assert OTHERWISE in staff.get(f"/v/{printout.serial}/").content.decode()


def workbook_of(content):
    found = load_workbook(BytesIO(content))
    return {name: found.get_sheet_by_name(name).to_python() for name in found.sheet_names}


def test_the_whole_ledger_of_a_past_day(spring, here, community_admin, signed_in, client):
    firm = add_enterprise(here)
    happened(firm, "2026-02-15 09:00")  # no enterprise had been there on that day, which hinders nothing
    url = "/admin/ledger/printout/workbook/"
    sheets = workbook_of(body(signed_in(community_admin).post(url, REASON | {"on": DAY})))
    assert sheets["汇总"][0][0] == "建设路社区台账汇总（截至 2026-02-01）"
    assert [row[:3] for row in sheets["汇总"][5:] if row[0] in ("合计", "人员 按网格", "人员 按职业")] == [
        ["合计", "新业态企业", 0],
        ["合计", "新就业群体", 3],
        ["合计", "流动党员", 0],
        ["人员 按网格", "第1网格", 1],
        ["人员 按网格", "第2网格", 1],
        ["人员 按网格", "未分网格", 1],
        ["人员 按职业", "外卖骑手", 1],
        ["人员 按职业", "快递员", 2],
    ]
    assert sheets["新就业群体花名册"][0][0] == "建设路社区新就业群体花名册（截至 2026-02-01）"
    assert [row[1] for row in sheets["新就业群体花名册"][5:]] == ["JSL-R0001", "JSL-R0002", "JSL-R0003"]
    assert len(sheets["新业态企业花名册"]) == 5
    printout = Printout.objects.get()
    assert (printout.roster, printout.as_of, printout.rows) == ("ledger", date(2026, 2, 1), 3)
    assert SAME in client.get(f"/v/{printout.serial}/").content.decode()
    cache.clear()
    Worker.history.filter(id=spring.pk).earliest().delete()
    assert OTHERWISE in client.get(f"/v/{printout.serial}/").content.decode()


def test_the_summary_of_today_as_a_past_day_is_that_of_today(spring, here, community_admin, signed_in):
    firm = add_enterprise(here, instructor="李指导")
    add_member(add_worker(here, "JSL-R0009", employer=firm, last_confirmed_on=date(2026, 3, 1)))
    staff = signed_in(community_admin)
    url = "/admin/ledger/printout/workbook/"
    today = workbook_of(body(staff.post(url, REASON)))["汇总"][4:]
    as_past = workbook_of(body(staff.post(url, REASON | {"on": timezone.localdate().isoformat()})))["汇总"][4:]
    assert today == as_past


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-01-09", "台账从 2026-01-10 起才有记录"),
        ("9999-12-31", "台账日期不能晚于今天"),
        ("2月1日", "没看懂这个日期"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_typed_is_lost(day, said, spring, community_admin, signed_in):
    answer = signed_in(community_admin).post("/admin/ledger/printout/workbook/", REASON | {"on": day})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'value="报送街道办"' in page
    assert f'value="{day}"' in page
    assert not Printout.objects.exists()


def test_by_command(spring, here, make_template, tmp_path):
    make_template(filters={"occupation": ["food_rider"]})
    file = tmp_path / "ledger.xlsx"
    call_command(
        "export_roster",
        "ledger",
        str(file),
        "--community",
        "jianshelu",
        "--as-of",
        DAY,
        "--template",
        "季报",
        verbosity=0,
    )
    found = workbook_of(file.read_bytes())
    assert [row[1] for row in found["新就业群体花名册"][6:]] == ["JSL-R0003"]
    assert Printout.objects.get().filters == {
        "sheets": {"workers": {"shown": ["职业：外卖骑手"], "kept": {"occupation": ["food_rider"]}}}
    }
