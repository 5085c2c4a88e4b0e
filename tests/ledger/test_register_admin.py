"""The registers in the admin: typed in, masked, found, revealed, with their past."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from ledger.models import Enterprise, PartyMember, Worker
from ledger.operations import workers
from ledger.operations.members import register_member
from station.models import AuditEvent, Consent

ADD = reverse("admin:ledger_worker_add")
LIST = reverse("admin:ledger_worker_changelist")
ID_NUMBER = "370101190102039973"
SENSITIVE = [Consent.Purpose.AFFILIATION, Consent.Purpose.IDENTITY]


def page(row, name="change"):
    return reverse(f"admin:ledger_{row._meta.model_name}_{name}", args=[row.pk])


def button(row, name):
    return reverse(f"admin:ledger_{row._meta.model_name}_do", args=[row.pk, name])


def sent_back(response):
    """What the browser would send back: every field of the admin form as it is shown."""
    form = response.context["adminform"].form
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


@pytest.fixture
def known(make_worker):
    """A worker with everything that is masked."""
    return make_worker(
        phone="13912345678", affiliation="member", id_number=ID_NUMBER, id_purpose="办保险", consents=SENSITIVE
    )


def test_staff_register_a_worker_with_the_consents_ticked(here, community_admin, signed_in):
    client = signed_in(community_admin)
    first = client.get(ADD)
    assert first.context["adminform"].form.initial["community"] == here.community.pk
    typed = sent_back(first) | {
        "name": "买买提·艾力",
        "phone": "139 0000 0001",
        "occupation": "courier",
        "grid": here.grid.pk,
        "affiliation": "member",
    }
    refused = client.post(ADD, typed)
    assert refused.status_code == 422
    assert "affiliation" in refused.context["adminform"].form.errors
    assert refused.context["adminform"].form["name"].value() == "买买提·艾力"
    assert not Worker.objects.exists()

    client.post(ADD, typed | {"consents": ["register", "affiliation"]})
    worker = Worker.objects.get()
    assert (worker.number, worker.name, worker.phone, worker.affiliation) == (
        "JSL-R0001",
        "买买提·艾力",
        "13900000001",
        "member",
    )
    assert set(Consent.objects.values_list("person_uid", "purpose", "channel")) == {
        (worker.uid, "register", "door"),
        (worker.uid, "affiliation", "door"),
    }
    assert worker.history.get().history_user == community_admin


def test_masked_fields_sent_back_unchanged_stay_as_they_are(known, community_admin, signed_in):
    client = signed_in(community_admin)
    response = client.get(page(known))
    body = response.content.decode()
    for secret in ("13912345678", ID_NUMBER, 'value="member" selected'):
        assert secret not in body
    typed = sent_back(response)
    assert (typed["phone"], typed["id_number"], typed["affiliation"]) == ("139****5678", "3701**********9973", "****")
    client.post(page(known), typed | {"platform": "暖风", "change_reason": "本人来电"})
    stored = Worker.objects.get()
    assert (stored.phone, stored.id_number, stored.affiliation) == ("13912345678", ID_NUMBER, "member")
    assert AuditEvent.objects.latest("number").data == {"fields": ["platform"]}


def test_a_change_without_a_reason_is_asked_for_one(worker, community_admin, signed_in):
    client = signed_in(community_admin)
    typed = sent_back(client.get(page(worker))) | {"platform": "暖风"}
    response = client.post(page(worker), typed)
    assert response.status_code == 422
    assert response.context["adminform"].form.errors == {"change_reason": ["请写一句为什么改，以后查得到。"]}
    assert Worker.objects.get().platform == ""


def test_the_duplicate_phone_is_refused_beside_its_field_naming_the_entry(make_worker, community_admin, signed_in):
    first = make_worker(phone="13900000001")
    second = make_worker("王𫖯", "13900000002")
    client = signed_in(community_admin)
    typed = sent_back(client.get(page(second))) | {"phone": "139 0000 0001", "change_reason": "更正"}
    response = client.post(page(second), typed)
    assert response.status_code == 422
    said = f'本社区台账里已经有这个手机号：<a href="{page(first)}">JSL-R0001</a>。'
    assert response.context["adminform"].form.errors == {"phone": [said]}
    assert said in response.content.decode()


def test_the_full_values_are_shown_once_with_a_reason_and_one_audit_row(known, community_admin, signed_in):
    client = signed_in(community_admin)
    assert client.post(button(known, "reveal"), {"reason": ""}).status_code == 422
    assert not AuditEvent.objects.filter(action="reveal worker").exists()
    response = client.post(button(known, "reveal"), {"reason": "办工伤保险"})
    body = response.content.decode()
    assert all(value in body for value in ("13912345678", ID_NUMBER, "中共党员"))
    assert "no-store" in response.headers["Cache-Control"]
    event = AuditEvent.objects.get(action="reveal worker")
    assert (event.actor, event.reason, event.target_id) == (community_admin, "办工伤保险", str(known.pk))


def test_a_grid_worker_reveals_the_phone_only_and_never_sees_the_rest(known, grid_worker, signed_in):
    client = signed_in(grid_worker)
    body = client.get(page(known)).content.decode()
    assert "id_number" not in body
    assert "affiliation" not in body
    assert client.post(button(known, "reveal"), {"reason": "核对"}).status_code == 403
    revealed = client.post(button(known, "reveal-phone"), {"reason": "核对"}).content.decode()
    assert "13912345678" in revealed
    assert ID_NUMBER not in revealed
    assert AuditEvent.objects.get(action="reveal worker").data == {"fields": ["name", "phone"]}


@pytest.mark.parametrize(
    ("term", "numbers"),
    [
        ("䶮", ["JSL-R0001"]),
        ("买买提•艾", ["JSL-R0002"]),
        ("jsl-r0002", ["JSL-R0002"]),
        ("JSL-R", []),
        ("13912345678", ["JSL-R0001"]),
        ("+86 139 1234 5678", ["JSL-R0001"]),
        ("5678", ["JSL-R0001"]),
        ("1391234", []),
        (ID_NUMBER, ["JSL-R0001"]),
        ("", ["JSL-R0001", "JSL-R0002"]),
        ("%", []),
        ("9" * 100, []),
    ],
)
def test_the_search_finds_by_name_number_and_whole_secrets(
    known, make_worker, community_admin, signed_in, term, numbers
):
    make_worker("买买提·艾力", "13900000002")
    response = signed_in(community_admin).post(LIST, {"q": term}, follow=True)
    assert [row.number for row in response.context["cl"].result_list] == numbers


def test_a_grid_worker_cannot_find_out_by_id_number(known, grid_worker, signed_in):
    response = signed_in(grid_worker).post(LIST, {"q": ID_NUMBER}, follow=True)
    assert list(response.context["cl"].result_list) == []


def test_a_grid_worker_sees_and_touches_his_grid_only(here, elsewhere, make_worker, grid_worker, signed_in):
    mine = make_worker("李䶮", "13900000001")
    others = make_worker("王𫖯", "13900000002", grid=here.grids[1])
    far = make_worker("陈𬱟", "13900000003", community=elsewhere.community, grid=elsewhere.grid)
    client = signed_in(grid_worker)
    assert list(client.get(LIST).context["cl"].result_list) == [mine]
    assert list(client.post(LIST, {"q": "13900000002"}, follow=True).context["cl"].result_list) == []
    assert list(client.get(LIST, {"grid": here.grids[1].pk}).context["cl"].result_list) == [mine]
    for row in (others, far):
        assert client.get(page(row)).status_code == 404
        assert client.post(page(row), {"name": "改"}).status_code == 404
        assert client.get(page(row, "history")).status_code == 404
        assert client.post(button(row, "confirm"), {}).status_code == 404
        assert client.post(button(row, "reveal-phone"), {"reason": "看"}).status_code == 404
    action = {"action": "confirm_chosen", "_selected_action": [mine.pk, others.pk, far.pk]}
    client.post(LIST, action)
    confirmed = AuditEvent.objects.filter(action="confirm worker").values_list("target_id", flat=True)
    assert list(confirmed) == [str(mine.pk)]


@pytest.mark.parametrize("grid", ["second", "elsewhere", ""])
def test_a_grid_worker_may_not_put_anybody_into_another_grid(here, elsewhere, worker, grid_worker, signed_in, grid):
    chosen = {"second": here.grids[1].pk, "elsewhere": elsewhere.grid.pk, "": ""}[grid]
    client = signed_in(grid_worker)
    moved = sent_back(client.get(page(worker))) | {"grid": chosen, "change_reason": "搬"}
    added = sent_back(client.get(ADD)) | {
        "name": "王𫖯",
        "phone": "13900000002",
        "occupation": "courier",
        "grid": chosen,
    }
    for response in (client.post(page(worker), moved), client.post(ADD, added)):
        assert response.status_code == 422
        assert "grid" in response.context["adminform"].form.errors
    assert list(Worker.objects.values_list("grid", flat=True)) == [here.grid.pk]


def test_the_autocomplete_offers_only_the_own_community(
    make_worker, elsewhere, community_admin, grid_worker, signed_in
):
    mine = make_worker("李一", "13900000001")
    make_worker("李二", "13900000002", community=elsewhere.community, grid=elsewhere.grid)
    asked = {"app_label": "ledger", "model_name": "partymember", "field_name": "worker", "term": "李"}
    url = reverse("admin:autocomplete")
    answer = signed_in(community_admin).get(url, asked).json()
    assert [result["id"] for result in answer["results"]] == [str(mine.pk)]
    assert signed_in(grid_worker).get(url, asked).json()["results"] == [{"id": str(mine.pk), "text": "JSL-R0001"}]


def test_the_past_tells_who_when_why_and_masks_what_identifies(known, community_admin, signed_in):
    changes = {"phone": "13987654321", "affiliation": "masses", "platform": "暖风"}
    workers.change_worker(known, changes, by=community_admin, reason="换号了")
    body = signed_in(community_admin).get(page(known, "history")).content.decode()
    for shown in ("139****5678 → 139****4321", "**** → ****", "空 → 暖风", "换号了", "周敏", "登记"):
        assert shown in body
    for secret in ("13912345678", "13987654321", "masses", "中共党员", "群众", ID_NUMBER):
        assert secret not in body


def test_the_past_hides_from_a_grid_worker_what_the_form_hides(known, community_admin, grid_worker, signed_in):
    workers.change_worker(known, {"affiliation": "masses"}, by=community_admin, reason="更正")
    body = signed_in(grid_worker).get(page(known, "history")).content.decode()
    assert "更正" in body
    assert "政治面貌" not in body


@pytest.mark.parametrize("kind", ["worker", "enterprise", "partymember"])
def test_a_list_costs_the_same_for_one_row_and_thirty(
    make_worker, make_enterprise, community_admin, signed_in, django_assert_num_queries, kind
):
    employer = make_enterprise()
    client = signed_in(community_admin)
    url = reverse(f"admin:ledger_{kind}_changelist")

    def add(number):
        if kind == "enterprise":
            return make_enterprise(f"企业{number}")
        worker = make_worker(f"工人{number}", f"139000{number:05d}", employer=employer)
        if kind == "partymember":
            register_member(PartyMember(worker=worker, home_branch="支部"), by=community_admin, consents=SENSITIVE[:1])
        return worker

    add(1)
    client.get(url)
    queries = {"worker": 7, "enterprise": 6, "partymember": 6}[kind]
    with django_assert_num_queries(queries):
        client.get(url)
    for number in range(2, 31):
        add(number)
    with django_assert_num_queries(queries):
        assert len(client.get(url).context["cl"].result_list) == (31 if kind == "enterprise" else 30)


def test_a_doubtful_credit_code_is_saved_with_a_warning(here, community_admin, signed_in):
    client = signed_in(community_admin)
    url = reverse("admin:ledger_enterprise_add")
    typed = sent_back(client.get(url)) | {
        "name": "暖风配送",
        "credit_code": "91350100M000100Y44",
        "kind": "food_delivery",
        "address": "建设北路1号",
        "no_party_reason": "党员不足三名",
    }
    response = client.post(url, typed)
    assert response.status_code == 302
    assert Enterprise.objects.get().credit_code == "91350100M000100Y44"
    assert any("校验位对不上" in str(message) for message in get_messages(response.wsgi_request))


def test_buttons_tell_the_whole_story(worker, community_admin, signed_in):
    client = signed_in(community_admin)
    assert client.get(button(worker, "leave")).status_code == 200
    assert client.post(button(worker, "leave"), {"reason": ""}).status_code == 422
    assert client.post(button(worker, "leave"), {"reason": "换到长沙", "on": "2999-01-01"}).status_code == 422
    assert client.post(button(worker, "leave"), {"reason": "换到长沙"}).status_code == 302
    again = client.post(button(worker, "leave"), {"reason": "换到长沙"})
    assert again.status_code == 422
    assert "现在是“已离开”" in again.content.decode()
    assert client.post(button(worker, "return"), {"reason": ""}).status_code == 302
    assert Worker.objects.get().state == Worker.State.ACTIVE


def test_a_member_is_registered_moved_and_revealed(worker, community_admin, signed_in):
    client = signed_in(community_admin)
    url = reverse("admin:ledger_partymember_add")
    first = client.get(url, {"worker": worker.pk})
    typed = sent_back(first) | {"worker": worker.pk, "home_branch": "衡阳支部", "home_phone": "13900000700"}
    assert client.post(url, typed).status_code == 422
    assert client.post(url, typed | {"consents": ["affiliation"]}).status_code == 302
    member = PartyMember.objects.get()
    shown = client.get(page(member))
    assert "13900000700" not in shown.content.decode()
    assert (
        client.post(page(member), sent_back(shown) | {"away_reason": "务工", "change_reason": "补"}).status_code == 302
    )
    assert client.post(button(member, "move"), {"to": "lost", "reason": "电话不通"}).status_code == 302
    member.refresh_from_db()
    assert (member.state, member.away_reason, member.home_phone) == ("lost", "务工", "13900000700")
    assert "13900000700" in client.post(button(member, "reveal"), {"reason": "联系支部"}).content.decode()


@pytest.mark.parametrize("role", ["keeper", "team_leader", "supervisor", "rider"])
def test_nobody_else_gets_in(request, worker, signed_in, role):
    client = signed_in(request.getfixturevalue(role))
    for url in (LIST, ADD, page(worker), page(worker, "history"), button(worker, "reveal-phone")):
        response = client.get(url)
        assert response.status_code in (302, 403, 404)
        assert "李䶮" not in response.content.decode()


def test_odd_input_is_answered_never_a_crash(known, community_admin, signed_in):
    client = signed_in(community_admin)
    typed = sent_back(client.get(page(known)))
    for name in typed:
        response = client.post(page(known), typed | {name: "\0", "change_reason": "试"})
        assert response.status_code in (302, 422), name
    for value in ("x" * 5000, "9" * 40, "\U00020000" * 300):
        assert client.post(page(known), dict.fromkeys(typed, value)).status_code == 422
    assert client.post(ADD, {}).status_code == 422
    for url in (
        page(known).replace(f"/{known.pk}/", "/99999999999999999999999/"),
        page(known).replace(f"/{known.pk}/", "/x/"),
    ):
        assert client.get(url).status_code == 404
    for query in ({"state__exact": "x"}, {"grid": "9" * 40}, {"grid": "x"}, {"stale": "x"}, {"p": "x"}, {"o": "x"}):
        assert client.get(LIST, query).status_code in (200, 302)
    for chosen in (["x"], ["9" * 40], []):
        action = {"action": "confirm_chosen", "_selected_action": chosen}
        assert client.post(LIST, action).status_code in (200, 302)
