"""Feedback and small wishes: said without an account, answered in public, a contact for the answer only."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from station.models import AuditEvent, Station, Voice
from station.operations.voices import answer_voice, grant_voice, hide_voice

VOICES = "/stations/lanyuan/voices/"


@pytest.fixture
def typed():
    """``typed(text=…)``: a form filled in, with a key of its own."""
    return lambda **more: {"key": str(uuid4()), "kind": "feedback", "text": "饮水机旁边地滑"} | more


@pytest.fixture
def voice(here):
    """``voice(text=…, state=…)``: a voice of the station."""

    def make(**more):
        fields = {"community": here.community, "station": here.station, "kind": "feedback", "text": "饮水机旁边地滑"}
        return Voice.objects.create(**fields | more)

    return make


def answered(voice, **more):
    return voice(state="answered", reply="垫子铺好了", replied_at=timezone.now(), **more)


# --- saying ----------------------------------------------------------------------------------------------------------
def test_a_voice_is_taken_in_and_public_only_after_its_answer(here, phone, typed, keeper):
    browser = phone()
    answer = browser.post(VOICES, typed(occupation="sanitation"), follow=True)
    assert answer.redirect_chain == [(VOICES, 303)]
    assert "收到了，谢谢您。" in answer.content.decode()
    voice = Voice.objects.get()
    assert (voice.station, voice.community, voice.state, voice.user) == (here.station, here.community, "new", None)
    for path in (VOICES, "/stations/lanyuan/", "/voices/jianshelu/"):
        assert "饮水机旁边地滑" not in phone().get(path).content.decode()
    answer_voice(voice, reply="垫子铺好了", by=keeper)
    for path in (VOICES, "/stations/lanyuan/", "/voices/jianshelu/"):
        page = phone().get(path).content.decode()
        assert "饮水机旁边地滑" in page
        assert "垫子铺好了" in page
        assert "环卫工人" in page


def test_to_the_community_without_a_station(here, phone, typed):
    phone().post("/voices/jianshelu/", typed(kind="wish", text="想要一个夜里能躺的地方"))
    voice = Voice.objects.get()
    assert (voice.community, voice.station, voice.kind) == (here.community, None, "wish")
    assert phone().get("/voices/nowhere/").status_code == 404


def test_what_was_said_elsewhere_stays_there(here, elsewhere, client, voice):
    answered(voice, community=elsewhere.community, station=elsewhere.station, text="河东的话")
    for path in (VOICES, "/stations/lanyuan/", "/voices/jianshelu/"):
        assert "河东的话" not in client.get(path).content.decode()
    assert "河东的话" in client.get("/voices/hedong/").content.decode()


def test_markup_and_addresses_are_plain_text(here, client, voice):
    answered(voice, text='<a href="http://evil.example">点我</a>\nhttp://evil.example')
    page = client.get(VOICES).content.decode()
    assert "&lt;a href=&quot;http://evil.example&quot;&gt;点我" in page
    assert 'href="http://evil.example"' not in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("kind", "", "选一下是说说驿站，还是许个心愿。"),
        ("kind", "spam", "没有这一类，请重新选。"),
        ("text", "", "写几个字，好让人答复。"),
        ("text", "话" * 301, "300"),
        ("text", "话\0", "字符"),
        ("occupation", "king", "king"),
        ("contact", "1" * 61, "60"),
        ("contact", "微信abc", "留联系方式要勾上同意；不想留就删掉，话照样收。"),
    ],
)
def test_bad_input_is_refused_in_chinese_and_stays(here, phone, typed, field, value, says):
    page = phone().post(VOICES, typed(**{field: value}))
    html = page.content.decode()
    assert page.status_code == 422
    assert says in html or "null" in html
    assert "饮水机旁边地滑" in html or field == "text"
    assert "您填的都还在" in html
    assert not Voice.objects.exists()


def test_lines_end_as_the_browser_counts_them(here, phone, typed):
    phone().post(VOICES, typed(text="话\r\n" * 149 + "两句"))
    assert Voice.objects.get().text == "话\n" * 149 + "两句"


def test_the_same_form_twice_is_one_voice(here, phone, typed):
    browser, form = phone(), typed()
    browser.post(VOICES, form)
    again = browser.post(VOICES, form, follow=True)
    assert "这一条已经收到了" in again.content.decode()
    assert Voice.objects.count() == 1


def test_a_program_that_fills_every_field_says_nothing(here, phone, typed):
    assert phone().post(VOICES, typed(website="x")).status_code == 303
    assert not Voice.objects.exists()


def test_limits_by_device_and_address(here, phone, typed, settings):
    settings.VOICE_LIMITS = {"device_hour": 2, "address_hour": 3}
    browser = phone()
    browser.get(VOICES)
    assert [browser.post(VOICES, typed()).status_code for _n in range(3)] == [303, 303, 429]
    assert [phone().post(VOICES, typed()).status_code for _n in range(2)] == [303, 429]
    page = phone().post(VOICES, typed(text="写好的话"))
    assert "写好的话" in page.content.decode()
    assert phone("10.0.0.2").post(VOICES, typed()).status_code == 303


def test_a_station_closed_for_good_hears_nothing_more(here, phone, typed):
    Station.objects.update(state="closed", state_reason="搬走了")
    page = phone().post(VOICES, typed())
    assert page.status_code == 422
    assert "这个驿站已经停用" in page.content.decode()


# --- a contact -------------------------------------------------------------------------------------------------------
def test_a_contact_is_encrypted_masked_and_revealed_with_a_reason(
    here, phone, typed, community_admin, keeper, signed_in, client
):
    phone().post(VOICES, typed(contact="13900001234", consent="on"))
    voice = Voice.objects.get()
    assert voice.contact == "13900001234"
    assert "13900001234" not in str(Voice.objects.values_list("contact", flat=True).get())
    assert AuditEvent.objects.get().data["consent"]
    assert "13900001234" not in str(AuditEvent.objects.get().data)
    path = f"/admin/station/voice/{voice.pk}"
    browser = signed_in(community_admin)
    page = browser.get(f"{path}/change/").content.decode()
    assert "139****1234" in page
    assert "13900001234" not in page
    assert browser.post(f"{path}/do/reveal-contact/", {"reason": ""}).status_code == 422
    shown = browser.post(f"{path}/do/reveal-contact/", {"reason": "要当面说孩子写作业的事"})
    assert "13900001234" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    event = AuditEvent.objects.get(action="reveal voice")
    assert (event.actor, event.reason, event.data) == (
        community_admin,
        "要当面说孩子写作业的事",
        {"fields": ["contact"]},
    )
    for page in (f"{path}/change/", f"/counter/voices/{voice.uid}/", "/counter/voices/"):
        assert "13900001234" not in signed_in(keeper).get(page).content.decode()
    assert signed_in(keeper).post(f"{path}/do/reveal-contact/", {"reason": "x"}).status_code == 403
    answer_voice(voice, reply="好的", by=keeper)
    assert "139" not in client.get(VOICES).content.decode()


# --- one's own -------------------------------------------------------------------------------------------------------
def test_a_rider_who_signed_in_finds_his_own(here, rider, make_rider, signed_in, typed, keeper, voice):
    browser = signed_in(rider)
    browser.post(VOICES, typed())
    hidden = voice(text="写了别人电话", user=rider)
    hide_voice(hidden, reason="有电话", by=keeper)
    voice(text="别人的话", user=make_rider("13800000002"))
    assert 'href="/voices/mine/"' in browser.get("/me/").content.decode()
    page = browser.get("/voices/mine/").content.decode()
    for said in ("饮水机旁边地滑", "待答复", "写了别人电话", "不公开"):
        assert said in page
    assert "别人的话" not in page
    assert "有电话" not in page


def test_ones_own_needs_an_account(here, client):
    assert client.get("/voices/mine/").status_code == 302


# --- answering -------------------------------------------------------------------------------------------------------
def test_the_keeper_answers_on_his_phone_the_oldest_first(here, elsewhere, voice, keeper, signed_in):
    now = timezone.now()
    late = voice(text="后说的", said_at=now)
    early = voice(text="先说的", said_at=now - timedelta(days=2))
    theirs = voice(text="河东的", community=elsewhere.community, station=elsewhere.station)
    browser = signed_in(keeper)
    page = browser.get("/counter/voices/").content.decode()
    assert page.index("先说的") < page.index("后说的")
    assert "河东的" not in page
    assert browser.get(f"/counter/voices/{theirs.uid}/").status_code == 404
    assert browser.post(f"/counter/voices/{early.uid}/", {"step": "answer", "answer-reply": ""}).status_code == 422
    answer = browser.post(f"/counter/voices/{early.uid}/", {"step": "answer", "answer-reply": "知道了"})
    assert answer.status_code == 302
    early.refresh_from_db()
    assert (early.state, early.reply, early.replied_by) == ("answered", "知道了", keeper)
    assert browser.post(f"/counter/voices/{late.uid}/", {"step": "hide", "hide-reason": "骂人"}).status_code == 302
    late.refresh_from_db()
    assert late.state == "hidden"
    assert AuditEvent.objects.get(action="hide voice").reason == "骂人"


@pytest.mark.parametrize("step", [{}, {"step": "x"}, {"step": "answer", "answer-reply": "好" * 301}])
def test_bad_input_answers_nothing(voice, keeper, signed_in, step):
    one = voice()
    assert signed_in(keeper).post(f"/counter/voices/{one.uid}/", step).status_code == 422
    one.refresh_from_db()
    assert one.state == "new"


@pytest.mark.parametrize("role", ["grid_worker", "team_leader", "supervisor", "rider"])
def test_for_all_others_there_is_nothing_to_answer(voice, request, signed_in, role):
    one = voice(text="没人看见")
    browser = signed_in(request.getfixturevalue(role))
    assert "没人看见" not in browser.get("/counter/voices/").content.decode()
    assert browser.get(f"/counter/voices/{one.uid}/").status_code == 404
    assert browser.get(f"/admin/station/voice/{one.pk}/change/").status_code in (302, 403, 404)


def test_a_wish_comes_true(voice, keeper, client):
    wish = voice(kind="wish", text="想要打气筒")
    answer_voice(wish, reply="下周到", by=keeper)
    grant_voice(wish, reply="", by=keeper)
    wish.refresh_from_db()
    assert (wish.state, wish.reply) == ("granted", "下周到")
    assert "心愿已实现" in client.get("/stations/lanyuan/").content.decode()


def test_what_may_not_be(voice, keeper):
    with pytest.raises(ValidationError, match="只有微心愿"):
        grant_voice(voice(), reply="好", by=keeper)
    with pytest.raises(ValidationError, match="请写一句答复"):
        grant_voice(voice(kind="wish"), reply="", by=keeper)
    one = answered(voice)
    with pytest.raises(ValidationError, match="已答复"):
        answer_voice(one, reply="再答一次", by=keeper)


def test_the_admin_answers_and_hides(voice, community_admin, signed_in, client):
    one = voice()
    browser = signed_in(community_admin)
    browser.post(f"/admin/station/voice/{one.pk}/do/answer/", {"reply": "垫子铺好了"})
    assert "垫子铺好了" in client.get(VOICES).content.decode()
    browser.post(f"/admin/station/voice/{one.pk}/do/hide/", {"reason": "重复了"})
    assert "垫子铺好了" not in client.get(VOICES).content.decode()


# --- pages -----------------------------------------------------------------------------------------------------------
def test_the_admin_says_that_no_contact_was_left(voice, community_admin, signed_in):
    page = signed_in(community_admin).get(f"/admin/station/voice/{voice().pk}/change/").text
    assert ("联系方式" in page, "None" in page) == (True, False)


def test_pages_follow_one_another_and_show_each_once(voice, client):
    said_at = timezone.now()
    for n in range(45):
        answered(voice, text=f"第{n:02d}句", said_at=said_at - timedelta(days=n // 3))  # three of each moment
    seen, path = [], VOICES
    while path:
        page = client.get(path)
        seen += [one.text for one in page.context["voices"]]
        path = page.context["after"] and f"{VOICES}?after={page.context['after']}"
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("after", ["x", "1", "9" * 17 + "-1", "1-" + "9" * 18, "-1-1", "\0", "9" * 30 + "-1"])
def test_a_key_that_cannot_be_read_is_no_error(voice, client, after):
    assert client.get(VOICES, {"after": after}).status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_the_pages_cost_the_same(here, voice, client, django_assert_num_queries, number):
    for n in range(number):
        answered(voice, text=f"第{n}句")
    with django_assert_num_queries(2):
        client.get(VOICES)
    with django_assert_num_queries(2):
        client.get("/voices/jianshelu/")


def test_the_station_page_shows_the_newest_three(voice, client):
    now = timezone.now()
    for n in range(5):
        answered(voice, text=f"第{n}句", said_at=now - timedelta(days=n))
    page = client.get("/stations/lanyuan/").content.decode()
    assert [f"第{n}句" in page for n in range(5)] == [True, True, True, False, False]
    assert page.index("第0句") < page.index("第2句")
    assert "都看看，也说两句" in page
