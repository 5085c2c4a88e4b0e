"""What does not work inside, and what riders said of it: told at the counter, seen by everybody, ended by a look."""

import pytest
from django.test import Client

from station.models import (
    Amenity,
    AuditEvent,
    Fault,
)
from tests.station.counters import COUNTER, as_seen, states, text_of


def test_broken_with_one_tap_and_a_word(at, inside, client):
    browser = at(10)
    address = f"{COUNTER}amenities/{inside['microwave'].pk}/"
    answer = browser.post(address, {"state": "broken"})
    assert answer["Location"] == f"{COUNTER}amenities/?about={inside['microwave'].pk}#amenity-{inside['microwave'].pk}"
    assert "微波炉：在修。骑手马上就看得到。" in text_of(browser, answer["Location"])
    assert states(inside)["microwave"] == ("broken", "")
    browser.post(address, {"state": "broken", "note": "下午三点来人修"})
    for path in ("/stations/lanyuan/", "/s/lanyuan/"):
        assert "微波炉：下午三点来人修" in text_of(client, path)
    assert 'class="amenity-off"' in text_of(client, "/stations/")
    browser.post(address, {"state": "working"})
    assert states(inside)["microwave"] == ("working", "")  # a note about a fault goes with it
    assert 'class="amenity-off"' not in text_of(client, "/stations/")
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"mark amenity"}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"state": "broken", "note": "长" * 41}, "长" * 41),
        ({"state": "gone"}, "没有这个选项"),
        ({}, "还没提交成功"),
        ({"state": "broken", "note": "a\0b"}, "还没提交成功"),
    ],
)
def test_what_cannot_be_written_down_comes_back(at, inside, sent, says):
    answer = at(10).post(f"{COUNTER}amenities/{inside['water'].pk}/", sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert states(inside)["water"] == ("working", "")


def test_an_amenity_of_another_station_is_not_there(at, inside, add_station, kinds):
    other = add_station("near", amenities="tv").amenities.get()
    browser = at(10)
    assert browser.post(f"{COUNTER}amenities/{other.pk}/", {"state": "broken"}).status_code == 404
    browser.post(f"{COUNTER}open/", as_seen(inside) | {f"amenity-{other.pk}": "broken"})
    other.refresh_from_db()
    assert (other.state, other.checked_at) == ("working", None)


def test_open_faults_are_listed_and_no_others(at, here, elsewhere, inside, add_station):
    Fault.objects.create(station=here.station, kind="empty", amenity=inside["cups"], voices=3)
    Fault.objects.create(station=elsewhere.station, kind="locked", text="别处")
    Fault.objects.create(station=add_station("near"), kind="locked")
    page = text_of(at(10), COUNTER)
    assert "水杯空了" in page
    assert "3 个人说了" in page
    assert "门锁着" not in page


# --- what riders said ------------------------------------------------------------------------------------------------
def test_the_keepers_tap_ends_what_riders_said(here, inside, at):
    """Open ends "locked"; a thing seen to work ends what was said of it; what is still broken stays."""
    said = {
        kind: Fault.objects.create(station=here.station, kind=kind, amenity=amenity)
        for kind, amenity in [("locked", None), ("broken", inside["microwave"]), ("empty", inside["cups"])]
    }
    other = Fault.objects.create(station=here.station, kind="other", text="灯不亮")
    looked = {f"amenity-{inside['microwave'].pk}-said": "working", f"amenity-{inside['cups'].pk}-said": "empty"}
    at(10, 32).post(f"{COUNTER}open/", as_seen(inside) | looked)
    assert {kind: Fault.objects.get(pk=fault.pk).state for kind, fault in said.items()} == {
        "locked": "fixed",
        "broken": "fixed",
        "empty": "reported",
    }
    assert Fault.objects.get(pk=said["locked"].pk).answer == "驿站开门了。"
    assert Fault.objects.get(pk=other.pk).state == "reported"
    assert AuditEvent.objects.filter(action="fix fault").count() == 2
    at(10, 40).post(f"{COUNTER}amenities/{inside['cups'].pk}/", {"state": "working", "note": ""})
    assert Fault.objects.get(pk=said["empty"].pk).state == "fixed"


def test_what_riders_said_is_not_over_before_somebody_looked(here, inside, at):
    """One tap opens. It says nothing of the microwave riders call broken, nor does a page from before they did."""
    fault = Fault.objects.create(station=here.station, kind="broken", amenity=inside["microwave"])
    browser = at(10, 32)
    page = text_of(browser, COUNTER)
    name = f"amenity-{inside['microwave'].pk}-said"
    assert page.count(f'name="{name}"') == 2
    assert "有人反映微波炉坏了" in page
    assert not [
        tag
        for tag in page.split("<input")[1:]
        if f'name="{name}"' in tag.split(">")[0] and "checked" in tag.split(">")[0]
    ]
    browser.post(f"{COUNTER}open/", as_seen(inside))
    fault.refresh_from_db()
    assert fault.state == "reported"
    assert Amenity.objects.filter(checked_by=None).get() == inside["microwave"]
    assert "有人反映微波炉坏了" in text_of(browser, "/stations/lanyuan/")


def test_who_looks_again_is_not_told_that_it_was_for_nothing(here, inside, at):
    """The word is the same, what he saw is not: "said already" would be an answer to something else."""
    browser = at(10, 32)
    browser.post(f"{COUNTER}open/", as_seen(inside))
    page = browser.post(f"{COUNTER}open/", as_seen(inside, water="broken") | {"looked": "1"}, follow=True)
    assert "记下了，骑手马上看得到。" in page.content.decode()
    assert "已经说过了" not in page.content.decode()
    assert states(inside)["water"] == ("broken", "")


def test_a_word_about_a_thing_is_no_look_at_it(here, inside, at, signed_in, community_admin):
    """At the counter and in the admin: what riders said stays, for staff and on the card."""
    fault = Fault.objects.create(station=here.station, kind="broken", amenity=inside["microwave"])
    address = f"{COUNTER}amenities/{inside['microwave'].pk}/"
    at(10, 32).post(address, {"state": "working", "note": "已报修，周五来人"})
    change = f"/admin/station/amenity/{inside['microwave'].pk}/change/"
    at(10, 33, user=community_admin).post(change, {"state": "working", "note": "等零件"})
    assert states(inside)["microwave"] == ("working", "等零件")
    fault.refresh_from_db()
    assert fault.state == "reported"
    assert "有人反映微波炉坏了" in text_of(Client(), "/stations/lanyuan/")
    browser = at(10, 34)
    page = text_of(browser, f"{COUNTER}amenities/")
    assert (page.count("有人反映微波炉坏了"), page.count('value="working">')) == (1, 1 + 3)  # the button, three notes
    browser.post(address, {"state": "working"})
    fault.refresh_from_db()
    assert fault.state == "fixed"


def test_the_counter_shows_what_riders_see(here, inside, at, add_station, keeper):
    """With what they read of its door; who keeps one station has no list to go back to."""
    Fault.objects.create(station=here.station, kind="locked")
    page = text_of(at(10, 32), COUNTER)
    assert "有人反映门锁着" in page.split("骑手现在看到的")[1].split("</section>")[0]
    assert 'href="/counter/"' not in page.split("<main")[1]
