"""The history page of an entry: every change with who, when, why, before and after, and what else happened to it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import ContactNote, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.operations import enterprises, surveys, workers
from ledger.operations.members import change_member, register_member
from station.models import Consent, User
from station.operations.people import withdraw_consent
from station.privacy import PRIVACY_TEXT_VERSION
from tests.ledger.past_rows import happened, moment

ID_NUMBER = "370101190102039973"
SENSITIVE = [Consent.Purpose.AFFILIATION, Consent.Purpose.IDENTITY, Consent.Purpose.REGISTER]


def history(row, page=None):
    url = reverse(f"admin:ledger_{row._meta.model_name}_history", args=[row.pk])
    return url + (f"?p={page}" if page else "")


def told(client, row, page=None):
    """The events on the page as (time, who, title, differences, why)."""
    response = client.get(history(row, page))
    assert response.status_code == 200
    return [
        (
            timezone.localtime(event.at).strftime("%m-%d %H:%M"),
            str(event.by or ""),
            event.title,
            [f"{change.label}：{change.before}→{change.after}" for change in event.differences],
            event.why,
        )
        for event in response.context["page"]
    ]


@pytest.fixture
def life(here, make_worker, community_admin, grid_worker):
    """A worker who was corrected, checked in a round, and withdrew one consent."""
    worker = make_worker(
        phone="13912345678", affiliation="member", id_number=ID_NUMBER, id_purpose="保险", consents=SENSITIVE
    )
    changes = {"phone": "13987654321", "affiliation": "masses", "platform": "暖风", "grid": here.grids[1]}
    workers.change_worker(worker, changes, by=community_admin, reason="本人来电")
    workers.change_worker(worker, {"grid": here.grid}, by=community_admin, reason="搬回来")
    happened(worker, "2026-01-10 09:00", "2026-02-01 10:00", "2026-03-01 10:00")
    Consent.objects.update(given_at=moment("2026-01-10 08:59"))
    consent = Consent.objects.get(purpose=Consent.Purpose.IDENTITY)
    withdraw_consent(consent, by=community_admin)
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=moment("2026-04-01 10:00"))
    survey = surveys.open_round(
        SurveyRound(community=here.community, title="春季摸排", ends_on=timezone.localdate()), by=community_admin
    )
    surveys.check_entry(survey.entries.get(), SurveyEntry.Result.CHANGED, by=grid_worker, channel="door", note="换车了")
    SurveyEntry.objects.update(checked_at=moment("2026-05-01 10:01"))
    happened(worker, "2026-01-10 09:00", "2026-02-01 10:00", "2026-03-01 10:00", "2026-05-01 10:00")
    return worker


def test_one_timeline_of_everything_masked(life, community_admin, signed_in):
    client = signed_in(community_admin)
    assert told(client, life) == [
        ("05-01 10:01", "周敏", "春季摸排：有变化（上门走访）", [], "换车了"),
        ("05-01 10:00", "周敏", "没有可显示的变化", [], "换车了"),
        ("04-01 10:00", "", "撤回同意：使用身份证号办理证明或保险", [], ""),
        ("03-01 10:00", "周敏", "", ["网格：第2网格→第1网格"], "搬回来"),
        (
            "02-01 10:00",
            "周敏",
            "",
            ["网格：第1网格→第2网格", "手机号：139****5678→139****4321", "平台：空→暖风", "政治面貌：****→****"],
            "本人来电",
        ),
        ("01-10 09:00", "周敏", "登记", [], ""),
        *[
            ("01-10 08:59", "周敏", f"同意：{label}（上门时当面同意，告知书 {PRIVACY_TEXT_VERSION} 版）", [], "")
            for label in ("登记进社区台账，便于联系和服务", "使用身份证号办理证明或保险", "登记政治面貌，便于组织联系")
        ],
    ]
    page = client.get(history(life)).content.decode()
    for secret in ("13912345678", "13987654321", ID_NUMBER, "masses", "群众", "中共党员"):
        assert secret not in page


def test_a_grid_worker_reads_what_his_form_shows(life, grid_worker, signed_in):
    events = told(signed_in(grid_worker), life)
    text = str(events)
    assert "手机号：139****5678→139****4321" in text
    for hidden in ("政治面貌", "身份证"):
        assert hidden not in text
    assert [event[2] for event in events if "同意" in event[2]] == [
        f"同意：登记进社区台账，便于联系和服务（上门时当面同意，告知书 {PRIVACY_TEXT_VERSION} 版）"
    ]


def test_history_is_there_only_in_scope(life, here, elsewhere, community_admin, grid_worker, signed_in, make_worker):
    client = signed_in(grid_worker)
    workers.change_worker(life, {"grid": here.grids[1]}, by=community_admin, reason="又搬")
    far = make_worker("别处", "13900000009", community=elsewhere.community, grid=elsewhere.grid)
    for row in (life, far):
        assert client.get(history(row)).status_code == 404
    assert signed_in(community_admin).get(history(far)).status_code == 404


def test_an_enterprise(here, make_enterprise, community_admin, signed_in):
    enterprise = make_enterprise("暖风配送", contact_phone="13900000801")
    changes = {"name": "暖风速递", "contact_phone": "13900000802", "has_union": True}
    enterprises.change_enterprise(enterprise, changes, by=community_admin, reason="改名")
    happened(enterprise, "2026-01-10 09:00", "2026-02-01 10:00")
    enterprises.leave_enterprise(enterprise, by=community_admin, reason="搬走了")
    assert told(signed_in(community_admin), enterprise)[1:] == [
        (
            "02-01 10:00",
            "周敏",
            "",
            ["企业名称：暖风配送→暖风速递", "负责人电话：139****0801→139****0802", "建有工会：否→是"],
            "改名",
        ),
        ("01-10 09:00", "周敏", "登记", [], ""),
    ]
    (left,) = told(signed_in(community_admin), enterprise)[:1]
    today = timezone.localdate()
    assert left[3] == [
        f"离开日期：空→{today.year}年{today.month}月{today.day}日",
        "离开原因：空→搬走了",
        "状态：在册→已迁出或注销",
    ]


def test_a_member_with_contacts_but_not_what_he_said(here, make_worker, community_admin, signed_in):
    worker = make_worker(affiliation="member", consents=SENSITIVE)
    member = register_member(PartyMember(worker=worker, home_branch="衡阳支部"), by=community_admin)
    change_member(member, {"home_branch": "衡山支部"}, by=community_admin, reason="更正")
    happened(member, "2026-01-10 09:00", "2026-02-01 10:00")
    Consent.objects.update(given_at=moment("2026-01-10 08:00"))
    for at, reached, way in (("2026-03-01 10:00", False, "phone"), ("2026-03-02 10:00", True, "visit")):
        ContactNote.objects.create(
            member=member, on=moment(at).date(), way=way, reached=reached, note="他说家里有事", by=community_admin,
            created_at=moment(at),
        )  # fmt: skip
    client = signed_in(community_admin)
    assert [(at, title, changes) for at, _who, title, changes, _why in told(client, member)] == [
        ("03-02 10:00", "联系（上门走访，2026-03-02）：联系上了", []),
        ("03-01 10:00", "联系（打电话，2026-03-01）：没联系上", []),
        ("02-01 10:00", "", ["组织关系所在支部：****→****"]),
        ("01-10 09:00", "登记", []),
        ("01-10 08:00", f"同意：登记政治面貌，便于组织联系（上门时当面同意，告知书 {PRIVACY_TEXT_VERSION} 版）", []),
    ]
    page = client.get(history(member)).content.decode()
    assert "他说家里有事" not in page
    assert history(worker) in page


def test_long_histories_have_pages_and_compare_across_them(here, worker, community_admin, signed_in):
    for number in range(1, 61):
        worker.site = f"{number}站"
        worker.save()
    happened(worker, *(f"2026-01-{1 + n // 24:02} {n % 24:02}:00" for n in range(61)))
    client = signed_in(community_admin)
    first, second = told(client, worker), told(client, worker, 2)
    assert (len(first), len(second)) == (50, 11)
    assert first[-1][3] == ["站点：10站→11站"]  # the older one stands on the next page
    assert second[0][3] == ["站点：9站→10站"]
    assert second[-1][2] == "登记"
    assert "一共 61 件事" in client.get(history(worker)).content.decode()
    for odd in ("x", "0", "9" * 40, "%00"):
        assert client.get(history(worker, odd)).status_code == 200


@pytest.mark.parametrize("changes", [1, 30])
def test_the_page_costs_the_same_for_one_change_and_thirty(
    changes, here, worker, community_admin, signed_in, django_assert_num_queries
):
    for number in range(changes):
        worker.site = f"{number}站"
        worker.save()
    client = signed_in(community_admin)
    client.get(history(worker))
    with django_assert_num_queries(9):
        client.get(history(worker))


# --- nothing is deleted, nothing changes without a word ---------------------------------------------------------------
@pytest.mark.parametrize("who", ["community_admin", "grid_worker", "superuser"])
def test_nobody_deletes_an_entry(who, request, worker, make_enterprise, signed_in):
    user = (
        User.objects.create(username="root", name="根", is_staff=True, is_superuser=True)
        if who == "superuser"
        else request.getfixturevalue(who)
    )
    client = signed_in(user)
    for row in (worker, make_enterprise()):
        name = row._meta.model_name
        assert client.post(reverse(f"admin:ledger_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(reverse(f"admin:ledger_{name}_changelist"), chosen)
        assert type(row).objects.filter(pk=row.pk).exists()
        assert "deletelink" not in client.get(reverse(f"admin:ledger_{name}_change", args=[row.pk])).content.decode()


def test_a_grid_worker_says_why_he_changes_something(worker, grid_worker, signed_in):
    client = signed_in(grid_worker)
    url = reverse("admin:ledger_worker_change", args=[worker.pk])
    form = client.get(url).context["adminform"].form
    typed = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    refused = client.post(url, typed | {"site": "二站"})
    assert refused.status_code == 422
    assert refused.context["adminform"].form["site"].value() == "二站"
    assert client.post(url, typed | {"site": "二站", "change_reason": "换站点"}).status_code == 302
    newest = worker.history.latest()
    assert (newest.site, newest.history_change_reason, newest.history_user) == ("二站", "换站点", grid_worker)


def test_confirming_many_at_once_says_so_in_each_history(make_worker, grid_worker, signed_in):
    rows = [make_worker(f"工人{n}", f"1390000000{n}") for n in (1, 2)]
    Worker.objects.update(last_confirmed_on=timezone.localdate() - timedelta(days=9))
    chosen = {"action": "confirm_chosen", "_selected_action": [row.pk for row in rows]}
    signed_in(grid_worker).post(reverse("admin:ledger_worker_changelist"), chosen)
    for row in rows:
        newest = row.history.latest()
        assert (newest.history_change_reason, newest.history_user) == ("在列表里一起核实", grid_worker)
        assert newest.last_confirmed_on == timezone.localdate()
