"""Locked, broken, empty: one tap without an account, read at once, confirmed by several, mended in public."""

import io
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from station.lib import notify
from station.models import Amenity, AuditEvent, Fault, FaultPhoto, FaultVoice, Station
from station.operations.faults import confirm_fault, dismiss_fault, fix_fault

REPORT = "/stations/lanyuan/report/"


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    notify.outbox.clear()


def picture(kind="JPEG", size=(64, 48)):
    out = io.BytesIO()
    Image.new("RGB", size, "orange").save(out, kind)
    return SimpleUploadedFile("photo.jpg", out.getvalue(), content_type="image/jpeg")


def text_of(client, path="/stations/"):
    return client.get(path).content.decode()


# --- one tap ---------------------------------------------------------------------------------------------------------
def test_locked_is_one_tap_from_the_card_and_the_card_tells_the_next_one(here, phone, say, clock):
    now = clock(2026, 11, 24, 10)
    assert f'href="{REPORT}"' in text_of(phone())
    answer = say(phone(), "locked")
    fault = Fault.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/faults/{fault.key}/")
    assert (fault.kind, fault.state, fault.voices, fault.reported_at, fault.text) == ("locked", "reported", 1, now, "")
    clock(2026, 11, 24, 10, 5)
    next_one = phone("10.0.0.9")
    for path in ("/", "/stations/", "/stations/lanyuan/", "/s/lanyuan/"):
        assert "有人反映门锁着 · 5 分钟前" in text_of(next_one, path), path
    (said,) = next_one.get("/api/stations/").json()["stations"][0]["faults"]
    assert said == {"kind": "locked", "confirmed": False, "text": "有人反映门锁着", "at": "2026-11-24T02:00:00Z"}


def test_the_door_and_the_station_page_lead_there(here, client):
    for path in ("/s/lanyuan/", "/stations/lanyuan/"):
        assert f'href="{REPORT}"' in text_of(client, path)


def test_what_the_station_has_stands_there_as_buttons(here, elsewhere, kinds, microwave, client):
    Amenity.objects.create(station=elsewhere.station, kind=kinds["water"])
    page = text_of(client, REPORT)
    names = re.findall(r'name="what" value="([^"]+)"', page)
    assert names == ["locked", "other", f"broken-{microwave.pk}", f"empty-{microwave.pk}"]


def test_only_supplies_run_out_where_kinds_say_so(here, kinds, microwave, client):
    type(kinds["water"]).objects.filter(code="water").update(is_supply=True)
    water = Amenity.objects.create(station=here.station, kind=kinds["water"])
    assert re.findall(r'value="(empty-\d+)"', text_of(client, REPORT)) == [f"empty-{water.pk}"]


def test_at_night_a_locked_door_is_called_normal_and_taken_in_all_the_same(here, phone, say, clock):
    clock(2026, 11, 24, 22)
    assert "门锁着是正常的" in text_of(phone(), REPORT)
    assert say(phone(), "locked").status_code == 303


def test_a_broken_microwave_is_told_but_not_yet_marked(microwave, phone, say):
    say(phone(), f"broken-{microwave.pk}", text="按了不转", photo=picture())
    fault = Fault.objects.get()
    assert (fault.kind, fault.amenity, fault.text, fault.photos.count()) == ("broken", microwave, "按了不转", 1)
    assert "有人反映微波炉坏了 · 刚刚" in text_of(phone())
    microwave.refresh_from_db()
    assert microwave.state == "working"


def test_words_and_photo_of_a_reporter_are_for_staff(microwave, phone, say, signed_in, keeper):
    browser = phone()
    page = browser.get(say(browser, f"broken-{microwave.pk}", text="找张三", photo=picture())["Location"])
    photo, key = FaultPhoto.objects.get(), Fault.objects.get().key
    assert "找张三" not in page.content.decode()
    assert "照片收到了，只有工作人员看得到。" in page.content.decode()
    assert "找张三" not in text_of(phone(), "/stations/lanyuan/")
    for size in ("", "small/"):
        path = f"/faults/{key}/photos/{photo.pk}/{size}"
        assert browser.get(path).status_code == 404
        shown = signed_in(keeper).get(path)
        assert (shown.status_code, shown["X-Content-Type-Options"]) == (200, "nosniff")
        assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_reporters_page_is_for_whoever_has_its_address_and_no_machine(here, phone, say):
    browser = phone()
    page = browser.get(say(browser, "locked")["Location"])
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert phone().get("/faults/00000000-0000-4000-8000-000000000000/").status_code == 404


