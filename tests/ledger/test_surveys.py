"""A survey round: opened, half done, not to be closed without a word."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from ledger.models import LetterHandout, SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations import surveys, workers
from station.models import AuditEvent

Result = SurveyEntry.Result


@pytest.fixture
def open_round(here, community_admin):
    def make():
        survey = SurveyRound(community=here.community, title="四季度摸排", ends_on=timezone.localdate())
        return surveys.open_round(survey, by=community_admin)

    return make


def check(entry, result, by, **arguments):
    return surveys.check_entry(entry, result, by=by, channel=Channel.DOOR, **arguments)


def test_a_round_takes_in_every_active_entry_and_counts_by_grid(
    here, elsewhere, make_worker, make_enterprise, open_round, community_admin
):
    make_enterprise()
    first = make_worker()
    make_worker("王𫖯", "13900000002", grid=here.grids[1])
    unplaced = make_worker("陈𬱟", "13900000003", grid=None)
    workers.leave_worker(make_worker("走了", "13900000004"), by=community_admin, reason="走了")
    make_worker("别处", "13900000005", community=elsewhere.community, grid=elsewhere.grid)
    survey = open_round()
    assert survey.entries.count() == 4
    check(survey.entries.get(worker=first), Result.CONFIRMED, community_admin)
    check(survey.entries.get(worker=unplaced), Result.LEFT, community_admin, note="换到长沙")
    assert [(r["number"], r["total"], r["done"], r["left"]) for r in survey.entries.progress_by_grid()] == [
        (1, 2, 1, 0),
        (2, 1, 0, 0),
        (None, 1, 1, 1),
    ]
    assert AuditEvent.objects.get(action="open round").data == {"entries": 4}


def test_what_is_found_is_written_back_to_the_register(make_worker, open_round, community_admin):
    same, changed, left = (make_worker(f"工人{n}", f"1390000000{n}") for n in (1, 2, 3))
    Worker.objects.update(last_confirmed_on=timezone.localdate() - timedelta(days=200))
    survey = open_round()
    check(survey.entries.get(worker=same), Result.CONFIRMED, community_admin)
    check(survey.entries.get(worker=changed), Result.CHANGED, community_admin, note="换了站点")
    check(survey.entries.get(worker=left), Result.LEFT, community_admin, note="回老家了")
    assert list(Worker.objects.order_by("number").values_list("state", "left_reason")) == [
        ("active", ""),
        ("active", ""),
        ("left", "回老家了"),
    ]
    assert list(Worker.objects.stale()) == [left]
    entry = survey.entries.get(worker=changed)
    assert (entry.result, entry.channel, entry.note, entry.checked_by) == (
        Result.CHANGED,
        Channel.DOOR,
        "换了站点",
        community_admin,
    )


def test_a_change_or_a_departure_needs_a_word(worker, open_round, community_admin):
    entry = open_round().entries.get()
    for result in (Result.CHANGED, Result.LEFT):
        with pytest.raises(ValidationError, match="请写一句"):
            check(entry, result, community_admin)
    with pytest.raises(ValidationError, match="请选核查结果"):
        check(entry, Result.TO_CHECK, community_admin)
    assert SurveyEntry.objects.get().result == Result.TO_CHECK


def test_who_is_registered_while_a_round_runs_is_a_find_of_it(make_worker, open_round):
    survey = open_round()
    worker = make_worker(source=Channel.WECHAT)
    assert list(survey.entries.values_list("worker", "result", "channel")) == [(worker.pk, Result.NEW, Channel.WECHAT)]


def test_an_entry_goes_with_its_subject_to_another_grid(here, worker, open_round, community_admin):
    entry = open_round().entries.get()
    workers.change_worker(worker, {"grid": here.grids[1]}, by=community_admin, reason="搬站点")
    entry.refresh_from_db()
    assert entry.grid == here.grids[1]


def test_a_round_half_done_closes_only_with_a_reason_and_stays_closed(make_worker, open_round, community_admin):
    make_worker()
    make_worker("王𫖯", "13900000002")
    survey = open_round()
    first, second = survey.entries.order_by("pk")
    check(first, Result.CONFIRMED, community_admin)
    with pytest.raises(ValidationError) as refusal:
        surveys.close_round(survey, by=community_admin)
    assert refusal.value.messages == ["还有 1 条没有核查，也没有说明：请查完，或者逐条说明，或者写明为什么先结束。"]
    closed = surveys.close_round(survey, by=community_admin, reason="王师傅出差，下轮再查")
    assert (closed.state, closed.closing_reason) == (SurveyRound.State.CLOSED, "王师傅出差，下轮再查")
    for attempt in (
        lambda: check(second, Result.CONFIRMED, community_admin),
        lambda: surveys.close_round(survey, by=community_admin),
        lambda: surveys.change_round(closed, by=community_admin),
    ):
        with pytest.raises(ValidationError):
            attempt()


def test_a_round_all_done_closes_without_a_word_and_only_then_the_next_opens(worker, open_round, community_admin):
    survey = open_round()
    with pytest.raises(ValidationError, match="上一轮摸排还没结束"):
        open_round()
    check(survey.entries.get(), Result.CONFIRMED, community_admin)
    surveys.close_round(survey, by=community_admin)
    assert open_round().entries.count() == 1


def test_letters_are_counted_in_an_own_grid_of_an_open_round(here, elsewhere, worker, open_round, community_admin):
    survey = open_round()
    handout = {"round": survey, "channel": Channel.DOOR, "letters": 12}
    surveys.record_letters(LetterHandout(grid=here.grid, **handout), by=community_admin)
    with pytest.raises(ValidationError, match="不属于本社区"):
        surveys.record_letters(LetterHandout(grid=elsewhere.grid, **handout), by=community_admin)
    with pytest.raises(ValidationError, match="份数至少是 1"):
        surveys.record_letters(LetterHandout(grid=here.grid, **handout | {"letters": 0}), by=community_admin)
    assert LetterHandout.objects.get().letters == 12


@pytest.mark.django_db(transaction=True)
def test_two_hands_that_open_a_round_at_once_open_one(here, make_staff):
    by = make_staff("community_admin", community=here.community)
    barrier, refused = threading.Barrier(2), []

    def opening():
        barrier.wait()
        try:
            survey = SurveyRound(community=here.community, title="摸排", ends_on=timezone.localdate())
            surveys.open_round(survey, by=by)
        except ValidationError as error:
            refused.append(error.messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=opening) for _hand in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (SurveyRound.objects.count(), refused) == (1, [["上一轮摸排还没结束，先结束它再开新的。"]])
