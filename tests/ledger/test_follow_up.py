"""This week's list of party members to contact: who is on it, one tap, the notes on a member's page, who may see it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.admin.contacts import end_of_week
from ledger.models import ContactNote, PartyMember, Worker
from ledger.operations import contacts
from station.models import AuditEvent, Occupation

LIST = reverse("admin:ledger_partymember_to_contact")
SAID = "孩子明年上小学，想问学位"
PHONE = "13900001234"


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def page(member, name="change"):
    return reverse(f"admin:ledger_partymember_{name}", args=[member.pk])


def button(member, name):
    return reverse("admin:ledger_partymember_do", args=[member.pk, name])


@pytest.fixture
def add_member():
    """``add_member(here, "D1", due=5)``: a member to be contacted five days ago."""

    def add(place, number, *, due=0, name="罗䶮", **values):
        worker = Worker.objects.create(
            number=f"R-{number}",
            community=place.community,
            grid=place.grid,
            name=name,
            phone=f"1390000{1234 + Worker.objects.count():04d}",
            occupation=Occupation.COURIER,
            last_confirmed_on=days_ago(0),
        )
        return PartyMember.objects.create(
            number=number,
            worker=worker,
            home_branch="衡阳支部",
            next_contact_on=None if due is None else days_ago(due),
            **values,
        )

    return add


def tap(member, reached="yes", seen=0, **values):
    """What a button of the list sends."""
    return {"way": "phone", "reached": reached, "seen": seen, "back": "to-contact", **values}


# --- the list ----------------------------------------------------------------------------------------------
def test_the_week_ends_on_sunday():
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    for day in range(7):
        assert end_of_week(monday + timedelta(days=day)) == monday + timedelta(days=6)


def test_the_list_has_the_longest_overdue_first_and_masks_the_phone(
    here, elsewhere, add_member, community_admin, signed_in
):
    sunday = (end_of_week(timezone.localdate()) - timezone.localdate()).days
    add_member(here, "D1", due=-sunday)
    add_member(here, "D2", due=3)
    add_member(here, "D3", due=None)
    add_member(here, "D4", due=10, state="lost")
    add_member(here, "D5", due=-sunday - 1)
    add_member(here, "D6", due=3, state="returned")
    add_member(elsewhere, "D9", due=3, name="外人")
    response = signed_in(community_admin).get(LIST)
    html = response.content.decode()
    assert [row.member.number for row in response.context_data["rows"]] == ["D4", "D2", "D1", "D3"]
    assert [row.when for row in response.context_data["rows"]][:2] == ["过了 10 天", "过了 3 天"]
    assert response.context_data["rows"][3].when == "没定日期"
    assert "139****1234" in html
    assert not re.search(r"1390000\d{4}", html)
    assert "外人" not in html
    assert "no-store" in response.headers["Cache-Control"]


def test_an_empty_week_says_so(here, add_member, community_admin, signed_in):
    add_member(here, "D1", due=-10)
    assert "这周没有要联系的人。" in signed_in(community_admin).get(LIST).content.decode()


def test_the_dashboard_counts_whom_the_list_shows_and_leads_there(here, add_member, community_admin, signed_in):
    for number, due in enumerate([5, 0, None, -10]):
        add_member(here, f"D{number}", due=due)
    html = signed_in(community_admin).get("/admin/").content.decode()
    assert f'<a href="{LIST}">3 该联系了</a>' in html


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_for_one_member_and_thirty(
    rows, here, add_member, community_admin, signed_in, django_assert_num_queries
):
    for number in range(rows):
        member = add_member(here, f"D{number}", due=2)
        contacts.note_contact(member, by=community_admin, reached=False, on=days_ago(9))
        PartyMember.objects.update(next_contact_on=days_ago(2))
    client = signed_in(community_admin)
    client.get(LIST)
    with django_assert_num_queries(6):
        assert len(client.get(LIST).context_data["rows"]) == rows


def test_a_long_list_has_pages(here, add_member, community_admin, signed_in):
    for number in range(51):
        add_member(here, f"D{number:02d}", due=2)
    client = signed_in(community_admin)
    assert len(client.get(LIST).context_data["rows"]) == 50
    for odd in ("2", "99", "x", "\0"):
        assert client.get(LIST, {"p": odd}).status_code == 200
    assert [row.member.number for row in client.get(LIST, {"p": 2}).context_data["rows"]] == ["D50"]


# --- one tap -----------------------------------------------------------------------------------------------
def test_one_tap_writes_a_note_and_he_leaves_the_list(here, add_member, community_admin, signed_in):
    member, other = add_member(here, "D1", due=5), add_member(here, "D2", due=1)
    client = signed_in(community_admin)
    response = client.post(button(member, "contact"), tap(member), follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    html = response.content.decode()
    assert "D1 记好了，下次联系：" in html
    assert [row.member for row in response.context_data["rows"]] == [other]
    note = ContactNote.objects.get()
    assert (note.reached, note.way, note.on, note.next_contact_on) == (True, "phone", days_ago(0), days_ago(-30))
    assert "罗䶮" not in client.cookies.get("messages", "").__str__()


def test_a_nervous_finger_writes_one_note(here, add_member, community_admin, signed_in):
    member = add_member(here, "D1", due=5)
    client = signed_in(community_admin)
    for _tap in range(2):
        assert client.post(button(member, "contact"), tap(member, "no")).status_code == 302
    assert ContactNote.objects.count() == 1


def test_a_tap_on_a_page_that_is_out_of_date_is_asked_again(here, add_member, community_admin, grid_worker, signed_in):
    member = add_member(here, "D1", due=5)
    contacts.note_contact(member, by=grid_worker, note=SAID)
    response = signed_in(community_admin).post(button(member, "contact"), tap(member))
    assert response.status_code == 422
    assert "刚刚有人记过一次联系" in response.content.decode()
    assert ContactNote.objects.count() == 1


def test_a_form_says_more_and_keeps_what_was_typed(here, add_member, community_admin, signed_in):
    member = add_member(here, "D1", due=5)
    client = signed_in(community_admin)
    typed = {
        "way": "visit",
        "reached": "yes",
        "note": SAID,
        "seen": 0,
        "on": days_ago(1),
        "next_contact_on": days_ago(0),
    }
    refused = client.post(button(member, "contact"), typed)
    assert refused.status_code == 422
    assert SAID in refused.content.decode()
    assert "下次联系请选明天以后、一年以内的日子。" in refused.content.decode()
    assert client.post(button(member, "contact"), typed | {"next_contact_on": days_ago(-9)}).status_code == 302
    note = ContactNote.objects.get()
    assert (note.way, note.on, note.note, note.next_contact_on) == ("visit", days_ago(1), SAID, days_ago(-9))


@pytest.mark.parametrize(
    "odd",
    [
        {"way": "desk"},
        {"way": "\0"},
        {"reached": "perhaps"},
        {"on": "2026-02-30"},
        {"on": "2999-01-01"},
        {"note": "长" * 201},
        {"note": "\0"},
        {"next_contact_on": "9999-12-31"},
        {"seen": "-1"},
        {"seen": "9" * 40},
        {"seen": "x"},
    ],
)
def test_odd_input_is_refused_and_nothing_is_written(here, add_member, community_admin, signed_in, odd):
    member = add_member(here, "D1")
    assert signed_in(community_admin).post(button(member, "contact"), tap(member, **odd)).status_code == 422
    assert not ContactNote.objects.exists()


# --- on his page -------------------------------------------------------------------------------------------
def test_his_page_tells_the_contacts_newest_first_and_asks_what_they_suggest(
    here, add_member, community_admin, signed_in
):
    member = add_member(here, "D1")
    contacts.note_contact(member, by=community_admin, on=days_ago(20), note=SAID)
    for days in (9, 6, 3):
        contacts.note_contact(member, by=community_admin, on=days_ago(days), reached=False)
    html = signed_in(community_admin).get(page(member)).content.decode()
    notes = html[html.index('id="notes-title"') :]
    assert SAID in notes
    assert notes.index(f"{days_ago(3):%Y-%m-%d}") < notes.index(f"{days_ago(20):%Y-%m-%d}")
    assert "前后 3 天都没联系上，是不是失联了？" in html
    form = signed_in(community_admin).get(button(member, "move")).content.decode()
    assert re.search(r'value="lost"[^>]*checked', form)
    assert "merged" not in form
    assert PartyMember.objects.get().state == "mobile"


def test_only_states_that_may_follow_are_offered(here, add_member, community_admin, signed_in):
    client = signed_in(community_admin)
    for state, offered in (
        ("mobile", ["returned", "lost", "transferred"]),
        ("lost", ["mobile", "returned"]),
        ("returned", ["mobile"]),
    ):
        member = add_member(here, f"D-{state}", state=state)
        form = client.get(button(member, "move")).content.decode()
        assert re.findall(r'type="radio" name="to" value="(\w+)"', form) == offered
    gone = add_member(here, "D-transferred", state="transferred")
    assert button(gone, "move") not in client.get(page(gone)).content.decode()


def test_reporting_in_offers_the_stations_of_his_community(here, elsewhere, add_member, community_admin, signed_in):
    member = add_member(here, "D1")
    client = signed_in(community_admin)
    form = client.get(button(member, "report-in")).content.decode()
    assert here.station.name in form
    assert elsewhere.station.name not in form
    wrong = client.post(button(member, "report-in"), {"station": elsewhere.station.pk})
    assert wrong.status_code == 422
    assert client.post(button(member, "report-in"), {"station": here.station.pk}).status_code == 302
    member.refresh_from_db()
    assert (member.reported_in_at, member.reported_in_on) == (here.station, days_ago(0))


def test_the_phone_is_shown_with_a_reason_and_the_taps_are_at_hand(here, add_member, community_admin, signed_in):
    member = add_member(here, "D1")
    client = signed_in(community_admin)
    assert client.post(button(member, "reveal-phone"), {"reason": ""}).status_code == 422
    response = client.post(button(member, "reveal-phone"), {"reason": "本周回访"})
    html = response.content.decode()
    assert PHONE in html
    assert html.count(f'action="{button(member, "contact")}"') == 2
    assert "no-store" in response.headers["Cache-Control"]
    event = AuditEvent.objects.get(action="reveal worker")
    assert (event.reason, event.data) == ("本周回访", {"fields": ["name", "phone"]})


def test_a_member_who_has_gone_shows_no_taps(here, add_member, community_admin, signed_in):
    member = add_member(here, "D1", state="transferred")
    client = signed_in(community_admin)
    html = client.post(button(member, "reveal-phone"), {"reason": "核对"}).content.decode()
    assert button(member, "contact") not in html
    assert client.post(button(member, "contact"), tap(member)).status_code == 422


# --- the pointer rule, and who sees a party member ---------------------------------------------------------
def test_only_a_pointer_is_kept():
    kept = {field.name for model in (PartyMember, ContactNote) for field in model._meta.get_fields()}
    assert not [name for name in kept if re.search(r"appli|review|dues|fee|probation|sponsor", name)]


ROLES = ["grid_worker", "keeper", "team_leader", "supervisor", "rider"]
DOORS = ["changelist", "add", "to_contact", "html", "pdf", "xlsx", "csv"]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_sees_that_there_is_a_party_member(request, here, add_member, community_admin, signed_in, role):
    member = add_member(here, "JSL-D0777", due=5)
    contacts.note_contact(member, by=community_admin, note=SAID)
    client = signed_in(request.getfixturevalue(role))
    urls = [reverse(f"admin:ledger_partymember_{door}") for door in DOORS]
    urls += [page(member), page(member, "history"), page(member, "delete")]
    urls += [button(member, name) for name in ("contact", "report-in", "reveal-phone", "reveal", "move")]
    for url in urls:
        for response in (
            client.get(url),
            client.post(url, tap(member) | {"reason": "看", "station": here.station.pk, "to": "lost"}),
        ):
            assert response.status_code in ((302,) if role == "rider" else (403, 404)), url
            said = response.content.decode()
            assert not [text for text in ("罗䶮", SAID, PHONE, "衡阳支部", "JSL-D0777") if text in said], url
    asked = {"app_label": "ledger", "model_name": "contactnote", "field_name": "member", "term": "JSL-D0777"}
    assert client.get(reverse("admin:autocomplete"), asked).status_code in (302, 403, 404)
    assert ContactNote.objects.count() == 1
    assert PartyMember.objects.get().state == "mobile"


def test_the_administrator_next_door_finds_nothing(here, elsewhere, add_member, make_staff, signed_in, community_admin):
    member = add_member(here, "D1", due=5)
    client = signed_in(make_staff("community_admin", community=elsewhere.community))
    assert list(client.get(LIST).context_data["rows"]) == []
    for url in (page(member), page(member, "history"), *(button(member, name) for name in ("contact", "reveal-phone"))):
        assert client.get(url).status_code == 404
        assert client.post(url, tap(member)).status_code == 404
    found = client.post(reverse("admin:ledger_partymember_changelist"), {"q": "D1"}, follow=True)
    assert list(found.context["cl"].result_list) == []
    assert ContactNote.objects.visible_to(community_admin).count() == 0


def test_the_past_masks_what_the_form_masks(here, add_member, community_admin, signed_in):
    member = add_member(here, "D1", due=5)
    contacts.note_contact(member, by=community_admin, note=SAID)
    html = signed_in(community_admin).get(page(member, "history")).content.decode()
    assert "联系记录" in html
    assert SAID not in html
