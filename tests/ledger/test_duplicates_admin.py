"""Likely duplicates on the pages of staff: warned of, compared, merged, told apart; the old number leads there."""

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.html import strip_tags

from ledger.models import DistinctPair, PartyMember, Worker
from ledger.operations.joins import join_ledger
from ledger.operations.members import register_member
from ledger.operations.merging import mark_distinct
from station.models import AuditEvent, Consent
from tests.ledger.test_register_admin import ADD, ID_NUMBER, SENSITIVE, button, page, sent_back

PAIRS = reverse("admin:ledger_worker_duplicates")


def words(response):
    """What a reader reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def merge_page(one, other):
    return reverse(f"admin:ledger_{one._meta.model_name}_merge", args=[one.pk, other.pk])


def distinct_page(one, other):
    return reverse(f"admin:ledger_{one._meta.model_name}_distinct", args=[one.pk, other.pk])


def chosen(response, **changes):
    """What the merge form would send as it is shown, with some other choices."""
    form = response.context["form"]
    return {bound.html_name: bound.value() for bound in form if bound.value() is not None} | changes


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def old(make_worker):
    return make_worker("向南", "13900000001", needs="租房")


@pytest.fixture
def new(make_worker):
    return make_worker("向南", "13800000001", needs="孩子上学")


def test_whoever_registers_somebody_twice_is_warned_at_once(here, old, community_admin, signed_in):
    client = signed_in(community_admin)
    typed = sent_back(client.get(ADD)) | {"name": "向南", "phone": "13800000001", "occupation": "courier"}
    response = client.post(ADD, typed | {"grid": here.grid.pk})
    assert response.status_code == 302
    new = Worker.objects.get(number="JSL-R0002")
    warning = said(response)[0]
    assert strip_tags(warning) == "登记好了，不过可能以前已经登记过：JSL-R0001（姓名和手机尾号相同）。比一比"
    assert page(old) in warning
    assert page(new, "alike") in warning
    assert "向南" not in warning  # it travels in a cookie


def test_a_grid_worker_is_warned_of_his_own_grid_only(here, make_worker, grid_worker, signed_in):
    make_worker("向南", "13900000001", grid=here.grids[1])
    mine = make_worker("向南", "13800000001")
    client = signed_in(grid_worker)
    typed = sent_back(client.get(ADD)) | {"name": "向南", "phone": "13700000001", "occupation": "courier"}
    response = client.post(ADD, typed)
    assert "JSL-R0002" in said(response)[0]
    assert "JSL-R0001" not in said(response)[0]
    alike = client.get(page(Worker.objects.get(number="JSL-R0003"), "alike"))
    assert "JSL-R0002 向南" in words(alike)
    assert "JSL-R0001" not in words(alike)
    assert "是不是同一个，请社区管理员来定" in words(alike)
    assert "合并" not in words(client.get(page(mine, "alike")))


def test_the_phone_of_another_grid_is_refused_without_a_name(here, make_worker, grid_worker, signed_in):
    theirs = make_worker("李䶮", "13900000001", grid=here.grids[1])
    client = signed_in(grid_worker)
    typed = sent_back(client.get(ADD)) | {"name": "王𫖯", "phone": "13900000001", "occupation": "courier"}
    response = client.post(ADD, typed)
    assert response.status_code == 422
    assert response.context["adminform"].form.errors == {"phone": ["这个手机号已在别的网格登记，请找社区管理员。"]}
    for secret in (theirs.number, "李䶮", page(theirs)):
        assert secret not in response.content.decode()
    assert "王𫖯" in response.content.decode()


def test_a_button_refused_by_a_duplicate_says_no_more_than_the_form(here, make_worker, grid_worker, signed_in):
    refused = join_ledger(
        Worker(community=here.community, grid=here.grid, name="向南", phone="13900000001", occupation="courier"),
        address="192.0.2.1",
    )
    client = signed_in(grid_worker)
    client.post(button(refused, "refuse"), {"reason": "不在本社区"})
    make_worker("向南", "13900000001", grid=here.grids[1])
    response = client.post(button(refused, "reopen"), {"reason": "看错了"})
    assert response.status_code == 422
    assert "这个手机号已在别的网格登记，请找社区管理员。" in words(response)
    assert "JSL-R0002" not in response.content.decode()


def test_an_enterprise_with_a_known_credit_code_is_refused_with_a_link(make_enterprise, community_admin, signed_in):
    code = "91350100M000100Y43"
    known = make_enterprise("<b>暖风</b>", credit_code=code)
    client = signed_in(community_admin)
    url = reverse("admin:ledger_enterprise_add")
    typed = sent_back(client.get(url)) | {
        "name": "暖风二站", "credit_code": code.lower(), "kind": "express", "address": "x", "no_party_reason": "x",
    }  # fmt: skip
    response = client.post(url, typed)
    assert response.status_code == 422
    said_beside = f'本社区台账里已经有这个信用代码的企业：<a href="{page(known)}">JSL-Q0001</a>。'
    assert response.context["adminform"].form.errors == {"credit_code": [said_beside]}
    assert "<b>暖风</b>" not in response.content.decode()


def test_pairs_stand_side_by_side_masked_with_their_differences(old, new, community_admin, signed_in):
    response = signed_in(community_admin).get(PAIRS)
    read = words(response)
    for shown in ("姓名和手机尾号相同", "139****0001 138****0001", "手机号 不同", "需求 不同 租房 孩子上学"):
        assert shown in read
    assert "姓名 不同" not in read
    for secret in ("13900000001", "13800000001"):
        assert secret not in response.content.decode()


def test_the_pages_cost_the_same_for_one_pair_and_ten(
    make_worker, community_admin, signed_in, django_assert_num_queries
):
    client = signed_in(community_admin)

    def add(number):
        for head in (138, 139):
            make_worker(f"向{chr(0x4E00 + number)}", f"{head}000000{number}")

    add(10)
    first = Worker.objects.get(number="JSL-R0001")
    client.get(PAIRS)  # the first request writes the session
    with django_assert_num_queries(7):
        client.get(PAIRS)
    with django_assert_num_queries(8):
        client.get(page(first, "alike"))
    for number in range(11, 30):
        add(number)
    with django_assert_num_queries(7):
        assert len(client.get(PAIRS).context["pairs"]) == 10
    assert len(client.get(PAIRS, {"page": 2}).context["pairs"]) == 10
    with django_assert_num_queries(8):
        client.get(page(first, "alike"))


def test_two_that_are_not_the_same_are_remembered_and_can_be_asked_about_again(old, new, community_admin, signed_in):
    client = signed_in(community_admin)
    response = client.post(distinct_page(old, new))
    assert response.url == PAIRS
    assert "JSL-R0001 ≠ JSL-R0002" in said(response)[0]
    assert "没有可能重复的登记" in words(client.get(PAIRS))
    assert client.post(distinct_page(old, new), {"back": new.pk}).url == page(new, "alike")
    pair = DistinctPair.objects.get()
    listed = client.get(reverse("admin:ledger_distinctpair_changelist"))
    assert list(listed.context["cl"].result_list) == [pair]
    delete = reverse("admin:ledger_distinctpair_delete", args=[pair.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    assert "JSL-R0001" in words(client.get(PAIRS))
    assert AuditEvent.objects.filter(action="mark distinct").get().data == {"numbers": ["JSL-R0001", "JSL-R0002"]}


def test_two_that_nothing_found_are_compared_by_number(make_worker, elsewhere, community_admin, signed_in):
    one, other = make_worker("向南", "13900000001"), make_worker("向先生", "13800000002")
    far = make_worker("向南", "13900000001", community=elsewhere.community, grid=elsewhere.grid)
    client = signed_in(community_admin)
    assert "没有发现和它可能重复的登记" in words(client.get(page(one, "alike")))
    assert client.post(page(one, "alike"), {"number": " jsl-r0002 "}).url == merge_page(one, other)
    for typed in (one.number, far.number, "JSL-R9999", "", "\0", "9" * 500):
        response = client.post(page(one, "alike"), {"number": typed})
        assert response.status_code == 422, typed
    for url in (merge_page(one, far), merge_page(one, one), page(far, "alike")):
        assert client.get(url).status_code == 404


def test_staff_see_before_they_take_somebody_in_whom_he_may_be(here, old, community_admin, signed_in):
    typed = Worker(community=here.community, name="向南", phone="13800000001", occupation="courier")
    waiting = join_ledger(typed, address="192.0.2.1")
    client = signed_in(community_admin)
    for url in (page(waiting), button(waiting, "accept")):
        read = words(client.get(url))
        assert "可能已经登记过： JSL-R0001 向南（在册） 姓名和手机尾号相同" in read
    url = merge_page(old, waiting)
    shown = client.get(url)
    assert "合并后的状态：在册" in words(shown)
    assert client.post(url, chosen(shown)).status_code == 302
    old.refresh_from_db()
    assert (old.state, old.phone, old.source) == ("active", "13800000001", "door")


def test_an_entry_shows_what_hangs_on_it(make_worker, make_enterprise, make_rider, community_admin, signed_in):
    employer = make_enterprise(worker_count=40)
    worker = make_worker("向南", "13900000001", employer=employer, consents=[Consent.Purpose.REGISTER])
    make_worker("向北", "13900000002", employer=employer)
    member = register_member(PartyMember(worker=worker, home_branch="支部"), by=community_admin, consents=SENSITIVE[:1])
    Worker.objects.filter(pk=worker.pk).update(user=make_rider("13900000001"))
    client = signed_in(community_admin)
    response = client.get(page(worker))
    for url in (page(employer), page(member)):
        assert f'href="{url}"' in response.content.decode()
    read = words(response)
    for shown in ("JSL-D0001 在流动中", "登记政治面貌，便于组织联系 上门时当面同意", "登录账号 139****0001"):
        assert shown in read
    response = client.get(page(employer))
    assert "在册 2 人 企业自报 40 人" in words(response)
    link = re.search(r'href="([^"]*employer=[^"]*)"', response.content.decode())[1].replace("&amp;", "&")
    assert len(client.get(link).context["cl"].result_list) == 2
    exported = client.get(f"{link}&stale=1")
    assert list(exported.context["cl"].result_list) == []


def test_a_grid_worker_sees_what_is_his_beside_an_entry(here, make_worker, make_enterprise, grid_worker, signed_in):
    employer = make_enterprise(grid=here.grids[1])
    worker = make_worker("向南", "13900000001", employer=employer, consents=SENSITIVE)
    response = signed_in(grid_worker).get(page(worker))
    assert page(employer) not in response.content.decode()
    for hidden in ("本人同意过", "登录账号", "政治面貌"):
        assert hidden not in words(response).partition("相关")[2]


@pytest.mark.parametrize("role", ["grid_worker", "keeper", "team_leader", "supervisor", "rider"])
def test_nobody_else_compares_merges_or_decides(request, old, new, signed_in, role):
    client = signed_in(request.getfixturevalue(role))
    for url in (PAIRS, merge_page(old, new)):
        assert client.get(url).status_code in (302, 403, 404)
        assert client.post(url, {"keep": "one", "reason": "试"}).status_code in (302, 403, 404)
    assert client.post(distinct_page(old, new)).status_code in (302, 403, 404)
    assert client.post(page(old, "alike"), {"number": new.number}).status_code in (302, 403, 404)
    assert client.get(reverse("admin:ledger_distinctpair_changelist")).status_code in (302, 403)
    assert not DistinctPair.objects.exists()
    assert Worker.objects.active().count() == 2


def test_the_other_community_sees_and_merges_nothing(old, new, elsewhere, make_staff, signed_in):
    client = signed_in(make_staff("community_admin", community=elsewhere.community))
    assert "向南" not in words(client.get(PAIRS))
    for url in (page(old, "alike"), merge_page(old, new), distinct_page(old, new)):
        assert client.get(url).status_code == 404
        assert client.post(url, {"keep": "one", "reason": "试"}).status_code == 404


def test_the_dashboard_says_what_is_to_be_compared(old, new, community_admin, grid_worker, signed_in):
    client = signed_in(community_admin)
    assert "新就业群体里有 1 条可能重复登记" in words(client.get("/admin/"))
    assert "可能重复" not in words(signed_in(grid_worker).get("/admin/"))
    mark_distinct(old, new, by=community_admin)
    assert "可能重复" not in words(client.get("/admin/"))


def test_odd_input_is_answered(old, new, community_admin, signed_in):
    client = signed_in(community_admin)
    for number in ("0", "-1", "x", "", "9" * 40, "٣"):
        assert client.get(PAIRS, {"page": number}).status_code == 200
    url = merge_page(old, new)
    typed = chosen(client.get(url))
    for name in set(typed) - {"reason"}:
        for value in ("x", "\0", "9" * 500):
            response = client.post(url, typed | {name: value})
            assert response.status_code == 422, (name, value)
    for value in ("", "\0", "9" * 500):
        assert client.post(url, typed | {"reason": value}).status_code == 422
    assert client.post(url, {}).status_code == 422
    for key in ("x", "9" * 40, "0"):
        assert client.get(url.replace(f"/merge/{new.pk}/", f"/merge/{key}/")).status_code == 404
        assert client.post(page(old, "alike").replace(f"/{old.pk}/alike/", f"/{key}/alike/")).status_code == 404
    assert ID_NUMBER not in client.get(url).content.decode()
