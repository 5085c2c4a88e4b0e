"""A service that needs booking, and sessions of it at any distance from now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from services.bookings.models import Service, Session
from station.lib import notify


@pytest.fixture(autouse=True)
def outbox(monkeypatch):
    """The messages sent in this test."""
    sent = []
    monkeypatch.setattr(notify, "outbox", sent)
    return sent


@pytest.fixture
def legal_aid(here):
    service = Service.objects.create(
        slug="legal-aid",
        name="法律援助",
        category=Service.Category.ADVICE,
        summary="律师一对一帮您看。",
        bring="身份证",
        needs_booking=True,
    )
    service.stations.add(here.station)
    return service


@pytest.fixture
def make_session(here, legal_aid):
    """``make_session(hours=48, places=2)``: two hours of legal aid, beginning `hours` from now."""

    def make(hours=48, **fields):
        starts_at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
        fields = {"service": legal_aid, "station": here.station, "places": 2} | fields
        return Session.objects.create(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **fields)

    return make
