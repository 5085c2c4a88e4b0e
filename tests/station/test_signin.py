"""Riders sign in by phone and code: what works, what is refused, what never leaks."""

import re
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from station.lib import notify
from station.models import AuditEvent, OutboxMessage, SignInCode, User
from station.operations import signin

PHONE = "13800000001"


@pytest.fixture(autouse=True)
def empty_outbox():
    notify.outbox.clear()


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    """``ask()``: types the phone into the sign-in page; returns the response and the code from the message."""

    def type_phone(phone=PHONE, browser=client, query="", **extra):
        with django_capture_on_commit_callbacks(execute=True):
            response = browser.post(f"/sign-in/{query}", {"phone": phone}, **extra)
        sent = re.search(r"\d{6}", notify.outbox[-1].body)[0] if response.status_code == 302 else None
        return response, sent

    return type_phone


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def age_codes(**age):
    """Let the codes already sent have been sent earlier."""
    for code in SignInCode.objects.all():
        SignInCode.objects.filter(pk=code.pk).update(created_at=code.created_at - timedelta(**age))


def test_the_first_sign_in_makes_the_account(db, client, ask):
    response, code = ask("+86 138-0000 ０００1")
    assert response.url == "/sign-in/code/"
    assert notify.outbox[-1].to_phone == PHONE
    assert not User.objects.exists()
    response = client.post(response.url, {"code": f" {code[:3]} {code[3:]} "})
    assert (response.status_code, response.url) == (302, "/me/")
    user = User.objects.get()
    assert (user.phone, user.is_staff, user.has_usable_password()) == (PHONE, False, False)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert [*AuditEvent.objects.order_by("number").values_list("action", flat=True)] == ["create rider", "sign in"]


def test_a_known_phone_finds_its_account(client, ask, rider):
    _, code = ask(rider.phone)
    client.post("/sign-in/code/", {"code": code})
    assert client.session["_auth_user_id"] == str(rider.pk)
    assert User.objects.count() == 1


def test_known_and_unknown_phones_get_the_same_answer(ask, rider):
    answers = []
    for phone in (rider.phone, "13999999999"):
        browser = Client()
        sent, _code = ask(phone, browser=browser)
        page = browser.get("/sign-in/code/").content.decode()
        refused = browser.post("/sign-in/code/", {"code": "000000"}).content.decode()
        hidden = re.compile(r'value="\w{64}"|1\d\d\*{4}\d{4}')
        answers.append((sent.status_code, sent.url, hidden.sub("", page), hidden.sub("", refused)))
    assert answers[0] == answers[1]


def test_the_phone_stands_in_no_url_and_no_readable_cookie_or_row(db, client, ask):
    response, code = ask()
    cookie = response.cookies["sign_in"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/sign-in/"
    assert PHONE not in response.url
    assert PHONE not in str(response.cookies)
    assert code not in str(response.cookies)
    stored = SignInCode.objects.values_list("phone_index", "code_hash", "browser_hash", "address_hash").get()
    assert not any(secret in value for value in stored for secret in (PHONE, code, "127.0.0.1"))
    assert "sessionid" not in response.cookies
    assert PHONE not in client.get(response.url).content.decode()
    assert "138****0001" in client.get(response.url).content.decode()


def test_a_code_works_once(db, client, ask):
    _, code = ask()
    pending = client.cookies["sign_in"].value
    assert client.post("/sign-in/code/", {"code": code}).status_code == 302
    again = Client()
    again.cookies["sign_in"] = pending
    response = again.post("/sign-in/code/", {"code": code})
    assert response.status_code == 422
    assert "用过了" in response.content.decode()
    assert "sessionid" not in again.cookies


def test_a_code_lives_five_minutes(db):
    asked_at = timezone.now()
    code = signin.ask_for_code(PHONE, browser="b", address="10.0.0.1", now=asked_at)
    with pytest.raises(ValidationError) as refused:
        signin.enter_code(PHONE, code, browser="b", now=asked_at + timedelta(seconds=300))
    assert refused.value.code == "used_up"
    assert signin.enter_code(PHONE, code, browser="b", now=asked_at + timedelta(seconds=299)).phone == PHONE


def test_five_tries_and_the_tries_left_are_said(db, client, ask):
    _, code = ask()
    for left in (4, 3, 2, 1):
        response = client.post("/sign-in/code/", {"code": wrong(code)})
        assert response.status_code == 422
        assert f"还可以试 {left} 次" in response.content.decode()
        assert f'value="{wrong(code)}"' in response.content.decode()
    assert "作废" in client.post("/sign-in/code/", {"code": wrong(code)}).content.decode()
    assert client.post("/sign-in/code/", {"code": code}).status_code == 422
    assert not User.objects.exists()


def test_what_is_not_six_digits_costs_no_try(db, client, ask):
    _, _code = ask()
    for text in ("", "12345", "abcdef", "1234567", "١٢٣٤٥٦", "1" * 30):
        assert client.post("/sign-in/code/", {"code": text}).status_code == 422
    assert SignInCode.objects.get().tries == 0


def test_another_browser_cannot_use_the_code(db, ask):
    _, code = ask()
    thief = Client()
    assert thief.post("/sign-in/code/", {"code": code}).url == "/sign-in/"
    ask("13900000000", browser=thief)
    assert thief.post("/sign-in/code/", {"code": code}).status_code == 422
    assert "sessionid" not in thief.cookies
    with pytest.raises(ValidationError) as refused:
        signin.enter_code(PHONE, code, browser="another")
    assert refused.value.code == "used_up"


def test_a_forged_cookie_is_no_sign_in_under_way(client, db):
    for value in ("", "x", "x:y:z", "a b:c:d"):
        client.cookies["sign_in"] = value
        assert client.get("/sign-in/code/").url == "/sign-in/"


def test_the_session_key_changes_at_sign_in(client, ask, rider):
    session = client.session
    session["kept"] = 1
    session.save()
    before = session.session_key
    _, code = ask(rider.phone)
    client.post("/sign-in/code/", {"code": code})
    assert client.session.session_key != before


def test_next_leads_on_but_only_to_us(client, ask, rider):
    response, code = ask(rider.phone, query="?next=/bookings/")
    assert response.url == "/sign-in/code/?next=%2Fbookings%2F"
    assert client.post(response.url, {"code": code}).url == "/bookings/"
    for url in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "\u202e"):
        assert client.get("/sign-in/", {"next": url}).url == "/me/"


