"""Handling a report: every pair of states, what each step leaves behind, and who is told."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from services.hazards.models import Report
from services.hazards.models.reports import DEADLINES, Urgency
from services.hazards.operations import (
    close_report,
    dispatch_report,
    refuse_report,
    reopen_report,
    solve_report,
    sort_report,
    withdraw_report,
)
from station.lib import notify
from station.lib.photos import clean_photo
from station.models import AuditEvent
from station.roles import Role
from tests.hazards.conftest import upload

State = Report.State


def bring(report, to, by):
    """Try to bring `report` to `to` by the operation that does so."""
    steps = {
        State.DISPATCHED: lambda: dispatch_report(report, owner=by, urgency=Urgency.NORMAL, by=by),
        State.SOLVED: lambda: solve_report(report, text="补好了", by=by),
        State.CLOSED: lambda: close_report(report, by=by),
        State.REFUSED: lambda: refuse_report(report, refusal=Report.Refusal.MINOR, by=by),
        State.WITHDRAWN: lambda: withdraw_report(report, by=report.reporter),
    }
    return steps[to]()


@pytest.mark.parametrize(("start", "to"), [(a, b) for a, b in product(State, State) if b != State.REPORTED])
def test_only_the_written_transitions_happen(make_report, community_admin, start, to):
    report = make_report(start)
    events = report.events.count()
    if to in Report.TRANSITIONS[start]:
        assert bring(report, to, community_admin).state == to
        assert report.events.count() == events + 1
        assert report.events.last().state == to
    else:
        with pytest.raises(ValidationError, match="不能这样改"):
            bring(report, to, community_admin)
        assert Report.objects.get(pk=report.pk).state == start
        assert report.events.count() == events


@pytest.mark.parametrize("start", State)
def test_only_a_solved_report_is_reopened(make_report, rider, start):
    report = make_report(start)
    if start == State.SOLVED:
        assert reopen_report(report, by=rider).state == State.DISPATCHED
    else:
        with pytest.raises(ValidationError, match="不能这样改"):
            reopen_report(report, by=rider)
        assert Report.objects.get(pk=report.pk).state == start


@pytest.mark.parametrize("urgency", Urgency)
def test_the_deadline_runs_from_dispatch(make_report, community_admin, urgency):
    report = make_report()
    Report.objects.update(reported_at=timezone.now() - timedelta(days=3))
    before = timezone.now()
    report = dispatch_report(report, owner=community_admin, urgency=urgency, by=community_admin)
    assert before <= report.due_at - DEADLINES[urgency] <= timezone.now()


def test_the_owner_must_be_somebody_who_may_handle_it(here, make_report, make_staff, community_admin, rider, keeper):
    report = make_report()
    other_grid = make_staff(Role.GRID_WORKER, grid=here.grids[1])
    for nobody in (rider, keeper, other_grid):
        with pytest.raises(ValidationError, match="责任人"):
            dispatch_report(report, owner=nobody, urgency=Urgency.NORMAL, by=community_admin)
    own_grid = make_staff(Role.GRID_WORKER, grid=here.grid)
    assert dispatch_report(report, owner=own_grid, urgency=Urgency.NORMAL, by=community_admin).owner == own_grid


def test_a_report_without_grid_goes_to_the_community(make_report, community_admin, grid_worker):
    report = make_report(station=None)
    assert list(report.possible_owners()) == [community_admin]


def test_everybody_concerned_is_told_after_commit(
    make_report, community_admin, rider, django_capture_on_commit_callbacks
):
    community_admin.phone = "13900000001"
    community_admin.save()
    report = make_report()
    notify.outbox.clear()
    steps = [
        lambda: dispatch_report(report, owner=community_admin, urgency=Urgency.LIFE, by=community_admin),
        lambda: solve_report(report, text="补好了", by=community_admin),
        lambda: reopen_report(report, text="还有水", by=rider),
        lambda: solve_report(report, text="又补了", by=community_admin),
        lambda: close_report(report, by=community_admin),
    ]
    for step in steps:
        with django_capture_on_commit_callbacks(execute=True):
            step()
    assert [(m.kind, m.to_phone == rider.phone) for m in notify.outbox] == [
        ("report_dispatched", True),
        ("report_assigned", False),
        ("report_solved", True),
        ("report_reopened", False),
        ("report_solved", True),
        ("report_closed", True),
    ]
    words = " ".join(m.body for m in notify.outbox)
    assert report.number in words
    assert [marker for marker in (rider.phone, rider.name, report.place, "周敏") if marker in words] == []


def test_a_refusal_says_why(make_report, community_admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        report = refuse_report(make_report(), refusal=Report.Refusal.UNCLEAR, text="请白天再拍", by=community_admin)
    assert (report.refusal, report.events.last().text) == ("unclear", "请白天再拍")
    assert "照片或描述看不清" in notify.outbox[-1].body


def test_a_duplicate_names_an_open_report(make_report, community_admin):
    first, second, closed = make_report("dispatched"), make_report(), make_report("closed")
    for wrong in (None, second, closed):
        with pytest.raises(ValidationError, match="编号"):
            refuse_report(second, refusal=Report.Refusal.DUPLICATE, duplicate_of=wrong, by=community_admin)
    done = refuse_report(second, refusal=Report.Refusal.DUPLICATE, duplicate_of=first, by=community_admin)
    assert done.duplicate_of == first


def test_another_reason_needs_words(make_report, community_admin):
    with pytest.raises(ValidationError, match="写清原因"):
        refuse_report(make_report(), refusal=Report.Refusal.OTHER, by=community_admin)


def test_dispatching_a_refused_report_forgets_the_refusal(make_report, community_admin):
    report = dispatch_report(make_report("refused"), owner=community_admin, urgency=Urgency.NORMAL, by=community_admin)
    assert (report.refusal, report.duplicate_of) == ("", None)


def test_the_after_photo_is_kept_apart(make_report, community_admin):
    report = make_report("dispatched", photos=[clean_photo(upload())])
    solve_report(report, text="补好了", photo=clean_photo(upload()), by=community_admin)
    assert [photo.moment for photo in report.photos.all()] == ["before", "after"]


def test_sorting_cannot_undo_what_happened_meanwhile(make_report, here, community_admin):
    opened_long_ago = make_report()
    dispatch_report(opened_long_ago, owner=community_admin, urgency=Urgency.NORMAL, by=community_admin)
    opened_long_ago.grid = here.grids[1]
    sort_report(opened_long_ago, fields=["grid"], by=community_admin)
    report = Report.objects.get()
    assert (report.state, report.grid) == ("dispatched", here.grids[1])


def test_a_grid_of_another_community_is_refused(make_report, elsewhere, community_admin):
    report = make_report()
    report.grid = elsewhere.grid
    with pytest.raises(ValidationError, match="不是本社区"):
        sort_report(report, fields=["grid"], by=community_admin)


def test_every_step_is_audited(make_report):
    make_report("closed")
    actions = [a.split()[0] for a in AuditEvent.objects.order_by("number").values_list("action", flat=True)]
    assert actions == ["send", "dispatch", "solve", "close"]
