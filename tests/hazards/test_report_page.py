"""The one-tap form: open to everybody, sent by who is signed in, forgiving whatever is typed."""

import io
import re
import zlib
from struct import pack
from uuid import uuid4

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.urls import reverse
from PIL import Image

from services.hazards.models import Photo, Report
from services.hazards.models.reports import Category
from station.lib import notify
from station.models import Community, Station
from tests.hazards.conftest import copy, upload

URL = "/report/"


@pytest.fixture
def browser(signed_in, rider):
    return signed_in(rider)


def typed(**more):
    return {"key": str(uuid4()), "category": "road", "place": "商贸城北门口", "description": "有个大坑"} | more


def bomb():
    """A PNG of a few hundred bytes that would unpack to 25 megapixels."""

    def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", 5000, 5000, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return SimpleUploadedFile("big.jpg", content)


def heic():
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "orange")).save(out)
    return SimpleUploadedFile("IMG_0001.HEIC", out.getvalue())


# --- opening ---------------------------------------------------------------------------------------------------------
def test_everybody_sees_the_form_at_once(here, client, django_assert_num_queries):
    with django_assert_num_queries(1):  # the communities
        page = client.get(URL)
    html = page.content.decode()
    assert page.status_code == 200
    assert [value for value in Category.values if f'value="{value}"' in html] == Category.values
    assert html.count('type="radio"') == 9
    assert 'capture="environment"' in html
    assert "先用手机号登录" in html
    assert f'href="{reverse("sign-in")}?next=/report/"' in html
    assert "哪个社区" not in html
    assert "sessionid" not in page.cookies


def test_the_page_costs_the_same_with_thirty_communities(here, client, django_assert_num_queries):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCD"
    for n in range(29):
        prefix = f"{letters[n]}{letters[n // 7]}Z"
        Community.objects.create(street=here.street, name=f"第{n}社区", code=f"c{n}", prefix=prefix)
    with django_assert_num_queries(1):
        html = client.get(URL).content.decode()
    assert html.count("<option") == 31


def test_a_scanned_station_comes_along(here, client, django_assert_num_queries):
    with django_assert_num_queries(2):
        html = client.get(URL, {"station": "lanyuan"}).content.decode()
    assert "在建设路驿站附近" in html
    assert '<input type="hidden" name="station" value="lanyuan">' in html
    assert "next=/report/%3Fstation%3Dlanyuan" in html


@pytest.mark.parametrize("code", ["nowhere", "x" * 5000, "9" * 50, "<b>"])
def test_an_unknown_station_is_no_obstacle(here, client, code):
    page = client.get(URL, {"station": code})
    assert page.status_code == 200
    assert 'name="station"' not in page.content.decode()


def test_each_opening_has_its_own_key(here, client):
    keys = {re.search(r'name="key" value="([^"]+)"', client.get(URL).content.decode())[1] for _page in range(3)}
    assert len(keys) == 3


# --- sending ---------------------------------------------------------------------------------------------------------
def test_a_rider_reports_with_three_photos_and_follows(here, browser, rider):
    answer = browser.post(
        URL,
        typed(station="lanyuan", point="27.8421,112.9234", photo=upload(), more_photos=[upload("PNG"), heic()]),
        follow=True,
    )
    report = Report.objects.get()
    assert answer.redirect_chain == [(f"/report/{report.number}/", 302)]
    assert "收到了，编号 JSL-S-000001" in answer.content.decode()
    assert (report.reporter, report.station, report.grid) == (rider, here.station, here.grid)
    assert (str(report.latitude), str(report.longitude)) == ("27.842000", "112.923000")
    assert report.photos.count() == 3


def test_sent_twice_it_is_the_same_report(here, browser):
    fields = typed()
    browser.post(URL, fields)
    again = browser.post(URL, fields, follow=True)
    assert "这条之前已经收到了，编号 JSL-S-000001" in again.content.decode()
    assert Report.objects.count() == 1


