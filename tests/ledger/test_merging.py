"""Two entries that are one: nothing of either is lost, both numbers and both accounts lead to the one that stays."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import timezone

from ledger.models import ContactNote, DistinctPair, Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.operations import enterprises, merging, surveys, workers
from ledger.operations.joins import join_ledger
from ledger.operations.members import move_member, register_member
from ledger.operations.merging import Take, merge_enterprises, merge_workers
from ledger.rosters import ROSTERS
from services.bookings.models import Booking, Service, Session
from station.models import AuditEvent, Consent
from station.operations.audit import first_broken_link
from station.operations.people import give_consent, withdraw_consent

State = Worker.State
Result = SurveyEntry.Result
EVERY = list(Consent.Purpose)


def history_rows(model, *rows):
    return model.history.filter(id__in=[row.pk for row in rows]).count()


def table_counts():
    """How many rows each table of the product has, the histories and the audit left out, which grow."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in {"station", "ledger", "bookings", "volunteering", "hazards"}
        and not model._meta.object_name.startswith("Historical")
        and model is not AuditEvent
    }


@pytest.fixture
def book(here):
    """``book(user)``: a place for this account at a session of its own."""

    def make(user):
        service = Service.objects.create(slug=f"s{user.pk}", name=f"法律援助{user.pk}", category="advice", summary="问")
        starts_at = timezone.now() + timedelta(days=2)
        session = Session.objects.create(
            service=service, station=here.station, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), places=2
        )
        return Booking.objects.create(session=session, user=user, code=f"{user.pk:06d}")

    return make


@pytest.fixture
def open_round(here, community_admin):
    """``open_round()``: every entry there is now is to be checked."""

    def make(title="冬季摸排"):
        survey = SurveyRound(community=here.community, title=title, ends_on=timezone.localdate() + timedelta(days=9))
        return surveys.open_round(survey, by=community_admin)

    return make


@pytest.fixture
def twice(here, make_worker, make_enterprise, make_rider, community_admin):
    """One person entered twice, with everything that can hang on either entry."""
    employer = make_enterprise()
    old = make_worker("向南", "13900000001", needs="租房", consents=EVERY, affiliation="member", employer=employer)
    new = make_worker(
        "向南", "13800000002", needs="孩子上学", platform="暖风", consents=EVERY, affiliation="probationary"
    )
    for worker, phone in ((old, "13900000001"), (new, "13800000002")):
        Worker.objects.filter(pk=worker.pk).update(user=make_rider(phone))
        worker.refresh_from_db()
        member = register_member(PartyMember(worker=worker, home_branch=f"{phone[:3]}支部"), by=community_admin)
        ContactNote.objects.create(member=member, note=f"{phone[:3]}说过的话", by=community_admin)
    return old, new


