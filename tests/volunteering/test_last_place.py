"""Fifty phones at once for the last place of a shift."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from services.volunteering.models import Shift, SignUp

CLIENTS = 50


@pytest.mark.django_db(transaction=True)
def test_one_wins_and_the_others_are_told(make_shift, make_rider, signed_in, outbox):
    shift = make_shift(places=1)
    clients = [signed_in(make_rider(f"138000000{number:02d}")) for number in range(CLIENTS)]
    start = Barrier(CLIENTS)

    def join(client):
        try:
            start.wait()
            return client.post(shift.get_absolute_url())
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        responses = list(pool.map(join, clients))

    assert sorted(response.status_code for response in responses) == [302, *[422] * (CLIENTS - 1)]
    assert all("这一班人刚刚齐了" in r.content.decode() for r in responses if r.status_code == 422)
    assert Shift.objects.get().taken == 1
    assert SignUp.objects.count() == 1
    assert len(outbox) == 1
