"""A worker's way through the ledger, told exactly."""

from datetime import timedelta

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from django.utils import timezone

from ledger.models import Worker
from ledger.operations import workers
from station.lib.crypto import blind_index
from station.models import AuditEvent, Consent, Occupation
from station.operations.people import withdraw_consent

State = Worker.State
ID_NUMBER = "370101190102039973"


def audit_rows(target):
    """What the audit says about a row: action, reason, data, oldest first."""
    events = AuditEvent.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))
    return list(events.order_by("number").values_list("action", "reason", "data"))


def test_a_worker_is_registered_confirmed_changed_leaves_and_returns(here, community_admin):
    today = timezone.localdate()
    worker = Worker(
        community=here.community,
        grid=here.grid,
        name=" 李 䶮 ",
        phone="+86 139-0000-0001",
        occupation=Occupation.COURIER,
    )
    workers.register_worker(worker, by=community_admin, reason="上门登记")
    assert (worker.number, worker.name, worker.phone) == ("JSL-R0001", "李䶮", "13900000001")
    assert (worker.state, worker.last_confirmed_on) == (State.ACTIVE, today)

    Worker.objects.update(last_confirmed_on=today - timedelta(days=100))
    assert list(Worker.objects.stale()) == [worker]
    worker = workers.confirm_worker(worker, by=community_admin)
    assert (worker.last_confirmed_on, worker.is_stale) == (today, False)

    worker = workers.change_worker(
        worker, {"phone": "１３９０００００００２", "platform": "暖风"}, by=community_admin, reason="本人来电更正"
    )
    assert (worker.phone, worker.platform) == ("13900000002", "暖风")
    assert list(Worker.objects.with_phone("13900000002")) == [worker]
    assert not Worker.objects.with_phone("13900000001").exists()
    assert worker.phone_tail_index == blind_index("phone.tail", "0002")

    worker = workers.leave_worker(worker, by=community_admin, reason="换到长沙", on=today - timedelta(days=3))
    assert (worker.state, worker.left_on, worker.left_reason) == (State.LEFT, today - timedelta(days=3), "换到长沙")
    worker = workers.return_worker(worker, by=community_admin, reason="回来了")
    assert (worker.number, worker.state, worker.left_on, worker.left_reason) == ("JSL-R0001", State.ACTIVE, None, "")

    history = worker.history.order_by("history_id")
    assert list(history.values_list("history_type", "history_change_reason")) == [
        ("+", "上门登记"),
        ("~", ""),
        ("~", "本人来电更正"),
        ("~", "换到长沙"),
        ("~", "回来了"),
    ]
    assert {row.history_user for row in history} == {community_admin}
    assert audit_rows(worker) == [
        ("register worker", "上门登记", {}),
        ("confirm worker", "", {}),
        ("change worker", "本人来电更正", {"fields": ["phone", "platform"]}),
        ("leave worker", "换到长沙", {}),
        ("return worker", "回来了", {}),
    ]


def test_numbers_run_by_community(make_worker, elsewhere):
    assert make_worker(phone="13900000001").number == "JSL-R0001"
    assert make_worker(phone="13900000002").number == "JSL-R0002"
    there = {"community": elsewhere.community, "grid": elsewhere.grid}
    assert make_worker(phone="13900000001", **there).number == "HD-R0001"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phone": "13900000001"}, "本社区台账里已经有这个手机号：JSL-R0001。"),
        ({"phone": "+86 139 0000 0001"}, "本社区台账里已经有这个手机号：JSL-R0001。"),
        ({"phone": "12345"}, "请填 11 位手机号，例如 138 开头的号码。"),
        ({"phone": ""}, "手机号和其他联系方式至少填一样。"),
        ({"name": "王\u202e五"}, "名字里有看不见的字符，请删掉重新输入。"),
        ({"platform": "暖\0风"}, "这里有看不见的字符，请删掉重新输入。"),
        ({"grid": "elsewhere"}, "这个网格不属于本社区，请重新选。"),
    ],
)
def test_a_change_that_is_wrong_is_refused_and_changes_nothing(
    make_worker, elsewhere, community_admin, changes, message
):
    make_worker(phone="13900000001")
    second = make_worker("王𫖯", "13900000002")
    if changes.get("grid"):
        changes = {"grid": elsewhere.grid}
    with pytest.raises(ValidationError) as refusal:
        workers.change_worker(second, changes, by=community_admin, reason="更正")
    assert refusal.value.messages == [message]
    stored = Worker.objects.get(pk=second.pk)
    assert (stored.name, stored.phone, stored.history.count()) == ("王𫖯", "13900000002", 1)


def test_a_change_needs_a_reason_and_one_that_changes_nothing_leaves_no_trace(worker, community_admin):
    with pytest.raises(ValidationError) as refusal:
        workers.change_worker(worker, {"platform": "暖风"}, by=community_admin, reason=" ")
    assert refusal.value.messages == ["请写明原因。"]
    workers.change_worker(worker, {"phone": "139 0000 0001"}, by=community_admin, reason="")
    assert worker.history.count() == 1
    assert len(audit_rows(worker)) == 1


def test_a_change_keeps_what_somebody_else_changed_meanwhile(worker, community_admin):
    seen_before = Worker.objects.get(pk=worker.pk)
    workers.leave_worker(worker, by=community_admin, reason="换到长沙")
    changed = workers.change_worker(seen_before, {"platform": "暖风"}, by=community_admin, reason="补登")
    assert (changed.state, changed.platform) == (State.LEFT, "暖风")


