"""The demo's ledger gets a past: who was registered when, what was corrected since, who left and came back.

The operations of the demo all run today; here their history is written anew with the dates at which it would have
happened, so that there is something to see when one looks at the ledger as of a past day. Nowhere else does anything
write history.
"""

from copy import copy
from datetime import timedelta

from ledger.models import Enterprise, PartyMember
from station.models import Consent

ENTERPRISE_CONFIRMED_DAYS = 24  # ago

# Position in demo.NAMES → what changed: days from today, why, and the values before.
CORRECTIONS = {
    1: [(-33, "本人来电，换了手机号", {"phone": "13900009901"})],
    3: [(-58, "换到建设路站跑单", {"site": "河东大道站"})],
    5: [(-47, "搬到另一片", {"grid": 2})],
    10: [(-26, "上门核对，名字写错了", {"name": "曹丽绢"})],
    16: [(-64, "改跑网约车", {"occupation": "food_rider", "platform": "暖风外卖"})],
    24: [
        (-52, "换到株洲跑单", {"state": "active", "left_on": None, "left_reason": ""}),
        (-18, "又回来了", {"state": "left", "left_on": -52, "left_reason": "换到株洲跑单"}),
    ],
}
ENTERPRISE_CORRECTIONS = {  # by position in demo.ENTERPRISES
    0: [(-35, "负责人报来最新人数", {"worker_count": 38})],
    1: [(-75, "营业执照改了名", {"name": "岳塘区晓塘快递代办点"})],
    2: [],
}


def give_past(world, enterprises, workers):
    """Write the history of what the demo has registered so far."""
    members = {member.worker_id: member for member in PartyMember.objects.all()}
    for position, enterprise in enumerate(enterprises):
        _enterprise(world, enterprise, position)
    for position, worker in enumerate(workers):
        _worker(world, worker, position, members.get(worker.pk))
    for member in members.values():
        _member(world, member)


def _enterprise(world, enterprise, position):
    registered = world.at(position - 250, 9)
    confirmed = world.today - timedelta(days=ENTERPRISE_CONFIRMED_DAYS)
    Enterprise.objects.filter(pk=enterprise.pk).update(created_at=registered, last_confirmed_on=confirmed)
    enterprise.refresh_from_db()
    chapters = [
        *_dated(world, ENTERPRISE_CORRECTIONS[position]),
        (world.at(-ENTERPRISE_CONFIRMED_DAYS, 15), "上门核实", {"last_confirmed_on": registered.date()}),
    ]
    _write(world, enterprise, registered, "首次摸排登记", chapters)


def _worker(world, worker, position, member):
    worker.refresh_from_db()
    registered = worker.created_at
    chapters = _dated(world, CORRECTIONS.get(position, []))
    if worker.last_confirmed_on > registered.date():
        days = (worker.last_confirmed_on - world.today).days
        chapters.append((world.at(days, 16), "上门核实", {"last_confirmed_on": registered.date()}))
    if member is not None:
        reported = _reported(world, member)
        chapters.append((reported, "登记为流动党员", {"affiliation": ""}))
        consents = Consent.objects.filter(person_uid=worker.uid, purpose=Consent.Purpose.AFFILIATION)
        consents.update(given_at=reported)
    _write(world, worker, registered, "首次摸排登记", chapters)


def _member(world, member):
    reported = _reported(world, member)
    PartyMember.objects.filter(pk=member.pk).update(created_at=reported)
    member.refresh_from_db()
    chapters = [(world.at(-15, 11), "电话联系过", {"next_contact_on": world.today - timedelta(days=14)})]
    _write(world, member, reported, "到驿站报到", chapters)


def _reported(world, member):
    return world.at((member.reported_in_on - world.today).days, 10, 30)


def _dated(world, corrections):
    """The corrections with moments for days, rows for positions of grids, and dates for days they left on."""
    chapters = []
    for days, reason, before in corrections:
        values = dict(before)
        if "grid" in values:
            values["grid"] = world.grids[values["grid"]]
        if values.get("left_on"):
            values["left_on"] = world.today + timedelta(days=values["left_on"])
        chapters.append((world.at(days, 14), reason, values))
    return chapters


def _write(world, row, registered, why, chapters):
    """Replace the history of `row` by its registration and these chapters, each told by the values before it."""
    history = row.history.model
    state = copy(row.history.latest())
    for field in state.tracked_fields:
        setattr(state, field.attname, getattr(row, field.attname))
    row.history.all().delete()
    states = []
    for at, reason, before in sorted(chapters, key=lambda chapter: chapter[0], reverse=True):
        states.append(_state(state, at, reason, "~"))
        for name, value in before.items():
            setattr(state, name, value)
    states.append(_state(state, registered, why, "+"))
    for state in reversed(states):
        state.history_user = world.admin
    history.objects.bulk_create(reversed(states))


def _state(state, at, reason, kind):
    state = copy(state)
    state.pk, state.history_date, state.history_change_reason, state.history_type = None, at, reason, kind
    return state
