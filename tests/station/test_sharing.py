"""What machines read of a station: structured data, the share picture, its one address."""

import io
import json
import re
from datetime import date, time

import pytest
from PIL import Image

from station.lib.photo_sizes import photo_set
from station.models import Amenity, PublicHoliday, SpecialDay, Station, WeeklyHours
from station.operations.pictures import add_station_photo
from station.share import ShareCard, share_picture
from tests.lib.test_photos import encoded, is_near, picture

RED = (168, 52, 26)


def data_of(client, code="lanyuan"):
    page = client.get(f"/stations/{code}/").content.decode()
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(script)


def test_a_station_in_the_words_of_schema_org(client, here, elsewhere, kinds, clock, settings):
    settings.PUBLIC_URL = "https://yizhan.example"
    clock(2026, 11, 26, 10)
    Station.objects.filter(pk=here.station.pk).update(phone="0731-1", way_in="推门就进")
    Amenity.objects.create(station=here.station, kind=kinds["water"])
    Amenity.objects.create(station=here.station, kind=kinds["tv"], state="broken")
    WeeklyHours.objects.create(station=here.station, weekday=5, opens=time(), closes=time())
    WeeklyHours.objects.create(station=here.station, weekday=6, opens=time(20), closes=time(2))
    SpecialDay.objects.create(station=here.station, date=date(2026, 12, 1), reason="检修")
    SpecialDay.objects.create(
        station=here.station, date=date(2026, 12, 2), opens=time(9), closes=time(12), reason="半天"
    )
    SpecialDay.objects.create(station=elsewhere.station, date=date(2026, 12, 3), reason="河东")
    PublicHoliday.objects.create(date=date(2026, 12, 4), kind="holiday", name="节")
    data = data_of(client)
    assert data["@type"] == "CivicStructure"
    assert data["url"] == "https://yizhan.example/stations/lanyuan/"
    assert (data["name"], data["telephone"]) == ("建设路驿站", "0731-1")
    assert data["address"] == {
        "@type": "PostalAddress",
        "addressCountry": "CN",
        "streetAddress": "建设路1号",
        "addressLocality": "湘潭市岳塘区",
        "addressRegion": "湖南省",
    }
    assert (data["geo"]["latitude"], data["geo"]["longitude"]) == (27.8421, 112.9234)
    assert [(one["name"], one["value"]) for one in data["amenityFeature"]] == [("饮水机", True), ("电视", False)]
    week = {
        (one["opens"], one["closes"]): [day[19:] for day in one["dayOfWeek"]]
        for one in data["openingHoursSpecification"]
    }
    assert week == {
        ("08:30", "18:00"): ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
        ("00:00", "23:59"): ["Saturday"],
        ("20:00", "02:00"): ["Sunday"],
    }
    special = [(one["validFrom"], one["opens"], one["closes"]) for one in data["specialOpeningHoursSpecification"]]
    assert special == [
        ("2026-12-01", "00:00", "00:00"),
        ("2026-12-02", "09:00", "12:00"),
        ("2026-12-04", "00:00", "00:00"),
    ]


def test_a_name_cannot_end_the_script(client, here):
    hostile = "</script><script>alert(1)<!--&"
    Station.objects.update(name=hostile[:40])
    page = client.get("/stations/lanyuan/").content.decode()
    assert "<script>alert" not in page
    assert data_of(client)["name"] == hostile[:40]


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_station_out_of_use_promises_no_hours(client, here, kinds, state):
    Amenity.objects.create(station=here.station, kind=kinds["water"])
    Station.objects.update(state=state, state_reason="装修")
    assert not [name for name in data_of(client) if "Hours" in name]


def test_one_address_however_it_was_typed(client, here, settings):
    settings.PUBLIC_URL = "https://yizhan.example"
    page = client.get("/stations/LANYUAN/?from=wechat").content.decode()
    assert '<link rel="canonical" href="https://yizhan.example/stations/lanyuan/">' in page
    assert '<meta property="og:title" content="建设路驿站">' in page
    assert '<meta property="og:image" content="https://yizhan.example/stations/lanyuan/share.png">' in page


def test_the_share_picture(client, here, django_assert_num_queries):
    with django_assert_num_queries(4):
        answer = client.get("/stations/lanyuan/share.png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert image.size == (1200, 630)
    assert is_near(image.getpixel((600, 5)), RED)
    dark = sum(value < 90 for value in image.crop((60, 120, 700, 260)).convert("L").tobytes())
    assert dark > 2000  # the name is there, and not as empty boxes of no ink
    assert client.get("/stations/lanyuan/share.png", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_it_is_drawn_again_when_what_it_says_changes(here, monkeypatch):
    drawn = []
    monkeypatch.setattr("station.share._drawn", lambda card: drawn.append(card.name) or b"png")
    for name in ("一", "一", "二"):
        Station.objects.update(name=name)
        share_picture(ShareCard.of(Station.objects.get()))
    assert drawn == ["一", "二"]
    share_picture.cache_clear()


def test_the_photo_of_the_door_goes_along(client, here, community_admin):
    upload = photo_set(encoded(picture((800, 600), (20, 180, 20), (20, 180, 20)), "JPEG"))
    photo = add_station_photo(here.station, upload, by=community_admin)
    image = Image.open(io.BytesIO(client.get("/stations/lanyuan/share.png").content)).convert("RGB")
    assert is_near(image.getpixel((1000, 300)), (20, 180, 20))
    # Its file gone, the lamp stands in.
    share_picture.cache_clear()
    photo.image.storage.delete(photo.image.name)
    assert client.get("/stations/lanyuan/share.png").status_code == 200


def test_long_names_and_no_hours_still_fit(here):
    for name, hours in (
        ("很长的名字" * 8, "；".join(f"周{day} 8:30–12:00、14:30–18:00" for day in "一二三四五六日")),
        ("短", ""),
    ):
        card = ShareCard(name[:40], "地址" * 50, "怎么走" * 40, hours, ("饮水机",) * 8, "")
        assert Image.open(io.BytesIO(share_picture(card))).size == (1200, 630)


@pytest.mark.parametrize("path", ["/stations/nowhere/share.png", "/stations/closed/share.png"])
def test_no_picture_of_what_is_not_there(client, here, add_station, path):
    Station.objects.filter(pk=add_station("closed").pk).update(state="closed", state_reason="搬走")
    assert client.get(path).status_code == 404
