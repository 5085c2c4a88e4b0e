"""Leaving and coming back: when, why, under the same number; and the party member who must not be forgotten."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from ledger.models import PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.operations import surveys, workers
from ledger.operations.members import move_member, register_member
from station.models import AuditEvent, Consent
from tests.ledger.roster_rows import add_enterprise, add_worker

AFFILIATION = [Consent.Purpose.AFFILIATION]


def button(row, name):
    return reverse(f"admin:ledger_{row._meta.model_name}_do", args=[row.pk, name])


def today_less(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def member(make_worker, community_admin):
    """A mobile party member to be contacted in a month."""
    worker = make_worker("王㛃", "13900000007", affiliation="member", consents=AFFILIATION)
    return register_member(
        PartyMember(worker=worker, home_branch="支部", next_contact_on=today_less(-30)), by=community_admin
    )


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"usual": "回老家"}, "回老家"),
        ({"reason": "去长沙跑单"}, "去长沙跑单"),
        ({"usual": "换到别处干活", "reason": " 去长沙跑单 "}, "换到别处干活：去长沙跑单"),
    ],
)
def test_a_usual_reason_own_words_or_both(typed, reason, worker, community_admin, signed_in):
    client = signed_in(community_admin)
    day = today_less(3)
    assert client.post(button(worker, "leave"), typed | {"on": day.isoformat()}).status_code == 302
    left = Worker.objects.get()
    assert (left.state, left.left_on, left.left_reason) == ("left", day, reason)
    assert left.history.latest().history_change_reason == reason


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "请选一个原因，或者在下面写一句。"),
        ({"reason": "   "}, "请选一个原因，或者在下面写一句。"),
        ({"usual": "没这个"}, "没这个"),
        ({"reason": "长" * 81}, "80"),
        ({"reason": "a\0b"}, "errorlist"),
        ({"usual": "回老家", "on": "2999-01-01"}, "日期不能晚于今天。"),
        ({"usual": "回老家", "on": "2026-02-30"}, "errorlist"),
    ],
)
def test_what_cannot_be_said_is_refused_and_stays(typed, message, worker, community_admin, signed_in):
    response = signed_in(community_admin).post(button(worker, "leave"), typed)
    assert response.status_code == 422
    assert message in response.content.decode()
    for name, value in typed.items():
        assert response.context["form"][name].value() == value
    assert Worker.objects.get().state == "active"


def test_an_enterprise_has_reasons_of_its_own(make_enterprise, community_admin, signed_in):
    enterprise = make_enterprise()
    client = signed_in(community_admin)
    page = client.get(button(enterprise, "leave")).content.decode()
    assert all(f'<option value="{reason}">' in page for reason in ("搬走", "注销", "停业", "并到别家"))
    assert "回老家" not in page
    client.post(button(enterprise, "leave"), {"usual": "注销"})
    enterprise.refresh_from_db()
    assert (enterprise.state, enterprise.left_reason, enterprise.left_on) == ("left", "注销", timezone.localdate())
    client.post(button(enterprise, "return"), {"reason": ""})
    enterprise.refresh_from_db()
    assert (enterprise.number, enterprise.state, enterprise.left_on) == ("JSL-Q0001", "active", None)


@pytest.mark.parametrize(
    ("period", "numbers"),
    [
        ("30", ["JSL-R0001"]),
        ("90", ["JSL-R0001", "JSL-R0002"]),
        ("last", ["JSL-R0003"]),
        ("x", ["JSL-R0001", "JSL-R0002", "JSL-R0003", "JSL-R0004"]),
    ],
)
def test_the_list_of_those_who_left_by_period(period, numbers, here, elsewhere, community_admin, signed_in):
    last_year = timezone.localdate().replace(year=timezone.localdate().year - 1, month=1, day=1)
    days = [today_less(30), today_less(90), last_year]
    for number, day in enumerate(days, 1):
        add_worker(here, f"JSL-R{number:04}", state="left", left_on=day, left_reason="走了")
    add_worker(here, "JSL-R0004")
    add_worker(elsewhere, "HD-R0001", state="left", left_on=today_less(1), left_reason="走了")
    page = signed_in(community_admin).get(reverse("admin:ledger_worker_changelist"), {"left": period})
    assert [row.number for row in page.context["cl"].result_list] == numbers
    enterprise = add_enterprise(here, state="left", left_on=today_less(5), left_reason="搬走")
    page = signed_in(community_admin).get(reverse("admin:ledger_enterprise_changelist"), {"left": "30"})
    assert list(page.context["cl"].result_list) == [enterprise]


# --- the party member ------------------------------------------------------------------------------------------------
def test_a_member_who_left_is_due_today_and_stays_a_member(member, community_admin, signed_in):
    client = signed_in(community_admin)
    response = client.post(button(member.worker, "leave"), {"usual": "回老家"})
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "他也是流动党员（JSL-D0001），今天起在“该联系”里：请问清去向，再改他的状态。",
        "已完成：已离开",
    ]
    member.refresh_from_db()
    assert (member.state, member.next_contact_on) == ("mobile", timezone.localdate())
    assert list(PartyMember.objects.due()) == [member]
    newest = member.history.latest()
    assert (newest.history_change_reason, newest.history_user) == ("本人已离开辖区，请问清去向", community_admin)
    actions = AuditEvent.objects.order_by("-number").values_list("action", flat=True)[:2]
    assert list(actions) == ["leave worker", "change partymember"]
    page = client.get(reverse("admin:ledger_partymember_change", args=[member.pk])).content.decode()
    assert f"已离开 {timezone.localdate().isoformat()} 回老家" in page


def test_one_already_due_and_one_no_longer_looked_after_stay_as_they_are(member, make_worker, community_admin):
    member.next_contact_on = today_less(2)
    member.save()
    workers.leave_worker(member.worker, by=community_admin, reason="走了")
    assert PartyMember.objects.get().next_contact_on == today_less(2)
    other = make_worker("别人", "13900000008", affiliation="member", consents=AFFILIATION)
    gone = register_member(PartyMember(worker=other, home_branch="支部"), by=community_admin)
    move_member(gone, PartyMember.State.RETURNED, by=community_admin, reason="回去了")
    workers.leave_worker(other, by=community_admin, reason="走了")
    assert PartyMember.objects.get(pk=gone.pk).next_contact_on == gone.next_contact_on > timezone.localdate()


def test_the_same_when_a_survey_finds_him_gone(member, here, grid_worker, community_admin, signed_in):
    survey = surveys.open_round(
        SurveyRound(community=here.community, title="春季摸排", ends_on=timezone.localdate()), by=community_admin
    )
    surveys.check_entry(survey.entries.get(), SurveyEntry.Result.LEFT, by=grid_worker, channel="door", note="搬走了")
    assert list(PartyMember.objects.due()) == [member]


def test_a_returned_worker_bears_his_old_number(worker, community_admin, signed_in):
    client = signed_in(community_admin)
    client.post(button(worker, "leave"), {"usual": "不做这一行了"})
    client.post(button(worker, "return"), {"reason": "又来了"})
    back = Worker.objects.get()
    assert (back.number, back.state, back.left_on, back.left_reason) == ("JSL-R0001", "active", None, "")
