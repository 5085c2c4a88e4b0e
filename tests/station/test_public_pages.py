"""What holds for every public page of the base app: no session, no English, light, no writing by reading."""

import gzip
import re
from pathlib import Path

import pytest

from station.models import Notice

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
FIRST_LOAD_BYTES = 30 * 1024
PATHS = [
    "/",
    "/stations/",
    "/stations/lanyuan/",
    "/stations/nowhere/",
    "/s/lanyuan/",
    "/s/lanyuan/thanks/",
    "/letter/",
    "/notices/",
    "/privacy/",
]
#: Words of other alphabets that belong on the page.
FOREIGN = {"English", "Cookie"}


@pytest.fixture
def furnished(here, add_station, kinds):
    for number in range(5):
        add_station(f"s{number}", hours=[((7,), (21,))], amenities="water microwave tv")
    for kind in (Notice.Kind.NEWS, Notice.Kind.LETTER):
        Notice.objects.create(community=here.community, kind=kind, title="标题", body="正文")


@pytest.mark.parametrize("path", PATHS)
def test_reading_starts_no_session_and_asks_for_no_account(client, furnished, path):
    answer = client.get(path)
    assert answer.status_code == (404 if "nowhere" in path else 200)
    assert set(answer.cookies) <= {"csrftoken", "device"}


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/s/lanyuan/thanks/"])  # which asks what was used
def test_it_can_only_be_read(client, furnished, path):
    if path != "/s/lanyuan/":
        assert client.post(path).status_code == 405
    assert client.delete(path).status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_no_english_is_left(client, furnished, path):
    page = client.get(path).content.decode()
    words = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.S)
    words = re.sub(r"s\d(小站|路)", " ", words)
    assert set(re.findall(r"[A-Za-z]{2,}", words)) <= FOREIGN


@pytest.mark.parametrize("path", PATHS)
def test_the_first_load_is_light(client, furnished, path):
    parts = [client.get(path).content, *[(STATIC / name).read_bytes() for name in ("site.css", "site.js", "icons.svg")]]
    assert sum(len(gzip.compress(part)) for part in parts) <= FIRST_LOAD_BYTES
