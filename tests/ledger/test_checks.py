"""What is found at a door, with a round and without: each tap, its undo, its correction, two hands at once."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from ledger.models import SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations import checks, surveys, workers
from ledger.operations.enterprises import confirm_enterprise, leave_enterprise
from ledger.operations.joins import join_ledger
from station.models import AuditEvent, Grid, Occupation
from tests.conftest import make_place

Result = SurveyEntry.Result
DOOR = {"channel": Channel.DOOR}
LONG_AGO = timezone.localdate() - timedelta(days=200)


@pytest.fixture
def open_round(here, community_admin):
    def make(**values):
        values = {"title": "四季度摸排", "ends_on": timezone.localdate()} | values
        return surveys.open_round(SurveyRound(community=here.community, **values), by=community_admin)

    return make


@pytest.fixture
def stale_worker(make_worker):
    worker = make_worker(platform="暖风外卖")
    worker.last_confirmed_on = LONG_AGO
    worker.save()
    return worker


def state_of(subject):
    """(result in the round, channel, state in the ledger, days since it was confirmed)."""
    subject.refresh_from_db()
    entry = subject.survey_entries.get()
    return entry.result, entry.channel, subject.state, (timezone.localdate() - subject.last_confirmed_on).days


def refusal(operation, *args, **kwargs):
    with pytest.raises(ValidationError) as refused:
        operation(*args, **kwargs)
    return refused.value


def test_one_tap_confirms_in_the_ledger_and_in_the_round(stale_worker, open_round, grid_worker):
    open_round()
    checks.found_same(stale_worker, by=grid_worker, channel=Channel.WECHAT)
    assert state_of(stale_worker) == (Result.CONFIRMED, Channel.WECHAT, "active", 0)


def test_without_a_round_it_is_the_plain_confirmation_once_a_day(stale_worker, grid_worker):
    checks.found_same(stale_worker, by=grid_worker, **DOOR)
    assert (Worker.objects.get().last_confirmed_on, SurveyEntry.objects.count()) == (timezone.localdate(), 0)
    again = refusal(checks.found_same, stale_worker, by=grid_worker, **DOOR)
    assert (again.code, again.messages) == ("already_checked", ["今天已经核实过了，不用再点。"])
    assert stale_worker.history.count() == 3  # registered, made stale, confirmed


def test_what_a_colleague_checked_is_left_as_it_is(stale_worker, open_round, grid_worker, community_admin):
    open_round()
    checks.found_left(stale_worker, by=community_admin, reason="回老家了", **DOOR)
    checks.found_back(stale_worker, by=community_admin, **DOOR)
    refused = refusal(checks.found_same, stale_worker, by=grid_worker, channel=Channel.WECHAT)
    at = timezone.localtime().strftime("%H:%M")
    assert refused.messages == [f"周敏 {at} 查过了：无变化。没有重复记。"]
    assert SurveyEntry.objects.get().checked_by == community_admin


def test_a_wrong_tap_is_taken_back_once(stale_worker, open_round, grid_worker):
    open_round()
    checks.found_same(stale_worker, by=grid_worker, **DOOR)
    checks.take_back(stale_worker, by=grid_worker)
    assert state_of(stale_worker) == (Result.TO_CHECK, "", "active", 200)
    assert stale_worker.history.first().history_change_reason == "点错了，撤回"
    assert refusal(checks.take_back, stale_worker, by=grid_worker).code == "too_late"
    assert AuditEvent.objects.latest("number").action == "undo worker"


def test_without_a_round_a_wrong_tap_is_taken_back_once_too(stale_worker, grid_worker):
    checks.found_same(stale_worker, by=grid_worker, **DOOR)
    assert checks.take_back(stale_worker, by=grid_worker).last_confirmed_on == LONG_AGO
    assert refusal(checks.take_back, stale_worker, by=grid_worker).code == "too_late"


def test_nobody_takes_back_what_another_did_or_what_came_before_something_else(
    stale_worker, open_round, grid_worker, community_admin
):
    open_round()
    checks.found_same(stale_worker, by=grid_worker, **DOOR)
    assert refusal(checks.take_back, stale_worker, by=community_admin).code == "too_late"
    workers.change_worker(stale_worker, {"platform": "晓塘快递"}, by=grid_worker, reason="换了")
    assert refusal(checks.take_back, stale_worker, by=grid_worker).code == "too_late"
    assert state_of(stale_worker)[0] == Result.CONFIRMED


def test_a_tap_of_hours_ago_is_not_taken_back(stale_worker, open_round, grid_worker):
    open_round()
    checks.found_same(stale_worker, by=grid_worker, **DOOR)
    newest = stale_worker.history.first()
    newest.history_date -= checks.UNDO_WITHIN + timedelta(minutes=1)
    newest.save()
    earlier = stale_worker.history.exclude(pk=newest.pk)
    earlier.update(history_date=newest.history_date - timedelta(days=1))
    assert refusal(checks.take_back, stale_worker, by=grid_worker).code == "too_late"


def test_a_change_names_its_fields_and_nothing_else(stale_worker, open_round, grid_worker):
    open_round()
    typed = {"phone": "139 0000 0002", "platform": "晓塘快递", "site": ""}
    checks.found_changed(stale_worker, typed, by=grid_worker, reason="换了平台", **DOOR)
    entry = SurveyEntry.objects.get()
    assert (entry.result, entry.note, sorted(entry.changed_fields)) == (
        Result.CHANGED,
        "换了平台",
        ["phone", "platform"],
    )
    assert entry.changed_labels == ["手机号", "平台"]
    worker = Worker.objects.get()
    assert (worker.phone, worker.platform, worker.last_confirmed_on) == (
        "13900000002",
        "晓塘快递",
        timezone.localdate(),
    )
    assert "13900000002" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_two_changes_in_one_round_are_both_remembered(stale_worker, open_round, grid_worker):
    open_round()
    for name in ("platform", "site"):
        checks.found_changed(stale_worker, {name: "新的"}, by=grid_worker, reason="改", **DOOR)
    assert SurveyEntry.objects.get().changed_fields == ["platform", "site"]


def test_a_change_that_changes_nothing_is_refused(stale_worker, open_round, grid_worker):
    open_round()
    refused = refusal(
        checks.found_changed, stale_worker, {"platform": "暖风外卖"}, by=grid_worker, reason="看过", **DOOR
    )
    assert refused.code == "unchanged"
    assert state_of(stale_worker) == (Result.TO_CHECK, "", "active", 200)


def test_a_change_refused_by_the_ledger_leaves_the_round_alone(make_worker, stale_worker, open_round, grid_worker):
    make_worker("王𫖯", "13900000009")
    open_round()
    refused = refusal(
        checks.found_changed, stale_worker, {"phone": "13900000009"}, by=grid_worker, reason="换号", **DOOR
    )
    assert refused.error_dict["phone"][0].params == {"number": "JSL-R0002"}
    assert state_of(stale_worker)[0] == Result.TO_CHECK


def test_who_has_left_is_not_confirmed_but_taken_in_again(stale_worker, open_round, grid_worker):
    open_round()
    checks.found_left(stale_worker, by=grid_worker, reason="回老家了", **DOOR)
    assert state_of(stale_worker) == (Result.LEFT, Channel.DOOR, "left", 200)
    for attempt in (
        lambda: checks.found_same(stale_worker, by=grid_worker, **DOOR),
        lambda: checks.found_changed(stale_worker, {"platform": "新的"}, by=grid_worker, reason="改", **DOOR),
        lambda: checks.found_left(stale_worker, by=grid_worker, reason="再说一次", **DOOR),
        lambda: surveys.check_entry(SurveyEntry.objects.get(), Result.CONFIRMED, by=grid_worker, **DOOR),
    ):
        assert refusal(attempt).messages == ["JSL-R0001 已经登记为离开。如果还在这里，请点“重新入册”，编号照旧。"]
    checks.found_back(stale_worker, by=grid_worker, reason="上次记错了", **DOOR)
    assert state_of(stale_worker) == (Result.CONFIRMED, Channel.DOOR, "active", 0)


def test_the_reason_of_a_departure_can_be_put_right(stale_worker, open_round, grid_worker):
    entry = open_round().entries.get()
    for reason in ("走了", "换到长沙跑单"):
        surveys.check_entry(entry, Result.LEFT, by=grid_worker, note=reason, **DOOR)
    entry.refresh_from_db()
    assert (entry.note, Worker.objects.get().left_reason) == ("换到长沙跑单", "换到长沙跑单")
    assert stale_worker.history.count() == 4  # registered, made stale, left, better said


def test_what_is_typed_in_the_register_is_found_in_the_round(make_worker, make_enterprise, open_round, community_admin):
    gone, back, enterprise = make_worker(), make_worker("王𫖯", "13900000002"), make_enterprise()
    workers.leave_worker(back, by=community_admin, reason="走了")
    survey = open_round(channels=[Channel.WECHAT, Channel.PLATFORM])
    workers.leave_worker(gone, by=community_admin, reason="回老家了")
    workers.return_worker(back, by=community_admin)
    leave_enterprise(enterprise, by=community_admin, reason="注销")
    make_worker("陈𬱟", "13900000003", source=Channel.PLATFORM)
    assert list(survey.entries.order_by("pk").values_list("result", "channel", "note", "worker__number")) == [
        ("left", "wechat", "注销", None),
        ("left", "wechat", "回老家了", "JSL-R0001"),
        ("returned", "wechat", "", "JSL-R0002"),
        ("new", "platform", "", "JSL-R0003"),
    ]


def test_a_confirmation_at_a_desk_is_no_finding(make_enterprise, open_round, community_admin):
    enterprise = make_enterprise()
    survey = open_round()
    confirm_enterprise(enterprise, by=community_admin)
    assert survey.entries.get().is_open


def test_who_is_new_to_a_round_stays_new_to_it(make_worker, open_round, grid_worker):
    survey = open_round()
    worker = make_worker()
    checks.found_changed(worker, {"platform": "暖风外卖"}, by=grid_worker, reason="补上", **DOOR)
    surveys.check_entry(survey.entries.get(), Result.CONFIRMED, by=grid_worker, **DOOR)
    assert survey.entries.get().result == Result.NEW
    surveys.check_entry(survey.entries.get(), Result.LEFT, by=grid_worker, note="走了", **DOOR)
    assert survey.entries.get().result == Result.LEFT


def test_a_self_registration_counts_when_it_is_confirmed_through_its_own_channel(here, open_round, community_admin):
    survey = open_round(channels=[Channel.DOOR])
    rider = Worker(
        community=here.community, grid=here.grid, name="向南", phone="13900000009", occupation=Occupation.COURIER
    )
    join_ledger(rider, address="192.0.2.1")
    assert survey.entries.count() == 0
    workers.confirm_registration(rider, by=community_admin)
    assert list(survey.entries.values_list("result", "channel")) == [("new", "self")]


def test_a_round_goes_through_its_own_channels_only(stale_worker, open_round, grid_worker):
    open_round(channels=[Channel.WECHAT])
    for tap in (
        lambda: checks.found_same(stale_worker, by=grid_worker, **DOOR),
        lambda: checks.found_left(stale_worker, by=grid_worker, reason="走了", **DOOR),
        lambda: checks.found_changed(stale_worker, {"site": "新的"}, by=grid_worker, reason="改", **DOOR),
    ):
        assert refusal(tap).messages == ["这一轮摸排不走这个渠道，请换一个。"]
    assert (state_of(stale_worker)[0], Worker.objects.get().site) == (Result.TO_CHECK, "")


def test_a_word_explains_what_could_not_be_checked(make_worker, open_round, grid_worker, community_admin):
    make_worker()
    make_worker("王𫖯", "13900000002")
    survey = open_round()
    first, second = survey.entries.order_by("pk")
    assert refusal(surveys.explain_entry, first, by=grid_worker, note=" ").code == "reason_required"
    surveys.explain_entry(first, by=grid_worker, note="三次没人")
    assert refusal(surveys.close_round, survey, by=community_admin).params == {"n": 1}
    surveys.check_entry(second, Result.CONFIRMED, by=grid_worker, **DOOR)
    assert refusal(surveys.explain_entry, second, by=grid_worker, note="没人").code == "already_checked"
    surveys.close_round(survey, by=community_admin)
    assert AuditEvent.objects.get(action="close round").data == {"unchecked": 1, "unexplained": 0}
    assert refusal(surveys.explain_entry, first, by=grid_worker, note="没人").code == "round_closed"


def test_the_explanation_goes_when_he_is_met_after_all(stale_worker, open_round, grid_worker):
    entry = open_round().entries.get()
    surveys.explain_entry(entry, by=grid_worker, note="没人应门")
    checks.found_same(stale_worker, by=grid_worker, **DOOR)
    entry.refresh_from_db()
    assert (entry.result, entry.note) == (Result.CONFIRMED, "")


@pytest.mark.django_db(transaction=True)
def test_two_grid_workers_who_tap_at_once_check_it_once(make_staff):
    place = make_place("建设路", "jianshelu", "JSL", "lanyuan")
    admin = make_staff("community_admin", community=place.community)
    hands = [make_staff("grid_worker", grid=Grid.objects.first()) for _hand in range(2)]
    worker = workers.register_worker(
        Worker(community=place.community, grid=place.grid, name="李䶮", phone="13900000001", occupation="courier"),
        by=admin,
    )
    surveys.open_round(SurveyRound(community=place.community, title="摸排", ends_on=timezone.localdate()), by=admin)
    barrier, refused = threading.Barrier(2), []

    def tapping(hand):
        barrier.wait()
        try:
            checks.found_same(worker, by=hand, **DOOR)
        except ValidationError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=tapping, args=[hand]) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["already_checked"]
    assert (SurveyEntry.objects.get().result, AuditEvent.objects.filter(action="check entry").count()) == (
        Result.CONFIRMED,
        1,
    )
