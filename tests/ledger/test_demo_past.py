"""The demo's ledger has a past worth looking into, and it ends in the present."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from ledger.differences import differences
from ledger.pasts import PastRows
from ledger.rosters import ROSTERS, WORKERS, fingerprint_of
from station.models import Community, User


@pytest.mark.django_db
def test_the_past_of_the_demo():
    call_command("demo", verbosity=0)
    community, admin = Community.objects.get(), User.objects.get(username="shequ")
    today = timezone.localdate()

    def days_ago(days, roster=WORKERS):
        past = PastRows.of(roster, community, today - timedelta(days=days))
        found = differences(past, admin)
        return past.count(), len(found.new), len(found.gone), len(found.changed)

    for roster in ROSTERS.values():
        now = PastRows.of(roster, community, today)
        assert now.fingerprint() == fingerprint_of(roster, [roster.rows(community)])
        first = {state.history_type for state in roster.model.history.all() if state.prev_record is None}
        assert first == {"+"}
    assert [days_ago(days) for days in (1, 30, 100)] == [(37, 0, 1, 0), (35, 1, 0, 1), (30, 6, 0, 13)]
    assert [days_ago(days, ROSTERS["enterprises"]) for days in (30, 100)] == [(3, 0, 0, 0), (3, 0, 0, 2)]
    assert [days_ago(days, ROSTERS["members"]) for days in (10, 35)] == [(3, 0, 0, 0), (1, 2, 0, 1)]