def test_place_alone_or_position_alone_is_enough(here, browser):
    browser.post(URL, typed(place="", point="27.842,112.923"))
    browser.post(URL, typed(description=""))
    assert [r.place for r in Report.objects.order_by("pk")] == ["建设路驿站附近", "商贸城北门口"]


@pytest.mark.parametrize("key", [None, "", "nonsense", "\0", "9" * 400])
def test_without_a_usable_key_the_report_still_arrives(here, browser, key):
    fields = typed()
    fields.pop("key")
    assert browser.post(URL, fields if key is None else fields | {"key": key}).status_code == 302
    assert Report.objects.count() == 1


# --- what is refused, and what stays ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("category", "", "点一下是哪一类"),
        ("category", "volcano", "没有这一类"),
        ("category", "\0", "没有这一类"),
        ("place", "", "写一下在哪里"),
        ("place", "坑" * 101, "100"),
        ("place", "路\0口", "null"),
        ("description", "深" * 301, "300"),
        ("description", "深\0", "null"),
        ("point", "1e400,112.9", "定位没读懂"),
        ("point", "9" * 30 + ",1", "定位没读懂"),
        ("point", "112.923,27.842", "填反"),
        ("point", "0,0", "不在国内"),
        ("point", "nan,inf", "定位没读懂"),
        ("point", "27.8,112.9,1", "定位没读懂"),
        ("station", "nowhere", "选"),
        ("station", "\0", "空"),
    ],
)
def test_a_refused_field_says_so_and_the_rest_stays(here, browser, field, value, says):
    page = browser.post(URL, typed(**{field: value}))
    html = page.content.decode()
    assert page.status_code == 422
    assert says in html or "字符" in html
    assert "您填的都还在" in html
    kept = {"place": "商贸城北门口", "description": "有个大坑"}
    kept.pop(field, None)
    assert [text for text in kept.values() if text not in html] == []
    assert not Report.objects.exists()


def test_an_empty_post_is_refused_field_by_field(here, browser):
    page = browser.post(URL, {})
    assert page.status_code == 422
    assert "点一下是哪一类" in page.content.decode()


def test_a_refused_position_is_dropped_so_that_the_next_try_succeeds(here, browser):
    html = browser.post(URL, typed(point="0,0")).content.decode()
    assert '<input type="hidden" name="point" id="id_point" autocomplete="off" value="">' in html


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (lambda: SimpleUploadedFile("photo.jpg", b"just words, no picture" * 20, "image/jpeg"), "不是能用的照片"),
        (bomb, "尺寸太大"),
        (lambda: SimpleUploadedFile("photo.jpg", upload().read()[:200]), "打不开"),
        (lambda: SimpleUploadedFile("photo.jpg", b""), "空"),
        (lambda: upload("GIF"), "不是能用的照片"),
    ],
    ids=["text", "bomb", "cut off", "empty", "gif"],
)
@pytest.mark.parametrize("field", ["photo", "more_photos"])
def test_a_wrong_photo_is_refused_beside_its_field(here, browser, field, file, says):
    page = browser.post(URL, typed(**{field: file()}))
    html = page.content.decode()
    assert page.status_code == 422
    assert says in html
    assert f'id="id_{field}_error"' in html
    assert "商贸城北门口" in html
    assert re.search(r'value="road"[^>]*checked', html)
    assert not Photo.objects.exists()


def test_more_than_three_photos_are_too_many(here, browser):
    page = browser.post(URL, typed(more_photos=[upload(), upload(), upload()]))
    assert page.status_code == 422
    assert "最多再加 2 张" in page.content.decode()


def test_text_where_a_file_belongs_is_no_error_of_ours(here, browser):
    assert browser.post(URL, typed(photo="not a file", more_photos="nor this")).status_code == 302


def test_among_several_communities_the_form_asks(here, elsewhere, browser):
    page = browser.post(URL, typed())
    assert page.status_code == 422
    assert "请选一下社区" in page.content.decode()
    assert "商贸城北门口" in page.content.decode()
    browser.post(URL, typed(community=elsewhere.community.pk))
    assert Report.objects.get().community == elsewhere.community


