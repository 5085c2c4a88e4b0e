"""`/join/`: a worker registers himself, staff confirm it, and nobody learns who is in the ledger."""

import pytest
from django.template import Context, Template
from django.urls import reverse

from ledger.models import Worker
from ledger.operations import workers
from ledger.operations.joins import JOINS_PER_ADDRESS_HOUR
from ledger.operations.merging import merge_workers
from station.models import AuditEvent, Consent, Notice
from station.privacy import PRIVACY_TEXT_VERSION

JOIN = reverse("join")
THANKS = reverse("join-thanks")
TYPED = {"name": "向 南", "phone": "139 0000 0009", "occupation": "food_rider", "needs": "租房", "consent": "on"}


def test_a_worker_registers_himself_and_staff_accept_him(here, client, community_admin, signed_in):
    response = client.post(JOIN, TYPED | {"grid": here.grid.pk})
    assert (response.status_code, response.url) == (302, THANKS)
    assert client.get(THANKS).status_code == 200
    worker = Worker.objects.get()
    assert (worker.number, worker.name, worker.phone, worker.state, worker.source, worker.grid) == (
        "JSL-R0001",
        "向南",
        "13900000009",
        Worker.State.PENDING,
        "self",
        here.grid,
    )
    assert worker.last_confirmed_on is None
    consent = Consent.objects.get()
    assert (consent.person_uid, consent.purpose, consent.channel, consent.text_version) == (
        worker.uid,
        Consent.Purpose.REGISTER,
        Consent.Channel.SELF,
        PRIVACY_TEXT_VERSION,
    )
    accept = reverse("admin:ledger_worker_do", args=[worker.pk, "accept"])
    assert signed_in(community_admin).post(accept, {"reason": "电话核实"}).status_code == 302
    worker.refresh_from_db()
    assert worker.state == Worker.State.ACTIVE
    assert worker.history.first().history_change_reason == "电话核实"


def test_staff_refuse_only_with_a_reason(here, client, community_admin, signed_in):
    client.post(JOIN, TYPED)
    worker = Worker.objects.get()
    refuse = reverse("admin:ledger_worker_do", args=[worker.pk, "refuse"])
    assert signed_in(community_admin).post(refuse, {"reason": ""}).status_code == 422
    assert signed_in(community_admin).post(refuse, {"reason": "不在本社区"}).status_code == 302
    worker.refresh_from_db()
    assert worker.state == Worker.State.REFUSED
    client.post(JOIN, TYPED)
    assert list(Worker.objects.order_by("number").values_list("state", flat=True)) == ["refused", "pending"]


def test_without_a_grid_the_community_sees_him_and_no_grid_worker_does(here, client, community_admin, grid_worker):
    client.post(JOIN, TYPED)
    assert Worker.objects.visible_to(community_admin).count() == 1
    assert Worker.objects.visible_to(grid_worker).count() == 0


def test_a_known_phone_changes_nothing_and_gets_the_same_answer(make_worker, client):
    known = make_worker("李䶮", "13900000009", platform="暖风")
    before = Worker.objects.values().get()
    fresh = client.post(JOIN, TYPED | {"phone": "13900000008"})
    again = client.post(JOIN, TYPED)
    assert (again.status_code, again.url, again.content) == (fresh.status_code, fresh.url, fresh.content)
    assert Worker.objects.values().get(pk=known.pk) == before
    assert known.history.count() == 1
    assert Worker.objects.count() == 2
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.target_id, event.data["known"]) == ("join ledger", str(known.pk), True)


def test_a_signed_in_rider_is_linked_under_the_phone_he_proved(here, rider, signed_in):
    client = signed_in(rider)
    assert client.get(JOIN).context["form"]["phone"].value() == "13800000001"
    client.post(JOIN, TYPED | {"phone": "13900000009"})
    worker = Worker.objects.get()
    assert (worker.user, worker.phone) == (rider, "13800000001")
    assert "您已经登记过了" in client.get(JOIN).content.decode()


def test_a_rider_finds_the_entry_that_staff_made_for_his_phone(make_worker, rider, signed_in):
    known = make_worker(phone="13800000001")
    signed_in(rider).post(JOIN, TYPED)
    known.refresh_from_db()
    assert (known.user, known.name, Worker.objects.count()) == (rider, "李䶮", 1)
    assert known.history.first().history_change_reason == "本人用这个手机号登录并登记"


def test_his_own_entry_is_known_under_whatever_number_he_has_by_now(make_worker, community_admin, rider, signed_in):
    entry = make_worker(phone="13800000001")
    Worker.objects.filter(pk=entry.pk).update(user=rider)
    workers.change_worker(entry, {"phone": "13900000009"}, by=community_admin, reason="换号")
    client = signed_in(rider)
    assert client.post(JOIN, TYPED).url == THANKS
    assert (Worker.objects.count(), Worker.objects.get().user) == (1, rider)


