"""The production way: gunicorn with two workers, static files compressed by whitenoise, a database file of its own."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.browser.conftest import PATIENCE_MS, PHONE

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST_LOAD_BUDGET = 30_000  # bytes over the wire: page, style, script, icons
LATER_PAGE_BUDGET = 12_000
STARTS_WITHIN_S, STOPS_WITHIN_S = 120, 10
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Served:
    """A running installation and plain HTTP to it."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "DEMO": "true",
            "NOTIFY_BACKEND": "station.lib.notify.DatabaseBackend",
            "VISITS_PER_ADDRESS_HOUR": "1000",  # all riders of this file come from one address
        }
        self.process = None

    def manage(self, *arguments):
        return [sys.executable, "manage.py", *arguments]

    def start(self):
        collect = self.manage("collectstatic", "--noinput", "--verbosity=0")
        subprocess.run(collect, cwd=ROOT, env=self.environment, check=True)
        self.process = subprocess.Popen(
            self.manage("serve"), cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._is_ready():
            assert self.process.poll() is None, "the server ended while starting"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.1)

    def _is_ready(self):
        try:
            return self.ask("/readyz").status == 200
        except OSError:
            return False

    def ask(self, path, method="GET", body=None, headers=None):
        """One request on a connection of its own; the answer has `.data`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.data = answer.read()
        finally:
            connection.close()
        return answer

    def workers(self):
        """The process numbers of gunicorn's workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in children.read_text().split()]

    def python(self, code):
        """What `code` prints in the installation's own Django shell."""
        command = self.manage("shell", "--no-imports", "--verbosity=0", "-c", code)
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def stop(self):
        """As a service manager does; the seconds it took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOPS_WITHIN_S)
        return time.monotonic() - begin


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("installation"))
    try:
        served.start()
        yield served
    finally:
        if served.process and served.process.poll() is None:
            served.process.kill()
            served.process.wait()


@pytest.mark.parametrize("path", ["/", "/stations/lanyuan/"])
def test_the_first_load_is_light_and_stays_at_home(path, served, chromium):
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    context.set_default_timeout(PATIENCE_MS)
    wire, asked = context.new_cdp_session(page), {}
    sizes = {}
    wire.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    wire.send("Network.enable")
    page.goto(served.url + path, wait_until="networkidle")
    context.close()
    fetched = [url for url in asked.values() if not url.startswith("data:")]
    assert [url for url in fetched if not url.startswith(served.url + "/")] == []
    kinds = {Path(urlsplit(url).path).suffix for url in fetched}
    assert {".css", ".js", ".svg"} <= kinds
    photos = {asking for asking, url in asked.items() if "/photos/" in url}
    assert all(re.search(r"-(400|800)\.webp$", asked[photo]) for photo in photos)
    assert sum(size for asking, size in sizes.items() if asking not in photos) <= FIRST_LOAD_BUDGET
    assert len(sizes) >= 4


def test_a_later_page_is_lighter_still(served):
    for path in ("/stations/lanyuan/", "/notices/", "/stations/lanyuan/photos/"):
        page = served.ask(path, headers={"Accept-Encoding": "gzip"})
        assert page.status == 200
        assert len(page.data) <= LATER_PAGE_BUDGET


def test_pages_are_compressed_and_say_that_this_is_a_demo(served):
    page = served.ask("/", headers={"Accept-Encoding": "gzip, br"})
    assert page.headers["Content-Encoding"] == "gzip"
    plain = served.ask("/").data.decode()
    assert "演示环境" in plain
    missing = served.ask("/no-such-page/")
    assert missing.status == 404
    assert "DEBUG" not in missing.data.decode()
    assert "urlpatterns" not in missing.data.decode()


def test_static_files_are_hashed_compressed_and_kept_for_good(served):
    page = served.ask("/").data.decode()
    files = set(re.findall(r"/static/[\w./-]+\.(?:css|js|svg)", page))
    assert len(files) >= 3
    for file in files:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", file)
        for encoding in ("br", "gzip"):
            answer = served.ask(file, headers={"Accept-Encoding": encoding})
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["Content-Encoding"] in {encoding, None}
        assert answer.headers["Content-Encoding"] == "gzip" or len(answer.data) < 1000, file


@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/me/", "/admin/login/", "/s/lanyuan/", "/livez", "static"])
def test_every_answer_carries_the_security_headers(path, served):
    if path == "static":
        path = re.search(r"/static/site[\w./-]+\.css", served.ask("/").data.decode())[0]
    answer = served.ask(path)
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    if not path.startswith("/static/"):  # a style sheet in a frame does nothing
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def tap(served):
    """One visitor with a fresh phone taps the door; whether the server said that it counted."""
    page = served.ask("/s/xiaotang/")
    cookies = {part.split(";")[0] for part in page.headers.get_all("Set-Cookie")}
    token = re.search(r'name="token" value="([^"]+)"', page.data.decode())[1]
    body = urlencode({"token": token, "occupation": "courier"})
    headers = {"Cookie": "; ".join(cookies), "Content-Type": "application/x-www-form-urlencoded"}
    return served.ask("/s/xiaotang/", "POST", body, headers).status == 303


def test_a_worker_that_dies_loses_nothing_that_was_acknowledged(served):
    count = "from station.models import Visit; print(Visit.objects.filter(station__code='xiaotang').count())"
    before = int(served.python(count))

    def try_tap(_number):
        try:
            return tap(served)
        except (OSError, http.client.HTTPException):
            return False  # cut off without an answer: the rider taps again

    with ThreadPoolExecutor(4) as riders:
        taps = [riders.submit(try_tap, number) for number in range(60)]
        while sum(one.done() for one in taps) < 15:
            time.sleep(0.01)
        victim = served.workers()[0]
        os.kill(victim, signal.SIGKILL)
        acknowledged = sum(one.result() for one in taps)
    after = int(served.python(count))
    assert acknowledged >= 45
    assert after - before >= acknowledged  # a visit may have been counted whose answer was cut off
    assert after - before <= 60
    assert victim not in served.workers()
    assert tap(served)


def test_it_stops_when_asked_to(served):
    assert served.stop() < STOPS_WITHIN_S
    with pytest.raises(ConnectionRefusedError):
        served.ask("/livez")
