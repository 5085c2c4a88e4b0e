"""The staff's second factor: enrolled once, asked at each sign-in, slowed down by failures."""

import re
import time

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from station.models import AuditEvent, User

PAGE = "/admin/second-factor/"


@pytest.fixture(autouse=True)
def second_factor_on(settings):
    settings.STAFF_SECOND_FACTOR = True


def app_code(device, steps=0):
    """What the authenticator app shows, `steps` of 30 seconds from now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06}"


def codes_on(response):
    return re.findall(r"<li><code>([a-z2-7]{8})</code></li>", response.content.decode())


@pytest.fixture
def enrolled(community_admin):
    """A staff account whose app was confirmed a while ago, with two recovery codes."""
    device = TOTPDevice.objects.create(user=community_admin, name="app", confirmed=True)
    recovery = community_admin.staticdevice_set.create(name="recovery")
    for token in ("abcd2345", "wxyz6767"):
        recovery.token_set.create(token=token)
    return device


@pytest.fixture
def staff_browser(signed_in, community_admin):
    return signed_in(community_admin)


def test_without_it_every_page_leads_to_the_set_up(staff_browser):
    for url in ("/admin/", "/admin/station/station/", "/admin/nowhere/", "/me/", "/", "/admin/password_change/"):
        response = staff_browser.get(url)
        assert response.status_code == 302
        assert response.url.startswith(f"{PAGE}?next=%2F")
    assert staff_browser.post("/admin/station/notice/add/", {"title": "x"}).url == PAGE
    assert staff_browser.get(PAGE).status_code == 200
    assert staff_browser.get("/admin/jsi18n/").status_code == 200
    assert staff_browser.post("/admin/logout/").url == "/"


def test_setting_it_up(staff_browser, community_admin):
    page = staff_browser.get(PAGE).content.decode()
    device = TOTPDevice.objects.get()
    assert not device.confirmed
    assert "data:image/svg+xml;base64," in page
    assert staff_browser.get(PAGE).status_code == 200
    assert TOTPDevice.objects.get() == device
    before = staff_browser.session.session_key
    response = staff_browser.post(f"{PAGE}?next=/admin/station/station/", {"code": app_code(device)})
    codes = codes_on(response)
    assert len(set(codes)) == 10
    assert 'href="/admin/station/station/"' in response.content.decode()
    assert staff_browser.session.session_key != before
    assert staff_browser.get("/admin/").status_code == 200
    again = staff_browser.get(PAGE).content.decode()
    assert not any(code in again for code in codes)
    assert "还剩 10 个" in again
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.data) == ("enrol second factor", community_admin, {})


def test_a_wrong_first_code_keeps_the_secret_and_waits(staff_browser):
    staff_browser.get(PAGE)
    device = TOTPDevice.objects.get()
    response = staff_browser.post(PAGE, {"code": "000000" if app_code(device) != "000000" else "000001"})
    assert response.status_code == 422
    assert "请等 1 秒" in response.content.decode()
    assert TOTPDevice.objects.get().key == device.key
    assert not TOTPDevice.objects.get().confirmed
    assert staff_browser.get("/admin/").status_code == 302


def test_passing_it(staff_browser, enrolled):
    page = staff_browser.get(PAGE).content.decode()
    assert "data:image/svg" not in page
    before = staff_browser.session.session_key
    response = staff_browser.post(f"{PAGE}?next=/admin/station/station/", {"code": app_code(enrolled)})
    assert response.url == "/admin/station/station/"
    assert staff_browser.session.session_key != before
    assert staff_browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_clock_half_a_minute_off_is_fine(staff_browser, enrolled, steps):
    assert staff_browser.post(PAGE, {"code": app_code(enrolled, steps)}).status_code == 302


@pytest.mark.parametrize("steps", [-4, 4])
def test_a_clock_two_minutes_off_is_not(staff_browser, enrolled, steps):
    assert staff_browser.post(PAGE, {"code": app_code(enrolled, steps)}).status_code == 422


def test_a_code_seen_over_the_shoulder_does_not_work_again(staff_browser, signed_in, enrolled, community_admin):
    code = app_code(enrolled)
    assert staff_browser.post(PAGE, {"code": code}).status_code == 302
    assert signed_in(community_admin).post(PAGE, {"code": code}).status_code == 422


def test_a_recovery_code_works_once_however_it_is_typed(staff_browser, signed_in, enrolled, community_admin):
    assert staff_browser.post(PAGE, {"code": "ABCD-2345 "}).status_code == 302
    assert staff_browser.get("/admin/").status_code == 200
    assert StaticToken.objects.count() == 1
    assert signed_in(community_admin).post(PAGE, {"code": "abcd2345"}).status_code == 422


def test_failures_are_slowed_down_counted_and_do_not_lock_out_for_good(staff_browser, enrolled):
    wrong = "000000" if app_code(enrolled) not in {"000000"} else "000001"
    assert staff_browser.post(PAGE, {"code": wrong}).status_code == 422
    response = staff_browser.post(PAGE, {"code": app_code(enrolled)})
    assert response.status_code == 422
    assert "请等" in response.content.decode()
    event = AuditEvent.objects.order_by("number").first()
    assert (event.action, event.data) == ("refuse second factor", {"failures": 1})
    enrolled.refresh_from_db()
    enrolled.throttle_reset()
    assert staff_browser.post(PAGE, {"code": app_code(enrolled)}).status_code == 302


def test_another_ones_device_is_of_no_use(signed_in, grid_worker, enrolled):
    browser = signed_in(grid_worker)
    browser.get(PAGE)
    assert browser.post(PAGE, {"code": app_code(enrolled)}).status_code == 422
    assert browser.post(PAGE, {"code": "abcd2345"}).status_code == 422
    assert browser.get("/admin/").status_code == 302


def test_who_knows_only_the_password_cannot_enrol_another_app(staff_browser, enrolled, community_admin):
    TOTPDevice.objects.create(user=community_admin, name="app", confirmed=False)
    thief = TOTPDevice.objects.get(confirmed=False)
    assert staff_browser.post(PAGE, {"code": app_code(thief)}).status_code == 422
    assert staff_browser.get("/admin/").status_code == 302


def test_new_recovery_codes_replace_the_old(staff_browser, enrolled):
    assert codes_on(staff_browser.post(PAGE, {"renew": "1"})) == []
    staff_browser.post(PAGE, {"code": app_code(enrolled)})
    codes = codes_on(staff_browser.post(PAGE, {"renew": "1"}))
    assert {*StaticToken.objects.values_list("token", flat=True)} == {*codes}
    assert len(codes) == 10


def test_the_next_sign_in_asks_again(staff_browser, signed_in, enrolled, community_admin):
    staff_browser.post(PAGE, {"code": app_code(enrolled)})
    assert signed_in(community_admin).get("/admin/").url.startswith(PAGE)


def test_others_are_sent_to_the_staff_sign_in(db, signed_in, rider):
    assert Client().get(PAGE).url == f"/admin/login/?next={PAGE}"
    assert signed_in(rider).get(PAGE).url == f"/admin/login/?next={PAGE}"
    assert signed_in(rider).get("/me/").status_code == 200
    assert not TOTPDevice.objects.exists()


@pytest.mark.parametrize("code", ["", " ", "x" * 41, "\x00", "１２３４５６", "9" * 30, "-1", "1e5"])
def test_nonsense_is_refused_politely(staff_browser, enrolled, code):
    assert staff_browser.post(PAGE, {"code": code}).status_code == 422


def test_the_secret_is_never_cached(staff_browser):
    assert "no-store" in staff_browser.get(PAGE)["Cache-Control"]


def account(user):
    return f"/admin/station/user/{user.pk}/"


def test_a_superuser_resets_a_colleagues(enrolled, community_admin, signed_in, settings):
    settings.STAFF_SECOND_FACTOR = False
    root = User.objects.create_superuser("root", "warm-rest-2026")
    browser = signed_in(root)
    reset = f"{account(community_admin)}do/reset-second-factor/"
    assert "重置动态口令" in browser.get(f"{account(community_admin)}change/").content.decode()
    assert browser.post(reset, {"reason": ""}).status_code == 422
    assert browser.post(reset, {"reason": "手机丢了"}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id, event.reason) == (
        "reset second factor",
        root,
        str(community_admin.pk),
        "手机丢了",
    )
    assert "重置动态口令" not in browser.get(f"{account(community_admin)}change/").content.decode()


def test_nobody_resets_his_own_and_an_administrator_none(enrolled, community_admin, here, signed_in, settings):
    settings.STAFF_SECOND_FACTOR = False
    User.objects.filter(pk=community_admin.pk).update(community=here.community)
    reset = f"{account(community_admin)}do/reset-second-factor/"
    assert signed_in(community_admin).post(reset, {"reason": "手机丢了"}).status_code == 403
    community_admin.is_superuser = True
    community_admin.save()
    assert signed_in(community_admin).post(reset, {"reason": "手机丢了"}).status_code == 422
    assert TOTPDevice.objects.get() == enrolled