@pytest.mark.parametrize("community", ["0", "9" * 60, "x", "\0", "-1"])
def test_an_unknown_community_is_refused(here, elsewhere, browser, community):
    assert browser.post(URL, typed(community=community)).status_code == 422


def test_a_closed_station_is_not_offered(here, browser):
    Station.objects.update(state="closed", state_reason="搬走了")
    assert browser.post(URL, typed(station="lanyuan")).status_code == 422


# --- signing in on the way --------------------------------------------------------------------------------------------
def test_what_was_typed_without_an_account_is_there_after_signing_in(here, client, rider):
    fields = typed(station="lanyuan", point="27.842,112.923", photo=upload())
    answer = client.post(URL, fields)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('sign-in')}?next=/report/%3Fstation%3Dlanyuan"
    assert not Report.objects.exists()
    assert not Photo.objects.exists()
    client.force_login(rider, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(URL, {"station": "lanyuan"}).content.decode()
    assert "补上照片" in html
    assert f'value="{fields["key"]}"' in html
    assert 'value="商贸城北门口"' in html
    assert "有个大坑" in html
    assert 'value="27.842,112.923"' in html
    assert re.search(r'value="road"[^>]*checked', html)
    assert client.post(URL, fields | {"photo": upload()}).status_code == 302
    assert str(Report.objects.get().key) == fields["key"]
    assert "商贸城北门口" not in re.sub(r"<section.*", "", client.get(URL).content.decode(), flags=re.S)


def test_signing_in_by_phone_leads_back_to_what_was_typed(here, client, django_capture_on_commit_callbacks):
    answer = client.post(URL, typed())
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(answer["Location"], {"phone": "13800000007"}, follow=True)
    code = re.search(r"[0-9]{6}", notify.outbox[-1].body)[0]
    landed = client.post(page.redirect_chain[-1][0], {"code": code}, follow=True)
    assert landed.redirect_chain == [(URL, 302)]
    assert 'value="商贸城北门口"' in landed.content.decode()


def test_an_anonymous_mistake_is_answered_before_signing_in(here, client):
    page = client.post(URL, typed(category=""))
    assert page.status_code == 422
    assert "商贸城北门口" in page.content.decode()
    assert "sessionid" not in page.cookies


def test_a_draft_is_forgotten_after_half_an_hour(here, client, rider):
    client.post(URL, typed())
    session = client.session
    session["report_draft"] |= {"at": session["report_draft"]["at"] - 31 * 60}
    session.save()
    client.force_login(rider, backend="django.contrib.auth.backends.ModelBackend")
    assert "商贸城北门口" not in client.get(URL).content.decode()


def test_a_read_only_account_is_told_to_use_its_own_phone(here, signed_in, supervisor):
    page = signed_in(supervisor).post(URL, typed())
    assert page.status_code == 422
    assert "换成自己的手机号" in page.content.decode()
    assert not Report.objects.exists()


def test_a_rider_finds_his_reports_below_the_form(make_report, browser, make_rider, django_assert_num_queries):
    report = make_report(place="晓塘路路口")
    make_report(place="别人家门口", by=make_rider("13800000009"))
    html = browser.get(URL).content.decode()
    assert "晓塘路路口" in html
    assert "别人家门口" not in html
    with django_assert_num_queries(4):  # session, user, communities, reports
        browser.get(URL)
    copy(report, 29)
    with django_assert_num_queries(4):
        browser.get(URL)


def test_without_any_report_only_other_pages_invite(here, browser, rider):
    assert "我的上报" not in browser.get(URL).content.decode()
    page = Template("{% load hazards_tags %}{% my_reports rider %}").render(Context({"rider": rider}))
    assert "还没有上报" in page


def test_another_method_is_refused(here, client):
    assert client.put(URL).status_code == 405
