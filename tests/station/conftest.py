"""Moments and more stations for the tests of the public pages."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from station.models import Amenity, AmenityKind, Duty, Station, WeeklyHours


@pytest.fixture
def clock(monkeypatch):
    """``clock(2026, 11, 24, 10, 0)``: every `timezone.now()` answers this moment of Asia/Shanghai."""

    def stop(*moment):
        now = datetime(*moment, tzinfo=ZoneInfo("Asia/Shanghai"))
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        return now

    return stop


@pytest.fixture
def add_station(here):
    """``add_station("code", latitude=…, hours=[((7,), (21,))], amenities="water")``: one more station."""

    def add(code, *, hours=(), amenities="", **fields):
        given = {
            "name": f"{code}小站",
            "address": f"{code}路1号",
            "latitude": "27.842100",
            "longitude": "112.923400",
            "community": here.community,
        }
        station = Station.objects.create(code=code, **given | fields)
        for weekday in range(7):
            for opens, closes in hours:
                WeeklyHours.objects.create(station=station, weekday=weekday, opens=time(*opens), closes=time(*closes))
        for kind in amenities.split():
            Amenity.objects.create(station=station, kind=AmenityKind.objects.get(code=kind))
        return station

    return add


@pytest.fixture
def kinds(db):
    """Two kinds of amenities that are filters and one that is not."""
    rows = [("water", "饮水机", True), ("microwave", "微波炉", True), ("tv", "电视", False)]
    return {
        code: AmenityKind.objects.create(code=code, name=name, icon=code, order=order, is_filter=is_filter)
        for order, (code, name, is_filter) in enumerate(rows)
    }


@pytest.fixture
def phone():
    """``phone("10.0.0.1")``: one more phone at that address; it keeps its cookies."""

    def take(address="10.0.0.1"):
        return Client(REMOTE_ADDR=address)

    return take


@pytest.fixture
def say(here):
    """``say(phone, "locked")``: open the page where one says what is wrong, and tap."""

    def tap(client, what, code="lanyuan", **typed):
        page = client.get(f"/stations/{code}/report/")
        return client.post(f"/stations/{code}/report/", {"opened": page.context["fresh"], "what": what, **typed})

    return tap


@pytest.fixture
def microwave(here, kinds):
    return Amenity.objects.create(station=here.station, kind=kinds["microwave"])


@pytest.fixture
def at(clock, keeper, signed_in):
    """``at(10, 32)``: Tuesday 24 November 2026 at this time, and the keeper's browser, signed in just now."""

    def come(hour, minute=0, user=keeper):
        clock(2026, 11, 24, hour, minute)
        Duty.objects.update(starts_on="2026-01-01")
        return signed_in(user)

    return come


@pytest.fixture
def inside(here, kinds):
    """Water, a microwave and, as a supply, cups at the station; and water elsewhere in the community."""
    cups = AmenityKind.objects.create(code="cups", name="水杯", icon="cup", order=9, is_supply=True)
    kinds = {**kinds, "cups": cups}
    return {
        code: Amenity.objects.create(station=here.station, kind=kinds[code]) for code in ("water", "microwave", "cups")
    }
