"""What nobody may say about a station, and how often; whatever is refused, the words stay in the form."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from station.lib import notify
from station.models import Amenity, AuditEvent, Fault, FaultPhoto, FaultVoice, Station
from station.operations.faults import report_fault
from tests.station.test_faults import REPORT, picture


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    notify.outbox.clear()


def polyglot():
    """A picture that is a page as well."""
    return SimpleUploadedFile("photo.jpg", picture().read() + b"<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("what", "text", "says"),
    [
        ("", "写了一半", "点一下是什么问题。"),
        ("volcano", "写了一半", "这里没有这一样"),
        ("lo\0cked", "写了一半", "这里没有这一样"),
        ("broken-999999999999999999999", "写了一半", "这里没有这一样"),
        ("other", "", "说一句哪里不对，好让人来看。"),
        ("locked", "坏" * 101, "100"),
    ],
)
def test_bad_input_is_refused_in_chinese_and_stays(here, phone, say, what, text, says):
    page = say(phone(), what, text=text)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert text in page.content.decode()
    assert not Fault.objects.exists()


def test_an_unseen_character_is_refused(here, phone, say):
    page = say(phone(), "locked", text="门\0口")
    assert page.status_code == 422
    assert not Fault.objects.exists()


def test_an_amenity_of_another_station_is_refused(here, elsewhere, kinds, phone, say):
    theirs = Amenity.objects.create(station=elsewhere.station, kind=kinds["water"])
    assert say(phone(), f"broken-{theirs.pk}").status_code == 422
    with pytest.raises(ValidationError) as refused:
        report_fault(here.station, Fault.Kind.BROKEN, amenity=theirs, device="d", address="10.0.0.1")
    assert refused.value.code == "amenity"
    assert not Fault.objects.exists()


@pytest.mark.parametrize(
    "file",
    [
        lambda: SimpleUploadedFile("photo.jpg", b"just words" * 20),
        lambda: picture("GIF"),
        lambda: picture("PNG", (5000, 5000)),
    ],
    ids=["text", "gif", "bomb"],
)
def test_a_bad_photo_is_refused_and_the_words_stay(here, phone, say, file):
    page = say(phone(), "locked", text="门口有人等", photo=file())
    assert page.status_code == 422
    html = page.content.decode()
    assert "门口有人等" in html
    assert "要重新选一下" in html
    assert 'id="id_photo_error"' in html
    assert not Fault.objects.exists()


def test_of_a_picture_that_is_a_page_as_well_only_the_picture_is_kept(here, phone, say):
    say(phone(), "locked", photo=polyglot())
    assert b"script" not in FaultPhoto.objects.get().image.read()


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_station_out_of_use_takes_nothing(here, phone, state):
    fresh = phone().get(REPORT).context["fresh"]
    Station.objects.update(state=state, state_reason="装修")
    page = phone().post(REPORT, {"opened": fresh, "what": "locked"})
    assert page.status_code == 422
    assert "这个驿站现在停用，不用再报。" in page.content.decode()
    assert not Fault.objects.exists()


def test_a_program_that_fills_every_field_reports_nothing(here, phone, say):
    answer = say(phone(), "locked", website="http://spam.example")
    assert (answer.status_code, answer["Location"]) == (303, "/stations/lanyuan/")
    assert not Fault.objects.exists()


def test_limits_by_address_and_by_device(here, phone, say, settings, clock):
    settings.FAULT_LIMITS = {"device_hour": 2, "address_hour": 3}
    browser, others = phone(), [phone(), phone(), phone("10.0.0.2")]
    answers = []
    for minute, client in enumerate([browser, browser, browser, *others]):
        clock(2026, 11, 24, 9, minute)
        answers.append(say(client, "other", text="写好的话"))
    assert [answer.status_code for answer in answers] == [303, 303, 429, 303, 429, 303]
    page = answers[2].content.decode()
    assert "写好的话" in page
    assert "请过一小时再试" in page
    clock(2026, 11, 24, 10, 30)
    assert say(browser, "other", text="一小时后").status_code == 303


def test_what_is_kept_of_a_phone_tells_neither_cookie_nor_address(here, phone, say):
    browser = phone("203.0.113.77")
    say(browser, "locked")
    voice = FaultVoice.objects.get()
    assert len(voice.device) == 64
    assert len(voice.address) == 16
    assert "203.0.113.77" not in f"{voice.address}{AuditEvent.objects.get().data}"


def test_photos_of_one_fault_have_a_limit(here, phone, say, settings):
    settings.FAULT_PHOTOS_MOST = 2
    for n in range(4):
        say(phone(f"10.0.0.{n}"), "locked", photo=picture())
    assert FaultPhoto.objects.count() == 2
