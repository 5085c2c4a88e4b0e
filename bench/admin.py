"""Staff pages over a ledger of a million workers, as a multiple of the same pages over ten thousand.

BENCH_WORKERS (1,000,000) and BENCH_BASE (10,000) set the two sizes. The same people ask at both: a superuser, to whom
everything is in scope, the administrator of a community of a thousand, the one of a big community (a twentieth of all),
a grid worker, a street's supervisor. A page costs the processor's time in this process and in the database's (medians),
so that whatever else the machine does counts less; the number of queries stands beside, for it must not grow.

A search that finds more among more people also shows more. Where a page has more rows than before, it is held against
the dearer of itself before and the plain list before.
"""

import os
import time
from pathlib import Path
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ledger.models import Worker
from station.models import Community, Duty, User
from station.roles import Role
from station.scale import CODE

BUDGET = 2
ROUNDS = 7
WORKERS, ENTERPRISES, ENTRIES, MEMBERS = (
    f"/admin/ledger/{name}/" for name in ("worker", "enterprise", "surveyentry", "partymember")
)


def accounts():
    """Who asks: name → user. The big community is the newest of its kind, the others stay the same."""
    communities = Community.objects.filter(code__startswith=CODE).order_by("pk")
    big = max(communities, key=lambda community: Worker.objects.filter(community=community).count())
    usual = communities[1]
    places = {
        "community": (Role.COMMUNITY_ADMIN, {"community": usual}),
        "big": (Role.COMMUNITY_ADMIN, {"community": big}),
        "grid": (Role.GRID_WORKER, {"grid": usual.grids.order_by("number")[0]}),
        "street": (Role.STREET_SUPERVISOR, {"street": usual.street}),
    }
    people = {"super": User.objects.get_or_create(username="bench-super", is_staff=True, is_superuser=True)[0]}
    for name, (role, place) in places.items():
        people[name] = User.objects.get_or_create(username=f"bench-{name}", name="周敏", is_staff=True)[0]
        people[name].duties.all().delete()
        Duty.objects.create(user=people[name], role=role, **place)
    return people


def questions(name, user):
    """(label, path, words to search for or None) of every page measured for this person."""
    yield "dashboard", "/admin/", None
    if name == "street":
        return
    mine = Worker.objects.visible_to(user).order_by("pk")
    someone = mine.active().exclude(phone_index=None)[5]
    number = someone.phone
    yield from [
        ("list", WORKERS, None),
        ("list, page 2", f"{WORKERS}?p=2", None),
        ("search 王", WORKERS, "王"),
        ("search 覃", WORKERS, "覃"),
        ("search a surname and one", WORKERS, "王建"),
        ("search inside, one", WORKERS, "龙"),
        ("search inside, two", WORKERS, "建国"),
        ("search a whole name", WORKERS, someone.name),
        ("search inside a dotted name", WORKERS, "艾力"),
        ("search nobody", WORKERS, "龘龘"),
        ("search a phone", WORKERS, number),
        ("search last four", WORKERS, number[-4:]),
        ("search a number", WORKERS, someone.number),
        ("filter state left", f"{WORKERS}?state__exact=left", None),
        ("filter state refused", f"{WORKERS}?state__exact=refused", None),
        ("filter state merged (none)", f"{WORKERS}?state__exact=merged", None),
        ("filter occupation streamer", f"{WORKERS}?occupation__exact=streamer", None),
        ("filter grid", f"{WORKERS}?grid={someone.grid_id}", None),
        ("filter grid none", f"{WORKERS}?grid=none", None),
        ("filter stale", f"{WORKERS}?stale=1", None),
        ("filter stale streamer left", f"{WORKERS}?stale=1&state__exact=left&occupation__exact=streamer", None),
        ("filter source self", f"{WORKERS}?source__exact=self", None),
        ("enterprises", ENTERPRISES, None),
        ("enterprises, search inside", ENTERPRISES, "霞光出行"),
        ("enterprises, search rare", ENTERPRISES, "枫林3"),
        ("survey entries", ENTRIES, None),
        ("survey entries, search 王", ENTRIES, "王"),
        ("survey entries, to check", f"{ENTRIES}?result__exact=to_check", None),
    ]
    if name != "grid":
        yield from [("members", MEMBERS, None), ("members, search 王", MEMBERS, "王")]
        yield from [("list, page 10", f"{WORKERS}?p=10", None), ("one worker", f"{WORKERS}{someone.pk}/change/", None)]
    if name == "super":
        yield ("list, page 200", f"{WORKERS}?p=200", None)


def stopwatch():
    """A function that returns the seconds of processor time this process and its database have spent so far.

    PostgreSQL's are read from Linux, for the one process that serves our connection; elsewhere the clock on the wall
    has to do.
    """
    if connection.vendor == "sqlite":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # whose time would be missing
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    try:
        server.read_text()
    except OSError:
        return time.perf_counter
    return lambda: time.process_time() + int(server.read_text().split()[0]) / 1e9


def measure(only=""):
    """(person, label) → (milliseconds, queries, rows) for every page."""
    figures, spent = {}, stopwatch()
    for name, user in accounts().items():
        client = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "identity"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for label, path, words in questions(name, user):
            if only and only not in f"{name} {label}":
                continue
            if words is not None:
                path = client.post(path, {"q": words}).headers["Location"]
            client.get(path)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = client.get(path)
            asked = len(queries)
            if answer.status_code != 200:
                raise RuntimeError(f"{name} {label}: {answer.status_code}")
            times = []
            for _round in range(ROUNDS):
                started = spent()
                client.get(path)
                times.append(spent() - started)
            changelist = (getattr(answer, "context_data", None) or {}).get("cl")
            figures[name, label] = (1000 * median(times), asked, len(changelist.result_list) if changelist else 0)
    return figures


def take_note():
    """What PostgreSQL's autovacuum would do soon. SQLite keeps no statistics unless told to, and nobody tells it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def grow(to):
    """Fill the ledger up to `to` workers and let the database take note."""
    here = Worker.objects.count()
    call_command("scale_data", workers=to - here, big=max(to // 20, min(to // 2, 5_000)), rounds=True, verbosity=1)
    take_note()


def main():
    """Print the table; the budget is twice the time."""
    base, many = (
        int(os.environ.get(f"BENCH_{name}", default)) for name, default in (("BASE", 10_000), ("WORKERS", 1_000_000))
    )
    grow(base)
    before = measure()
    grow(many)
    table(before, measure(), base, many)


def table(before, after, base, many):
    print(f"{'who':<10}{'page':<30}{base:>10,}{many:>11,} ms{'ratio':>7}{'queries':>9}{'rows':>9}   (budget {BUDGET})")
    for (name, label), (late, late_queries, late_rows) in after.items():
        early, early_queries, early_rows = before[name, label]
        floor = early if late_rows <= early_rows else max(early, before[name, "list"][0])
        cells = [
            f"{name:<10}{label:<30}{early:>10.1f}{late:>11.1f}   {late / floor:>7.2f}",
            f"{early_queries if early_queries == late_queries else f'{early_queries}→{late_queries}':>9}",
            f"{early_rows if early_rows == late_rows else f'{early_rows}→{late_rows}':>9}",
            "  !" if late / floor > BUDGET else "",
        ]
        print("".join(cells))
