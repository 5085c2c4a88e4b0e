"""The invented community of the demo: places, people, hours, a month of visits. Upper apps add theirs in their demo.py.

Nobody here exists. Everything is drawn from one seeded generator and dated relative to today, so two demo databases
made on the same day are alike. `DemoWorld` is handed from app to app in the order of INSTALLED_APPS.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from station.lib.calendar import CalendarUnknownError
from station.models import (
    Amenity,
    AmenityKind,
    Community,
    Duty,
    Grid,
    Notice,
    Occupation,
    Partner,
    SpecialDay,
    Station,
    Street,
    User,
    Visit,
    WeeklyHours,
)
from station.operations import audit
from station.operations.calendar import fill_holidays
from station.roles import Role

PASSWORD = "nuanxin-demo-2026"  # noqa: S105 - the demo's, printed at every start
SEED = 816  # the community opened its first station on a 16 August
MADE = "load demo"  # the audit action that marks a demo database

AMENITY_KINDS = [  # code, name, icon, can be a filter
    ("water", "饮水机", "water", True),
    ("microwave", "微波炉", "microwave", True),
    ("charging", "手机充电", "bolt", True),
    ("toilet", "卫生间", "toilet", True),
    ("first-aid", "医药箱", "first-aid", True),
    ("ebike", "电动车停放", "bike", True),
    ("accessible", "无障碍通道", "accessible", True),
    ("women", "女士休息间", "women", False),
    ("tv", "电视", "tv", False),
    ("table", "会议桌", "table", False),
    ("books", "图书报刊", "book", False),
    ("wifi", "无线网", "wifi", False),
    ("heating", "暖气", "heater", False),
    ("cooling", "空调", "snowflake", False),
    ("sofa", "休息座椅", "sofa", False),
]

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

LETTER = """亲爱的骑手、快递员、司机师傅：

每天清晨，您把热腾腾的早餐送到千家万户；夜深了，您还在路上。这座城市的便利，有您一份辛苦。

我们在社区里收拾出了几间屋子，取名“暖心驿站”：渴了进来喝口热水，饿了热热饭，累了坐一坐，手机没电了充一会儿。不用注册，推门就进。

每周还有律师、社保顾问来坐班，想问的都可以问，不收钱。路上看见井盖破了、电线掉了，随手拍给我们，社区来处理，处理得怎么样一定告诉您。

如果您是党员，欢迎来驿站报个到：组织一直惦记着您。

愿您平安出门，平安回家。"""

NOTICES = [
    (
        Notice.Kind.NEWS,
        "入冬了，驿站供应热姜茶",
        "岚园驿站工作日下午三点到五点、周六上午有热姜茶，自带杯子，免费续。",
        True,
        2,
    ),
    (
        Notice.Kind.POLICY,
        "骑手也能参加工伤保障：三句话说清楚",
        "一、谁能参加：在平台接单的骑手都可以，平台出钱，您不用掏。\n\n二、怎么算工伤：送单路上受的伤都算，先保留好订单截图。\n\n三、找谁办：周三下午来驿站，社保顾问一对一帮您看。",
        False,
        6,
    ),
    (
        Notice.Kind.POLICY,
        "孩子在湘潭上学要准备什么",
        "居住证、劳动合同或平台接单证明、户口本。三样齐了，到街道政务窗口登记，五个工作日有答复。不清楚的可以先到驿站问。",
        False,
        12,
    ),
    (
        Notice.Kind.NEWS,
        "随手报的井盖、路灯都修好了，感谢各位",
        "井盖换了新的，路灯亮了，消防通道也画了黄线。谢谢您顺手的一拍。",
        False,
        20,
    ),
]


@dataclass
class DemoWorld:
    """What the demo has made so far; each app's ``load(world)`` adds to it."""

    today: date = field(default_factory=timezone.localdate)
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - not a secret
    community: Community | None = None
    grids: list = field(default_factory=list)
    partners: dict = field(default_factory=dict)
    stations: dict = field(default_factory=dict)
    staff: dict = field(default_factory=dict)
    riders: list = field(default_factory=list)

    @property
    def admin(self):
        return self.staff["shequ"]

    def at(self, days, hour, minute=0):
        """The aware moment `days` from today at this local time."""
        return datetime.combine(self.today + timedelta(days=days), time(hour, minute), timezone.get_default_timezone())


