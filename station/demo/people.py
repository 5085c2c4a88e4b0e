"""The demo's staff with their duties, and the riders who have signed in."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password

from station.models import Duty, User
from station.roles import Role

PASSWORD = "nuanxin-demo-2026"  # noqa: S105 - the demo's, printed at every start


STAFF = [  # login, name, role
    ("shequ", "周敏", Role.COMMUNITY_ADMIN),
    ("wangge1", "贺建军", Role.GRID_WORKER),
    ("wangge2", "彭丽", Role.GRID_WORKER),
    ("zhanzhang", "罗倩", Role.STATION_KEEPER),
    ("duizhang", "谭志远", Role.TEAM_LEADER),
    ("jiedao", "邓海涛", Role.STREET_SUPERVISOR),
]

RIDER_PHONE = "13800000001"
RIDERS = ["刘洋", "陈晓峰", "唐家豪", "谢雨婷", "曾龙", "肖卫国"]


def add_people(world):
    password = make_password(PASSWORD)  # hashed once: hashing is slow on purpose, and the password is printed anyway
    for login, name, _role in STAFF:
        user = User(username=login, name=name, is_staff=True, community=world.community)
        user.password = password
        user.save()
        world.staff[login] = user
    street = world.community.street
    places = {
        "shequ": {"community": world.community},
        "wangge1": {"grid": world.grids[0]},
        "wangge2": {"grid": world.grids[1]},
        "zhanzhang": {"station": world.stations["lanyuan"]},
        "duizhang": {"community": world.community},
        "jiedao": {"street": street},
    }
    for login, _name, role in STAFF:
        Duty.objects.create(
            user=world.staff[login], role=role, starts_on=world.today - timedelta(days=100), **places[login]
        )
    for number, name in enumerate(RIDERS, 1):
        rider = User(username=f"rider-demo-{number}", name=name, phone=f"1380000{number:04d}")
        rider.set_unusable_password()
        rider.save()
        world.riders.append(rider)