def test_an_account_whose_entry_was_merged_is_known_by_the_one_that_stays(
    make_worker, make_rider, community_admin, signed_in
):
    kept, gone = make_worker("向南", "13900000001"), make_worker("向南", "13800000002")
    for worker, phone in ((kept, "13900000001"), (gone, "13800000002")):
        Worker.objects.filter(pk=worker.pk).update(user=make_rider(phone))
        worker.refresh_from_db()
    merge_workers(kept, gone, by=community_admin, reason="重复")
    for worker in (kept, gone):
        client = signed_in(worker.user)
        assert "您已经登记过了" in client.get(JOIN).content.decode()
        assert "JSL-R0001" in client.get(reverse("me")).content.decode()
        client.post(JOIN, TYPED)
    assert Worker.objects.count() == 2
    assert Worker.objects.get(pk=gone.pk).user == gone.user


def test_who_left_registers_anew_and_his_account_moves_along(make_worker, community_admin, rider, signed_in):
    left = make_worker(phone="13800000001")
    Worker.objects.filter(pk=left.pk).update(user=rider)
    workers.leave_worker(left, by=community_admin, reason="走了")
    signed_in(rider).post(JOIN, TYPED)
    assert Worker.objects.get(user=rider).number == "JSL-R0002"


def test_the_community_is_asked_for_where_there_are_several(here, elsewhere, client):
    form = client.get(JOIN).context["form"]
    assert ("community" in form.fields, "grid" in form.fields) == (True, False)
    assert client.post(JOIN, TYPED).status_code == 422
    assert client.post(JOIN, TYPED | {"community": elsewhere.community.pk}).status_code == 302
    assert Worker.objects.get().number == "HD-R0001"


def test_the_letters_code_chooses_the_community_and_a_slip_does_not_lose_it(here, elsewhere, client):
    url = f"{JOIN}?c=hedong"
    assert client.get(url).context["form"]["community"].value() == elsewhere.community.pk
    refused = client.post(url, TYPED | {"community": elsewhere.community.pk, "name": ""})
    assert refused.status_code == 422
    assert refused.context["form"]["community"].value() == str(elsewhere.community.pk)
    assert client.post(url, TYPED | {"community": elsewhere.community.pk}).status_code == 302
    worker = Worker.objects.get()
    assert (worker.community, worker.source) == (elsewhere.community, "self")
    for strange in ("nowhere", "x" * 300, "\0", "建设路"):
        assert client.get(JOIN, {"c": strange}).context["form"]["community"].value() is None


def test_the_letter_of_a_community_leads_to_its_own_form(here, elsewhere, client):
    for place in (elsewhere, here):
        Notice.objects.create(community=place.community, kind="letter", title=f"{place.community}的信", body="您好")
    for address, code in (("/letter/", "jianshelu"), ("/letter/?c=hedong", "hedong"), ("/letter/?c=x%00", "jianshelu")):
        assert f'href="/join/?c={code}"' in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"consent": ""}, "consent"),
        ({"name": ""}, "name"),
        ({"name": "王\u202e五"}, "name"),
        ({"name": "王\0五"}, "name"),
        ({"name": "字" * 61}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "9" * 5000}, "phone"),
        ({"occupation": "astronaut"}, "occupation"),
        ({"grid": "9" * 40}, "grid"),
        ({"grid": "x"}, "grid"),
        ({"needs": "字" * 201}, "needs"),
        ({"platform": "\0"}, "platform"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(here, client, changed, field):
    response = client.post(JOIN, TYPED | changed)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    if field != "needs":
        assert "租房" in response.content.decode()
    assert not Worker.objects.exists()


def test_odd_requests_are_answered(here, client):
    assert client.post(JOIN, {}).status_code == 422
    assert client.put(JOIN).status_code == 405
    assert client.post(JOIN, b"x" * 100, content_type="multipart/form-data; boundary=x").status_code in (400, 422)
    assert client.post(JOIN, b"{", content_type="application/json").status_code == 422


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(here, client):
    assert client.post(JOIN, TYPED | {"website": "http://spam.example"}).url == THANKS
    assert not Worker.objects.exists()


def test_one_address_registers_only_so_many_an_hour(here, client):
    for number in range(JOINS_PER_ADDRESS_HOUR):
        assert client.post(JOIN, TYPED | {"phone": f"139000010{number:02d}"}).status_code == 302
    refused = client.post(JOIN, TYPED)
    assert refused.status_code == 429
    assert "向 南" in refused.content.decode()
    assert client.post(JOIN, TYPED, REMOTE_ADDR="198.51.100.7").status_code == 302
    assert "127.0.0.1" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_a_visitor_costs_two_queries_and_gets_no_session(here, client, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get(JOIN)
    assert "sessionid" not in response.cookies
    with django_assert_num_queries(0):
        client.get(THANKS)


def test_the_rider_sees_his_own_entry_masked(here, rider, signed_in, django_assert_num_queries):
    template = Template("{% load ledger_tags %}{% my_entry user %}")
    assert JOIN in template.render(Context({"user": rider}))
    signed_in(rider).post(JOIN, TYPED)
    with django_assert_num_queries(1):
        body = template.render(Context({"user": rider}))
    assert "JSL-R0001" in body
    assert "138****0001" in body
    assert "13800000001" not in body
    assert "待核实" in body
