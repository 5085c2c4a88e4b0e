"""Invented ledgers in bulk, for measurements: enterprises, workers, party members, survey rounds.

Nobody here exists. Written in batches through ``bulk_create``, which encrypts, indexes and makes names findable like
every other way in, but past the operations: one audit event for the whole (``manage.py scale_data``).
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations.entries import SERIES
from station.lib.invented import person_names, phone, road
from station.models import Consent, Occupation
from station.operations.numbers import next_number
from station.privacy import PRIVACY_TEXT_VERSION
from station.scale import in_batches

WORKERS_AN_ENTERPRISE = 25
MEMBERS = 0.015  # of the workers
CHECKED = 0.6  # of a survey round
WITHOUT_PHONE = 0.03
OLDEST_DAYS = 150  # since the last confirmation

_STATES = {Worker.State.ACTIVE: 92, Worker.State.LEFT: 5, Worker.State.PENDING: 2, Worker.State.REFUSED: 1}
_WORK = [  # occupation, share, platform, kind of the employer
    (Occupation.FOOD_RIDER, 42, "暖风外卖", Enterprise.Kind.FOOD_DELIVERY),
    (Occupation.COURIER, 24, "晓塘快递", Enterprise.Kind.EXPRESS),
    (Occupation.RIDE_HAILING, 14, "霞光出行", Enterprise.Kind.RIDE_HAILING),
    (Occupation.SANITATION, 9, "", Enterprise.Kind.OTHER),
    (Occupation.TRUCK_DRIVER, 6, "满路货运", Enterprise.Kind.FREIGHT),
    (Occupation.STREAMER, 2, "", Enterprise.Kind.LIVE_COMMERCE),
    (Occupation.OTHER, 3, "", Enterprise.Kind.OTHER),
]
_SHARES = [share for _occupation, share, *_more in _WORK]


def _uid(world):
    return UUID(int=world.random.getrandbits(128), version=4)


def _numbers(community, register, count):
    """The next `count` ledger numbers of a register of this community."""
    series = f"{community.prefix}-{SERIES[register]}"
    first = next_number(series, count=count)
    return [f"{series}{number:04d}" for number in range(first, first + count)]


def invent_ledgers(world, people, *, history=False, rounds=False):
    """A ledger of so many workers for each community of `world`. Yields how many workers there are so far."""
    done = 0
    for community, count in zip(world.communities, people, strict=True):
        with transaction.atomic():
            enterprises = _enterprises(world, community, max(1, count // WORKERS_AN_ENTERPRISE), history)
            first = next_number("scale workers", count=count) if count else 0
            rows = _workers(world, community, enterprises, first, count)
            for batch in in_batches(rows):
                _write(Worker, batch, history)
                _members(world, community, [worker for worker in batch if worker.affiliation], history)
                done += len(batch)
                yield done
            if rounds:
                _round(world, community)


def _write(model, rows, history):
    if history:
        bulk_create_with_history(rows, model, default_change_reason="批量测试数据")
    else:
        model.objects.bulk_create(rows)


def _enterprises(world, community, count, history):
    random, grids = world.random, world.grids[community.pk]
    rows = []
    names = person_names(random, count)
    for number, contact in zip(_numbers(community, "enterprise", count), names, strict=True):
        _occupation, _share, platform, kind = random.choices(_WORK, _SHARES)[0]
        organisation = random.choices(Enterprise.PartyOrganisation.values, [5, 15, 35, 45])[0]
        workers = random.randrange(5, 80)
        rows.append(
            Enterprise(
                uid=_uid(world),
                number=number,
                community=community,
                grid=random.choice(grids),
                name=f"{community.street.city[:-1]}{platform or '便民'}{road(random.randrange(400))}服务部",
                kind=kind,
                address=f"{road(random.randrange(400))}{random.randrange(1, 300)}号",
                contact_name=contact,
                contact_phone=phone(random.randrange(10**9)),
                worker_count=workers,
                member_count=random.randrange(3, 6) if organisation == "own" else random.randrange(3),
                party_organisation=organisation,
                no_party_reason="党员不足三名" if organisation == "none" else "",
                light=random.choice(Enterprise.Light.values),
                last_confirmed_on=world.today - timedelta(days=random.randrange(OLDEST_DAYS)),
            )
        )
    for batch in in_batches(rows):
        _write(Enterprise, batch, history)
    return rows


def _workers(world, community, enterprises, first, count):
    """The workers of one community one by one, unsaved."""
    random, today = world.random, world.today
    grids = world.grids[community.pk]
    days = partial(random.randrange, OLDEST_DAYS)
    made = timezone.now() - timedelta(days=OLDEST_DAYS)
    for position, (number, name) in enumerate(
        zip(_numbers(community, "worker", count), person_names(random, count), strict=True), first
    ):
        occupation, _share, platform, _kind = random.choices(_WORK, _SHARES)[0]
        state = random.choices(list(_STATES), list(_STATES.values()))[0]
        has_phone = random.random() >= WITHOUT_PHONE
        confirmed = state in (Worker.State.ACTIVE, Worker.State.LEFT)
        member = state == Worker.State.ACTIVE and random.random() < MEMBERS
        yield Worker(
            uid=_uid(world),
            number=number,
            community=community,
            grid=random.choice(grids) if random.random() < 0.97 else None,
            name=name,
            sex=random.choices(["male", "female"], [8, 2])[0],
            phone=phone(position) if has_phone else "",
            other_contact="" if has_phone else "骑手微信群",
            occupation=occupation,
            platform=platform,
            site=f"{road(random.randrange(40))}站" if platform else "",
            employer=random.choice(enterprises) if platform else None,
            affiliation=Worker.Affiliation.MEMBER if member else "",
            source=random.choices(Channel.values, [6, 2, 3, 1])[0],
            state=state,
            last_confirmed_on=today - timedelta(days=days()) if confirmed else None,
            left_on=today - timedelta(days=days()) if state == Worker.State.LEFT else None,
            left_reason="换到外地跑单" if state == Worker.State.LEFT else "",
            created_at=made + timedelta(minutes=position % 100_000),
        )


def _members(world, community, workers, history):
    """A party member for each of `workers`, with the consent his affiliation needs."""
    random = world.random
    rows = [
        PartyMember(
            uid=_uid(world),
            number=number,
            worker=worker,
            home_branch=f"{road(random.randrange(400))}村党支部",
            home_contact="演示书记",
            home_phone=phone(random.randrange(10**9)),
            next_contact_on=world.today + timedelta(days=random.randrange(-20, 60)),
        )
        for number, worker in zip(_numbers(community, "partymember", len(workers)), workers, strict=True)
    ]
    _write(PartyMember, rows, history)
    Consent.objects.bulk_create(
        Consent(
            person_uid=worker.uid,
            purpose=purpose,
            text_version=PRIVACY_TEXT_VERSION,
            channel=Consent.Channel.PAPER,
        )
        for worker in workers
        for purpose in (Consent.Purpose.REGISTER, Consent.Purpose.AFFILIATION)
    )


def _round(world, community):
    """A survey round in the community, open, partly done."""
    survey = SurveyRound.objects.create(
        community=community,
        title=f"{world.today:%Y}年摸排",
        starts_on=world.today - timedelta(days=9),
        ends_on=world.today + timedelta(days=12),
    )
    Result = SurveyEntry.Result  # noqa: N806 - a class
    now = timezone.now()
    for subject, model in (("enterprise_id", Enterprise), ("worker_id", Worker)):
        active = model.objects.active().filter(community=community).order_by("pk").values_list("pk", "grid_id")
        for batch in in_batches(active.iterator()):
            entries = []
            for pk, grid in batch:
                checked = world.random.random() < CHECKED
                entries.append(
                    SurveyEntry(
                        round=survey,
                        grid_id=grid,
                        result=Result.CONFIRMED if checked else Result.TO_CHECK,
                        channel=Channel.DOOR if checked else "",
                        checked_at=now if checked else None,
                        **{subject: pk},
                    )
                )
            SurveyEntry.objects.bulk_create(entries)
