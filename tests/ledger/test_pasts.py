"""The ledger as of a past day says exactly what it said that evening, whatever happened since."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ledger.differences import differences
from ledger.models import PartyMember, Worker
from ledger.operations import enterprises, workers
from ledger.operations.members import change_member, move_member, register_member
from ledger.pasts import PastRows, first_day, require_day
from ledger.rosters import MEMBERS, ROSTERS, WORKERS, fingerprint_of
from station.models import Consent
from tests.ledger.past_rows import happened, moment, numbers_on, roster_of
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

ID_NUMBER = "370101190102039973"


@pytest.fixture
def story(here, elsewhere, make_worker, make_enterprise, community_admin):
    """One worker and his employer over a spring: registered, changed twice on one day, moved, left, back again."""
    employer = make_enterprise("暖风配送")
    worker = make_worker(
        "李䶮", "13900000001", employer=employer, platform="暖风外卖", site="一站", id_number=ID_NUMBER,
        id_purpose="保险", consents=[Consent.Purpose.IDENTITY],
    )  # fmt: skip
    Worker.objects.update(last_confirmed_on=date(2026, 1, 10))
    Worker.history.update(last_confirmed_on=date(2026, 1, 10))
    how = {"by": community_admin}
    workers.change_worker(worker, {"site": "二站"}, reason="换站点", **how)
    workers.change_worker(worker, {"site": "三站", "phone": "13900000002"}, reason="又换了", **how)
    workers.change_worker(worker, {"grid": here.grids[1]}, reason="搬家", **how)
    workers.leave_worker(worker, reason="回老家", on=date(2026, 4, 1), **how)
    workers.return_worker(worker, **how)
    happened(
        worker, "2026-01-10 09:00", "2026-02-01 09:00", "2026-02-01 17:30", "2026-03-01 10:00", "2026-04-01 10:00",
        "2026-05-01 10:00",
    )  # fmt: skip
    enterprises.change_enterprise(employer, {"name": "暖风速递"}, reason="改名", **how)
    happened(employer, "2026-01-05 09:00", "2026-02-15 12:00")
    add_worker(elsewhere, "HD-R0001", "别处的")
    return worker


# --- exact cells across edits ----------------------------------------------------------------------------------------
def test_each_day_says_what_it_said_that_evening(story, here):
    def on(day):
        return roster_of("workers", here.community, day)

    first = ["JSL-R0001", "李䶮", "", "快递员", "暖风外卖", "一站", "暖风配送", "第1网格", "139****0001", "2026-01-10",
             "有效", "在册"]  # fmt: skip
    third = ["JSL-R0001", "李䶮", "", "快递员", "暖风外卖", "三站", "暖风配送", "第1网格", "139****0002", "2026-01-10",
             "有效", "在册"]  # fmt: skip
    renamed = [*third[:6], "暖风速递", *third[7:]]
    moved = [*renamed[:7], "第2网格", *renamed[8:]]
    today = timezone.localdate().isoformat()
    assert on("2026-01-09") == []
    assert on("2026-01-10") == on("2026-01-31") == [first]
    assert on("2026-02-01") == on("2026-02-14") == [third]
    assert on("2026-02-15") == [renamed]
    assert on("2026-03-01") == on("2026-03-31") == [moved]
    assert on("2026-04-01") == on("2026-04-30") == []
    assert on("2026-05-01") == [[*moved[:9], today, *moved[10:]]]
    assert on(today) == [[*moved[:9], today, *moved[10:]]]


def test_freshness_is_that_of_the_day(here):
    worker = add_worker(here, "JSL-R0001", last_confirmed_on=date(2026, 1, 10))
    happened(worker, "2026-01-10 09:00")
    assert roster_of("workers", here.community, "2026-04-10")[0][-2] == "有效"
    assert roster_of("workers", here.community, "2026-04-11")[0][-2] == "该核实了"


def test_today_as_a_past_day_is_today(story, here, make_worker, community_admin):
    make_worker("王𫖯", "13900000003", grid=None)
    today = PastRows.of(WORKERS, here.community, timezone.localdate())
    assert today.fingerprint() == fingerprint_of(WORKERS, [WORKERS.rows(here.community)])
    assert [row.number for row in today] == ["JSL-R0001", "JSL-R0002"]


def test_what_is_encrypted_reads_as_on_that_day(story, here):
    (row,) = PastRows.of(WORKERS, here.community, date(2026, 1, 20))
    assert (row.pk, row.phone, row.id_number) == (story.pk, "13900000001", ID_NUMBER)
    assert row.phone_index == Worker._meta.get_field("phone_index").digest("13900000001")
    assert WORKERS.catalogue["id_number"].full(row) == ID_NUMBER


def test_the_enterprises_of_a_past_day(here, make_enterprise, community_admin):
    enterprise = make_enterprise("暖风配送", contact_phone="13900000801", contact_name="郭振华", worker_count=3)
    changes = {"contact_phone": "13900000802", "party_organisation": "joint", "no_party_reason": "", "grid": None}
    enterprises.change_enterprise(enterprise, changes, by=community_admin, reason="换人")
    happened(enterprise, "2026-01-05 09:00", "2026-02-15 12:00")
    today = timezone.localdate().isoformat()
    assert roster_of("enterprises", here.community, "2026-02-14") == [
        ["JSL-Q0001", "暖风配送", "外卖配送", "", "第1网格", "建设北路1号", "郭振华", "139****0801", "正常经营", "3",
         "0", "未组建：党员不足三名", "无", today],
    ]  # fmt: skip
    assert roster_of("enterprises", here.community, "2026-02-15") == [
        ["JSL-Q0001", "暖风配送", "外卖配送", "", "", "建设北路1号", "郭振华", "139****0802", "正常经营", "3",
         "0", "联合组建", "无", today],
    ]  # fmt: skip


def test_the_members_of_a_past_day_bear_the_name_and_grid_of_that_day(here, make_worker, community_admin):
    worker = make_worker("李䶮", "13900000001", affiliation="member", consents=[Consent.Purpose.AFFILIATION])
    member = register_member(PartyMember(worker=worker, home_branch="衡阳支部"), by=community_admin)
    how = {"by": community_admin, "reason": "更正"}
    change_member(member, {"home_branch": "衡山支部"}, **how)
    move_member(member, PartyMember.State.RETURNED, **how)
    workers.change_worker(worker, {"name": "李龑", "grid": here.grids[1], "phone": "13900000009"}, **how)
    happened(worker, "2026-01-05 09:00", "2026-02-15 12:00")
    happened(member, "2026-01-10 09:00", "2026-03-01 10:00", "2026-04-01 10:00")

    def on(day):
        return roster_of("members", here.community, day)

    rest = ["流入", "衡阳支部", "", "在流动中", member.next_contact_on.isoformat()]
    assert on("2026-01-09") == []
    assert on("2026-02-14") == [["JSL-D0001", "李䶮", "", "139****0001", "快递员", "第1网格", *rest]]
    assert on("2026-02-15") == [["JSL-D0001", "李龑", "", "139****0009", "快递员", "第2网格", *rest]]
    assert on("2026-03-01")[0][7] == "衡山支部"
    assert on("2026-04-01") == []


def test_the_last_moment_of_a_day_belongs_to_it_and_midnight_to_the_next(here):
    late, next_day = add_worker(here, "JSL-R0001"), add_worker(here, "JSL-R0002")
    happened(late, "2026-03-01 23:59:59.999999")
    happened(next_day, "2026-03-02 00:00:00")
    assert numbers_on("workers", here.community, "2026-02-28") == []
    assert numbers_on("workers", here.community, "2026-03-01") == ["JSL-R0001"]
    assert numbers_on("workers", here.community, "2026-03-02") == ["JSL-R0001", "JSL-R0002"]


def test_a_change_at_midnight_leaves_the_day_before_as_it_was(worker, here, community_admin):
    workers.change_worker(worker, {"site": "一站"}, by=community_admin, reason="改")
    happened(worker, "2026-03-01 10:00", "2026-03-02 00:00:00")
    assert roster_of("workers", here.community, "2026-03-01")[0][5] == ""
    assert roster_of("workers", here.community, "2026-03-02")[0][5] == "一站"


def test_of_two_changes_in_the_same_instant_the_later_written_counts(worker, here, community_admin):
    workers.change_worker(worker, {"site": "一站"}, by=community_admin, reason="改")
    workers.change_worker(worker, {"site": "二站"}, by=community_admin, reason="再改")
    happened(worker, "2026-03-01 10:00", "2026-03-02 10:00", "2026-03-02 10:00")
    assert roster_of("workers", here.community, "2026-03-02")[0][5] == "二站"


def test_deleted_and_merged_entries_are_there_until_then(here):
    undone, double, kept = (add_worker(here, f"JSL-R000{n}") for n in (1, 2, 3))
    key = undone.pk
    undone.delete()
    double.state, double.merged_into = Worker.State.MERGED, kept
    double.save()
    for row in (double, kept):
        happened(row, "2026-03-01 10:00", *(["2026-03-05 10:00"] if row is double else []))
    history = Worker.history.filter(id=key)
    history.filter(history_type="+").update(history_date=moment("2026-03-01 10:00"))
    history.filter(history_type="-").update(history_date=moment("2026-03-04 10:00"))
    assert numbers_on("workers", here.community, "2026-03-03") == ["JSL-R0001", "JSL-R0002", "JSL-R0003"]
    assert numbers_on("workers", here.community, "2026-03-04") == ["JSL-R0002", "JSL-R0003"]
    assert numbers_on("workers", here.community, "2026-03-05") == ["JSL-R0003"]


def test_an_employer_older_than_his_own_history_keeps_his_name(here):
    worker = add_worker(here, "JSL-R0001", employer=add_enterprise(here))
    happened(worker, "2026-03-01 10:00")
    assert roster_of("workers", here.community, "2026-03-01")[0][6] == "湘潭暖风配送有限公司"


# --- which days ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ROSTERS)
def test_days_about_which_nothing_can_be_said(kind, here):
    roster = ROSTERS[kind]
    assert first_day(here.community, roster) is None
    with pytest.raises(ValidationError, match="台账还没有记录"):
        require_day(here.community, timezone.localdate(), roster)
    worker = add_worker(here, "JSL-R0001")
    for row in (worker, add_member(worker), add_enterprise(here)):
        happened(row, "2026-03-01 00:30")
    assert first_day(here.community, roster) == date(2026, 3, 1)
    require_day(here.community, date(2026, 3, 1), roster)
    require_day(here.community, timezone.localdate(), roster)
    for day in (date(2026, 2, 28), date.min):
        with pytest.raises(ValidationError, match="从 2026-03-01 起才有记录"):
            require_day(here.community, day, roster)
    for day in (timezone.localdate() + timedelta(days=1), date.max):
        with pytest.raises(ValidationError, match="台账日期不能晚于今天"):
            require_day(here.community, day, roster)


# --- who sees what ---------------------------------------------------------------------------------------------------
def test_a_grid_worker_sees_whom_he_looked_after_on_that_day(story, here, elsewhere, grid_worker, make_worker):
    stays = make_worker("王𫖯", "13900000003")
    happened(stays, "2026-01-20 10:00")
    assert numbers_on("workers", here.community, "2026-02-20", grid_worker) == ["JSL-R0001", "JSL-R0002"]
    assert numbers_on("workers", here.community, "2026-03-20", grid_worker) == ["JSL-R0002"]
    assert numbers_on("workers", elsewhere.community, timezone.localdate().isoformat(), grid_worker) == []
    assert numbers_on("enterprises", here.community, "2026-02-20", grid_worker) == ["JSL-Q0001"]


def test_members_follow_the_grid_their_worker_had_then(here, make_worker, community_admin, grid_worker):
    worker = make_worker(affiliation="member", consents=[Consent.Purpose.AFFILIATION])
    member = register_member(PartyMember(worker=worker, home_branch="支部"), by=community_admin)
    workers.change_worker(worker, {"grid": here.grids[1]}, by=community_admin, reason="搬")
    happened(worker, "2026-01-05 09:00", "2026-03-01 10:00")
    happened(member, "2026-01-06 09:00")
    rows = {day: PastRows.of(MEMBERS, here.community, date.fromisoformat(day)) for day in ("2026-02-01", "2026-03-02")}
    mine = {day: past.visible_to(grid_worker, "ledger.view_worker").count() for day, past in rows.items()}
    assert mine == {"2026-02-01": 1, "2026-03-02": 0}
    assert [past.visible_to(grid_worker).count() for past in rows.values()] == [0, 0]  # he may see no member at all


def test_pages_and_counts(here):
    for number in range(1, 8):
        grid = here.grids[number % 2] if number < 7 else None
        happened(add_worker(here, f"JSL-R{number:04}", grid=grid), "2026-03-01 10:00")
    rows = PastRows.of(WORKERS, here.community, date(2026, 3, 1))
    assert (rows.count(), len(rows)) == (7, 7)
    assert [row.number for row in rows[2:5]] == ["JSL-R0006", "JSL-R0001", "JSL-R0003"]
    assert [(str(grid), n) for grid, n in rows.by_grid()] == [("第1网格", 3), ("第2网格", 3), ("None", 1)]


# --- what it costs ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("kind", "queries"), [("enterprises", 2), ("workers", 4), ("members", 3)])
def test_a_past_day_costs_the_same_for_one_row_and_thirty(kind, queries, rows, here, django_assert_num_queries):
    employers = [add_enterprise(here, f"JSL-Q{number:04}") for number in range(1, rows + 1)]
    for number, employer in enumerate(employers, 1):
        add_member(add_worker(here, f"JSL-R{number:04}", employer=employer), f"JSL-D{number:04}")
    today = timezone.localdate().isoformat()
    with django_assert_num_queries(queries):
        assert len(roster_of(kind, here.community, today)) == rows


# --- compared with today ---------------------------------------------------------------------------------------------
def told(past, user):
    """The differences as plain values."""
    found = differences(past, user)
    return {
        "new": [change.number for change in found.new],
        "gone": [(change.number, change.note) for change in found.gone],
        "changed": {
            change.number: [(cell.label, cell.before, cell.after) for cell in change.cells] for change in found.changed
        },
        "confirmed": found.confirmed,
    }


def test_the_differences_are_told_cell_by_cell_and_masked(story, here, make_worker, community_admin):
    gone = make_worker("王𫖯", "13900000003")
    workers.leave_worker(gone, by=community_admin, reason="不做了", on=date(2026, 4, 1))
    happened(gone, "2026-01-12 10:00", "2026-04-01 10:00")
    make_worker("陈𬱟", "13900000004")
    confirmed = make_worker("㛃琳", "13900000005")
    Worker.history.filter(id=confirmed.pk).update(last_confirmed_on=date(2026, 1, 12))
    workers.confirm_worker(confirmed, by=community_admin)
    happened(confirmed, "2026-01-12 10:00", "2026-04-01 10:00")
    untouched = make_worker("张建国", "13900000006")
    happened(untouched, "2026-01-12 10:00")
    past = PastRows.of(WORKERS, here.community, date(2026, 1, 20))
    assert told(past, community_admin) == {
        "new": ["JSL-R0003"],
        "gone": [("JSL-R0002", "已离开 2026-04-01 不做了")],
        "changed": {
            "JSL-R0001": [
                ("站点", "一站", "三站"),
                ("所属企业", "暖风配送", "暖风速递"),
                ("网格", "第1网格", "第2网格"),
                ("手机号", "139****0001", "139****0002"),
                ("最近核实", "2026-01-10", timezone.localdate().isoformat()),
            ]
        },
        "confirmed": 1,
    }


def test_a_renamed_employer_changes_the_lines_of_his_workers(here, make_worker, make_enterprise, community_admin):
    employer = make_enterprise("暖风配送")
    happened(make_worker(employer=employer), "2026-01-12 10:00")
    enterprises.change_enterprise(employer, {"name": "暖风速递"}, by=community_admin, reason="改名")
    happened(employer, "2026-01-05 09:00", "2026-02-15 12:00")
    past = PastRows.of(WORKERS, here.community, date(2026, 1, 20))
    assert told(past, community_admin)["changed"] == {"JSL-R0001": [("所属企业", "暖风配送", "暖风速递")]}


def test_two_phones_under_one_mask_are_told_apart_without_showing_them(here, make_worker, community_admin):
    worker = make_worker(phone="13912340001")
    workers.change_worker(worker, {"phone": "13956780001"}, by=community_admin, reason="换号")
    happened(worker, "2026-01-12 10:00", "2026-02-12 10:00")
    past = PastRows.of(WORKERS, here.community, date(2026, 1, 20))
    assert told(past, community_admin)["changed"] == {
        "JSL-R0001": [("手机号", "139****0001", "139****0001（打码后看着一样，其实换了）")]
    }


def test_who_moved_out_of_sight_is_gone_and_nothing_of_today_is_told(story, here, grid_worker, make_worker):
    comes = make_worker("王𫖯", "13900000003", grid=here.grids[1])
    workers.change_worker(comes, {"grid": here.grid}, by=grid_worker, reason="搬来")
    happened(comes, "2026-01-12 10:00", "2026-02-12 10:00")
    past = PastRows.of(WORKERS, here.community, date(2026, 1, 20))
    assert told(past, grid_worker) == {"new": ["JSL-R0002"], "gone": [("JSL-R0001", "")], "changed": {}, "confirmed": 0}


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("kind", "queries"), [("enterprises", 3), ("workers", 5), ("members", 4)])
def test_a_comparison_costs_the_same_for_one_row_and_thirty(
    kind, queries, rows, here, community_admin, django_assert_num_queries
):
    for number in range(1, rows + 1):
        enterprise = add_enterprise(here, f"JSL-Q{number:04}")
        worker = add_worker(here, f"JSL-R{number:04}", employer=enterprise)
        member = add_member(worker, f"JSL-D{number:04}")
        for row in (enterprise, worker, member):
            row.note = "改过"
            row.save()
            happened(row, "2026-01-12 10:00", "2026-02-12 10:00")
    past = PastRows.of(ROSTERS[kind], here.community, date(2026, 1, 20))
    assert community_admin.current_duties
    with django_assert_num_queries(queries):
        assert not differences(past, community_admin)
