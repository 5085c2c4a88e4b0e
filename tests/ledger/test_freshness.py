"""The list of what nobody has confirmed for long: exactly what the dashboard counts, the oldest first."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.ledger.roster_rows import add_enterprise, add_member, add_worker


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def ledger(here, elsewhere):
    """Of each register: fresh, stale by a day, stale for long, never confirmed, and one that is no longer on it."""
    ages = {1: days_ago(90), 2: days_ago(91), 3: days_ago(400), 4: None, 5: days_ago(400)}
    for number, confirmed in ages.items():
        gone = {"state": "left", "left_on": days_ago(1), "left_reason": "走了"} if number == 5 else {}
        add_enterprise(here, f"JSL-Q000{number}", name=f"企业{number}", last_confirmed_on=confirmed, **gone)
        worker = add_worker(here, f"JSL-R000{number}", last_confirmed_on=confirmed, **gone)
        add_member(worker, f"JSL-D000{number}", state="returned" if number == 5 else "mobile")
    add_worker(elsewhere, "HD-R0001", last_confirmed_on=None)


@pytest.mark.parametrize(("model", "letter"), [("enterprise", "Q"), ("worker", "R"), ("partymember", "D")])
def test_the_dashboard_leads_to_exactly_what_it_counts(model, letter, ledger, community_admin, signed_in):
    client = signed_in(community_admin)
    url = reverse(f"admin:ledger_{model}_changelist") + "?stale=1"
    dashboard = client.get("/admin/").content.decode()
    (count,) = re.findall(rf'href="{re.escape(url)}">(\d+) 条久未核实', dashboard)
    rows = client.get(url).context["cl"].result_list
    assert [row.number for row in rows] == [f"JSL-{letter}000{n}" for n in (4, 3, 2)]
    assert int(count) == 3


def test_any_list_sorts_by_freshness_too(ledger, community_admin, signed_in):
    client = signed_in(community_admin)
    column = client.get(reverse("admin:ledger_worker_changelist")).context["cl"].list_display.index("last_confirmed_on")
    rows = client.get(reverse("admin:ledger_worker_changelist"), {"o": f"-{column}", "stale": "1"})
    numbers = [row.number for row in rows.context["cl"].result_list if row.last_confirmed_on]
    assert numbers == ["JSL-R0002", "JSL-R0003"]
