"""The demo's street, community, grids, partners and three stations with their hours."""

from contextlib import suppress
from datetime import date, time, timedelta

from station.lib.calendar import CalendarUnknownError
from station.models import Amenity, AmenityKind, Community, Grid, Partner, SpecialDay, Station, Street, WeeklyHours
from station.operations.calendar import fill_holidays

AMENITY_KINDS = [  # code, name, icon, can be a filter
    ("water", "饮水机", "water", True),
    ("microwave", "微波炉", "microwave", True),
    ("charging", "手机充电", "bolt", True),
    ("toilet", "卫生间", "toilet", True),
    ("first-aid", "医药箱", "first-aid", True),
    ("ebike", "电动车停放", "bike", True),
    ("accessible", "无障碍通道", "accessible", True),
    ("women", "女士休息间", "women", True),
    ("tv", "电视", "tv", False),
    ("table", "会议桌", "table", False),
    ("books", "图书报刊", "book", False),
    ("wifi", "无线网", "wifi", False),
    ("heating", "暖气", "heater", False),
    ("cooling", "空调", "snowflake", False),
    ("sofa", "休息座椅", "sofa", False),
    ("cups", "一次性水杯", "cup", False),
]
SUPPLIES = {"first-aid", "cups"}  # what is used up


def add_places(world):
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
        code: AmenityKind.objects.create(
            code=code, name=name, icon=icon, order=order * 10, is_filter=is_filter, is_supply=code in SUPPLIES
        )
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
            "water microwave charging toilet first-aid ebike accessible tv table books wifi cooling heating cups",
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
        state=Amenity.State.BROKEN
    )


def add_hours(world):
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
