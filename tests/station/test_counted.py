"""Figures over much are counted once in some minutes; a community's are always of this moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from station.counted import counted
from station.models import Duty, User
from station.roles import Role


@pytest.fixture
def ask():
    """``ask(user)``: the figures this user reads now, each counting one higher, and whether they were just counted."""
    count = iter(range(1, 100))

    def figures(user, name="ledger"):
        result = counted(User.objects.get(pk=user.pk), name, lambda: next(count))
        return result.value, result.at is None

    return figures


def test_a_community_counts_anew_each_time(community_admin, grid_worker, ask):
    assert [ask(community_admin), ask(community_admin), ask(grid_worker)] == [(1, True), (2, True), (3, True)]


def test_a_street_reads_what_was_counted(supervisor, ask):
    assert [ask(supervisor), ask(supervisor), ask(supervisor, "visits")] == [(1, False), (1, False), (2, False)]
    kept = counted(supervisor, "ledger", lambda: None)
    assert timezone.now() - kept.at < timedelta(minutes=5)


def test_who_has_the_same_duties_shares_and_nobody_else(here, elsewhere, supervisor, make_staff, ask):
    colleague = make_staff(Role.STREET_SUPERVISOR, username="colleague", street=here.street)
    other = make_staff(Role.STREET_SUPERVISOR, username="other", street=elsewhere.street)
    both = make_staff(Role.STREET_SUPERVISOR, username="both", street=here.street)
    Duty.objects.create(user=both, role=Role.COMMUNITY_ADMIN, community=here.community)
    boss = User.objects.create(username="boss", is_staff=True, is_superuser=True)
    assert [ask(user)[0] for user in (supervisor, colleague, other, both, boss)] == [1, 1, 2, 3, 4]


def test_a_new_duty_counts_at_once(here, elsewhere, supervisor, ask):
    assert ask(supervisor)[0] == 1
    Duty.objects.create(user=supervisor, role=Role.STREET_SUPERVISOR, street=elsewhere.street)
    assert ask(supervisor)[0] == 2


def test_the_dashboard_says_when_it_was_counted(supervisor, community_admin, signed_in):
    assert "数字是" in signed_in(supervisor).get("/admin/").content.decode()
    assert "数字是" not in signed_in(community_admin).get("/admin/").content.decode()
