"""``manage.py scale_data --workers 1000000 --stations 180000``: bulk data for measurements."""

import time

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from ledger.scale import invent_ledgers
from station.operations import audit
from station.scale import ScaleWorld, invent_communities, invent_stations, refuse_real_data

WORKERS_A_COMMUNITY = 1_000
STATIONS_A_COMMUNITY = 200
MOST_COMMUNITIES = 26**4  # as many prefixes are kept free for invented ones
TELL_EVERY = 10  # seconds


class Command(BaseCommand):
    help = (
        "Invents workers with their enterprises, party members and stations, for measurements. Adds to the demo and "
        "to earlier runs; refuses a database that holds anything else. From the same seed comes the same."
    )

    def add_arguments(self, parser):
        parser.add_argument("--workers", type=int, default=0, metavar="N")
        parser.add_argument("--stations", type=int, default=0, metavar="N", help="with hours and amenities, over China")
        parser.add_argument(
            "--communities", type=int, metavar="N",
            help=f"default: one for {WORKERS_A_COMMUNITY} workers or {STATIONS_A_COMMUNITY} stations",
        )  # fmt: skip
        parser.add_argument(
            "--big", type=int, default=0, metavar="N", help="so many of the workers are in the first new community"
        )
        parser.add_argument("--history", action="store_true", help="also the first history row of every entry")
        parser.add_argument("--rounds", action="store_true", help="also an open survey round in every new community")
        parser.add_argument("--seed", type=int, default=1, metavar="N")
        parser.add_argument("--anyway", action="store_true", help="even where the database holds other data")

    def handle(self, *args, workers, stations, communities, big, history, rounds, seed, anyway, verbosity, **options):
        if communities is None:
            communities = max(1, workers // WORKERS_A_COMMUNITY, stations // STATIONS_A_COMMUNITY)
        if not (workers >= big >= 0 and stations >= 0 and 1 <= communities <= MOST_COMMUNITIES):
            raise CommandError("these numbers do not fit together")
        try:
            if not anyway:
                refuse_real_data()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.verbosity = verbosity
        world = ScaleWorld(seed=seed)
        people = spread(workers, communities, big)
        invent_communities(world, people)
        self.tell("stations", stations, invent_stations(world, stations))
        self.tell("workers", workers, invent_ledgers(world, people, history=history, rounds=rounds))
        audit.record("scale data", None, by=None, workers=workers, stations=stations, communities=communities)
        if verbosity:
            self.stdout.write(self.style.SUCCESS(f"{communities} communities, {workers} workers, {stations} stations"))

    def tell(self, what, count, steps):
        """Run `steps`, saying now and then how far they are."""
        started = told = time.monotonic()
        for done in steps:
            now = time.monotonic()
            if self.verbosity and now - told > TELL_EVERY:
                told = now
                self.stdout.write(f"{what}: {done} of {count} in {now - started:.0f} s")


def spread(workers, communities, big):
    """How many workers each community gets: the first `big`, if not 0, the others alike."""
    first = [big] if big else []
    others = communities - len(first)
    if not others:
        return [workers]
    share, left = divmod(workers - big, others)
    return [*first, *(share + (position < left) for position in range(others))]