def test_staff_cannot_sign_in_by_phone(client, ask, community_admin):
    community_admin.phone = PHONE
    community_admin.save()
    _, code = ask()
    response = client.post("/sign-in/code/", {"code": code})
    assert response.status_code == 422
    assert "工作人员" in response.content.decode()
    assert "sessionid" not in client.cookies


def test_a_deactivated_rider_is_told(client, ask, rider):
    User.objects.update(is_active=False)
    _, code = ask(rider.phone)
    response = client.post("/sign-in/code/", {"code": code})
    assert response.status_code == 422
    assert "停用" in response.content.decode()
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("phone", ["", "123", "1380000000", "1" * 41, "138\x0000000001", "12800000001", "١٣٨٠٠٠٠٠٠٠١"])
def test_a_bad_phone_is_refused_beside_its_field_and_kept(db, client, phone):
    response = client.post("/sign-in/", {"phone": phone})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not SignInCode.objects.exists()


def test_one_code_a_minute_and_the_earlier_one_still_works(client, ask, rider):
    _, code = ask(rider.phone)
    response, _none = ask(rider.phone)
    assert response.status_code == 429
    assert rider.phone in response.content.decode()
    assert "/sign-in/code/" in response.content.decode()
    assert client.post("/sign-in/code/", {"resend": "1"}).status_code == 429
    assert client.post("/sign-in/code/", {"code": code}).status_code == 302


def test_resending_after_a_minute_replaces_the_code(db, client, ask, django_capture_on_commit_callbacks):
    _, first = ask()
    age_codes(seconds=61)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/sign-in/code/", {"resend": "1"}).url == "/sign-in/code/"
    second = re.search(r"\d{6}", notify.outbox[-1].body)[0]
    assert len(notify.outbox) == 2
    if first != second:
        assert client.post("/sign-in/code/", {"code": first}).status_code == 422
    assert client.post("/sign-in/code/", {"code": second}).url == "/me/"


@pytest.mark.parametrize(
    ("count", "who", "apart"),
    [
        (5, {"phone": PHONE}, timedelta(minutes=10)),
        (10, {"phone": PHONE}, timedelta(hours=2)),
        (20, {"address": "10.1.1.1"}, timedelta(seconds=61)),
        (30, {}, timedelta(minutes=5)),
    ],
    ids=["phone_hour", "phone_day", "address_hour", "all_day"],
)
def test_each_limit(db, settings, count, who, apart):
    settings.SIGN_IN_CODE_LIMITS = settings.SIGN_IN_CODE_LIMITS | {"all_day": 30}
    start = timezone.now() - timedelta(seconds=61)
    for number in reversed(range(count)):  # the oldest first
        signin.ask_for_code(
            who.get("phone", f"139{number:08}"),
            browser="b",
            address=who.get("address", f"10.0.0.{number}"),
            now=start - number * apart,
        )
    with pytest.raises(ValidationError) as refused:
        signin.ask_for_code(who.get("phone", "13700000000"), browser="b", address=who.get("address", "10.9.9.9"))
    assert refused.value.code == "limit"
    if who:
        signin.ask_for_code("13700000000", browser="b", address="10.9.9.9")


