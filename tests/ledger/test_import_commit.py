"""What a draft promised is written whole, with history, numbers, consents and one line in the audit, or not at all."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from ledger.models import Enterprise, ImportBatch, ImportRow, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.operations.imports import change_draft, commit_import, discard_import
from ledger.operations.surveys import open_round
from ledger.operations.workers import change_worker, leave_worker, register_worker
from station.models import AuditEvent, Consent, NumberSeries
from tests.ledger.import_files import WORKER_HEAD, counts, csv_of, drafted, exported, imported, outcomes, refusals
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

ID_NUMBER = "34052419800101001X"


def refusal(operation, *arguments, **values):
    with pytest.raises(ValidationError) as refused:
        operation(*arguments, **values)
    return refused.value


def open_survey(here, by=None):
    survey = SurveyRound(
        community=here.community, title="四季度", starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    return open_round(survey, by=by)


def test_new_and_changed_workers_are_written_with_everything_that_belongs_to_them(here, community_admin, make_worker):
    known = make_worker("刘洋", "13800000001")
    survey = open_survey(here, community_admin)
    head = [*WORKER_HEAD, "网格", "政治面貌", "身份证号", "身份证号用途"]
    rows = [
        head,
        ["刘洋", "13800000001", "外卖", "2", "党员", "", ""],
        ["李䶮", "13900000001", "快递", "", "", "", ""],
        ["陈𬱟", "13900000002", "快递", "1", "", ID_NUMBER, "办保险"],
        ["坏的", "139", "快递", "", "", "", ""],
    ]
    batch = drafted("workers", here.community, rows, by=community_admin, consents_on_paper=True)
    assert Worker.objects.count() == 1
    audited = AuditEvent.objects.count()
    batch = commit_import(batch, by=community_admin)

    assert (batch.state, counts(batch)) == ("committed", (2, 1, 0, 1))
    assert list(Worker.objects.values_list("number", "name", "state", "source", "grid__number")) == [
        ("JSL-R0001", "刘洋", "active", "door", 2),
        ("JSL-R0002", "李䶮", "active", "platform", None),
        ("JSL-R0003", "陈𬱟", "active", "platform", 1),
    ]
    assert NumberSeries.objects.get(key="JSL-R").last == 3
    one, two, three = Worker.objects.all()
    assert (one.affiliation, two.phone, three.id_number) == ("member", "13900000001", ID_NUMBER)
    # By index, as the search finds them.
    assert list(Worker.objects.with_phone("13900000002")) == [three]
    assert Worker.objects.get(id_number_index=Worker._meta.get_field("id_number_index").digest(ID_NUMBER)) == three
    assert Worker.objects.get(phone_tail_index=Worker._meta.get_field("phone_tail_index").digest("0002")) == three

    for worker, kinds in ((one, "~+"), (two, "+"), (three, "+")):
        assert "".join(worker.history.values_list("history_type", flat=True)) == kinds
        newest = worker.history.first()
        assert (newest.history_user, newest.history_change_reason) == (community_admin, "街道下发名单")
        assert (newest.phone, newest.id_number, newest.grid_id) == (worker.phone, worker.id_number, worker.grid_id)
        row = batch.rows.get(number=worker.number)
        assert row.history_id == newest.history_id

    assert list(SurveyEntry.objects.filter(result="new").values_list("worker__number", "round", "channel")) == [
        ("JSL-R0002", survey.pk, "platform"),
        ("JSL-R0003", survey.pk, "platform"),
    ]
    assert SurveyEntry.objects.get(worker=known).grid == here.grids[1]  # whoever looks after him now checks him
    assert set(Consent.objects.values_list("person_uid", "purpose", "channel", "recorded_by")) == {
        (one.uid, "affiliation", "paper", community_admin.pk),
        (two.uid, "register", "paper", community_admin.pk),
        (three.uid, "register", "paper", community_admin.pk),
        (three.uid, "identity", "paper", community_admin.pk),
    }
    assert AuditEvent.objects.count() == audited + 1
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.actor, event.reason, event.target_id) == (
        "commit import", community_admin, "街道下发名单", str(batch.pk),
    )  # fmt: skip
    assert event.data == {
        "kind": "workers", "mode": "update", "new": 2, "changed": 1, "unchanged": 0, "refused": 1,
    }  # fmt: skip


def test_the_rows_of_a_batch_are_unreadable_in_the_database(here):
    drafted("workers", here.community, [WORKER_HEAD, ["李四", "13912345678", "快递"]])
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_importrow")
        stored = str(cursor.fetchall())
    assert "13912345678" not in stored
    assert "李四" not in stored
    row = ImportRow.objects.get()
    assert "13912345678" in row.cells


def test_enterprises(here):
    head = ["企业名称", "业态", "地址", "党组织", "电话"]
    add_enterprise(here, "JSL-Q0001", name="甲")
    NumberSeries.objects.create(key="JSL-Q", last=1)
    rows = [head, ["甲", "快递", "", "", "13900000009"], ["乙", "货运", "芙蓉路", "联合组建", "13900000010"]]
    batch = imported("enterprises", here.community, rows)
    assert counts(batch) == (1, 1, 0, 0)
    assert list(Enterprise.objects.values_list("number", "name", "kind", "address")) == [
        ("JSL-Q0001", "甲", "express", "建设北路1号"),
        ("JSL-Q0002", "乙", "freight", "芙蓉路"),
    ]
    phones = Enterprise._meta.get_field("contact_phone_index")
    assert Enterprise.objects.get(contact_phone_index=phones.digest("13900000009")).name == "甲"


def test_members(here, make_worker, community_admin):
    make_worker("赵𫖯", "13800000001")
    known = make_worker("刘洋", "13800000002", affiliation="probationary", consents=[Consent.Purpose.AFFILIATION])
    head = ["手机号", "所在支部", "支部电话", "下次联系"]
    rows = [head, ["13800000001", "衡山县某村支部", "13900000701", "2027-01-31"], ["13800000002", "二支部", "", ""]]
    batch = imported("members", here.community, rows, consents_on_paper=True, by=community_admin)
    assert counts(batch) == (2, 0, 0, 0)
    first, second = PartyMember.objects.all()
    assert (first.number, first.home_branch, first.home_phone, first.next_contact_on) == (
        "JSL-D0001", "衡山县某村支部", "13900000701", date(2027, 1, 31),
    )  # fmt: skip
    assert (first.worker.affiliation, second.worker.affiliation) == ("member", "probationary")
    assert first.worker.history.first().history_change_reason == "街道下发名单"
    assert known.history.count() == 1
    assert list(Consent.objects.filter(channel="paper").values_list("person_uid", "purpose")) == [
        (first.worker.uid, "affiliation")
    ]
    assert first.history.get().history_user == community_admin


def test_imported_again_nothing_changes(here):
    rows = [[*WORKER_HEAD, "网格"], ["李䶮", "13900000001", "快递", "1"], ["陈𬱟", "13900000002", "快递", "第二网格"]]
    imported("workers", here.community, rows)
    assert counts(drafted("workers", here.community, rows)) == (0, 0, 2, 0)
    assert counts(drafted("workers", here.community, exported("workers", here.community))) == (0, 0, 2, 0)


def test_the_refused_rows_mended_are_taken_in(here):
    rows = [WORKER_HEAD, ["李䶮", "13900000001", "快递"], ["陈𬱟", "139", "快递"]]
    imported("workers", here.community, rows)
    rows[2][1] = "13900000002"
    assert counts(imported("workers", here.community, rows)) == (1, 0, 1, 0)


# --- all or nothing --------------------------------------------------------------------------------------------------
def nothing_written():
    return (Worker.objects.count(), Worker.history.count(), NumberSeries.objects.count(), AuditEvent.objects.count())


def test_what_moved_since_the_preview_is_shown_again_before_it_is_written(here, community_admin, make_worker):
    worker = make_worker("刘洋", "13800000001")
    rows = [WORKER_HEAD, ["刘洋", "13800000001", "外卖"], ["李四", "13900000009", "快递"]]
    batch = drafted("workers", here.community, rows)
    change_worker(worker, {"occupation": "food_rider"}, by=community_admin, reason="改")
    before = nothing_written()
    error = refusal(commit_import, batch, by=None)
    assert error.messages == ["预览之后台账里有变化，1 行的结果不一样了，还没有导入。请看过新的预览再导入。"]
    assert nothing_written() == before
    assert [(line, outcome) for line, outcome, _number, _why in outcomes(batch)] == [(2, "unchanged"), (3, "new")]
    assert counts(commit_import(batch, by=None)) == (1, 0, 1, 0)


def test_an_entry_that_left_since_the_preview_is_refused_then(here, community_admin, make_worker):
    worker = make_worker("刘洋", "13800000001")
    batch = drafted("workers", here.community, [WORKER_HEAD, ["刘洋", "13800000001", "外卖"]])
    leave_worker(worker, by=community_admin, reason="去了长沙")
    assert refusal(commit_import, batch, by=None).code == "moved"
    assert refusals(batch) == {2: ["JSL-R0001 在台账里已离开：回来了请先点“重新入册”，再导入。"]}
    assert refusal(commit_import, batch, by=None).messages == ["没有要新增或更改的行。"]


def test_a_change_that_does_not_matter_does_not_hold_up(here, make_worker, community_admin):
    worker = make_worker("刘洋", "13800000001")
    batch = drafted("workers", here.community, [WORKER_HEAD, ["刘洋", "13800000001", "外卖"]])
    change_worker(worker, {"note": "夜班"}, by=community_admin, reason="改")
    commit_import(batch, by=None)
    worker.refresh_from_db()
    assert (worker.occupation, worker.note) == ("food_rider", "夜班")


class Meanwhile:
    """Does `what` just before the first query that contains `text`, as somebody else might in that moment."""

    def __init__(self, text, what):
        self.text, self.what = text, what

    def __call__(self, execute, sql, parameters, many, context):
        if self.what is not None and self.text in sql:
            what, self.what = self.what, None
            what()
        return execute(sql, parameters, many, context)


def test_a_change_between_weighing_and_writing_stops_it(here, community_admin, make_worker):
    worker = make_worker("刘洋", "13800000001")
    rows = [WORKER_HEAD, ["刘洋", "13800000001", "外卖"], ["李四", "13900000009", "快递"]]
    batch = drafted("workers", here.community, rows)
    before = nothing_written()
    other = lambda: Worker.objects.filter(pk=worker.pk).update(note="夜班")  # noqa: E731
    with connection.execute_wrapper(Meanwhile('"ledger_importbatch" WHERE', other)):
        error = refusal(commit_import, batch, by=None)
    assert error.messages == ["刚才有人改了台账，没有导入任何内容。请再点一次“导入”。"]
    assert nothing_written() == before
    assert counts(commit_import(batch, by=None)) == (1, 1, 0, 0)


def test_a_number_taken_in_the_last_moment_stops_it(here, community_admin):
    batch = drafted("workers", here.community, [WORKER_HEAD, ["李四", "13900000009", "快递"]])
    before = nothing_written()
    other = lambda: add_worker(here, "JSL-R0999", "王五", phone="13900000009")  # noqa: E731
    with connection.execute_wrapper(Meanwhile('INSERT INTO "ledger_worker"', other)):
        error = refusal(commit_import, batch, by=None)
    assert error.messages == ["刚才有人登记了文件里的号码，没有导入任何内容。请重新看一遍预览。"]
    assert nothing_written() == before
    assert ImportBatch.objects.get().state == "draft"


@pytest.mark.django_db(transaction=True)
def test_two_who_commit_the_same_draft_at_once_commit_it_once(here):
    rows = [WORKER_HEAD, *[["李四", f"139{n:08}", "快递"] for n in range(20)]]
    batch = drafted("workers", here.community, rows)
    ready, answers = Barrier(2), []

    def commit():
        mine = ImportBatch.objects.get(pk=batch.pk)
        ready.wait()
        try:
            answers.append(commit_import(mine, by=None).state)
        except ValidationError as error:
            answers.append(error.code)
        connections.close_all()

    threads = [Thread(target=commit) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in (["committed", "raced"], ["committed", "transition"], ["committed", "moved"])
    assert Worker.objects.count() == Worker.history.count() == 20


# --- drafts ----------------------------------------------------------------------------------------------------------
def test_another_mapping_or_mode_is_another_preview(here, make_worker):
    make_worker("刘洋", "13800000001")
    rows = [["姓名", "手机号", "谁"], ["刘洋", "13800000001", "夜班"]]
    batch = drafted("workers", here.community, rows, mode="skip")
    assert counts(batch) == (0, 0, 1, 0)
    change_draft(batch, mapping=["name", "phone", "note"], mode="update", consents_on_paper=False)
    assert counts(batch) == (0, 1, 0, 0)
    commit_import(batch, by=None)
    assert Worker.objects.get().note == "夜班"
    assert refusal(change_draft, batch, mapping=["name"], mode="skip", consents_on_paper=False).code == "transition"


def test_a_dropped_draft_forgets_the_file(here):
    batch = drafted("workers", here.community, [WORKER_HEAD, ["李四", "13900000009", "快递"]])
    discard_import(batch, by=None)
    assert not ImportRow.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "discarded"
    for operation in (commit_import, discard_import):
        assert refusal(operation, batch, by=None).code == "transition"


def test_nothing_is_kept_without_a_reason_or_of_an_unreadable_file(here):
    rows = [WORKER_HEAD, ["李四", "13900000009", "快递"]]
    assert refusal(drafted, "workers", here.community, rows, reason=" ").code == "reason_required"
    assert refusal(drafted, "workers", here.community, b"PK\x03\x04").code == "broken"
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("名单.xlsx", "名单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\周敏\\名单.csv", "名单.csv"),
        ("a\0b\x1f.csv", "ab.csv"),
        ("很" * 200 + ".csv", "很" * 116 + ".csv"),
        ("\u202egnp.csv", "gnp.csv"),
        ("/", "—"),
    ],
)
def test_the_name_of_a_file_is_only_a_name(here, name, kept):
    batch = drafted("workers", here.community, [WORKER_HEAD, ["李四", "13900000009", "快递"]], file_name=name)
    assert ImportBatch.objects.get(pk=batch.pk).file_name == kept


def test_a_column_of_a_field_no_table_can_hold(here):
    """A NUL is nothing to PostgreSQL but an error."""
    data = csv_of([[*WORKER_HEAD, "坏\0列", "需求"], ["李\0四", "13900000009", "快递", "x\0", "租\0房"]], "gb18030")
    assert refusal(drafted, "workers", here.community, data).code == "unknown_format"
    batch = drafted(
        "workers", here.community, csv_of([[*WORKER_HEAD, "坏\x01列"], ["李\x02四", "13900000009", "快递", ""]])
    )
    assert batch.headers[3] == "坏列"
    assert counts(commit_import(batch, by=None)) == (1, 0, 0, 0)
    assert Worker.objects.get().name == "李四"


def test_registering_by_hand_goes_on_where_the_import_ended(here, community_admin):
    imported("workers", here.community, [WORKER_HEAD, ["李四", "13900000009", "快递"], ["王五", "13900000010", "快递"]])
    worker = Worker(community=here.community, name="陈六", phone="13900000011", occupation="courier")
    assert register_worker(worker, by=community_admin).number == "JSL-R0003"


def test_a_member_may_be_named_by_his_workers_number(here):
    member = add_member(add_worker(here, "JSL-R0001", "刘洋"))
    Consent.objects.create(person_uid=member.worker.uid, purpose="affiliation", text_version="1", channel="door")
    batch = imported("members", here.community, [["编号", "外出原因"], ["JSL-R0001", "务工"]])
    assert [row[2] for row in outcomes(batch)] == ["JSL-D0001"]
    member.refresh_from_db()
    assert member.away_reason == "务工"
