"""A small ledger to let out: rows made straight in the tables, with a second community's rows in the room."""

from datetime import date, timedelta

from django.utils import timezone

from ledger.models import Enterprise, PartyMember, Worker
from ledger.prints import write_pdf
from ledger.rosters import ROSTERS, RosterCopy
from station.models import Occupation

RARE_NAMES = ["李䶮", "陈𬱟", "王㛃", "赵𫖯"]  # all four characters are real; two lie beyond the basic plane
SERIAL = "7K3MQ-9XD2A"


def add_enterprise(place, number="JSL-Q0001", **values):
    values = {
        "grid": place.grid,
        "name": "湘潭暖风配送有限公司",
        "kind": "food_delivery",
        "address": "建设北路1号",
        "contact_name": "郭振华",
        "contact_phone": "13900000801",
        "worker_count": 12,
        "no_party_reason": "党员不足三名",
        "last_confirmed_on": date(2026, 9, 1),
    } | values
    return Enterprise.objects.create(number=number, community=place.community, **values)


def add_worker(place, number, name="刘洋", **values):
    values = {
        "grid": place.grid,
        "phone": f"1380000{number[-4:]}",
        "occupation": Occupation.FOOD_RIDER,
        "platform": "暖风外卖",
        "site": "建设路站",
        "last_confirmed_on": date(2026, 9, 1),
    } | values
    return Worker.objects.create(number=number, community=place.community, name=name, **values)


def add_member(worker, number="JSL-D0001", **values):
    values = {"home_branch": "衡山县某村党支部", "reported_in_on": date(2026, 8, 16)} | values
    return PartyMember.objects.create(number=number, worker=worker, **values)


def today_and_long_ago():
    """A date of confirmation that is fresh and one that is stale, whatever the day."""
    return timezone.localdate(), timezone.localdate() - timedelta(days=400)


def copy_of(kind, community, **values):
    """A copy on its way out, outside any operation."""
    roster = ROSTERS[kind]
    values = {
        "queryset": roster.rows(community),
        "serial": SERIAL,
        "at": timezone.now(),
        "by": None,
        "reason": "报送街道办",
    } | values
    return RosterCopy(roster=roster, community=community, **values)


def pdf_of(file, kind, community, *, anyway=False, **values):
    write_pdf(copy_of(kind, community, **values), file, anyway=anyway)
    file.seek(0)
    return file