@transaction.atomic
def load(world):
    """Make the community, its places and people, and a month of visits."""
    _places(world)
    _hours(world)
    _people(world)
    _visits(world)
    _notices(world)
    audit.record(MADE, world.community, by=None, community=world.community)


def _places(world):
    street = Street.objects.create(name="建设路街道", district="岳塘区", city="湘潭市", province="湖南省")
    world.community = Community.objects.create(
        street=street, name="建设路社区", code="jianshelu", prefix="JSL", phone="0731-00000000"
    )
    areas = ["岚园小区、建设北路东侧", "晓塘路、商贸城", "霞光路、老街片", "芙蓉路沿线"]
    world.grids = [
        Grid.objects.create(community=world.community, number=number, area=area) for number, area in enumerate(areas, 1)
    ]
    for key, name, kind in [
        ("bank", "建设银行岚园支行", Partner.Kind.BANK),
        ("justice", "岳塘区司法局", Partner.Kind.DEPARTMENT),
        ("labour", "岳塘区人社局", Partner.Kind.DEPARTMENT),
        ("union", "建设路街道总工会", Partner.Kind.MASS_ORGANISATION),
        ("charity", "岳塘义工联", Partner.Kind.CHARITY),
    ]:
        world.partners[key] = Partner.objects.create(name=name, kind=kind)
    kinds = {
        code: AmenityKind.objects.create(code=code, name=name, icon=icon, order=order * 10, is_filter=is_filter)
        for order, (code, name, icon, is_filter) in enumerate(AMENITY_KINDS, 1)
    }
    checked = world.at(-1, 17, 20)
    for code, name, kind, grid, address, way_in, lat, lon, seats, area, holidays, amenities in [
        (
            "lanyuan",
            "岚园暖心驿站",
            Station.Kind.HARBOUR,
            0,
            "建设北路88号建行岚园支行一楼",
            "银行大厅左手边，推门就进，不用取号",
            "27.842100",
            "112.923400",
            16,
            60,
            True,
            "water microwave charging toilet first-aid ebike accessible tv table books wifi cooling heating",
        ),
        (
            "xiaotang",
            "晓塘路小站",
            Station.Kind.OUTDOOR,
            1,
            "晓塘路15号社区服务中心旁",
            "蓝色小屋，门上有“暖”字",
            "27.848600",
            "112.917900",
            6,
            15,
            True,
            "water microwave charging ebike books sofa",
        ),
        (
            "xiaguang",
            "霞光路自助驿站",
            Station.Kind.SELF_SERVICE,
            2,
            "霞光路3号停车场入口",
            "全天自助，推门即可，夜里灯一直亮着",
            "27.836700",
            "112.931200",
            4,
            12,
            False,
            "water charging toilet ebike women sofa",
        ),
    ]:
        station = Station.objects.create(
            code=code,
            name=name,
            kind=kind,
            community=world.community,
            grid=world.grids[grid],
            address=address,
            way_in=way_in,
            phone="0731-00000000",
            latitude=lat,
            longitude=lon,
            seats=seats,
            area_m2=area,
            follows_holidays=holidays,
            opened_on=date(world.today.year - (world.today < date(world.today.year, 8, 16)), 8, 16),
        )
        world.stations[code] = station
        for amenity in amenities.split():
            Amenity.objects.create(station=station, kind=kinds[amenity], checked_at=checked)
    world.stations["lanyuan"].partners.add(world.partners["bank"], world.partners["union"])
    Amenity.objects.filter(station=world.stations["xiaotang"], kind=kinds["microwave"]).update(
        state=Amenity.State.BROKEN, note="已报修，明天来人"
    )


