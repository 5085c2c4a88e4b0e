"""What every test may ask for: two communities side by side, people with roles, a signed-in client for each.

Whatever could leak is in the room: `elsewhere` is a second community whose rows must never show up in the first one's.
"""

from datetime import time
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from station.models import Community, Duty, Grid, Station, Street, User, WeeklyHours
from station.roles import Role

# No test fails because the machine is busy.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")

# Pages are rendered without collectstatic having run; passwords are hashed cheaply, by a hasher no deployment has.
FOR_TESTS = {
    "STORAGES": django_settings.STORAGES
    | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}


@pytest.fixture(autouse=True)
def settings_for_tests(settings):
    for name, value in FOR_TESTS.items():
        setattr(settings, name, value)
    cache.clear()  # one process runs many tests, and their rows get the same ids


def make_place(name, code, prefix, station_code):
    """A community with two grids and one station, open on every weekday from 8:30 to 18:00."""
    street, _ = Street.objects.get_or_create(name=f"{name}街道", district="岳塘区", city="湘潭市", province="湖南省")
    community = Community.objects.create(street=street, name=f"{name}社区", code=code, prefix=prefix)
    grids = [Grid.objects.create(community=community, number=n) for n in (1, 2)]
    station = Station.objects.create(
        code=station_code,
        name=f"{name}驿站",
        community=community,
        grid=grids[0],
        address=f"{name}1号",
        latitude="27.842100",
        longitude="112.923400",
    )
    for weekday in range(5):
        WeeklyHours.objects.create(station=station, weekday=weekday, opens=time(8, 30), closes=time(18))
    return SimpleNamespace(street=street, community=community, grids=grids, grid=grids[0], station=station)


@pytest.fixture
def here(db):
    """The community most tests are about."""
    return make_place("建设路", "jianshelu", "JSL", "lanyuan")


@pytest.fixture
def elsewhere(db):
    """Another community, in another street, whose rows must stay its own."""
    return make_place("河东", "hedong", "HD", "hedong")


@pytest.fixture
def make_staff(db):
    """``make_staff(Role.GRID_WORKER, grid=…)``: a staff account with one duty in force."""

    def make(role, username=None, **place):
        user = User.objects.create(
            username=username or f"{role}-{User.objects.count()}",
            name="周敏",
            is_staff=True,
            password=make_password(None),
        )
        Duty.objects.create(user=user, role=role, **place)
        return user

    return make


@pytest.fixture
def make_rider(db):
    """``make_rider("13800000001")``: an account that signs in by phone."""

    def make(phone="13800000001", name="刘洋"):
        return User.objects.create(username=f"rider-{phone[-4:]}", name=name, phone=phone, password=make_password(None))

    return make


@pytest.fixture
def community_admin(here, make_staff):
    return make_staff(Role.COMMUNITY_ADMIN, community=here.community)


@pytest.fixture
def grid_worker(here, make_staff):
    return make_staff(Role.GRID_WORKER, grid=here.grid)


@pytest.fixture
def keeper(here, make_staff):
    return make_staff(Role.STATION_KEEPER, station=here.station)


@pytest.fixture
def team_leader(here, make_staff):
    return make_staff(Role.TEAM_LEADER, community=here.community)


@pytest.fixture
def supervisor(here, make_staff):
    return make_staff(Role.STREET_SUPERVISOR, street=here.street)


@pytest.fixture
def rider(make_rider):
    return make_rider()


@pytest.fixture
def signed_in():
    """``signed_in(user)``: a browser in which this user is signed in."""

    def client_of(user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
