"""The nearest open stations among 180,000 as a multiple of the same question among 1,000; which rows, by which plan.

BENCH_STATIONS (180,000) and BENCH_FEW (1,000) set the two sizes. The question is the list's own: ten open stations, the
nearest first, hours decided. Half of the places asked from are in the middle of a city, half up to 20 km out. What is
found is compared with the answer of somebody who looks at every station. Time is the processor's, here and in the
database, as in ``bench.admin``.
"""

import os
from random import Random
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.admin import stopwatch, take_note
from station.lib.geo import MOST_IN_A_RING, bounding_box, distance_m
from station.lib.hours import status
from station.lib.invented import CITIES
from station.listing import NEARBY_M, find_stations
from station.models import Station
from station.schedules import schedules_of

BUDGET = 3
WANTED = 10
PLACES, CHECKED, ROUNDS = 40, 4, 5
COMMUNITIES = 900
OUT_OF_TOWN_DEGREES = 0.18


def places():
    """Where somebody asks from, always the same."""
    random = Random(1)
    for position in range(PLACES):
        _province, _city, latitude, longitude, _weight = CITIES[position % len(CITIES)]
        out = OUT_OF_TOWN_DEGREES if position % 2 else 0.01
        yield latitude + random.uniform(-out, out), longitude + random.uniform(-out, out)


def is_open(one, _schedule):
    return one.status.open


def ask(place, now):
    return find_stations(Station.objects.listed(), now, near=place, fits=is_open, size=WANTED).stations


def by_looking_at_all(place, now):
    """The same answer the long way: every station measured, then asked for its hours from the nearest on."""
    rows = Station.objects.listed().values_list("pk", "latitude", "longitude")
    ordered = sorted((distance_m(*place, latitude, longitude), pk) for pk, latitude, longitude in rows.iterator())
    found = []
    for start in range(0, len(ordered), 200):
        some = ordered[start : start + 200]
        stations = Station.objects.in_bulk([pk for _distance, pk in some])
        schedules = schedules_of(list(stations.values()), now)
        for distance, pk in some:
            if distance > 100_000:
                return found
            if status(schedules[pk], now).open:
                found.append(pk)
            if len(found) == WANTED:
                return found
    return found


def measure(now):
    """(milliseconds, most queries) of one question, and of the page that asks it."""
    spent, times, queries = stopwatch(), [], []
    for place in places():
        with CaptureQueriesContext(connection) as asked:
            ask(place, now)
        queries.append(len(asked))
        rounds = []
        for _round in range(ROUNDS):
            started = spent()
            ask(place, now)
            rounds.append(spent() - started)
        times.append(median(rounds))
    client, pages = Client(SERVER_NAME="127.0.0.1"), {}
    for label, path in {
        "/stations/?near=&open": "/stations/?near={},{}&open=1",
        "/stations/?near=": "/stations/?near={},{}",
        "/stations/": "/stations/",
        "/": "/",
    }.items():
        rounds = []
        for latitude, longitude in places():
            address = path.format(f"{latitude:.3f}", f"{longitude:.3f}")
            started = spent()
            answer = client.get(address)
            rounds.append(spent() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")
        pages[label] = 1000 * median(rounds)
    return {"ten nearest open": 1000 * median(times), "the slowest place": 1000 * max(times)} | pages, sorted(queries)


def grow(to):
    # In so many communities they stand in every city, be they few or many.
    call_command("scale_data", stations=to - Station.objects.count(), communities=COMMUNITIES, verbosity=1)
    take_note()


def main():
    """Print the table, whether the answers are exact, and the plan."""
    many, few = int(os.environ.get("BENCH_STATIONS", "180000")), int(os.environ.get("BENCH_FEW", "1000"))
    # A Thursday morning: most are open. The hours are decided for this moment, whenever this runs.
    now = timezone.make_aware(timezone.datetime(timezone.localdate().year, 6, 4, 10, 7))
    grow(few)
    before, before_queries = measure(now)
    grow(many)
    after, after_queries = measure(now)
    print(f"{'question':<26}{few:>10,}{many:>11,} ms{'ratio':>7}   (budget {BUDGET})")
    for label, late in after.items():
        print(f"{label:<26}{before[label]:>10.2f}{late:>11.2f}   {late / before[label]:>7.2f}")
    for label, position in (("usual queries", PLACES // 2), ("most queries", -1)):
        print(f"{label:<26}{before_queries[position]:>10}{after_queries[position]:>11}")
    exact = [
        [one.station.pk for one in ask(place, now)] == by_looking_at_all(place, now)
        for place in list(places())[:CHECKED]
    ]
    print(f"exact: {sum(exact)} of {len(exact)} places looked at station by station")
    box = bounding_box(*next(places()), NEARBY_M)
    around = {"latitude__range": (box.south, box.north), "longitude__range": (box.west, box.east)}
    rows = Station.objects.listed().filter(state__in=Station.LISTED_STATES, **around)
    print(rows.order_by()[: MOST_IN_A_RING + 1].explain())
