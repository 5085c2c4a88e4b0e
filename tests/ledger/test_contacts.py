"""Keeping in touch with party members: what is written down, when the next contact is due, what is only suggested."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from ledger.models import ContactNote, PartyMember
from ledger.operations import contacts, members
from station.models import AuditEvent, Consent, Station

State, Way = PartyMember.State, ContactNote.Way
WHAT_HE_SAID = "孩子明年上小学，想问学位"


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def member(make_worker, community_admin):
    return members.register_member(
        PartyMember(worker=make_worker(), home_branch="衡阳支部"),
        by=community_admin,
        consents=[Consent.Purpose.AFFILIATION],
    )


@pytest.fixture
def tried(member, community_admin):
    """``tried(3, reached=False)``: a contact three days ago."""

    def note(days, **values):
        return contacts.note_contact(member, by=community_admin, on=days_ago(days), **values)

    return note


def as_stored(member):
    return PartyMember.objects.with_contacts().get(pk=member.pk)


def test_a_new_member_is_not_forgotten(member, make_worker, community_admin):
    assert member.next_contact_on == days_ago(-30)
    named = PartyMember(worker=make_worker("王𫖯", "13900000002"), home_branch="支部", next_contact_on=days_ago(-5))
    members.register_member(named, by=community_admin, consents=[Consent.Purpose.AFFILIATION])
    assert named.next_contact_on == days_ago(-5)


def test_a_contact_leaves_a_note_a_next_date_a_state_of_the_past_and_an_event(member, community_admin, settings):
    settings.MEMBER_CONTACT_EVERY = timedelta(days=14)
    contacts.note_contact(member, by=community_admin, note=f" {WHAT_HE_SAID} ")
    note = ContactNote.objects.get()
    assert (note.on, note.way, note.reached, note.note, note.next_contact_on, note.by) == (
        days_ago(0),
        Way.PHONE,
        True,
        WHAT_HE_SAID,
        days_ago(-14),
        community_admin,
    )
    assert as_stored(member).next_contact_on == days_ago(-14)
    assert member.history.first().history_change_reason == "联系记录"
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.target_id, event.data) == (
        "contact partymember",
        str(member.pk),
        {"way": "phone", "reached": True},
    )


def test_what_he_said_is_unreadable_in_the_database(member, community_admin):
    contacts.note_contact(member, by=community_admin, note=WHAT_HE_SAID)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM ledger_contactnote")
        (stored,) = cursor.fetchone()
    assert "学位" not in stored


def test_after_a_call_in_vain_he_is_tried_again_sooner(tried, member):
    tried(0, reached=False)
    assert as_stored(member).next_contact_on == days_ago(-3)


def test_who_names_a_day_is_obeyed(tried, member):
    tried(0, next_contact_on=days_ago(-8))
    assert as_stored(member).next_contact_on == days_ago(-8)


def test_a_note_of_an_older_day_moves_no_date_unless_it_names_one(tried, member):
    tried(2)
    tried(20, way=Way.VISIT)
    assert as_stored(member).next_contact_on == days_ago(-28)
    assert ContactNote.objects.get(way=Way.VISIT).next_contact_on is None
    tried(20, way=Way.WECHAT, next_contact_on=days_ago(-1))
    assert as_stored(member).next_contact_on == days_ago(-1)
    assert as_stored(member).last_note == ContactNote.objects.get(on=days_ago(2)).pk


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"on": -1}, "日期不能晚于今天。"),
        ({"next_contact_on": 0}, "下次联系请选明天以后、一年以内的日子。"),
        ({"next_contact_on": 3}, "下次联系请选明天以后、一年以内的日子。"),
        ({"next_contact_on": -367}, "下次联系请选明天以后、一年以内的日子。"),
        ({"note": "长" * 201}, "确保该变量包含不超过 200 字符"),
        ({"way": "pigeon"}, "值 'pigeon' 不是有效选项。"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(member, community_admin, values, message):
    values = {name: days_ago(value) if isinstance(value, int) else value for name, value in values.items()}
    with pytest.raises(ValidationError) as refusal:
        contacts.note_contact(member, by=community_admin, **values)
    assert message in refusal.value.messages[0]
    assert (ContactNote.objects.count(), as_stored(member).next_contact_on) == (0, days_ago(-30))


@pytest.mark.parametrize("state", [State.RETURNED, State.TRANSFERRED])
def test_who_is_no_longer_looked_after_is_not_contacted(member, community_admin, state, here):
    members.move_member(member, state, by=community_admin, reason="回访")
    for attempt in (
        lambda: contacts.note_contact(member, by=community_admin),
        lambda: contacts.report_in(member, station=here.station, by=community_admin),
    ):
        with pytest.raises(ValidationError) as refusal:
            attempt()
        assert refusal.value.code == "transition"
    assert not ContactNote.objects.exists()


# --- two people at once, one finger twice ------------------------------------------------------------------
def test_the_same_tap_twice_is_one_note(member, community_admin):
    for _tap in range(2):
        contacts.note_contact(member, by=community_admin, seen=0)
    assert ContactNote.objects.count() == 1


def test_a_colleague_who_was_quicker_is_noticed(member, community_admin, make_staff, here):
    colleague = make_staff("community_admin", community=here.community)
    contacts.note_contact(member, by=colleague, reached=False, seen=0)
    with pytest.raises(ValidationError) as refusal:
        contacts.note_contact(member, by=community_admin, seen=0)
    assert refusal.value.code == "already"
    contacts.note_contact(member, by=community_admin, seen=1)
    assert ContactNote.objects.count() == 2


# --- suggestions: never more than a question ---------------------------------------------------------------
def test_three_days_in_vain_ask_whether_he_is_lost_and_change_nothing(tried, member):
    tried(30)
    for days, suggested in ((9, None), (6, None), (6, None), (3, State.LOST)):
        tried(days, reached=False)
        assert as_stored(member).suggested_state == suggested
    assert (as_stored(member).missed_days, as_stored(member).state) == (3, State.MOBILE)
    tried(0)
    assert (as_stored(member).missed_days, as_stored(member).suggested_state) == (0, None)


def test_a_lost_member_who_answers_asks_to_be_found(tried, member, community_admin):
    tried(9, reached=False)
    members.move_member(member, State.LOST, by=community_admin, reason="找不到人")
    assert as_stored(member).suggested_state is None
    tried(1)
    assert (as_stored(member).suggested_state, as_stored(member).state) == (State.MOBILE, State.LOST)


def test_one_members_contacts_do_not_count_for_another(tried, member, make_worker, community_admin):
    for days in (9, 6, 3):
        tried(days, reached=False)
    other = PartyMember(worker=make_worker("王𫖯", "13900000002"), home_branch="支部")
    members.register_member(other, by=community_admin, consents=[Consent.Purpose.AFFILIATION])
    quiet = as_stored(other)
    assert (quiet.noted, quiet.last_note, quiet.last_reached, quiet.missed_days) == (0, None, None, 0)
    assert (as_stored(member).noted, as_stored(member).missed_days) == (3, 3)


# --- reporting in ------------------------------------------------------------------------------------------
def test_reporting_in_writes_where_and_when_and_is_a_contact(member, here, community_admin):
    contacts.report_in(member, station=here.station, by=community_admin, on=days_ago(2), note="留了电话")
    stored = as_stored(member)
    assert (stored.reported_in_on, stored.reported_in_at, stored.next_contact_on) == (
        days_ago(2),
        here.station,
        days_ago(-28),
    )
    note = ContactNote.objects.get()
    assert (note.way, note.on, note.reached, note.note) == (Way.DESK, days_ago(2), True, "留了电话")
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.data) == ("report in member", {"station": "lanyuan"})


def test_who_is_registered_at_the_desk_has_been_met(make_worker, here, community_admin):
    member = PartyMember(
        worker=make_worker(), home_branch="支部", reported_in_on=days_ago(0), reported_in_at=here.station
    )
    members.register_member(member, by=community_admin, consents=[Consent.Purpose.AFFILIATION])
    assert ContactNote.objects.get().way == Way.DESK
    assert as_stored(member).next_contact_on == days_ago(-30)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"reported_in_on": date(2999, 1, 1)}, "报到日期不能晚于今天。"),
        ({"reported_in_at": "here"}, "写了在哪个驿站报到，也请填报到日期。"),
        ({"reported_in_at": "elsewhere", "reported_in_on": date(2026, 1, 5)}, "这个驿站不在本社区，请重新选。"),
    ],
)
def test_when_and_where_he_reported_in_go_together(member, here, elsewhere, community_admin, values, message):
    places = {"here": here.station, "elsewhere": elsewhere.station}
    values = {name: places.get(value, value) for name, value in values.items()}
    with pytest.raises(ValidationError, match=message):
        members.change_member(member, values, by=community_admin, reason="补")
    assert Station.objects.count() == 2


def test_the_desk_of_another_community_is_refused(member, elsewhere, community_admin):
    with pytest.raises(ValidationError, match="这个驿站不在本社区"):
        contacts.report_in(member, station=elsewhere.station, by=community_admin)
    assert (ContactNote.objects.count(), as_stored(member).reported_in_on) == (0, None)


# --- who is due --------------------------------------------------------------------------------------------
def test_due_are_the_overdue_todays_and_those_without_a_date(make_worker):
    for number, (days, state) in enumerate(
        [(5, State.MOBILE), (0, State.LOST), (None, State.MOBILE), (-1, State.MOBILE), (5, State.RETURNED)]
    ):
        PartyMember.objects.create(
            number=f"D{number}",
            worker=make_worker(f"党员{number}", f"1390000{number:04d}"),
            home_branch="支部",
            state=state,
            next_contact_on=None if days is None else days_ago(days),
        )
    assert sorted(PartyMember.objects.due().values_list("number", flat=True)) == ["D0", "D1", "D2"]
    assert PartyMember.objects.due(days_ago(-1)).count() == 4
