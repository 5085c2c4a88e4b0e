"""What a rider does with a phone in one hand, from the first page to the exact row in the database."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db.models import F
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from ledger.models import Worker
from services.bookings.models import Booking, Session
from services.hazards.models import Photo, Report
from services.volunteering.models import Shift, SignUp
from station.models import Consent, Station, User, Visit
from tests.browser.conftest import sign_in_by_phone

GPS_IFD, CAMERA = 0x8825, 0x010F


def photo_with_secrets():
    """A JPEG that tells where and with what it was taken."""
    exif = Image.Exif()
    exif[CAMERA] = "SecretCamera"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (27.0, 50.0, 31.6), 3: "E", 4: (112.0, 55.0, 24.2)})
    file = BytesIO()
    Image.new("RGB", (1600, 1200), "saddlebrown").save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_a_rider_books_and_cancels(open_page, new_phone):
    page = open_page("/")
    page.get_by_role("link", name="约服务").click()
    page.locator("#bookable").wait_for()
    page.locator("article.card", has_text="个名额").get_by_role("link").first.click()
    page.get_by_role("link", name=re.compile("还有 \\d+ 个名额")).first.click()
    page.wait_for_url(re.compile(r"/sessions/\d+/book/"))
    session = Session.objects.get(pk=re.search(r"/sessions/(\d+)/", page.url)[1])
    taken = session.taken

    page.get_by_role("link", name="登录后预约").click()
    sign_in_by_phone(page, new_phone)
    assert page.url.endswith(f"/sessions/{session.pk}/book/")
    page.get_by_label("想咨询什么").fill("平台扣钱说不清")
    page.get_by_role("button", name="约这一场").click()

    page.goto("/bookings/")
    booking = Booking.objects.get(session=session, user=User.objects.with_phone(new_phone).get())
    expect(page.get_by_text("平台扣钱说不清")).to_be_visible()
    expect(page.locator(".code")).to_have_text(booking.code)
    session.refresh_from_db()
    assert (session.taken, booking.state) == (taken + 1, Booking.State.BOOKED)

    page.get_by_text("取消预约").click()
    page.get_by_role("button", name="确定取消").click()
    expect(page.get_by_text("您还没有预约")).to_be_visible()
    session.refresh_from_db()
    booking.refresh_from_db()
    assert (session.taken, booking.state) == (taken, Booking.State.CANCELLED)
    page.goto(f"/sessions/{session.pk}/book/")
    expect(page.get_by_role("button", name="约这一场")).to_be_visible()


def test_a_rider_reports_with_a_photo_and_follows_it(open_page, new_phone):
    page = open_page("/")
    page.get_by_role("link", name="随手报").click()
    page.get_by_role("radio", name="路灯不亮").check()
    page.get_by_label("在哪里").fill("晓塘路15号门口")
    page.get_by_label("还想说什么").fill("灯不亮，拐弯特别黑。")
    page.get_by_role("button", name="上报").click()
    sign_in_by_phone(page, new_phone)

    # What was typed has survived signing in; a photo cannot, so it is chosen now.
    expect(page.get_by_label("在哪里")).to_have_value("晓塘路15号门口")
    expect(page.get_by_label("还想说什么")).to_have_value("灯不亮，拐弯特别黑。")
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    picture = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": photo_with_secrets()}
    page.locator("input[type=file]").first.set_input_files(picture)
    expect(page.get_by_text("IMG_0001.jpg")).to_be_visible()
    page.get_by_role("button", name="上报").click()

    page.wait_for_url(re.compile(r"/report/[A-Z]+-S-\d+/$"))
    report = Report.objects.get(reporter=User.objects.with_phone(new_phone).get())
    expect(page.get_by_role("main")).to_contain_text(report.number)
    expect(page.locator(".messages")).to_contain_text(f"编号 {report.number}")
    assert page.url.endswith(f"/report/{report.number}/")
    assert (report.place, report.description) == ("晓塘路15号门口", "灯不亮，拐弯特别黑。")

    shown = page.locator(".photos img")
    expect(shown).to_have_count(1)
    shown.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.photos img').naturalWidth > 0")
    served = page.context.request.get(page.locator(".photos a").get_attribute("href")).body()
    assert Image.open(BytesIO(served)).getexif() == {}
    for secret in (b"SecretCamera", b"Exif"):
        assert secret not in served
        assert secret not in Photo.objects.get(report=report).image.read()

    page.goto("/me/")
    expect(page.get_by_role("link", name=re.compile("晓塘路15号门口|" + report.number))).to_be_visible()
    stranger = open_page("/")
    assert stranger.context.request.get(f"/report/{report.number}/", max_redirects=0).status == 302


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_rider_taps_the_door_twice(open_page, script):
    visits = Visit.objects.filter(station__code="lanyuan")
    before = visits.count()
    page = open_page("/s/lanyuan/", java_script_enabled=script)
    page.get_by_role("button", name="外卖骑手").click()
    expect(page.locator(".messages")).to_contain_text("已记下")
    page.goto("/s/lanyuan/")
    page.get_by_role("button", name="外卖骑手").click()
    expect(page.locator(".messages")).to_contain_text("已经记过了")
    assert visits.count() == before + 1


def test_a_rider_finds_the_nearest_station_by_his_place(open_page):
    station = Station.objects.get(code="xiaguang")
    place = {"latitude": float(station.latitude), "longitude": float(station.longitude)}
    page = open_page("/stations/", permissions=["geolocation"], geolocation=place)
    page.get_by_role("button", name="用我的位置").click()
    page.wait_for_url(re.compile("near="))
    expect(page.locator("article.card").first).to_contain_text(station.name)
    distances = page.locator("article.card .number").all_inner_texts()
    assert len(distances) == Station.objects.count()
    assert all(re.search(r"\d", distance) for distance in distances)
    assert f"near={float(station.latitude):.3f}" in page.url  # rounded to about 100 m before it leaves the phone


def test_a_rider_who_tells_no_place_finds_a_station_by_name(open_page):
    station = Station.objects.get(code="xiaotang")
    page = open_page("/stations/", permissions=[])
    page.get_by_role("button", name="用我的位置").click()
    expect(page.get_by_role("button", name="用我的位置")).to_be_enabled()
    assert "near=" not in page.url
    page.get_by_role("searchbox").fill(station.name)
    page.get_by_role("button", name="搜索").click()
    page.wait_for_url(re.compile("q="))
    expect(page.locator("article.card")).to_have_count(1)
    page.locator("article.card").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(station.name)


def test_a_volunteer_signs_up_and_withdraws(open_page, new_phone):
    page = open_page("/volunteer/")
    # Not one that has begun: until its end the list still names it, but takes nobody more.
    later = Shift.objects.published().filter(starts_at__gt=timezone.now() + timedelta(minutes=10))
    shift = later.filter(team__members_only=False, taken__lt=F("places")).order_by("starts_at").first()
    taken = shift.taken
    page.locator(f"a[href='/shifts/{shift.pk}/sign-up/']").click()
    page.get_by_role("link", name="登录后报名").click()
    sign_in_by_phone(page, new_phone)
    page.get_by_role("button", name="我来值这一班").click()
    page.wait_for_url(re.compile("/volunteer/mine/"))
    expect(page.get_by_role("heading", name=shift.title)).to_be_visible()
    sign_up = SignUp.objects.get(shift=shift, user=User.objects.with_phone(new_phone).get())
    shift.refresh_from_db()
    assert (shift.taken, sign_up.state) == (taken + 1, SignUp.State.SIGNED_UP)

    page.get_by_text("来不了，退出").click()
    page.get_by_role("button", name="确定退出").click()
    expect(page.get_by_text("您还没报班")).to_be_visible()
    shift.refresh_from_db()
    sign_up.refresh_from_db()
    assert (shift.taken, sign_up.state) == (taken, SignUp.State.WITHDRAWN)


def test_a_rider_registers_himself(open_page, new_phone):
    page = open_page("/join/")
    page.get_by_label("怎么称呼您").fill("石头")
    page.get_by_label("手机号").fill(new_phone)
    page.get_by_role("radio", name="快递员").check()
    page.get_by_role("button", name="提交登记").click()
    expect(page.get_by_text("勾上同意，我们才能登记").first).to_be_visible()
    expect(page.get_by_label("怎么称呼您")).to_have_value("石头")
    assert not Worker.objects.with_phone(new_phone).exists()

    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="提交登记").click()
    page.wait_for_url(re.compile("/join/thanks/"))
    worker = Worker.objects.with_phone(new_phone).get()
    assert (worker.name, worker.state, worker.occupation) == ("石头", Worker.State.PENDING, "courier")
    assert Consent.objects.given().filter(person_uid=worker.uid).count() == 1
