"""Bulk data for measurements: the same from the same seed, as good as any row, and never among real people."""

from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from ledger.management.commands.scale_data import spread
from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.operations.workers import register_worker
from station.lib.invented import person_names, phone
from station.models import AuditEvent, Community, Consent, Grid, Station, WeeklyHours
from station.scale import prefix_of

EVERYTHING = {"workers": 300, "big": 200, "stations": 12, "communities": 3, "rounds": True, "history": True}


def scale(**options):
    out = StringIO()
    call_command("scale_data", stdout=out, **{"verbosity": 1} | options)
    return out.getvalue().strip()


def people():
    """What tells invented people apart, the encrypted fields read back."""
    return [
        (w.number, str(w.uid), w.name, w.phone, w.affiliation, w.state, w.last_confirmed_on, w.grid and w.grid.number)
        for w in Worker.objects.select_related("grid").order_by("number")
    ]


def invented(**options):
    """The people and stations that this run invents in an empty database, which is empty again afterwards."""
    with transaction.atomic():
        assert scale(**EVERYTHING | options) == "3 communities, 300 workers, 12 stations"
        stations = Station.objects.order_by("code").values_list("code", "name", "latitude", "longitude")
        result = people(), list(stations)
        transaction.set_rollback(True)
    assert not Worker.objects.exists()
    return result


@pytest.mark.django_db
def test_the_same_seed_invents_the_same_people_and_places():
    first = invented()
    assert (len(first[0]), len(first[1])) == (300, 12)
    assert invented() == first
    assert invented(seed=2) != first


@pytest.mark.django_db
def test_every_invented_row_passes_the_checks_of_a_real_one():
    scale(**EVERYTHING)
    for model in (Worker, Enterprise, PartyMember, Station, Community, Grid, WeeklyHours, SurveyRound, SurveyEntry):
        for row in model.objects.all():
            row.full_clean()
    worker = Worker.objects.exclude(phone_index=None).first()
    assert list(Worker.objects.with_phone(worker.phone)) == [worker]
    assert "scale" not in str(worker.__dict__["phone"])
    assert worker.__dict__["phone"].startswith("v1:")
    assert Worker.history.count() == 300
    members = PartyMember.objects.count()
    assert members == sum(worker.affiliation == "member" for worker in Worker.objects.all()) > 0
    assert Consent.objects.count() == 2 * members
    out = StringIO()
    call_command("check_names", stdout=out)
    assert out.getvalue().strip() == "everybody is found by name"
    assert SurveyEntry.objects.count() == Worker.objects.active().count() + Enterprise.objects.count()


@pytest.mark.django_db
def test_a_second_run_adds_other_people_and_numbers_go_on(community_admin):
    # community_admin's own community is real: only told does the command go on
    with pytest.raises(CommandError, match="不是演示的数据"):
        scale(workers=10)
    assert Worker.objects.count() == 0
    scale(workers=10, anyway=True)
    scale(workers=10, anyway=True)
    phones = [worker.phone for worker in Worker.objects.exclude(phone_index=None)]
    assert len(phones) == len(set(phones)) > 15
    assert list(Community.objects.filter(code__startswith="scale-").values_list("prefix", flat=True)) == [
        "ZAAAA",
        "ZAAAB",
    ]
    community = Community.objects.get(prefix="ZAAAB")
    worker = Worker(community=community, name="王丽", other_contact="微信", occupation="courier")
    assert register_worker(worker, by=community_admin).number == "ZAAAB-R0011"
    assert list(AuditEvent.objects.filter(action="scale data").values_list("data__workers", flat=True)) == [10, 10]


@pytest.mark.parametrize("words", [{"workers": 5, "big": 6}, {"stations": -1}, {"communities": 0}])
@pytest.mark.django_db
def test_numbers_that_make_no_sense_are_refused(words):
    with pytest.raises(CommandError, match="do not fit together"):
        scale(**words)
    assert not Community.objects.exists()


def test_the_demo_may_be_added_to(db):
    call_command("demo", verbosity=0)
    assert scale(workers=5) == "1 communities, 5 workers, 0 stations"


@pytest.mark.parametrize(
    ("workers", "communities", "big", "people"),
    [(10, 3, 0, [4, 3, 3]), (10, 3, 8, [8, 1, 1]), (10, 1, 0, [10]), (10, 1, 10, [10]), (0, 2, 0, [0, 0])],
)
def test_how_workers_are_spread(workers, communities, big, people):
    assert spread(workers, communities, big) == people


def test_phones_and_prefixes_never_repeat():
    assert len({phone(position) for position in range(50_000)}) == 50_000
    assert (prefix_of(0), prefix_of(1), prefix_of(26), prefix_of(26**4 - 1)) == ("ZAAAA", "ZAAAB", "ZAABA", "ZZZZZ")


def test_surnames_are_as_frequent_as_real_ones():
    names = person_names(Random(1), 20_000)
    assert 1_500 < sum(name.startswith("王") for name in names) < 1_800
    assert 250 < sum("·" in name for name in names) < 420