# --- me too ----------------------------------------------------------------------------------------------------------
def test_three_independent_voices_confirm(here, microwave, phone, say, clock):
    clock(2026, 11, 24, 10)
    say(phone("10.0.0.1"), f"broken-{microwave.pk}")
    say(phone("10.0.0.2"), f"broken-{microwave.pk}", text="灯也不亮")
    assert Fault.objects.get().state == "reported"
    now = clock(2026, 11, 24, 11)
    say(phone("10.0.0.3"), f"broken-{microwave.pk}")
    fault = Fault.objects.get()
    assert (fault.state, fault.voices, fault.confirmed_at, fault.said_at) == ("confirmed", 3, now, now)
    assert "确认微波炉坏了 · 刚刚" in text_of(phone())
    microwave.refresh_from_db()
    assert (microwave.state, microwave.checked_by) == ("broken", None)
    assert [voice.text for voice in fault.said_by.order_by("pk")] == ["", "灯也不亮", ""]
    assert list(AuditEvent.objects.order_by("number").values_list("action", flat=True)) == [
        *["report fault"] * 3,
        "mark amenity",
        "confirm fault",
    ]


def test_three_phones_in_one_network_are_one_voice(here, phone, say):
    for _phone in range(4):
        say(phone("10.0.0.1"), "locked")
    fault = Fault.objects.get()
    assert (fault.state, fault.voices) == ("reported", 4)


def test_phones_of_unknown_address_count_each(here, phone, say):
    for _phone in range(3):
        say(phone("unix"), "locked")
    assert Fault.objects.get().state == "confirmed"


def test_an_empty_amenity_is_confirmed_as_empty(microwave, phone, say):
    for n in range(3):
        say(phone(f"10.0.0.{n}"), f"empty-{microwave.pk}")
    microwave.refresh_from_db()
    assert microwave.state == "empty"


def test_voices_of_long_ago_do_not_confirm(microwave, phone, say, clock):
    clock(2026, 11, 24, 10)
    say(phone("10.0.0.1"), f"broken-{microwave.pk}")
    clock(2026, 11, 24, 12)
    say(phone("10.0.0.2"), f"broken-{microwave.pk}")
    clock(2026, 11, 25, 10, 1)
    say(phone("10.0.0.3"), f"broken-{microwave.pk}")
    assert Fault.objects.get().state == "reported"


def test_other_faults_are_each_their_own_and_wait_for_staff(here, phone, say):
    for n in range(3):
        say(phone(f"10.0.0.{n}"), "other", text="门口有积水")
    assert list(Fault.objects.values_list("state", "voices")) == [("reported", 1)] * 3


def test_one_phone_twice_is_one_voice(here, phone, say):
    browser = phone()
    first = say(browser, "locked")
    again = say(browser, "locked")
    assert again["Location"] == first["Location"]
    assert "这件事您已经说过了" in browser.get(again["Location"]).content.decode()
    assert (Fault.objects.get().voices, FaultVoice.objects.count()) == (1, 1)


@pytest.mark.parametrize("what", ["locked", "other"])
def test_the_same_form_sent_again_begins_nothing_even_after_the_end(here, phone, keeper, what):
    browser = phone()
    form = {"opened": browser.get(REPORT).context["fresh"], "what": what, "text": "门口有积水"}
    browser.post(REPORT, form)
    fault = fix_fault(Fault.objects.get(), by=keeper)
    assert browser.post(REPORT, form)["Location"] == f"/faults/{fault.key}/"
    assert Fault.objects.count() == 1


def test_a_form_left_open_over_night_records_nothing_and_says_so(here, phone, clock):
    clock(2026, 11, 24, 20)
    browser = phone()
    form = {"opened": browser.get(REPORT).context["fresh"], "what": "locked", "text": "昨晚写的"}
    clock(2026, 11, 25, 8, 1)
    page = browser.post(REPORT, form)
    assert page.status_code == 422
    assert "这一页开得太久了，请再点一次。" in page.content.decode()
    assert "昨晚写的" in page.content.decode()
    assert not Fault.objects.exists()
    assert browser.post(REPORT, form | {"opened": page.context["fresh"]}).status_code == 303


