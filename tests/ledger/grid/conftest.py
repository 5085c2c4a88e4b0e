"""A grid worker's own worker, the one next door, a running round, and his phone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ledger.models import SurveyRound, Worker
from ledger.operations import surveys
from station.roles import Role
from tests.ledger.grid.pages import PHONE


@pytest.fixture
def staff(community_admin, grid_worker, keeper, team_leader, supervisor):
    return dict(zip(Role, [community_admin, grid_worker, keeper, team_leader, supervisor], strict=True))


@pytest.fixture
def mine(make_worker):
    """A worker of the grid worker's own grid, not confirmed for long."""
    worker = make_worker(phone=PHONE, platform="暖风外卖")
    Worker.objects.filter(pk=worker.pk).update(last_confirmed_on=timezone.localdate() - timedelta(days=200))
    return worker


@pytest.fixture
def near(here, make_worker):
    """A worker of the grid next door."""
    return make_worker("王𫖯", "13900000002", grid=here.grids[1])


@pytest.fixture
def survey(here, mine, community_admin):
    survey = SurveyRound(
        community=here.community,
        title="四季度摸排",
        ends_on=timezone.localdate() + timedelta(days=3),
        checklist="还在跑单吗？\n\n电话换了没有？",
        channels=["door", "wechat"],
    )
    return surveys.open_round(survey, by=community_admin)


@pytest.fixture
def walk(signed_in, grid_worker):
    """The grid worker's phone."""
    return signed_in(grid_worker)
