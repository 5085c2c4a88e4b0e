"""An import is taken back as a whole, unless somebody has built on it; and in time it is forgotten."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from ledger.models import Enterprise, ImportBatch, ImportRow, PartyMember, SurveyEntry, Worker
from ledger.operations.imports import change_draft, hand_out_refused
from ledger.operations.joins import join_ledger
from ledger.operations.members import register_member
from ledger.operations.surveys import check_entry
from ledger.operations.undoing import undo_import
from ledger.operations.workers import change_worker, confirm_worker, register_worker
from station.models import AuditEvent, Consent
from tests.ledger.import_files import WORKER_HEAD, counts, drafted, imported
from tests.ledger.test_import_commit import open_survey, refusal

ID_NUMBER = "34052419800101001X"
HEAD = [*WORKER_HEAD, "网格", "备注"]


def told(numbers):
    listed = "、".join(numbers)
    return [f"导入之后，这些记录又有人动过，或者有别的记录连着：{listed}（共 {len(numbers)} 条）。没有撤销任何内容。"]


def everything(model):
    return {
        row.pk: {field.attname: getattr(row, field.attname) for field in row._meta.fields}
        for row in model.objects.all()
    }


@pytest.fixture
def batch(here, make_worker, community_admin):
    """Two new workers and a changed one, in an open round."""
    make_worker("刘洋", "13800000001", note="白班")
    open_survey(here, community_admin)
    rows = [
        HEAD,
        ["刘洋", "13800000001", "外卖", "2", "夜班"],
        ["李䶮", "13900000001", "快递", "1", ""],
        ["陈𬱟", "13900000002", "快递", "", ""],
    ]
    return imported("workers", here.community, rows, by=community_admin, consents_on_paper=True)


def test_everything_is_as_it_was(here, community_admin, make_worker, elsewhere):
    make_worker("刘洋", "13800000001", note="白班")
    open_survey(here, community_admin)
    before = everything(Worker), list(SurveyEntry.objects.values())
    rows = [
        [*HEAD, "政治面貌", "身份证号", "身份证号用途"],
        ["刘洋", "13800000001", "外卖", "2", "夜班", "党员", ID_NUMBER, "办保险"],
        ["李䶮", "13900000001", "快递", "1", "", "", "", ""],
    ]
    batch = imported("workers", here.community, rows, by=community_admin, consents_on_paper=True)
    assert Worker.objects.count() == 2
    audited = AuditEvent.objects.count()
    batch = undo_import(batch, by=community_admin, reason="导错了文件")

    assert (everything(Worker), list(SurveyEntry.objects.values())) == before
    worker = Worker.objects.get()
    assert worker.id_number_index is None
    assert [(past.history_type, past.history_change_reason) for past in worker.history.all()] == [
        ("~", "导错了文件"),
        ("~", "街道下发名单"),
        ("+", ""),
    ]
    gone = Worker.history.filter(number="JSL-R0002")
    assert [(past.history_type, past.history_user, past.name) for past in gone] == [
        ("-", community_admin, "李䶮"),
        ("+", community_admin, "李䶮"),
    ]
    assert not Consent.objects.given().exists()
    assert Consent.objects.count() == 3
    assert batch.state == "undone"
    assert AuditEvent.objects.count() == audited + 1
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.reason, event.data) == (
        "undo import",
        "导错了文件",
        {"kind": "workers", "new": 1, "changed": 1},
    )
    assert refusal(undo_import, batch, by=None, reason="再来").code == "transition"


def test_the_numbers_of_what_was_taken_out_are_not_given_again(here, batch, community_admin):
    undo_import(batch, by=community_admin, reason="导错了")
    worker = Worker(community=here.community, name="新来的", phone="13900000009", occupation="courier")
    assert register_worker(worker, by=community_admin).number == "JSL-R0004"


def test_somebody_who_was_touched_since_stops_it(batch, community_admin):
    before = everything(Worker)
    confirm_worker(Worker.objects.get(number="JSL-R0002"), by=community_admin)
    confirm_worker(Worker.objects.get(number="JSL-R0001"), by=community_admin)
    error = refusal(undo_import, batch, by=community_admin, reason="导错了")
    assert error.messages == told(["JSL-R0001", "JSL-R0002"])
    assert everything(Worker).keys() == before.keys()


def test_a_survey_check_stops_it(batch, community_admin):
    entry = SurveyEntry.objects.get(worker__number="JSL-R0003")
    check_entry(entry, "confirmed", by=community_admin, channel="door")
    assert refusal(undo_import, batch, by=community_admin, reason="导错了").messages == told(["JSL-R0003"])


def test_a_party_member_stops_it(batch, community_admin):
    worker = Worker.objects.get(number="JSL-R0002")
    member = PartyMember(worker=worker, home_branch="某村支部")
    register_member(member, by=community_admin, consents=[Consent.Purpose.AFFILIATION])
    assert refusal(undo_import, batch, by=community_admin, reason="导错了").messages == told(["JSL-R0002"])


def test_the_persons_own_account_stops_it(here, batch, make_rider, community_admin):
    rider = make_rider("13900000001")
    worker = Worker(community=here.community, name="李䶮", phone="13900000001", occupation="courier")
    join_ledger(worker, user=rider, address="192.0.2.1")
    assert refusal(undo_import, batch, by=community_admin, reason="导错了").messages == told(["JSL-R0002"])


def test_a_worker_of_a_new_enterprise_stops_it(here, make_worker, community_admin):
    head = ["企业名称", "业态", "地址", "党组织"]
    batch = imported("enterprises", here.community, [head, ["甲", "快递", "路1号", "联合组建"]])
    worker = make_worker(employer=Enterprise.objects.get())
    assert refusal(undo_import, batch, by=community_admin, reason="导错了").messages == told(["JSL-Q0001"])
    change_worker(worker, {"employer": None}, by=community_admin, reason="换单位")
    undo_import(batch, by=community_admin, reason="导错了")
    assert not Enterprise.objects.exists()


def test_a_contact_note_of_a_new_member_stops_it(here, make_worker, community_admin):
    worker = make_worker()
    head = ["手机号", "所在支部"]
    batch = imported("members", here.community, [head, [worker.phone, "某村支部"]], consents_on_paper=True)
    worker.refresh_from_db()
    assert worker.affiliation == "member"
    member = PartyMember.objects.get()
    note = member.contact_notes.create()
    assert refusal(undo_import, batch, by=community_admin, reason="导错了").messages == told(["JSL-D0001"])
    note.delete()
    undo_import(batch, by=community_admin, reason="导错了")
    worker.refresh_from_db()
    assert worker.affiliation == ""
    assert not PartyMember.objects.exists()
    assert not Consent.objects.given().exists()


def test_many_are_counted_and_the_first_ten_named(here, community_admin):
    rows = [WORKER_HEAD, *[["李四", f"139{n:08}", "快递"] for n in range(12)]]
    batch = imported("workers", here.community, rows)
    for worker in Worker.objects.all():
        confirm_worker(worker, by=community_admin)
    message = refusal(undo_import, batch, by=community_admin, reason="导错了").messages[0]
    assert "JSL-R0010（共 12 条）" in message
    assert "JSL-R0011" not in message


def test_a_number_that_somebody_else_has_now_stops_it(here, make_worker, community_admin):
    make_worker("刘洋", "13800000001")
    batch = imported("workers", here.community, [["编号", "姓名", "手机号"], ["JSL-R0001", "刘洋", "13900000009"]])
    make_worker("新来的", "13800000001")
    error = refusal(undo_import, batch, by=community_admin, reason="导错了")
    assert error.messages == ["撤销会和台账里现在的内容冲突（例如原来的号码已经给了别人），没有撤销。"]
    assert Worker.objects.get(number="JSL-R0001").phone == "13900000009"
    assert ImportBatch.objects.get().state == "committed"


def test_imports_are_undone_one_after_the_other_the_newest_first(here, batch, community_admin):
    rows = [HEAD, ["刘洋", "13800000001", "", "", "早班"], ["李䶮", "13900000001", "", "2", "早班"]]
    second = imported("workers", here.community, rows)
    assert counts(second) == (0, 2, 0, 0)
    assert refusal(undo_import, batch, by=None, reason="导错了").messages == told(["JSL-R0001", "JSL-R0002"])
    undo_import(second, by=community_admin, reason="导错了")
    assert Worker.objects.get(number="JSL-R0001").note == "夜班"
    undo_import(batch, by=community_admin, reason="也导错了")
    assert list(Worker.objects.values_list("number", "note")) == [("JSL-R0001", "白班")]


def test_an_undo_says_why(batch):
    assert refusal(undo_import, batch, by=None, reason=" ").code == "reason_required"


# --- forgetting ------------------------------------------------------------------------------------------------------
def sweep():
    out = StringIO()
    call_command("sweep", stdout=out)
    return [line for line in out.getvalue().splitlines() if line.startswith("import")]


def test_a_draft_is_forgotten_after_a_day(here):
    rows = [WORKER_HEAD, ["李四", "13900000009", "快递"]]
    old, young = drafted("workers", here.community, rows), drafted("workers", here.community, rows)
    now = timezone.now()
    ImportBatch.objects.filter(pk=old.pk).update(created_at=now - timedelta(hours=24, minutes=1))
    ImportBatch.objects.filter(pk=young.pk).update(created_at=now - timedelta(hours=23))
    assert sweep() == ["import drafts: 1 forgotten", "import rows: 0 forgotten"]
    assert list(ImportBatch.objects.all()) == [young]
    assert ImportRow.objects.get().batch == young
    with pytest.raises((ValidationError, ImportBatch.DoesNotExist)):
        change_draft(old, mapping=["name", "phone", ""], mode="skip", consents_on_paper=False)


def test_what_the_rows_said_is_forgotten_after_half_a_year(here, batch):
    rows = [WORKER_HEAD, ["王五", "13900000009", "快递"], ["坏的", "1", "快递"]]
    young = imported("workers", here.community, rows)
    now = timezone.now()
    ImportBatch.objects.filter(pk=batch.pk).update(committed_at=now - timedelta(days=181))
    ImportBatch.objects.filter(pk=young.pk).update(committed_at=now - timedelta(days=179))
    assert sweep() == ["import drafts: 0 forgotten", "import rows: 3 forgotten"]
    assert {(row.cells, row.changes) for row in batch.rows.all()} == {("", "")}
    assert list(batch.rows.values_list("number", flat=True)) == ["JSL-R0001", "JSL-R0002", "JSL-R0003"]
    assert all(row.cells for row in young.rows.all())
    assert sweep() == ["import drafts: 0 forgotten", "import rows: 0 forgotten"]
    batch.refresh_from_db()
    assert refusal(undo_import, batch, by=None, reason="晚了").code == "forgotten"
    assert refusal(hand_out_refused, batch, by=None).code == "nothing"
    assert len(hand_out_refused(young, by=None)) == 1
