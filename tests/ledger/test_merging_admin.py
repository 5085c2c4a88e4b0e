"""Two entries become one on the pages of staff; the old number, its page and its past go on leading to the person."""

import pytest
from django.urls import reverse

from ledger.models import DistinctPair, Enterprise, PartyMember, Worker
from ledger.operations import workers
from ledger.operations.members import register_member
from ledger.operations.merging import merge_workers
from tests.ledger.test_duplicates_admin import chosen, distinct_page, merge_page, said, words
from tests.ledger.test_register_admin import LIST, SENSITIVE, button, page


@pytest.fixture
def old(make_worker):
    return make_worker("向南", "13900000001", needs="租房")


@pytest.fixture
def new(make_worker):
    return make_worker("向南", "13800000001", needs="孩子上学")


def test_two_are_merged_on_the_page_as_it_offers(old, new, community_admin, signed_in):
    client = signed_in(community_admin)
    url = merge_page(new, old)
    shown = client.get(url)
    assert "13800000001" not in shown.content.decode()
    typed = chosen(shown)
    assert typed == {
        "keep": "one", "reason": "重复登记", "seen": typed["seen"], "phone": "other", "needs": "both",
    }  # fmt: skip
    response = client.post(url, typed)
    assert (response.status_code, response.url) == (302, page(old))
    assert said(response) == ["合并好了：JSL-R0002 并入了 JSL-R0001，历史和往来都在。"]
    old.refresh_from_db()
    assert (old.phone, old.needs) == ("13800000001", "租房；孩子上学")


def test_the_younger_number_can_stay_and_other_values(old, new, community_admin, signed_in):
    client = signed_in(community_admin)
    url = merge_page(old, new)
    typed = chosen(client.get(url), keep="other", phone="one", needs="one", reason="换了卡")
    assert client.post(url, typed).url == page(new)
    new.refresh_from_db()
    assert (new.number, new.phone, new.needs, new.state) == ("JSL-R0002", "13900000001", "租房", "active")
    assert Worker.objects.get(pk=old.pk).merged_into == new


def test_a_refused_merge_keeps_what_was_chosen(make_enterprise, community_admin, signed_in):
    one = make_enterprise("暖风配送", worker_count=10, member_count=5)
    other = make_enterprise("暖风配送公司", worker_count=2)
    client = signed_in(community_admin)
    url = merge_page(one, other)
    typed = chosen(client.get(url), worker_count="other", member_count="one", reason="写了两遍")
    response = client.post(url, typed)
    assert response.status_code == 422
    assert "党员人数不能多于从业人数" in words(response)
    assert response.context["form"]["worker_count"].value() == "other"
    assert "写了两遍" in response.content.decode()
    assert Enterprise.objects.active().count() == 2
    assert client.post(url, typed | {"member_count": "other"}).status_code == 302


def test_what_changed_meanwhile_is_asked_again(old, new, community_admin, signed_in):
    client = signed_in(community_admin)
    url = merge_page(old, new)
    typed = chosen(client.get(url))
    workers.change_worker(new, {"site": "二站"}, by=community_admin, reason="补")
    response = client.post(url, typed)
    assert response.status_code == 422
    assert "刚才有人改过其中一条" in words(response)
    assert "二站" in words(response)
    assert client.post(url, chosen(response)).status_code == 302
    old.refresh_from_db()
    assert old.site == "二站"


def test_party_members_are_merged_on_the_same_page(old, new, community_admin, signed_in):
    for worker, branch in ((old, "衡阳支部"), (new, "衡阳县第二支部")):
        register_member(PartyMember(worker=worker, home_branch=branch), by=community_admin, consents=SENSITIVE[:1])
    client = signed_in(community_admin)
    url = merge_page(old, new)
    shown = client.get(url)
    assert "流动党员登记也合成一条" in words(shown)
    assert client.post(url, chosen(shown, **{"member-home_branch": "one"})).status_code == 302
    member = PartyMember.objects.get(worker=old)
    assert member.home_branch == "衡阳支部"
    gone = PartyMember.objects.get(number="JSL-D0002")
    assert "JSL-D0002 已并入 JSL-D0001" in words(client.get(page(gone)))
    assert list(client.get(reverse("admin:ledger_partymember_changelist")).context["cl"].result_list) == [member]


def test_the_page_of_an_entry_merged_away_says_where_it_went(old, new, community_admin, signed_in):
    merge_workers(old, new, by=community_admin, reason="重复")
    client = signed_in(community_admin)
    response = client.get(page(new))
    read = words(response)
    assert "JSL-R0002 已并入 JSL-R0001 这一页只能看，要改请到那一条去。" in read
    assert response.context["object_actions"] == []
    assert 'name="_save"' not in response.content.decode()
    assert client.post(page(new), {"name": "改"}).status_code == 403
    for name in ("confirm", "accept", "leave", "return", "reveal"):
        assert client.post(button(new, name), {"reason": "试"}).status_code == 403
    assert client.get(merge_page(old, new)).url == page(new)
    assert client.post(merge_page(old, new), {}).url == page(new)
    assert client.post(distinct_page(old, new)).status_code == 302
    assert not DistinctPair.objects.exists()
    Worker.objects.get(pk=new.pk, state="merged", name="向南")


def test_a_grid_worker_does_not_learn_where_it_went_if_not_to_his_grid(
    here, make_worker, community_admin, grid_worker, signed_in
):
    theirs, mine = make_worker("向南", "13900000001", grid=here.grids[1]), make_worker("向南", "13800000001")
    merge_workers(theirs, mine, by=community_admin, reason="重复")
    response = signed_in(grid_worker).get(page(mine))
    assert "JSL-R0002 已并入别的网格的一条，请找社区管理员。" in words(response)
    assert "JSL-R0001" not in response.content.decode()


def test_the_old_number_still_finds_the_person(old, new, community_admin, signed_in):
    merge_workers(old, new, by=community_admin, reason="重复")
    client = signed_in(community_admin)
    response = client.post(LIST, {"q": "jsl-r0002"}, follow=True)
    assert "JSL-R0002 已并入 JSL-R0001" in words(response)
    assert f'<a href="{page(old)}">JSL-R0001</a>' in response.content.decode()
    assert list(client.get(LIST).context["cl"].result_list) == [old]
    assert list(client.get(LIST, {"state__exact": "merged"}).context["cl"].result_list) == [new]
    assert "已并入" not in words(client.get(LIST))


def test_the_past_of_the_one_merged_away_is_read_on_the_page_that_stays(old, new, community_admin, signed_in):
    workers.change_worker(new, {"platform": "暖风", "phone": "13800000009"}, by=community_admin, reason="本人来电")
    merge_workers(old, new, by=community_admin, reason="重复")
    response = signed_in(community_admin).get(page(old, "history"))
    states = [(event.of, event.why) for event in response.context["page"]]
    assert states[:2] == [("", "JSL-R0002 并入：重复"), ("JSL-R0002", "重复")]
    assert ("JSL-R0002", "本人来电") in states
    read = words(response)
    assert "138****0001 → 138****0009" in read
    assert "13800000009" not in response.content.decode()
