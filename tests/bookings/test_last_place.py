"""Fifty phones at once for the last place."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from services.bookings.models import Booking, Session

CLIENTS = 50


@pytest.mark.django_db(transaction=True)
def test_one_wins_and_the_others_are_told(make_session, make_rider, signed_in, outbox):
    session = make_session(places=1)
    clients = [signed_in(make_rider(f"138000000{number:02d}")) for number in range(CLIENTS)]
    start = Barrier(CLIENTS)

    def book(client):
        try:
            start.wait()
            return client.post(session.get_absolute_url(), {"note": "急事"})
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        responses = list(pool.map(book, clients))

    assert sorted(response.status_code for response in responses) == [302, *[422] * (CLIENTS - 1)]
    told = [r.content.decode() for r in responses if r.status_code == 422]
    assert all("名额刚刚约满了" in page and "急事" in page for page in told)
    assert Session.objects.get().taken == 1
    assert Booking.objects.count() == 1
    assert len(outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_on_two_phones_gets_one_place(make_session, rider, signed_in):
    session = make_session(places=10)
    start = Barrier(6)

    def book(client):
        try:
            start.wait()
            return client.post(session.get_absolute_url()).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(book, [signed_in(rider) for _phone in range(6)]))

    assert sorted(statuses) == [302, *[422] * 5]
    assert (Session.objects.get().taken, Booking.objects.count()) == (1, 1)