def test_old_codes_are_swept(db):
    signin.ask_for_code(PHONE, browser="b", address="10.0.0.1", now=timezone.now() - timedelta(days=3))
    signin.ask_for_code(PHONE, browser="b", address="10.0.0.1")
    assert SignInCode.objects.count() == 1


def in_parallel(count, work):
    """What `count` threads got from `work`, all let go at once."""
    gate, results = threading.Barrier(count), []

    def run(number):
        gate.wait()
        try:
            results.append(work(number))
        except ValidationError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_one_code_for_a_phone():
    results = in_parallel(50, lambda n: signin.ask_for_code(PHONE, browser=f"{n}", address=f"10.0.0.{n}"))
    assert results.count("limit") == 49
    assert SignInCode.objects.count() == 1
    assert len(notify.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_from_one_address_get_twenty():
    results = in_parallel(50, lambda n: signin.ask_for_code(f"139{n:08}", browser=f"{n}", address="10.0.0.1"))
    assert results.count("limit") == 30
    assert SignInCode.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_fifty_guesses_at_once_are_five_tries():
    code = signin.ask_for_code(PHONE, browser="b", address="10.0.0.1")
    results = in_parallel(50, lambda n: signin.enter_code(PHONE, wrong(code), browser="b"))
    assert set(results) <= {"wrong", "used_up"}
    assert SignInCode.objects.get().tries == 5


@pytest.mark.django_db(transaction=True)
def test_the_right_code_twice_at_once_signs_in_once():
    code = signin.ask_for_code(PHONE, browser="b", address="10.0.0.1")
    results = in_parallel(4, lambda n: signin.enter_code(PHONE, code, browser="b"))
    assert results.count("used_up") == 3
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_first_sign_in_on_two_phones_at_once_makes_one_account():
    codes = [
        signin.ask_for_code(PHONE, browser=f"{n}", address="10.0.0.1", now=timezone.now() - timedelta(seconds=90 * n))
        for n in (1, 0)
    ]
    users = in_parallel(2, lambda n: signin.enter_code(PHONE, codes[1 - n], browser=f"{n}").pk)
    assert users == [User.objects.get().pk] * 2


def test_the_code_is_on_the_page_in_the_demo_only(db, client, ask, settings):
    response, code = ask()
    assert code not in client.get(response.url).content.decode()
    settings.DEMO = True
    response, code = ask("13800000002")
    page = client.get(response.url).content.decode()
    assert f'<strong class="number">{code}</strong>' in page
    assert "仅演示环境" in page
    settings.DEMO = False
    assert code not in client.get(response.url).content.decode()


def test_a_message_that_fails_does_not_break_the_page(db, ask, settings, client):
    settings.NOTIFY_BACKEND = "station.lib.notify.Backend"
    assert client.post("/sign-in/", {"phone": PHONE}).status_code == 302
    assert not OutboxMessage.objects.exists()


def test_the_sign_in_page_costs_an_anonymous_visitor_no_query(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/sign-in/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    for wanted in ('type="tel"', 'inputmode="tel"', 'autocomplete="tel"'):
        assert wanted in response.content.decode()


def test_the_code_field_calls_the_right_keyboard(db, client, ask):
    response, _code = ask()
    page = client.get(response.url).content.decode()
    assert 'inputmode="numeric"' in page
    assert 'autocomplete="one-time-code"' in page


def test_signing_out_is_a_post_and_ends_the_session(signed_in, rider):
    browser = signed_in(rider)
    assert browser.get("/sign-out/").status_code == 405
    assert browser.get("/me/").status_code == 200
    assert browser.post("/sign-out/").url == "/"
    assert browser.get("/me/").url == "/sign-in/?next=/me/"


def test_me_says_who_i_am_and_lets_me_change_my_name(signed_in, rider):
    browser = signed_in(rider)
    page = browser.get("/me/").content.decode()
    assert "138****0001" in page
    assert rider.phone not in page
    assert "/admin/" not in page
    assert browser.post("/me/", {"name": "迪丽热巴.买买提"}).url == "/me/"
    rider.refresh_from_db()
    assert rider.name == "迪丽热巴·买买提"
    for bad in ("", "名" * 61, "刘\x00洋", "刘\u202e洋"):
        assert browser.post("/me/", {"name": bad}).status_code == 422
    rider.refresh_from_db()
    assert rider.name == "迪丽热巴·买买提"


def test_staff_find_the_admin_and_keep_their_name(signed_in, community_admin):
    browser = signed_in(community_admin)
    assert 'href="/admin/"' in browser.get("/me/").content.decode()
    assert browser.post("/me/", {"name": "别人"}).status_code == 403
    community_admin.refresh_from_db()
    assert community_admin.name == "周敏"
