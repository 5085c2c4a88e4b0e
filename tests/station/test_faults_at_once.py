"""Many phones at the same moment: one fault, each phone once, one confirmation."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from station.models import Amenity, AuditEvent, Fault, FaultVoice

REPORT = "/stations/lanyuan/report/"


def all_at_once(clients, form):
    """The answers to the same tap on every client, sent when all are ready."""
    pages = [(client, client.get(REPORT).context["fresh"]) for client in clients]
    start = Barrier(len(pages))

    def tap(pair):
        client, fresh = pair
        try:
            start.wait()
            return client.post(REPORT, {"opened": fresh, **form})
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pages)) as pool:
        return list(pool.map(tap, pages))


@pytest.fixture
def phones():
    return [Client(REMOTE_ADDR=f"10.0.1.{n}") for n in range(12)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["locked", "broken"])
def test_twelve_phones_make_one_fault_confirmed_once(here, kinds, phones, what):
    amenity = Amenity.objects.create(station=here.station, kind=kinds["microwave"])
    answers = all_at_once(phones, {"what": what if what == "locked" else f"broken-{amenity.pk}"})
    fault = Fault.objects.get()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, f"/faults/{fault.key}/")}
    assert (fault.state, fault.voices, FaultVoice.objects.count()) == ("confirmed", 12, 12)
    assert AuditEvent.objects.filter(action="confirm fault").count() == 1
    assert AuditEvent.objects.filter(action="report fault").count() == 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["locked", "other"])
def test_one_phone_that_taps_ten_times_at_once_says_it_once(here, what):
    phone = Client(REMOTE_ADDR="10.0.1.1")
    fresh = phone.get(REPORT).context["fresh"]
    start = Barrier(10)

    def tap(_number):
        try:
            again = Client(REMOTE_ADDR="10.0.1.1")
            again.cookies = phone.cookies
            start.wait()
            return again.post(REPORT, {"opened": fresh, "what": what, "text": "门口有积水"})
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(tap, range(10)))
    fault = Fault.objects.get()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, f"/faults/{fault.key}/")}
    assert (fault.voices, FaultVoice.objects.count()) == (1, 1)