def test_a_merge_loses_nothing(twice, book, open_round, community_admin):
    old, new = twice
    for worker in twice:
        book(worker.user)
    closed = open_round("秋季摸排")
    surveys.check_entry(
        closed.entries.get(worker=new), Result.CHANGED, by=community_admin, channel="door", note="换了平台"
    )
    surveys.close_round(closed, by=community_admin, reason="先结束")
    running = open_round()
    surveys.check_entry(running.entries.get(worker=old), Result.CONFIRMED, by=community_admin, channel="wechat")
    surveys.check_entry(
        running.entries.get(worker=new), Result.CHANGED, by=community_admin, channel="door", note="换了手机"
    )
    before, past = table_counts(), history_rows(Worker, old, new)

    kept = merge_workers(
        old,
        new,
        by=community_admin,
        reason="换号又登记了一次",
        take=Take(other=("phone", "platform"), both=("needs",)),
        take_member=Take(other=("home_branch",)),
    )

    assert table_counts() == before
    assert (kept.number, kept.phone, kept.platform, kept.needs) == (
        "JSL-R0001",
        "13800000002",
        "暖风",
        "租房；孩子上学",
    )
    new.refresh_from_db()
    assert (new.state, new.merged_into, new.phone) == (State.MERGED, kept, "13800000002")
    # The past of both is there, and says what happened.
    assert history_rows(Worker, old, new) == past + 2
    assert kept.history.first().history_change_reason == "JSL-R0002 并入：换号又登记了一次"
    assert new.history.first().history_change_reason == "换号又登记了一次"
    # Bookings hang on the accounts; each account leads to the entry that stays.
    assert Booking.objects.values("user").distinct().count() == 2
    for user in (old.user, new.user):
        assert Worker.objects.of_account(user).get() == kept
        page = Template("{% load ledger_tags %}{% my_entry user %}").render(Context({"user": user}))
        assert "JSL-R0001" in page
        assert "138****0002" in page
    # One party member, with what both said.
    member = PartyMember.objects.get(worker=kept)
    assert (member.number, member.home_branch) == ("JSL-D0001", "138支部")
    assert sorted(note.note for note in member.contact_notes.all()) == ["138说过的话", "139说过的话"]
    assert PartyMember.objects.get(number="JSL-D0002").merged_into == member
    # In force once, all there.
    assert Consent.objects.given().filter(person_uid=kept.uid).count() == 3
    assert Consent.objects.filter(person_uid__in=[old.uid, new.uid]).count() == 6
    # The more telling finding is his; the other is not forgotten; the figures of a closed round stand.
    finding = running.entries.get(worker=kept)
    assert (finding.result, finding.channel) == (Result.CHANGED, "door")
    assert finding.note == "换了手机；登记为 JSL-R0001 时：无变化"
    assert running.entries.get(worker=new).result == Result.CONFIRMED
    assert closed.entries.get(worker=kept).result == Result.TO_CHECK
    assert closed.entries.get(worker=new).note == "换了平台"
    event = AuditEvent.objects.filter(action="merge worker").get()
    assert (event.target_id, event.reason) == (str(kept.pk), "换号又登记了一次")
    assert event.data == {"fields": ["needs", "phone", "platform"], "numbers": ["JSL-R0001", "JSL-R0002"]}
    assert first_broken_link() is None


def test_every_table_that_points_to_an_entry_is_thought_of():
    """A new one must be moved by `merge_workers` or `merge_enterprises`; then its name belongs here."""
    pointing = {
        model._meta.object_name: {relation.related_model._meta.label for relation in model._meta.related_objects}
        for model in (Worker, Enterprise, PartyMember)
    }
    assert pointing == {
        # The parts of a name are derived from it and stay where it stands.
        "Worker": {"ledger.Worker", "ledger.PartyMember", "ledger.SurveyEntry", "ledger.WorkerNamePart"},
        "Enterprise": {"ledger.Enterprise", "ledger.Worker", "ledger.SurveyEntry", "ledger.EnterpriseNamePart"},
        "PartyMember": {"ledger.PartyMember", "ledger.ContactNote"},
    }


