"""The keeper opens, marks the microwave broken; the next rider sees it. And every page of the counter is looked at."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from station.models import Amenity, DoorReport, Station, Visit
from station.operations.openings import say_closed
from tests.browser.conftest import PHONE, sign_in_staff
from tests.browser.test_look_of_pages import look_at

COUNTER = "/counter/lanyuan/"


@pytest.fixture
def keeper(open_page):
    """``keeper("/admin/", **context options)``: the keeper's phone, signed in from this page."""

    def come_in(path, **options):
        page = open_page(path, viewport=PHONE, **options)
        sign_in_staff(page, "zhanzhang")
        return page

    return come_in


@pytest.fixture
def shut(db):
    """Whatever the clock shows: the keeper's last word is that he has closed, half an hour ago."""
    station = Station.objects.get(code="lanyuan")
    user = station.duties.get().user
    DoorReport.objects.filter(station=station, at__gte=timezone.now() - timezone.timedelta(hours=1)).delete()
    Station.objects.filter(pk=station.pk).update(said_open=None, said_at=None)
    say_closed(station, by=user)
    Amenity.objects.filter(station=station).update(state="working", note="")
    return station


def test_the_keeper_opens_and_the_next_rider_sees_it(keeper, open_page, shut):
    phone = keeper("/admin/")
    phone.get_by_role("link", name="驿站柜台：开门、关门、哪样坏了").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("岚园暖心驿站")
    phone.get_by_role("radiogroup", name="会议桌").get_by_label("坏了").check()
    phone.get_by_role("button", name="我们开门了", exact=True).click()
    expect(phone.locator(".message-success")).to_contain_text("记下了：开着。骑手马上就看得到。")
    expect(phone.get_by_role("button", name=re.compile("关门了|先关一会儿"))).to_be_visible()

    rider = open_page("/stations/?open=1&amenity=microwave")
    card = rider.locator("article", has_text="岚园暖心驿站")
    expect(card).to_contain_text(re.compile("刚刚驿站确认开着|驿站说现在开着"))

    phone.get_by_role("link", name="哪样坏了、用完了、好了").click()
    expect(phone.locator("#main")).to_contain_text("会议桌")
    phone.get_by_role("button", name=re.compile("坏了.*微波炉")).click()
    expect(phone.locator(".message-success")).to_contain_text("微波炉：在修。")
    note = phone.get_by_label("微波炉的说明")
    expect(note).to_be_in_viewport()  # open already, and where he tapped
    note.fill("下午三点来人修")
    note.press("Enter")
    expect(phone.get_by_label("微波炉的说明")).to_have_value("下午三点来人修")

    rider.reload()
    expect(rider.locator("article", has_text="岚园暖心驿站")).to_have_count(0)
    rider.goto("/stations/")
    expect(rider.locator("article", has_text="岚园暖心驿站").locator(".amenity-off")).to_contain_text("微波炉")
    rider.goto("/stations/lanyuan/")
    expect(rider.get_by_role("main")).to_contain_text("微波炉：下午三点来人修")
    expect(rider.get_by_role("main").locator(".pill", has_text="在修")).to_have_count(2)

    phone.get_by_role("button", name=re.compile("好了.*微波炉")).click()
    expect(phone.locator(".message-success")).to_contain_text("微波炉：可用。")
    rider.goto("/stations/?amenity=microwave")
    expect(rider.locator("article", has_text="岚园暖心驿站")).to_have_count(1)


def test_without_a_script_a_day_at_the_counter(keeper, shut):
    phone = keeper("/admin/", java_script_enabled=False)
    phone.goto("/me/")
    phone.get_by_role("link", name="驿站柜台").click()
    phone.get_by_role("button", name="看过了，我们开门了").click()
    phone.get_by_text("再看一遍，确认还开着").click()
    phone.get_by_role("button", name="看过了，还开着").click()
    expect(phone.locator(".message-success")).to_contain_text("记下了，骑手马上看得到。")
    before = sum(Visit.objects.filter(source="tally").values_list("people", flat=True))
    phone.get_by_role("link", name="补记人次").click()
    phone.get_by_label("快递员").fill("7")
    phone.get_by_label("环卫工人").fill("700")
    phone.get_by_role("button", name="记下").click()
    expect(phone.locator(".message-error")).to_contain_text("一次最多记 500")
    expect(phone.get_by_label("快递员")).to_have_value("7")
    phone.get_by_label("环卫工人").fill("5")
    phone.get_by_role("button", name="记下").click()
    expect(phone.locator(".message-success")).to_contain_text("补记了 12 人次")
    assert sum(Visit.objects.filter(source="tally").values_list("people", flat=True)) == before + 12
    phone.get_by_role("link", name="岚园暖心驿站").click()
    phone.get_by_role("button", name=re.compile("关门了|先关一会儿")).click()
    expect(phone.locator(".message-success")).to_contain_text("记下了：关门了。")
    expect(phone.get_by_role("button", name="我们开门了", exact=True)).to_be_visible()


def test_the_pages_of_the_counter(keeper, shut):
    page = keeper("/admin/")
    paths = [COUNTER, f"{COUNTER}amenities/?about={shut.amenities.first().pk}", f"{COUNTER}tally/", f"{COUNTER}guests/"]
    look_at(page, paths)
    page.goto(COUNTER)
    page.get_by_role("button", name="我们开门了", exact=True).click()
    look_at(page, [COUNTER, "/stations/", "/stations/lanyuan/", "/s/lanyuan/", "/"])


def test_the_choice_of_stations(open_page):
    page = open_page("/admin/", viewport=PHONE)
    sign_in_staff(page, "shequ")
    look_at(page, ["/counter/"])
