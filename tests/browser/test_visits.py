"""From the tap at the door to the wall screen, as riders, staff and the wall's own computer meet them."""

import re
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from station.models import Community, Occupation, Station, Visit, VisitPeak
from tests.browser.conftest import DESKTOP, sign_in_staff
from tests.browser.test_look_of_pages import look_at

DOOR = "/s/xiaotang/"
LEAST_LETTERS = 0.035  # of the height of a wall screen; see docs/look.md
WITH_AND_WITHOUT = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])


def visits():
    return Visit.objects.filter(station__code="xiaotang", source="door")


# --- the door --------------------------------------------------------------------------------------------------------
@WITH_AND_WITHOUT
def test_a_rider_taps_says_what_he_used_and_takes_it_back(open_page, script):
    before = visits().count()
    page = open_page(DOOR, java_script_enabled=script)
    page.get_by_role("button", name="快递员").click()
    expect(page.locator(".messages")).to_contain_text("已记下")
    page.get_by_role("button", name="饮水机").click()
    expect(page.get_by_role("button", name="饮水机")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="手机充电").click()
    expect(page.get_by_role("button", name="手机充电")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="饮水机").click()
    expect(page.get_by_role("button", name="饮水机")).to_have_attribute("aria-pressed", "false")
    assert visits().count() == before + 1
    visit = visits().latest("pk")
    assert [kind.name for kind in visit.used.all()] == ["手机充电"]

    page.goto(DOOR)
    page.get_by_role("button", name="快递员").click()
    expect(page.locator(".messages")).to_contain_text("已经记过了")
    expect(page.get_by_role("button", name="手机充电")).to_have_attribute("aria-pressed", "true")
    assert visits().count() == before + 1


@WITH_AND_WITHOUT
def test_a_page_that_was_open_too_long_wants_one_tap_more(open_page, script, settings):
    before = visits().count()
    page = open_page(DOOR, java_script_enabled=script)
    settings.DOOR_PAGE_LIFETIME = timedelta(seconds=-5)
    page.get_by_role("button", name="环卫工人").click()
    expect(page.get_by_role("alert")).to_contain_text("这一页开得久了")
    chosen = page.get_by_role("button", name="环卫工人 刚才点的")
    expect(chosen).to_be_focused()
    assert visits().count() == before
    settings.DOOR_PAGE_LIFETIME = timedelta(hours=2)
    chosen.click()
    expect(page.locator(".messages")).to_contain_text("已记下")
    assert visits().count() == before + 1


@WITH_AND_WITHOUT
def test_a_phone_that_refuses_cookies_is_counted_and_says_what_it_used(open_page, script):
    before = visits().count()
    page = open_page(DOOR, java_script_enabled=script)
    page.context.clear_cookies()
    page.get_by_role("button", name="外卖骑手").click()
    expect(page.locator(".messages")).to_contain_text("已记下")
    page.context.clear_cookies()
    page.get_by_role("button", name="饮水机").click()
    expect(page.get_by_role("button", name="饮水机")).to_have_attribute("aria-pressed", "true")
    assert visits().count() == before + 1
    assert [kind.code for kind in visits().latest("pk").used.all()] == ["water"]


def test_the_page_of_thanks_looks_right(open_page):
    page = open_page(DOOR)
    page.get_by_role("button", name="快递员").click()
    page.get_by_role("button", name="饮水机").click()
    expect(page.get_by_role("button", name="饮水机")).to_have_attribute("aria-pressed", "true")
    small = page.locator(".jobs .job").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).filter(box => Math.min(box.width, box.height) < 48).length"
    )
    assert small == 0
    look_at(page, [f"{DOOR}thanks/"])


# --- staff -----------------------------------------------------------------------------------------------------------
def test_staff_leave_an_odd_hour_out_of_the_figures(open_page):
    peak = VisitPeak.objects.get(state="flagged")
    page = open_page("/admin/", viewport=DESKTOP)
    sign_in_staff(page, "shequ")
    page.goto("/admin/visits/?period=days")
    line = page.locator("#content .day")
    before = int(re.search(r"一共 (\d+) 人次", line.inner_text())[1])
    page.goto("/admin/")
    page.get_by_role("link", name="待看的异常时段 1").click()
    page.get_by_role("link", name=str(peak)).click()
    expect(page.locator("#content")).to_contain_text("最挤的一分钟")
    look_at(page, [urlsplit(page.url).path])
    page.set_viewport_size(DESKTOP)
    page.get_by_role("link", name="不算数").click()
    page.get_by_label("原因").fill("那天下午站里没有人")
    page.locator("#content [type=submit]").click()
    expect(page.locator(".messagelist")).to_contain_text("统计里不算这一小时的扫码。")
    page.goto("/admin/visits/?period=days")
    expect(line).to_contain_text(f"一共 {before - peak.people} 人次")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel").click()
    assert re.fullmatch(r"visits-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.xlsx", download.value.suggested_filename)


