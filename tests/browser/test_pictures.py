"""A photo from the desk to the rider's phone, a poster for the door, a notice that somebody tried to poison."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from station.models import Notice, Station, StationPhoto
from tests.browser.conftest import DESKTOP, PHONE, sign_in_staff
from tests.browser.test_look_of_pages import look_at
from tests.lib.test_photos import png_bomb

POISON = """## 怎么领

**带身份证**，[看地图](https://example.org)

|周几|几点|在哪儿|找谁|要带什么|
|--|--|--|--|--|
|周一至周五|8:30–12:00、14:30–18:00|建设北路88号建行岚园支行一楼|值班的师傅|身份证原件和复印件|

<script>document.title = "poisoned"</script><img src=x onerror="document.title='poisoned'">
[点我](javascript:document.title='poisoned') ![x](https://example.org/pixel.png)
"""

WATCH_SHIFTS = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift = (window.shift || 0) + entry.value;
}).observe({ type: "layout-shift", buffered: true })"""


@pytest.fixture
def desk(open_page):
    page = open_page("/admin/", viewport=DESKTOP)
    sign_in_staff(page, "shequ")
    return page


def photo(colour):
    out = io.BytesIO()
    Image.new("RGB", (2000, 1500), colour).save(out, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_staff_hang_up_a_photo_and_the_rider_sees_it(desk, open_page):
    station = Station.objects.get(code="xiaotang")
    before = station.photos.count()
    desk.goto(f"/admin/station/station/{station.pk}/change/")
    table = desk.locator("#photos-group")
    bomb = {"name": "x.png", "mimeType": "image/png", "buffer": png_bomb(20_000, 20_000).getvalue()}
    table.locator(f"#id_photos-{before}-upload").set_input_files([bomb])
    table.locator(f"#id_photos-{before}-caption").fill("新刷的绿门")
    table.locator(f"#id_photos-{before}-position").fill("0")
    desk.locator("[name=_continue]").click()
    expect(table).to_contain_text("照片尺寸太大")
    expect(table.locator(f"#id_photos-{before}-caption")).to_have_value("新刷的绿门")
    table.locator(f"#id_photos-{before}-upload").set_input_files([photo("green")])
    desk.locator("[name=_continue]").click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    newest = StationPhoto.objects.latest("pk")
    assert (newest.caption, station.photos.count()) == ("新刷的绿门", before + 1)

    page = open_page("/stations/xiaotang/", viewport=PHONE, device_scale_factor=3)
    page.evaluate(WATCH_SHIFTS)
    first = page.locator(".gallery img").first
    expect(first).to_have_attribute("alt", "晓塘路小站门口")
    expect(page.locator(".gallery figcaption").first).to_have_text("新刷的绿门")
    assert first.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") > 0
    assert re.search(r"-800\.webp$", first.evaluate("(image) => image.currentSrc"))
    for image in page.locator(".gallery img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("async (image) => { await image.decode(); return image.complete; }")
    assert page.evaluate("window.shift || 0") < 0.01
    page.locator(".gallery a").first.click()
    page.wait_for_url(re.compile(rf"/stations/xiaotang/photos/#photo-{newest.pk}$"))
    expect(page.locator(f"#photo-{newest.pk} img")).to_be_in_viewport()
    without = open_page("/stations/xiaotang/", java_script_enabled=False)
    expect(without.locator(".gallery img").first).to_be_visible()


def test_the_poster_comes_with_one_click(desk):
    station = Station.objects.get(code="lanyuan")
    desk.goto(f"/admin/station/station/{station.pk}/change/")
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name="打印门口海报").click()
    assert waiting.value.suggested_filename == "poster-lanyuan.pdf"
    [page] = PdfReader(io.BytesIO(waiting.value.path().read_bytes())).pages
    assert station.name in page.extract_text().replace("\0", "")


def test_a_poisoned_notice_is_harmless_and_readable(desk, open_page):
    desk.goto("/admin/station/notice/add/")
    desk.locator("#id_title").fill("领雨衣")
    desk.locator("#id_body").fill(POISON)
    with desk.context.expect_page() as opened:
        desk.locator("input[type=submit][value^=预览]").click()
    preview = opened.value
    expect(preview.get_by_role("heading", level=1)).to_have_text("领雨衣")
    expect(preview.get_by_role("main")).to_contain_text("这是预览")
    assert not Notice.objects.filter(title="领雨衣").exists()
    desk.locator("[name=_save]").click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    path = Notice.objects.get(title="领雨衣").get_absolute_url()
    page = open_page(path)
    expect(page.get_by_role("main")).to_contain_text('<script>document.title = "poisoned"</script>')
    assert page.locator("main img, main script, main [onerror]").count() == 0
    assert page.get_by_role("link", name="看地图").get_attribute("rel") == "nofollow noopener noreferrer"
    assert "poisoned" not in page.title()


def test_the_look_of_notices_photos_and_exceptions(open_page):
    """As every page: on phone and desk, by day and by night. The long table of the notice scrolls by itself."""
    notice = Notice.objects.exclude(kind=Notice.Kind.LETTER).get(pinned=True)
    body = f"{POISON.partition('<script>')[0]}\n> 引用\n\n1. 一\n2. 二"
    Notice.objects.filter(pk=notice.pk).update(body=body)
    page = open_page("/")
    paths = ["/notices/", "/notices/?s=lanyuan", "/stations/xiaotang/", "/stations/lanyuan/photos/"]
    look_at(page, [notice.get_absolute_url(), *paths])
