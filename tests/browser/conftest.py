"""Real Chromium against the real server, on a database with the demo community.

The demo is loaded once per file; the tests of one file share its database, so each brings its own people and compares
with what it found. In return a journey costs a second instead of five.
"""

import os
import re
import shutil
from itertools import count

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from playwright.sync_api import expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from station.demo import PASSWORD
from tests.conftest import FOR_TESTS

# Playwright's sync API runs an event loop in this thread; Django would refuse the ORM here for no good reason.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE_MS = 10_000  # for anything on a page; nothing takes a second unless the machine is busy

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker("browser")


@pytest.fixture(scope="module")
def chromium(django_db_setup):
    """Started after the test database is made, and ended with the file.

    While Playwright runs its event loop, Django's connections belong to a context and no longer to the thread. So this
    thread gets one of its own here, which is closed before other tests go on with the old one.
    """
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("no Chromium on this machine, and REQUIRE_BROWSER is set")
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the browser journeys did not run (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture(scope="module")
def site(chromium, django_db_blocker):
    """The address of a running server in demo mode, with the demo community in its database."""
    with django_db_blocker.unblock(), override_settings(DEMO=True, **FOR_TESTS):
        cache.clear()
        call_command("demo", verbosity=0)
        server = LiveServer("127.0.0.1")
        try:
            yield server.url
        finally:
            server.stop()
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def db(site):
    """The file's database in place of a transaction for each test, into which the server could not see."""


@pytest.fixture
def open_page(chromium, site, db):
    """``open_page("/stations/", **context options)``: a new private window on this path.

    Fails at the end on any script error, anything the Content-Security-Policy refused, any request that left the site,
    and any answer that is a server error.
    """
    contexts = []
    complaints = []

    def watch(page):
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda said: "Content Security" in said.text and complaints.append(said.text))
        page.on("request", lambda asked: asked.url.startswith((site, "data:", "blob:")) or complaints.append(asked.url))
        page.on("response", lambda answer: answer.status >= 500 and complaints.append(f"{answer.status} {answer.url}"))

    def open_at(path, **options):
        context = chromium.new_context(**{"viewport": PHONE, "locale": "zh-CN", "base_url": site} | options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


phones = count(1)


@pytest.fixture
def new_phone():
    """A phone nobody in the demo has; another one for every test, for one phone gets one code a minute."""
    return f"1370000{next(phones):04d}"


def sign_in_by_phone(page, phone):
    """From the sign-in page to wherever it leads, with the code that demo mode shows."""
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="发验证码").click()
    page.wait_for_url(re.compile("/sign-in/code/"))
    code = page.locator(".message strong.number").inner_text()
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def sign_in_staff(page, login):
    """From the admin's login page to where it leads."""
    page.locator("#id_username").fill(login)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login/" not in url)