def test_the_only_account_and_the_only_party_member_come_along(make_worker, rider, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    Worker.objects.filter(pk=new.pk).update(user=rider)
    new.refresh_from_db()
    register_member(PartyMember(worker=new, home_branch="支部"), by=community_admin, consents=EVERY)
    kept = merge_workers(old, new, by=community_admin, reason="重复", take=Take(other=("affiliation",)))
    assert (kept.user, kept.affiliation, kept.party_member.number) == (rider, "member", "JSL-D0001")
    new.refresh_from_db()
    assert (new.user, hasattr(new, "party_member")) == (None, False)
    assert Worker.objects.of_account(rider).get() == kept


def test_a_party_member_does_not_become_one_of_the_masses(make_worker, community_admin):
    old = make_worker("向南", "13900000001", affiliation="masses", consents=EVERY)
    new = make_worker("向南", "13900000002", consents=EVERY)
    register_member(PartyMember(worker=new, home_branch="支部"), by=community_admin)
    with pytest.raises(ValidationError) as refused:
        merge_workers(old, new, by=community_admin, reason="重复")
    assert refused.value.message_dict == {"affiliation": ["其中一条是流动党员，政治面貌要选党员的那一个。"]}
    assert not Worker.objects.filter(state=State.MERGED).exists()


def test_of_two_states_of_a_party_member_one_is_chosen_and_must_be_reachable(twice, community_admin):
    old, new = twice
    move_member(new.party_member, "transferred", by=community_admin, reason="转入了")
    kept = merge_workers(old, new, by=community_admin, reason="重复", take_member=Take(other=("state",)))
    assert PartyMember.objects.get(worker=kept).state == "transferred"


def test_the_livelier_state_stays(make_worker, community_admin, here):
    def pair(first, second):
        old, new = (Worker.objects.create(
            number=f"JSL-X{Worker.objects.count()}", community=here.community, name="向南", other_contact="微信",
            occupation="courier", state=state, left_on=timezone.localdate() if state == "left" else None,
            left_reason="走了" if state == "left" else "",
        ) for state in (first, second))  # fmt: skip
        return old, new

    after = {}
    for first in ("pending", "active", "left", "refused"):
        for second in ("pending", "active", "left", "refused"):
            old, new = pair(first, second)
            try:
                kept = merge_workers(old, new, by=community_admin, reason="重复")
                after[first, second] = (kept.state, kept.left_reason)
            except ValidationError as refused:
                after[first, second] = refused.code
    assert after == {
        ("pending", "pending"): ("pending", ""),
        ("pending", "active"): ("active", ""),
        ("pending", "left"): ("active", ""),
        ("pending", "refused"): ("pending", ""),
        ("active", "pending"): ("active", ""),
        ("active", "active"): ("active", ""),
        ("active", "left"): ("active", ""),
        ("active", "refused"): ("active", ""),
        ("left", "pending"): ("active", ""),
        ("left", "active"): ("active", ""),
        ("left", "left"): ("left", "走了"),
        ("left", "refused"): ("left", "走了"),
        ("refused", "pending"): ("pending", ""),
        ("refused", "active"): "cannot_keep",
        ("refused", "left"): "cannot_keep",
        ("refused", "refused"): ("refused", ""),
    }


def test_who_left_and_registered_himself_anew_is_himself_again(make_worker, here, rider, community_admin, open_round):
    old = make_worker("向南", "13800000001")
    workers.leave_worker(old, by=community_admin, reason="去长沙了")
    running = open_round()
    typed = Worker(community=here.community, name="向南", phone="13800000001", occupation="courier", needs="租房")
    new = join_ledger(typed, user=rider, address="192.0.2.1")
    kept = merge_workers(old, new, by=community_admin, reason="回来了", take=Take(other=("needs",)))
    assert (kept.number, kept.state, kept.left_on, kept.needs, kept.user) == (
        "JSL-R0001",
        State.ACTIVE,
        None,
        "租房",
        rider,
    )
    assert running.entries.get(worker=kept).result == Result.NEW


def test_of_consents_the_earlier_one_counts_and_a_withdrawn_one_comes_along(make_worker, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    first = give_consent(new.uid, "register", text_version="1", channel="paper")
    withdrawn = give_consent(new.uid, "affiliation", text_version="1", channel="paper")
    withdraw_consent(withdrawn, by=community_admin)
    only = give_consent(new.uid, "identity", text_version="1", channel="paper")
    later = give_consent(old.uid, "register", text_version="2", channel="door")
    merge_workers(old, new, by=community_admin, reason="重复")
    owners = dict(Consent.objects.values_list("pk", "person_uid"))
    assert owners == {first.pk: old.uid, withdrawn.pk: old.uid, only.pk: old.uid, later.pk: new.uid}
    assert Consent.objects.get(pk=withdrawn.pk).withdrawn_at is not None


def test_a_chain_of_merges_ends_in_one_living_entry(make_worker, make_rider, community_admin):
    first, second, third = (make_worker("向南", f"1390000000{n}") for n in (1, 2, 3))
    Worker.objects.filter(pk=first.pk).update(user=make_rider("13900000001"))
    Worker.objects.filter(pk=second.pk).update(user=make_rider("13900000002"))
    merge_workers(second, first, by=community_admin, reason="重复")
    kept = merge_workers(third, second, by=community_admin, reason="又重复")
    assert [Worker.objects.get(pk=row.pk).survivor for row in (first, second, third)] == [kept] * 3
    assert set(kept.merged_from.all()) == {first, second}
    for phone in ("13900000001", "13900000002"):
        account = Worker.objects.get(user__username=f"rider-{phone[-4:]}").user
        assert Worker.objects.of_account(account).get() == kept


def test_what_was_merged_away_cannot_be_touched_again(make_worker, make_enterprise, community_admin, here, open_round):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    merge_workers(old, new, by=community_admin, reason="重复")
    for change in (
        lambda: workers.change_worker(new, {"platform": "暖风"}, by=community_admin, reason="改"),
        lambda: workers.confirm_worker(new, by=community_admin),
        lambda: workers.leave_worker(new, by=community_admin, reason="走了"),
        lambda: workers.return_worker(new, by=community_admin),
        lambda: merge_workers(old, new, by=community_admin, reason="再来"),
        lambda: merge_workers(new, old, by=community_admin, reason="反过来"),
    ):
        with pytest.raises(ValidationError):
            change()
    assert old.pk in open_round().entries.values_list("worker", flat=True)
    assert not SurveyEntry.objects.filter(worker=new).exists()
    for rows in (ROSTERS["workers"].every_row(here.community), Worker.objects.listed(), Worker.objects.active()):
        assert list(rows) == [old]
    # The phone of the one merged away is free for the entry that stays, and for nobody's memory.
    assert (
        workers.change_worker(old, {"phone": "13900000002"}, by=community_admin, reason="换号").phone == "13900000002"
    )


def test_only_two_different_entries_of_one_community(make_worker, elsewhere, community_admin):
    mine = make_worker("向南", "13900000001")
    far = make_worker("向南", "13900000001", community=elsewhere.community, grid=elsewhere.grid)
    for other, code in ((mine, "same"), (far, "other_community")):
        with pytest.raises(ValidationError) as refused:
            merge_workers(mine, other, by=community_admin, reason="重复")
        assert refused.value.code == code
    with pytest.raises(ValidationError, match="请写明原因"):
        merge_workers(mine, make_worker("向南", "13900000002"), by=community_admin, reason=" ")


def test_a_value_that_breaks_a_rule_leaves_everything_as_it_was(make_enterprise, community_admin):
    big = make_enterprise("暖风配送", worker_count=10, member_count=5)
    small = make_enterprise("暖风配送公司", worker_count=2)
    with pytest.raises(ValidationError, match="党员人数不能多于从业人数"):
        merge_enterprises(big, small, by=community_admin, reason="重复", take=Take(other=("worker_count",)))
    assert list(Enterprise.objects.values_list("state", flat=True)) == ["active", "active"]


def test_what_somebody_changed_meanwhile_is_looked_at_again(make_worker, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    seen = merging.stamp(old, new)
    workers.change_worker(new, {"phone": "13900000003"}, by=community_admin, reason="换号")
    with pytest.raises(ValidationError, match="刚才有人改过其中一条"):
        merge_workers(old, new, by=community_admin, reason="重复", take=Take(other=("phone",)), seen=seen)
    kept = merge_workers(old, new, by=community_admin, reason="重复", seen=merging.stamp(new, old))
    assert kept.phone == "13900000001"


def test_an_unchecked_line_of_the_running_round_goes_and_the_finding_stays(make_worker, open_round, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    running = open_round()
    surveys.check_entry(running.entries.get(worker=new), Result.CHANGED, by=community_admin, channel="door", note="搬")
    found = running.entries.get(worker=new).pk
    kept = merge_workers(old, new, by=community_admin, reason="重复")
    assert list(running.entries.values_list("pk", "worker", "result")) == [(found, kept.pk, "changed")]
    surveys.close_round(running, by=community_admin)


def test_that_the_other_one_left_says_nothing_about_who_is_here(make_worker, open_round, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    running = open_round()
    surveys.check_entry(running.entries.get(worker=new), Result.LEFT, by=community_admin, channel="door", note="没人")
    kept = merge_workers(old, new, by=community_admin, reason="重复")
    assert running.entries.get(worker=kept).result == Result.TO_CHECK
    assert running.entries.get(worker=kept).note == "登记为 JSL-R0002 时：已离开；没人"
    assert running.entries.get(worker=new).result == Result.LEFT


def test_an_enterprise_takes_its_workers_along(make_enterprise, make_worker, open_round, community_admin):
    old, new = make_enterprise("暖风配送有限公司"), make_enterprise("暖风配送", credit_code="91350100M000100Y43")
    here_worker, gone = make_worker("甲", "13900000001", employer=new), make_worker("乙", "13900000002", employer=new)
    workers.leave_worker(gone, by=community_admin, reason="走了")
    open_round()
    take = Take(other=("credit_code",))
    kept = merge_enterprises(old, new, by=community_admin, reason="写了两遍", take=take)
    assert (kept.number, kept.credit_code, kept.name) == ("JSL-Q0001", "91350100M000100Y43", "暖风配送有限公司")
    assert set(kept.workers.all()) == {here_worker, gone}
    assert here_worker.history.first().history_change_reason == "所属企业 JSL-Q0002 合并"
    assert here_worker.history.first().history_user == community_admin
    assert [entry.enterprise for entry in SurveyEntry.objects.filter(enterprise__isnull=False)] == [kept]
    with pytest.raises(ValidationError, match="JSL-Q0002 已经并入 JSL-Q0001"):
        enterprises.change_enterprise(new, {"name": "改"}, by=community_admin, reason="改")
    assert Worker.objects.get(pk=here_worker.pk).phone == "13900000001"


def test_whom_the_other_one_was_not_the_survivor_is_not_either(make_worker, community_admin):
    old, new, stranger = (make_worker("向南", f"1390000000{n}") for n in (1, 2, 3))
    merging.mark_distinct(new, stranger, by=community_admin)
    merging.mark_distinct(new, old, by=community_admin)
    merge_workers(old, new, by=community_admin, reason="还是同一个")
    assert list(DistinctPair.objects.values_list("first", "second")) == [("JSL-R0001", "JSL-R0003")]


def test_a_grid_taken_over_also_takes_over_who_checks(make_worker, here, open_round, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002", grid=here.grids[1])
    running = open_round()
    merge_workers(old, new, by=community_admin, reason="重复", take=Take(other=("grid",)))
    assert running.entries.get().grid == here.grids[1]


def test_a_line_that_comes_along_is_checked_where_the_survivor_is(make_worker, here, open_round, community_admin):
    new = make_worker("向南", "13900000002", grid=here.grids[1])
    running = open_round()
    old = make_worker("向南", "13900000001")
    SurveyEntry.objects.filter(worker=old).delete()
    kept = merge_workers(old, new, by=community_admin, reason="重复")
    assert (running.entries.get().worker, running.entries.get().grid) == (kept, here.grid)


def test_what_was_said_about_an_unchecked_line_is_kept(make_worker, open_round, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    running = open_round()
    running.entries.filter(worker=new).update(note="上门三次没人")
    surveys.check_entry(running.entries.get(worker=old), Result.CONFIRMED, by=community_admin, channel="door")
    merge_workers(old, new, by=community_admin, reason="重复")
    assert running.entries.get().note == "上门三次没人"
