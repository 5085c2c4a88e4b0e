"""The six things that happen around every request."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from station.middleware import SEEN_AT, STARTED_AT, client_address, private_pages
from station.models import User


# --- client_address ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, "10.1.2.3", "6.6.6.6", "10.1.2.3"),
        (1, "127.0.0.1", "6.6.6.6, 10.1.2.3", "10.1.2.3"),
        (2, "127.0.0.1", "6.6.6.6, 10.1.2.3, 10.0.0.1", "10.1.2.3"),
        (2, "127.0.0.1", "6.6.6.6", "127.0.0.1"),
        (1, "127.0.0.1", None, "127.0.0.1"),
        (1, "127.0.0.1", "not an address", "0.0.0.0"),
        (0, "", None, "0.0.0.0"),
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::"),
        (0, "::ffff:10.1.2.3", None, "10.1.2.3"),
        (0, "fe80::1%eth0", None, "fe80::"),
    ],
)
def test_the_address_is_not_the_visitors_own_claim(rf, settings, proxies, remote, forwarded, address):
    settings.TRUSTED_PROXY_COUNT = proxies
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR=remote, **extra)) == address


# --- bounded_requests ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("length", "status"),
    [("40000001", 413), ("9" * 30, 413), ("40000000", 404), ("", 404), ("-1", 404), ("many", 404)],
)
def test_a_request_too_large_is_refused_before_it_is_read(length, status, client, db):
    class Unread:
        def read(self, *size):
            raise AssertionError("the body was read")

        readline = read

    extra = {"CONTENT_LENGTH": length, "wsgi.input": Unread(), "CONTENT_TYPE": "text/plain"}
    answer = client.generic("POST", "/nowhere/", **extra)
    assert answer.status_code == status
    if status == 413:
        assert "一次最多 40 MB，这次超过了" in answer.content.decode()
        assert answer.headers["Connection"] == "close"


# --- chosen_language -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cookie", "language"), [(None, "zh-hans"), ("en", "en"), ("fr", "zh-hans"), ("", "zh-hans"), ("x" * 99, "zh-hans")]
)
def test_only_the_readers_own_choice_changes_the_language(client, db, cookie, language):
    if cookie is not None:
        client.cookies["django_language"] = cookie
    response = client.get("/sign-in/", headers={"accept-language": "en-US,en"})
    assert response["Content-Language"] == language
    assert "Cookie" in response["Vary"]


# --- session_limits ------------------------------------------------------------------------------
def move_clock(browser, *, idle=timedelta(), age=timedelta()):
    """Let the session of this browser have idled, and have started, so long ago."""
    session = browser.session
    now = timezone.now().timestamp()
    session[SEEN_AT], session[STARTED_AT] = now - idle.total_seconds(), now - age.total_seconds()
    session.save()


@pytest.mark.parametrize(
    ("who", "idle", "age", "stays"),
    [
        ("community_admin", timedelta(minutes=14), timedelta(hours=7), True),
        ("community_admin", timedelta(minutes=16), timedelta(hours=1), False),
        ("community_admin", timedelta(minutes=1), timedelta(hours=8, minutes=1), False),
        ("rider", timedelta(days=6), timedelta(days=29), True),
        ("rider", timedelta(days=7, minutes=1), timedelta(days=8), False),
        ("rider", timedelta(minutes=1), timedelta(days=30, minutes=1), False),
    ],
)
def test_how_long_a_session_lasts(request, signed_in, who, idle, age, stays):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/me/").status_code == 200
    move_clock(browser, idle=idle, age=age)
    key = browser.session.session_key
    assert browser.get("/me/").status_code == (200 if stays else 302)
    assert Session.objects.filter(pk=key).exists() == stays


def test_each_visit_starts_the_idle_time_anew(signed_in, community_admin):
    browser = signed_in(community_admin)
    for _visit in range(4):
        browser.get("/me/")
        move_clock(browser, idle=timedelta(minutes=14), age=timedelta(hours=1))
    browser.get("/me/")
    assert timezone.now().timestamp() - browser.session[SEEN_AT] < 5


def test_a_short_idle_time_is_measured_as_finely(signed_in, community_admin, settings):
    settings.SESSION_LIMITS = {"staff": (timedelta(minutes=1), timedelta(hours=8))}
    browser = signed_in(community_admin)
    browser.get("/me/")
    move_clock(browser, idle=timedelta(seconds=40))
    assert browser.get("/me/").status_code == 200
    assert timezone.now().timestamp() - browser.session[SEEN_AT] < 5


def test_the_clock_is_not_written_at_every_request(signed_in, community_admin, django_assert_num_queries):
    browser = signed_in(community_admin)
    browser.get("/admin/jsi18n/")
    with django_assert_num_queries(2):  # the session and the account are read, nothing is written
        browser.get("/admin/jsi18n/")


def test_deactivation_ends_every_session_at_the_next_request(signed_in, rider, community_admin):
    browsers = [signed_in(rider), signed_in(rider), signed_in(community_admin)]
    assert [browser.get("/me/").status_code for browser in browsers] == [200, 200, 200]
    User.objects.update(is_active=False)
    assert [browser.get("/me/").status_code for browser in browsers] == [302, 302, 302]


def test_a_new_password_ends_the_other_sessions(signed_in, community_admin):
    browser = signed_in(community_admin)
    community_admin.set_password("a-new-one-2026")
    community_admin.save()
    assert browser.get("/me/").status_code == 302


# --- staff_second_factor -------------------------------------------------------------------------
def test_the_second_factor_is_asked_of_staff_and_only_where_it_is_on(signed_in, community_admin, rider, settings):
    assert signed_in(community_admin).get("/admin/").status_code == 200
    settings.STAFF_SECOND_FACTOR = True
    assert signed_in(community_admin).get("/admin/").url == "/admin/second-factor/?next=%2Fadmin%2F"
    assert signed_in(rider).get("/me/").status_code == 200
    assert Client().get("/sign-in/").status_code == 200


# --- private_pages -------------------------------------------------------------------------------
def test_pages_for_somebody_signed_in_are_not_stored(signed_in, rider, community_admin):
    assert "no-store" in signed_in(rider).get("/me/")["Cache-Control"]
    assert "no-store" in signed_in(community_admin).get("/admin/station/station/")["Cache-Control"]
    assert "no-store" in signed_in(rider).get("/nowhere/")["Cache-Control"]


def test_a_page_that_says_itself_how_long_it_keeps_is_left_alone(rf, settings):
    request = rf.get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    kept = private_pages(lambda _request: HttpResponse(headers={"Cache-Control": "private, max-age=60"}))(request)
    assert kept["Cache-Control"] == "private, max-age=60"
    assert private_pages(lambda _request: HttpResponse())(request)["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in private_pages(lambda _request: HttpResponse())(rf.get("/"))