# --- the wall --------------------------------------------------------------------------------------------------------
def add_visits(number, **fields):
    station, start = Station.objects.get(code="xiaotang"), timezone.localtime().replace(hour=0, minute=0, second=0)
    made = [Visit(station=station, at=start, occupation=job, **fields) for job in Occupation for _n in range(number)]
    return Visit.objects.bulk_create(made)


def test_the_wall_renews_itself_and_stands_while_the_server_is_away(open_page):
    page = open_page("/board/none/", viewport={"width": 1920, "height": 1080})
    page.clock.install()
    page.goto("/board/jianshelu/")
    number = page.locator(".wall-visits .board-value")
    before = int(re.search(r"\d+", number.inner_text())[0])
    page.evaluate("window.sameDocument = true")
    add_visits(1)
    page.clock.fast_forward("01:01")
    expect(number).to_contain_text(str(before + 7))

    shown = page.locator("main").inner_text()
    page.route("**/board/jianshelu/", lambda route: route.abort())
    add_visits(1)
    page.clock.fast_forward("01:01")
    note = page.locator("[data-stale]")
    expect(note).to_contain_text(re.compile(r"暂时连不上，显示的是 \d\d:\d\d 的情况，连上后自己更新。"))
    assert page.locator("main").inner_text() == shown
    page.unroute("**/board/jianshelu/")
    page.route("**/board/jianshelu/", lambda route: route.fulfill(status=404, body="<p>维护中</p>"))
    page.clock.fast_forward("01:01")
    expect(note).to_contain_text("暂时连不上")
    assert page.locator("main").inner_text() == shown

    page.unroute("**/board/jianshelu/")
    page.clock.fast_forward("01:01")
    expect(number).to_contain_text(str(before + 14))
    expect(note).to_be_hidden()
    assert page.evaluate("window.sameDocument") is True  # never loaded anew, so never a flash


def test_the_clock_on_the_wall_goes_on_between_two_pages(open_page):
    page = open_page("/board/none/")
    page.clock.install(time=datetime(2001, 1, 1))  # the wall's own clock is wrong
    page.goto("/board/jianshelu/")
    clock = page.locator("[data-clock]")
    shown = datetime.combine(timezone.localdate(), time.fromisoformat(clock.inner_text()))
    page.clock.fast_forward("00:59")
    later = [f"{shown + timedelta(minutes=minutes):%H:%M}" for minutes in (0, 1, 2)]
    expect(clock).to_have_text(re.compile("|".join(later)))


LETTERS = """() => {
  const sizes = [];
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const box = one.getBoundingClientRect();
    if (!own || !box.width || !box.height || one.closest("title, desc, noscript, script")) continue;
    const picture = one.closest("svg");
    const scale = picture ? picture.getScreenCTM().a : 1;
    sizes.push([parseFloat(getComputedStyle(one).fontSize) * scale / innerHeight, one.textContent.trim()]);
  }
  return sizes;
}"""
CUT = """() => [...document.querySelectorAll(".board, main, .wall-panel")]
  .filter((one) => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)
  .map((one) => one.className)"""


@pytest.mark.parametrize("look", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (3840, 2160)])
def test_the_wall_is_read_from_five_metres_also_on_its_fullest_day(open_page, width, height, look):
    community = Community.objects.get(code="jianshelu")
    made = add_visits(90)
    stations = [
        Station.objects.create(
            code=f"wall{n}", name=f"河西大道{n}号快递网点旁边的暖心驿站", community=community, address="x",
            latitude=27.8, longitude=112.9, state="suspended", state_reason="暖气检修，请到隔壁的晓塘路小站去",
        )
        for n in range(27)
    ]  # fmt: skip
    try:
        page = open_page(f"/board/jianshelu/?look={look}", viewport={"width": width, "height": height})
        expect(page.locator(".wall-more").first).to_contain_text(re.compile(r"另外 2[67] 个，\d 个开着"))
        assert [text for size, text in page.evaluate(LETTERS) if size < LEAST_LETTERS - 0.0005] == []
        assert page.evaluate(CUT) == []
    finally:
        Station.objects.filter(pk__in=[station.pk for station in stations]).delete()
        Visit.objects.filter(pk__in=[visit.pk for visit in made]).delete()
