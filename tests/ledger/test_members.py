"""Mobile party members: a pointer, with consent."""

import pytest
from django.core.exceptions import ValidationError

from ledger.models import PartyMember, Worker
from ledger.operations import members, workers
from station.models import Consent

State = PartyMember.State
AFFILIATION = [Consent.Purpose.AFFILIATION]


def test_a_member_needs_the_workers_consent_and_his_affiliation_is_known_from_then_on(worker, community_admin):
    with pytest.raises(ValidationError) as refusal:
        members.register_member(PartyMember(worker=worker, home_branch="衡阳支部"), by=community_admin)
    assert "登记政治面貌" in refusal.value.messages[0]
    assert (PartyMember.objects.count(), Worker.objects.get().affiliation) == (0, "")

    member = PartyMember(worker=worker, home_branch="衡阳支部", home_phone="139 0000 0700")
    members.register_member(member, by=community_admin, reason="到驿站报到", consents=AFFILIATION)
    assert (member.number, member.home_phone, member.community) == ("JSL-D0001", "13900000700", worker.community)
    assert Worker.objects.get().affiliation == "member"
    assert member.history.get().history_change_reason == "到驿站报到"


def test_only_an_active_worker_who_is_in_the_party_becomes_a_member(make_worker, community_admin):
    left = workers.leave_worker(make_worker(), by=community_admin, reason="走了")
    league = make_worker("王𫖯", "13900000002", affiliation="league", consents=AFFILIATION)
    for worker, message in (
        (left, "这个人现在不在册，请先办返回或核实。"),
        (league, "他登记的政治面貌不是党员，请先核对更正。"),
    ):
        with pytest.raises(ValidationError) as refusal:
            members.register_member(
                PartyMember(worker=worker, home_branch="衡阳支部"), by=community_admin, consents=AFFILIATION
            )
        assert refusal.value.message_dict == {"worker": [message]}


def test_every_pair_of_states(worker, community_admin):
    member = PartyMember(worker=worker, home_branch="衡阳支部")
    members.register_member(member, by=community_admin, consents=AFFILIATION)
    done = set()
    for start in State:
        for end in State:
            PartyMember.objects.update(state=start, merged_into=member if start == State.MERGED else None)
            try:
                assert members.move_member(member, end, by=community_admin, reason="回访").state == end
                done.add((start, end))
            except ValidationError:
                assert PartyMember.objects.get().state == start
    assert done == {
        (State.MOBILE, State.RETURNED),
        (State.MOBILE, State.LOST),
        (State.MOBILE, State.TRANSFERRED),
        (State.LOST, State.MOBILE),
        (State.LOST, State.RETURNED),
        (State.RETURNED, State.MOBILE),
    }


def test_a_change_keeps_the_person_and_checks_the_card(make_worker, community_admin):
    member = PartyMember(worker=make_worker(), home_branch="衡阳支部")
    members.register_member(member, by=community_admin, consents=AFFILIATION)
    other = make_worker("王𫖯", "13900000002")
    with pytest.raises(ValidationError, match="不能换成另一个人"):
        members.change_member(member, {"worker": other}, by=community_admin, reason="改")
    with pytest.raises(ValidationError, match="持流动党员活动证"):
        members.change_member(member, {"card_number": "A1"}, by=community_admin, reason="改")
    changed = members.change_member(
        member, {"card_number": "A1", "has_activity_card": True}, by=community_admin, reason="看了证"
    )
    assert (changed.card_number, changed.history.count()) == ("A1", 2)