def test_a_fault_joined_on_the_page_where_it_stands(here, phone, say):
    say(phone("10.0.0.1"), "locked")
    page = text_of(phone("10.0.0.2"), REPORT)
    assert "已经有人说了" in page
    assert page.count('name="what" value="locked"') == 2


# --- today's truth ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("state", "hours"), [("reported", 3), ("confirmed", 12)])
def test_a_lock_fades(here, phone, say, clock, state, hours):
    now = clock(2026, 11, 24, 8, 40)
    say(phone(), "locked")
    Fault.objects.update(state=state, confirmed_at=now if state == "confirmed" else None)
    clock(2026, 11, 24, 8 + hours, 39)
    assert "门锁着 · " in text_of(phone())
    clock(2026, 11, 24, 8 + hours, 40)
    assert "门锁着 · " not in text_of(phone())
    assert Fault.objects.open().count() == 1  # staff still have to say what it was


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(23, 31, "1 分钟前"), (24, 0, "30 分钟前"), (25, 40, "2 小时前"), (26, 29, "2 小时前")]
)
def test_its_age_is_told_across_midnight(here, phone, say, clock, hour, minute, said):
    clock(2026, 11, 24, 23, 30)
    say(phone(), "locked")
    clock(2026, 11, 24 + hour // 24, hour % 24, minute)
    assert f"有人反映门锁着 · {said}" in text_of(phone())


def test_a_lock_of_yesterday_and_one_of_today_are_two(here, phone, say, clock):
    clock(2026, 11, 24, 9)
    browser = phone()
    say(browser, "locked")
    say(phone("10.0.0.2"), "locked")
    now = clock(2026, 11, 25, 9)
    say(phone("10.0.0.3"), "locked")
    old, new = Fault.objects.order_by("reported_at")
    assert (old.state, old.ended_at, old.ended_by, old.answer) == (
        "dismissed",
        now,
        None,
        "后来没有再听人说起，先结束了。",
    )
    assert (new.state, new.voices) == ("reported", 1)
    assert "lapse fault" in AuditEvent.objects.values_list("action", flat=True)


def test_the_keepers_later_word_outdoes_a_lock(here, phone, say, clock):
    clock(2026, 11, 24, 9)
    say(phone(), "locked")
    later = clock(2026, 11, 24, 9, 10)
    Station.objects.update(said_open=True, said_at=later)
    assert "门锁着 · " not in text_of(phone())
    clock(2026, 11, 24, 9, 20)
    say(phone("10.0.0.2"), "locked")
    assert "有人反映门锁着 · 刚刚" in text_of(phone())


def test_an_amenity_found_working_afterwards_outdoes_what_was_said(microwave, phone, say, clock):
    clock(2026, 11, 24, 9)
    say(phone(), f"broken-{microwave.pk}")
    Amenity.objects.update(checked_at=clock(2026, 11, 24, 9, 10))
    assert "微波炉坏了" not in text_of(phone())


# --- the end ---------------------------------------------------------------------------------------------------------
def test_mended_the_reporter_reads_it_and_the_amenity_works(microwave, phone, say, keeper, clock):
    clock(2026, 11, 24, 9)
    path = say(phone(), f"broken-{microwave.pk}")["Location"]
    confirm_fault(Fault.objects.get(), by=keeper, answer="师傅下午来")
    page = text_of(phone(), path)
    assert "师傅下午来" in page
    microwave.refresh_from_db()
    assert (microwave.state, microwave.checked_by) == ("broken", keeper)
    now = clock(2026, 11, 24, 15, 30)
    fault = fix_fault(Fault.objects.get(), by=keeper, answer="换了保险丝")
    assert (fault.ended_at, fault.ended_by, fault.time_to_fix) == (now, keeper, timedelta(hours=6, minutes=30))
    page = text_of(phone(), path)
    assert "修好了，欢迎再来。" in page
    assert "换了保险丝" in page
    assert "师傅下午来" not in page
    microwave.refresh_from_db()
    assert (microwave.state, microwave.checked_at) == ("working", now)
    assert "微波炉坏了" not in text_of(phone())


def test_dismissed_with_a_reason_the_amenity_works_again(microwave, phone, say, keeper):
    path = say(phone(), f"broken-{microwave.pk}")["Location"]
    confirm_fault(Fault.objects.get(), by=keeper)
    with pytest.raises(ValidationError, match="不是问题也请写一句为什么"):
        dismiss_fault(Fault.objects.get(), by=keeper, answer="")
    dismiss_fault(Fault.objects.get(), by=keeper, answer="插头松了，插紧就好")
    microwave.refresh_from_db()
    assert microwave.state == "working"
    assert "插头松了，插紧就好" in text_of(phone(), path)


def test_mended_but_empty_it_stays_marked_empty(microwave, phone, say, keeper):
    for what in ("broken", "empty"):
        say(phone(), f"{what}-{microwave.pk}")
        confirm_fault(Fault.objects.get(kind=what), by=keeper)
    fix_fault(Fault.objects.get(kind="broken"), by=keeper)
    microwave.refresh_from_db()
    assert microwave.state == "empty"


def test_what_ended_cannot_end_again(here, phone, say, keeper):
    say(phone(), "locked")
    fix_fault(Fault.objects.get(), by=keeper)
    for step in (lambda f: fix_fault(f, by=keeper), lambda f: dismiss_fault(f, by=keeper, answer="x")):
        with pytest.raises(ValidationError, match="已修好"):
            step(Fault.objects.get())


def test_after_the_end_the_next_word_is_another_fault(here, phone, say, keeper):
    browser = phone()
    say(browser, "locked")
    fix_fault(Fault.objects.get(), by=keeper)
    say(browser, "locked")
    assert sorted(Fault.objects.values_list("state", flat=True)) == ["fixed", "reported"]


# --- telling staff ---------------------------------------------------------------------------------------------------
def test_keeper_and_community_are_told_of_the_first_word_and_of_the_confirmation(
    here, elsewhere, keeper, community_admin, make_staff, phone, say, settings, django_capture_on_commit_callbacks
):
    settings.NOTIFY_BACKEND = "station.lib.notify.MemoryBackend"
    theirs = make_staff("community_admin", community=elsewhere.community)
    for n, user in enumerate([keeper, community_admin, theirs]):
        user.phone = f"1390000000{n}"
        user.save()
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(5):
            say(phone(f"10.0.0.{n}"), "locked")
    told = [(message.kind, message.to_phone[-1]) for message in notify.outbox]
    assert sorted(told) == [
        ("fault_confirmed", "0"),
        ("fault_confirmed", "1"),
        ("fault_reported", "0"),
        ("fault_reported", "1"),
    ]
    assert f"/counter/faults/{Fault.objects.get().key}/" in notify.outbox[0].body
    assert "有人反映：建设路驿站门锁着" in notify.outbox[0].body


def test_whoever_confirms_is_not_told_what_he_just_said(
    here, keeper, community_admin, phone, say, settings, django_capture_on_commit_callbacks
):
    settings.NOTIFY_BACKEND = "station.lib.notify.MemoryBackend"
    for n, user in enumerate([keeper, community_admin]):
        user.phone = f"1390000000{n}"
        user.save()
    say(phone(), "locked")
    with django_capture_on_commit_callbacks(execute=True):
        confirm_fault(Fault.objects.get(), by=keeper)
    assert [message.to_phone for message in notify.outbox] == ["13900000001"]


# --- cost ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 30])
def test_no_query_more_for_any_number_of_stations(here, add_station, client, django_assert_num_queries, number):
    for n in range(number - 1):
        add_station(f"s{n}")
    for station in Station.objects.all():
        Fault.objects.create(station=station, kind="locked")
    with django_assert_num_queries(5):
        page = text_of(client)
    assert page.count("有人反映门锁着") == number


def test_the_page_with_the_buttons_costs_four_queries(here, microwave, client, phone, say, django_assert_num_queries):
    say(phone(), "locked")
    with django_assert_num_queries(4):
        client.get(REPORT)