def _hours(world):
    lanyuan, xiaotang, xiaguang = (world.stations[code] for code in ("lanyuan", "xiaotang", "xiaguang"))
    rows = []
    for weekday in range(5):
        rows += [(lanyuan, weekday, time(8, 30), time(12)), (lanyuan, weekday, time(14, 30), time(18))]
    rows += [(lanyuan, 5, time(9), time(12))]
    rows += [(xiaotang, weekday, time(7), time(21, 30)) for weekday in range(7)]
    rows += [(xiaguang, weekday, time(0), time(0)) for weekday in range(7)]
    WeeklyHours.objects.bulk_create(
        WeeklyHours(station=station, weekday=weekday, opens=opens, closes=closes)
        for station, weekday, opens, closes in rows
    )
    SpecialDay.objects.create(station=xiaotang, date=world.today + timedelta(days=5), reason="电路检修")
    for year in (world.today.year, world.today.year + 1):
        with suppress(CalendarUnknownError):  # next year's calendar is not announced before November
            fill_holidays(year, by=None)


def _people(world):
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
        rider = User(
            username=f"rider-demo-{number}", name=name, phone=f"1380000{number:04d}", community=world.community
        )
        rider.set_unusable_password()
        rider.save()
        world.riders.append(rider)


def _visits(world):
    """Thirty days: busier at meal times, quieter at weekends where the bank is closed."""
    now = timezone.now()
    weights = {
        Occupation.FOOD_RIDER: 42,
        Occupation.COURIER: 24,
        Occupation.SANITATION: 16,
        Occupation.RIDE_HAILING: 10,
        Occupation.TRUCK_DRIVER: 5,
        Occupation.OTHER: 3,
    }
    hours = {
        "lanyuan": {8: 1, 9: 3, 10: 4, 11: 4, 14: 3, 15: 6, 16: 4, 17: 3},
        "xiaotang": {7: 2, 9: 2, 11: 2, 13: 5, 14: 4, 16: 2, 19: 2, 20: 4, 21: 2},
        "xiaguang": {0: 2, 2: 1, 6: 3, 13: 2, 15: 2, 21: 3, 22: 5, 23: 4},
    }
    usual = {"lanyuan": 22, "xiaotang": 14, "xiaguang": 11}
    visits = []
    for days in range(-29, 1):
        day = world.today + timedelta(days=days)
        for code, station in world.stations.items():
            if code == "lanyuan" and day.weekday() == 6:
                continue
            expected = usual[code] * (0.5 if code == "lanyuan" and day.weekday() == 5 else 1)
            for _visit in range(round(world.random.gauss(expected, expected / 5))):
                hour = world.random.choices(list(hours[code]), list(hours[code].values()))[0]
                if code == "lanyuan" and day.weekday() == 5:
                    hour = world.random.choice([9, 10, 11])
                at = world.at(days, hour, world.random.randrange(30 if hour in (8, 14, 21) else 0, 60))
                occupation = world.random.choices(list(weights), list(weights.values()))[0]
                if at < now:
                    visits.append(Visit(station=station, at=at, occupation=occupation))
    Visit.objects.bulk_create(visits, batch_size=500)


def _notices(world):
    Notice.objects.create(
        community=world.community,
        kind=Notice.Kind.LETTER,
        title="组织喊你“回家啦”——致新业态新就业群体的一封信",
        body=LETTER,
        signed="中共建设路社区委员会",
        published_at=world.at(-60, 9),
    )
    for kind, title, body, pinned, days_ago in NOTICES:
        Notice.objects.create(
            community=world.community,
            kind=kind,
            title=title,
            body=body,
            pinned=pinned,
            signed="建设路社区",
            published_at=world.at(-days_ago, 10),
        )
