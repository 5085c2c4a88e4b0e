"""Locked in the rain: told with one tap, read at once, confirmed by others, mended in public; and what riders wish."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from station.models import Fault, Voice
from tests.browser.conftest import sign_in_by_phone, sign_in_staff
from tests.browser.test_look_of_pages import look_at


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.TRUSTED_PROXY_COUNT = 1  # so that every phone here can have an address of its own


@pytest.fixture
def phone(open_page):
    """``phone(1, path)``: one more rider's phone, in a network of its own; the first one runs no script."""

    def take(number, path="/stations/", **options):
        return open_page(path, extra_http_headers={"X-Forwarded-For": f"198.51.100.{number}"}, **options)

    return take


def photo():
    file = BytesIO()
    Image.new("RGB", (1600, 1200), "seagreen").save(file, "JPEG")
    return {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def card(page):
    return page.locator("article.card", has_text="岚园暖心驿站")


def test_locked_from_the_card_to_the_repair(phone, open_page):
    first = phone(1, java_script_enabled=False)
    card(first).get_by_role("link", name="锁着？坏了？").click()
    first.get_by_role("button", name="门锁着").click()
    first.wait_for_url(re.compile("/faults/"))
    reporters_page = first.url
    expect(first.get_by_role("main")).to_contain_text("已经告诉驿站管理员")

    second = phone(2)
    expect(card(second)).to_contain_text("有人反映门锁着 · 刚刚")
    card(second).get_by_role("link", name="锁着？坏了？").click()
    second.get_by_role("button", name="我也遇到").click()
    second.wait_for_url(reporters_page)
    third = phone(3, "/s/lanyuan/")
    expect(third.get_by_text("有人反映门锁着")).to_be_visible()
    third.get_by_role("link", name="门锁着？东西坏了？").click()
    third.get_by_role("button", name="门锁着", exact=True).first.click()
    third.wait_for_url(reporters_page)
    expect(third.get_by_role("main")).to_contain_text("驿站知道了，正在处理")
    expect(card(phone(4))).to_contain_text("确认门锁着 · 刚刚")

    fault = Fault.objects.get(key=reporters_page.rstrip("/").rpartition("/")[2])
    assert (fault.state, fault.voices) == (Fault.State.CONFIRMED, 3)
    keeper = open_page("/admin/")
    sign_in_staff(keeper, "zhanzhang")
    keeper.goto(f"/counter/faults/{fault.key}/")
    keeper.get_by_label("怎么处理的").fill("锁舌卡住了，上了油")
    keeper.locator("input[type=file]").set_input_files(photo())
    keeper.get_by_role("button", name="门开着了").click()
    expect(keeper.locator(".messages")).to_contain_text("记下了，骑手马上看得到")

    first.reload()
    expect(first.get_by_text("门开了，欢迎再来。")).to_be_visible()
    expect(first.get_by_role("status").first).to_contain_text("锁舌卡住了，上了油")
    second.reload()
    second.locator(".photos img").scroll_into_view_if_needed()
    second.wait_for_function("document.querySelector('.photos img').naturalWidth > 0")
    expect(card(phone(5))).not_to_contain_text("门锁着")
    fault.refresh_from_db()
    assert (fault.state, fault.photos.count(), fault.ended_by.username) == (Fault.State.FIXED, 1, "zhanzhang")


def test_broken_with_words_and_a_photo_without_a_script(phone):
    page = phone(6, "/stations/xiaguang/report/", java_script_enabled=False)
    page.get_by_text("先加张照片、说一句").click()
    page.locator("input[type=file]").set_input_files(photo())
    page.get_by_label("说一句").fill("插上不充电")
    page.get_by_text("东西坏了").click()
    page.get_by_role("button", name=re.compile("坏了.*手机充电")).click()
    page.wait_for_url(re.compile("/faults/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("手机充电坏了")
    fault = Fault.objects.get(station__code="xiaguang", kind="broken")
    assert (fault.text, fault.photos.count()) == ("插上不充电", 1)


def test_a_wish_is_answered_and_read_by_all(phone, open_page, new_phone):
    rider = phone(7, "/sign-in/")
    sign_in_by_phone(rider, new_phone)
    rider.goto("/stations/lanyuan/")
    rider.get_by_role("link", name="都看看，也说两句").click()
    rider.get_by_text("我也说两句").click()
    rider.get_by_role("radio", name="微心愿").check()
    rider.get_by_label("您的话").fill("门口能不能装个小灯？")
    rider.get_by_role("button", name="发出去").click()
    expect(rider.locator(".messages")).to_contain_text("收到了，谢谢您")
    voice = Voice.objects.get(text="门口能不能装个小灯？")
    keeper = open_page("/admin/")
    sign_in_staff(keeper, "zhanzhang")
    keeper.goto("/counter/voices/")
    keeper.get_by_role("link", name=re.compile("小灯")).click()
    keeper.get_by_label("答复").fill("周五来装")
    keeper.get_by_role("button", name="答复并公开").click()
    keeper.wait_for_url(re.compile("/counter/voices/$"))
    stranger = phone(8, "/stations/lanyuan/")
    expect(stranger.locator("article.card", has_text="小灯")).to_contain_text("周五来装")
    rider.goto("/voices/mine/")
    expect(rider.locator("article.card")).to_have_count(1)
    voice.refresh_from_db()
    assert (voice.state, voice.kind, voice.user is not None) == ("answered", "wish", True)


def test_the_pages_look_well(phone, open_page):
    faults = {fault.state: fault for fault in Fault.objects.select_related("station")}
    voice = Voice.objects.waiting().first()
    page = phone(9)
    paths = ["/stations/xiaotang/report/", "/stations/lanyuan/voices/", "/voices/jianshelu/", "/privacy/"]
    look_at(page, [*paths, *(fault.get_absolute_url() for fault in faults.values())])
    page.goto("/stations/lanyuan/report/")
    page.get_by_role("button", name="别的问题").click()
    expect(page.get_by_role("alert")).to_contain_text("说一句哪里不对")
    keeper = open_page("/admin/")
    sign_in_staff(keeper, "shequ")
    paths = [f"/counter/faults/{fault.key}/" for fault in faults.values()]
    paths += ["/counter/voices/", f"/counter/voices/{voice.uid}/"]
    paths += ["/admin/", "/admin/station/fault/", "/admin/station/voice/", f"/admin/station/voice/{voice.pk}/change/"]
    look_at(keeper, [*paths, f"/admin/station/fault/{faults['confirmed'].pk}/change/"])
