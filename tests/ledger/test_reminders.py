"""``manage.py remind``: who is told how much, in which words, and nobody twice a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from ledger.models import SurveyEntry, SurveyRound
from ledger.operations.reminders import remind_all
from station.lib import notify
from station.models import AuditEvent, Duty, Grid, User
from station.operations.audit import first_broken_link
from station.roles import Role
from tests.ledger.roster_rows import add_enterprise, add_worker

LIST = "http://testserver/admin/ledger/worker/?stale=1"
WALK = "http://testserver/grid/"


@pytest.fixture
def outbox():
    notify.outbox.clear()
    yield notify.outbox
    notify.outbox.clear()


@pytest.fixture
def staff(here, make_staff):
    """The administrator (grids 1 to 3 of which the third has nobody), a worker for each of two grids, with phones."""
    Grid.objects.create(community=here.community, number=3)
    people = [
        make_staff(Role.COMMUNITY_ADMIN, "shequ", community=here.community),
        make_staff(Role.GRID_WORKER, "wangge1", grid=here.grids[0]),
        make_staff(Role.GRID_WORKER, "wangge2", grid=here.grids[1]),
    ]
    for number, user in enumerate(people, 1):
        user.phone = f"1370000000{number}"
        user.save()
    return people


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def ledger(here, elsewhere, staff):
    """Stale: two workers and an enterprise in grid 1, a worker in none. To check: one each in grids 1 and 2."""
    stale = {"last_confirmed_on": days_ago(91)}
    first = add_worker(here, "JSL-R0001", "李䶮", **stale)
    add_worker(here, "JSL-R0002", "王㛃", last_confirmed_on=None)
    add_worker(here, "JSL-R0003", grid=None, **stale)
    second = add_worker(here, "JSL-R0004", grid=here.grids[1], last_confirmed_on=days_ago(90))
    add_worker(here, "JSL-R0005", state="left", left_on=days_ago(1), left_reason="走了", **stale)
    add_enterprise(here, "JSL-Q0001", **stale)
    survey = SurveyRound.objects.create(community=here.community, title="春季", ends_on=days_ago(-9))
    over = SurveyRound.objects.create(community=here.community, title="旧的", ends_on=days_ago(0), state="closed")
    for worker in (first, second):
        SurveyEntry.objects.create(round=survey, worker=worker, grid=worker.grid)
    SurveyEntry.objects.create(round=over, worker=first, grid=first.grid)
    add_worker(elsewhere, "HD-R0001", "别处的", **stale)


def run(**options):
    out = StringIO()
    call_command("remind", stdout=out, **options)
    return out.getvalue().splitlines()


@pytest.mark.django_db(transaction=True)
def test_each_is_told_what_waits_for_him(ledger, staff, outbox):
    assert run() == ["reminded: 3", "without a phone: 0", "already reminded: 0", "nothing to do: 0"]
    assert {message.to_phone: (message.kind, message.body) for message in outbox} == {
        "13700000001": (
            "remind_community",
            "【暖心驿站】全社区有 4 条很久没核实，摸排还有 2 条没查。第3网格现在没有网格员，请安排人。"
            f"名单在这里：{LIST}",
        ),
        "13700000002": (
            "remind_grid",
            f"【暖心驿站】您的网格有 3 条很久没核实，这一轮摸排还有 1 条没查。顺路看一看，名单在这里：{WALK}",
        ),
        "13700000003": (
            "remind_grid",
            f"【暖心驿站】这一轮摸排，您的网格还有 1 条没查。顺路看一看，名单在这里：{WALK}",
        ),
    }
    for message in outbox:
        assert not any(secret in message.body for secret in ("李䶮", "王㛃", "周敏", "JSL-", "138", "139"))
    events = AuditEvent.objects.filter(action="remind staff").order_by("number")
    assert [event.data for event in events] == [
        {"stale": 4, "unchecked": 2},
        {"stale": 3, "unchecked": 1},
        {"stale": 0, "unchecked": 1},
    ]
    assert first_broken_link() is None


@pytest.mark.django_db(transaction=True)
def test_a_second_run_that_day_says_nothing_and_the_next_day_it_does(ledger, staff, outbox, monkeypatch):
    run()
    assert run() == ["reminded: 0", "without a phone: 0", "already reminded: 3", "nothing to do: 0"]
    assert len(outbox) == 3
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: tomorrow)
    assert run()[0] == "reminded: 3"
    assert len(outbox) == 6


@pytest.mark.django_db(transaction=True)
def test_six_runs_at_once_remind_each_once(ledger, staff, outbox):
    start = Barrier(6)

    def remind(_number):
        try:
            start.wait()
            return remind_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(remind, range(6)))
    assert sum(count["reminded"] for count in counts) == 3
    assert sum(count["already reminded"] for count in counts) == 15
    assert len(outbox) == AuditEvent.objects.filter(action="remind staff").count() == 3
    assert first_broken_link() is None


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_only_counts(ledger, staff, outbox):
    assert run(dry_run=True)[0] == "reminded: 3"
    assert (len(outbox), AuditEvent.objects.count()) == (0, 0)
    run()
    assert run(dry_run=True)[2] == "already reminded: 3"


@pytest.mark.django_db(transaction=True)
def test_who_has_nothing_to_do_or_no_duty_any_more_is_left_alone(here, staff, outbox):
    add_worker(here, "JSL-R0001", last_confirmed_on=days_ago(1))
    assert run()[3] == "nothing to do: 3"
    add_worker(here, "JSL-R0002", last_confirmed_on=days_ago(91))
    add_worker(here, "JSL-R0003", last_confirmed_on=days_ago(91), grid=here.grids[1])
    admin, first, second = staff
    User.objects.filter(pk=first.pk).update(is_active=False)
    Duty.objects.filter(user=second).update(starts_on=days_ago(9), ends_on=days_ago(1))
    assert run() == ["reminded: 1", "without a phone: 0", "already reminded: 0", "nothing to do: 0"]
    (message,) = outbox
    assert message.to_phone == admin.phone
    assert "第1网格、第2网格、第3网格现在没有网格员" in message.body


@pytest.mark.django_db(transaction=True)
def test_one_message_for_somebody_with_several_duties(ledger, here, staff, outbox):
    _admin, first, second = staff
    Duty.objects.filter(user=second).delete()
    Duty.objects.create(user=first, role=Role.GRID_WORKER, grid=here.grids[1])
    run()
    (message,) = [message for message in outbox if message.to_phone == first.phone]
    assert "您的网格有 3 条很久没核实，这一轮摸排还有 2 条没查" in message.body


@pytest.mark.django_db(transaction=True)
def test_who_administers_the_community_and_walks_a_grid_is_told_the_sum(ledger, here, staff, outbox):
    first = staff[1]
    Duty.objects.create(user=first, role=Role.COMMUNITY_ADMIN, community=here.community)
    run()
    (message,) = [message for message in outbox if message.to_phone == first.phone]
    assert "全社区有 4 条很久没核实" in message.body


@pytest.mark.django_db(transaction=True)
def test_many_grids_without_a_worker_fit_into_a_message(here, staff, outbox):
    for number in range(4, 9):
        Grid.objects.create(community=here.community, number=number)
    add_worker(here, "JSL-R0001", last_confirmed_on=None)
    run()
    (message,) = [message for message in outbox if message.kind == "remind_community"]
    assert "第3网格、第4网格、第5网格、第6网格、第7网格等 6 个网格现在没有网格员" in message.body


@pytest.mark.django_db(transaction=True)
def test_without_a_phone_the_account_is_named_to_the_provider(here, make_staff, outbox):
    worker = make_staff(Role.GRID_WORKER, grid=here.grid)
    add_worker(here, "JSL-R0001", last_confirmed_on=None)
    assert run()[:2] == ["reminded: 1", "without a phone: 1"]
    assert [(message.to_phone, message.to_user_uid) for message in outbox] == [("", worker.uid)]


@pytest.mark.parametrize("rows", [1, 30])
def test_finding_out_costs_the_same_for_one_entry_and_thirty(rows, here, staff, django_assert_num_queries):
    for number in range(1, rows + 1):
        add_worker(here, f"JSL-R{number:04}", last_confirmed_on=None)
    with django_assert_num_queries(5 + 2):  # and for each of the two: was he told today?
        assert remind_all(dry_run=True)["reminded"] == 2