@pytest.mark.parametrize("name", ["state", "number", "community", "last_confirmed_on"])
def test_what_has_an_operation_of_its_own_is_not_changed_by_hand(worker, community_admin, name):
    with pytest.raises(FieldError):
        workers.change_worker(worker, {name: None}, by=community_admin, reason="改")


def test_the_duplicate_id_number_is_refused_naming_its_entry(make_worker, community_admin):
    given = {"id_number": ID_NUMBER, "id_purpose": "办保险", "consents": [Consent.Purpose.IDENTITY]}
    make_worker(phone="13900000001", **given)
    with pytest.raises(ValidationError) as refusal:
        make_worker(phone="13900000002", **given)
    assert refusal.value.message_dict == {"id_number": ["本社区台账里已经有这个身份证号：JSL-R0001。"]}
    assert (Worker.objects.count(), Consent.objects.count()) == (1, 1)


def test_who_left_may_not_return_while_another_entry_holds_his_phone(make_worker, community_admin):
    first = make_worker(phone="13900000001")
    workers.leave_worker(first, by=community_admin, reason="换到长沙")
    make_worker("王𫖯", "13900000001")
    with pytest.raises(ValidationError) as refusal:
        workers.return_worker(first, by=community_admin)
    assert refusal.value.messages == ["本社区台账里已经有这个手机号：JSL-R0002。"]


@pytest.mark.parametrize(
    ("name", "value", "other", "purpose"),
    [
        ("affiliation", "member", "league", Consent.Purpose.AFFILIATION),
        ("id_number", ID_NUMBER, "34052419800101001X", Consent.Purpose.IDENTITY),
    ],
)
def test_a_sensitive_field_needs_a_consent_in_force(make_worker, community_admin, name, value, other, purpose):
    worker = make_worker()
    changes = {name: value, "id_purpose": "办保险"}
    with pytest.raises(ValidationError) as refusal:
        workers.change_worker(worker, changes, by=community_admin, reason="补登")
    assert list(refusal.value.message_dict) == [name]
    assert str(purpose.label) in refusal.value.messages[0]
    assert getattr(Worker.objects.get(pk=worker.pk), name) == ""

    worker = workers.change_worker(worker, changes, by=community_admin, reason="补登", consents=[purpose])
    assert getattr(worker, name) == value
    consent = Consent.objects.get()
    assert (consent.person_uid, consent.purpose, consent.channel) == (worker.uid, purpose, Consent.Channel.DOOR)

    withdraw_consent(consent, by=community_admin)
    with pytest.raises(ValidationError):
        workers.change_worker(worker, {name: other}, by=community_admin, reason="再登")
    assert getattr(workers.change_worker(worker, {name: ""}, by=community_admin, reason="本人要求删"), name) == ""


@pytest.mark.parametrize(
    ("operation", "arguments", "allowed"),
    [
        (workers.confirm_worker, {}, {State.ACTIVE}),
        (workers.leave_worker, {"reason": "走了"}, {State.ACTIVE}),
        (workers.return_worker, {}, {State.LEFT}),
        (workers.confirm_registration, {}, {State.PENDING}),
        (workers.refuse_registration, {"reason": "不在本社区"}, {State.PENDING}),
        (workers.reopen_registration, {"reason": "看错了"}, {State.REFUSED}),
    ],
)
def test_each_operation_starts_only_where_its_state_allows(
    worker, make_worker, community_admin, operation, arguments, allowed
):
    today, another = timezone.localdate(), make_worker("王𫖯", "13900000002")
    for state in State:
        left = (
            {"left_on": today, "left_reason": "走了"} if state == State.LEFT else {"left_on": None, "left_reason": ""}
        )
        merged_into = another if state == State.MERGED else None
        Worker.objects.filter(pk=worker.pk).update(state=state, merged_into=merged_into, **left)
        if state in allowed:
            assert operation(worker, by=community_admin, **arguments).pk == worker.pk
        else:
            with pytest.raises(ValidationError, match="现在是"):
                operation(worker, by=community_admin, **arguments)


def test_nobody_leaves_or_is_confirmed_in_the_future(worker, community_admin):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for operation, arguments in ((workers.leave_worker, {"reason": "走了"}), (workers.confirm_worker, {})):
        with pytest.raises(ValidationError, match="日期不能晚于今天"):
            operation(worker, by=community_admin, on=tomorrow, **arguments)


def test_revealing_needs_a_reason_and_is_audited_once_without_values(make_worker, community_admin):
    worker = make_worker(affiliation="member", consents=[Consent.Purpose.AFFILIATION])
    with pytest.raises(ValidationError):
        workers.reveal_worker(worker, by=community_admin, reason="")
    values = workers.reveal_worker(worker, by=community_admin, reason="本人来电核对")
    assert [(str(label), text) for label, text in values] == [
        ("姓名", "李䶮"),
        ("手机号", "13900000001"),
        ("政治面貌", "中共党员"),
    ]
    assert audit_rows(worker)[1:] == [
        ("reveal worker", "本人来电核对", {"fields": ["affiliation", "id_number", "name", "phone"]})
    ]


def test_no_table_holds_what_identifies_a_person_in_plain(make_worker, community_admin):
    worker = make_worker(
        phone="13912345678",
        affiliation="probationary",
        id_number=ID_NUMBER,
        id_purpose="办保险",
        consents=[Consent.Purpose.AFFILIATION, Consent.Purpose.IDENTITY],
    )
    workers.change_worker(worker, {"phone": "13987654321"}, by=community_admin, reason="换号")
    dump = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dump += [str(value) for row in cursor.fetchall() for value in row]
    whole = "\n".join(dump)
    assert "李䶮" in whole  # the dump does hold the rows
    for secret in ("13912345678", "13987654321", ID_NUMBER, "probationary"):
        assert secret not in whole, secret
