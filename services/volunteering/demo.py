"""The demo's volunteer teams, their desks, shifts of the last and the next two weeks, and who signed up."""

from datetime import date, time, timedelta

from django.db import transaction
from django.utils import timezone

from services.volunteering.models import Desk, Member, Shift, SignUp, Team
from services.volunteering.operations import open_shifts
from station.lib.recurrence import DAYS_AHEAD, stretch_on, weekly
from station.models import dates_without_events

# name, field, partner, what it does, members only
TEAMS = [
    ("法律援助志愿队", Team.Field.LEGAL_AID, "justice", "每周三下午陪骑手问律师，帮着整理材料。", True),
    ("社保政策志愿队", Team.Field.SOCIAL_INSURANCE, "labour", "帮骑手查社保、填表、跑窗口。", True),
    ("技能传帮带志愿队", Team.Field.TRAINING, "union", "老师傅带新师傅，修车、急救、短视频。", False),
    ("岚园邻里互助队", Team.Field.HELP, "charity", "烧水、引路、收拾驿站，陪人说说话。", False),
]

# team, station, title, weekday, starts, ends, people
DESKS = [
    (0, "lanyuan", "法律援助值班", 2, time(15), time(17), 2),
    (1, "lanyuan", "社保咨询引导", 1, time(9, 30), time(11, 30), 2),
    (2, "xiaotang", "技能课助教", 3, time(18, 30), time(20, 30), 3),
    (3, "xiaotang", "周末驿站值守", 6, time(9), time(12), 4),
    # Every day, so that somebody is always wanted today; the main station is shut on Saturday afternoons and Sundays.
    *((3, "lanyuan", "热茶值守", weekday, time(15), time(17), 2) for weekday in range(5)),
    (3, "lanyuan", "热茶值守", 5, time(9, 30), time(11, 30), 2),
    *((3, "xiaguang", "夜间暖灯值守", weekday, time(20, 30), time(22, 30), 2) for weekday in range(7)),
]

# team, rider, skills, qualification
MEMBERS = [
    (0, 1, "劳动合同", "法律职业资格"),
    (0, 3, "交通事故", "执业律师"),
    (1, 3, "养老、医保", ""),
    (2, 0, "电动车修理", "维修电工"),
    (3, 0, "", ""),
    (3, 2, "会讲本地话和普通话", ""),
    (3, 4, "", "红十字救护员"),
    (3, 5, "", ""),
]


@transaction.atomic
def load(world):
    """Make the teams with their leader, members, desks, and four weeks of shifts."""
    leader = world.staff["duizhang"]
    teams = [
        Team.objects.create(
            community=world.community,
            name=name,
            field=field,
            partner=world.partners[partner],
            leader=leader,
            summary=summary,
            members_only=members_only,
        )
        for name, field, partner, summary, members_only in TEAMS
    ]
    for team, rider, skills, qualification in MEMBERS:
        Member.objects.create(
            team=teams[team],
            user=world.riders[rider],
            skills=skills,
            qualification=qualification,
            insured_until=date(world.today.year + 1, 6, 30),
            joined_on=world.today - timedelta(days=60),
        )
    for team, code, title, weekday, starts, ends, places in DESKS:
        desk = Desk.objects.create(
            team=teams[team],
            station=world.stations[code],
            title=title,
            weekday=weekday,
            starts=starts,
            ends=ends,
            places=places,
        )
        helpers = [member.user for member in desk.team.members.select_related("user")]
        for shift in open_shifts(desk, until=world.today + timedelta(days=DAYS_AHEAD), by=world.admin):
            _sign_up(world, shift, _some(world, helpers, places - (shift.starts_at > world.at(5, 0))))
        _served(world, desk, helpers)


def _served(world, desk, helpers):
    """Last weeks' shifts with their minutes; one was entered by hand because it ran over."""
    first = world.today - timedelta(days=DAYS_AHEAD)
    idle = dates_without_events(desk.station, first, world.today)
    for number, day in enumerate(weekly(desk.weekday, first, world.today, skip=idle)):
        starts_at, ends_at = stretch_on(day, desk.starts, desk.ends)
        if starts_at > timezone.now():
            continue
        shift = Shift.objects.create(
            team=desk.team,
            station=desk.station,
            desk=desk,
            title=desk.title,
            starts_at=starts_at,
            ends_at=ends_at,
            places=desk.places,
        )
        over = {
            "minutes": shift.minutes + 30,
            "minutes_source": SignUp.MinutesSource.STAFF,
            "minutes_reason": "人多，延后半小时",
        }
        planned = {"minutes": shift.minutes, "minutes_source": SignUp.MinutesSource.PLANNED}
        came = over if number == 0 and desk.weekday == 2 else planned
        _sign_up(world, shift, _some(world, helpers, desk.places), state=SignUp.State.ATTENDED, **came)


def _some(world, helpers, number):
    """At most `number` of them, not always the same."""
    return world.random.sample(helpers, k=min(number, len(helpers)))


def _sign_up(world, shift, people, **fields):
    """Put `people` on a shift, some days before it or, if it is still to come, yesterday."""
    for person in people:
        before = min(shift.starts_at - timedelta(days=2), world.at(-1, 20))
        at = before + timedelta(minutes=world.random.randint(0, 200))
        SignUp.objects.create(shift=shift, user=person, signed_up_at=at, **fields)
    shift.taken = len(people)
    shift.save(update_fields=["taken"])
