"""A dozen invented reports of the last three weeks, in every state, and the two riders who became grid members."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from services.hazards.demo_scenes import scene
from services.hazards.models import GridMember, Photo, Report
from services.hazards.models.reports import DEADLINES, Category
from services.hazards.operations import (
    close_report,
    dispatch_report,
    refuse_report,
    reopen_report,
    send_report,
    solve_report,
    withdraw_report,
)
from station.lib.geo import Point
from station.lib.photos import clean_photo
from station.operations.records import save_record

State = Report.State


@dataclass(frozen=True)
class Story:
    """One report: where, what, and the steps after sending as (hours since the step before, state, words)."""

    days_ago: int
    hour: int
    station: str
    offset: tuple[str, str]  # from the station, in degrees of latitude and longitude
    category: Category
    place: str
    description: str = ""
    steps: tuple = ()
    refusal: str = ""


STORIES = [
    Story(
        20,
        7,
        "xiaotang",
        ("0.001", "0.001"),
        Category.MANHOLE,
        "晓塘路与建设路口西南角",
        "井盖翘起来一半，夜里看不见。",
        (
            (1, State.DISPATCHED, "彭师傅马上到，先摆上警示牌。"),
            (1, State.SOLVED, "井盖换了新的，四周补了水泥。"),
            (22, State.CLOSED, "看过了，踩着不响了。"),
        ),
    ),
    Story(
        18,
        21,
        "xiaguang",
        ("0.001", "-0.001"),
        Category.LIGHT,
        "霞光路老街巷口第二盏灯",
        "两天没亮，拐弯的地方特别黑。",
        (
            (12, State.DISPATCHED, "已报路灯所。"),
            (26, State.SOLVED, "换了灯泡和镇流器，当晚亮了。"),
            (9, State.CLOSED, "亮了，谢谢。"),
        ),
    ),
    Story(
        16,
        12,
        "lanyuan",
        ("0.001", "0.001"),
        Category.FIRE,
        "岚园小区3栋楼下",
        "消防通道停了三辆车，送餐都过不去。",
        (
            (1, State.DISPATCHED, "联系物业挪车。"),
            (1, State.SOLVED, "车已挪走。"),
            (28, State.DISPATCHED, "今天又停上了。"),
            (2, State.SOLVED, "重新划了黄线，物业每天巡两次。"),
            (16, State.CLOSED, "这回通了。"),
        ),
    ),
    Story(
        14,
        9,
        "xiaotang",
        ("-0.001", "0.001"),
        Category.RUBBISH,
        "商贸城后门垃圾站旁",
        "装修垃圾堆到路上了。",
        (
            (5, State.DISPATCHED, "通知环卫清运。"),
            (45, State.SOLVED, "清走两车，装了提示牌。"),
            (22, State.CLOSED, ""),
        ),
    ),
    Story(
        12,
        18,
        "lanyuan",
        ("-0.002", "0.001"),
        Category.OTHER,
        "建设北路公交站旁",
        "树枝压得很低，骑车会刮到脸。",
        ((20, State.REFUSED, "树归园林所管，已转园林热线，三天内来修剪。"),),
        Report.Refusal.OUT_OF_SCOPE,
    ),
    Story(
        10,
        20,
        "xiaguang",
        ("0.002", "0.001"),
        Category.ROAD,
        "霞光路停车场出口",
        steps=((15, State.REFUSED, "照片太黑看不清，白天路过请再拍一张。"),),
        refusal=Report.Refusal.UNCLEAR,
    ),
    Story(
        9,
        10,
        "xiaguang",
        ("-0.001", "0.001"),
        Category.ROAD,
        "芙蓉路与霞光路口",
        "路面塌了一个坑，摩托车过去会跳起来。",
        ((22, State.DISPATCHED, "已报市政，排队铺沥青，先围起来。"),),
    ),
    Story(
        8,
        15,
        "xiaotang",
        ("0.002", "-0.001"),
        Category.WATER,
        "晓塘路12号门口",
        "下水道返水，路面结了一层油。",
        (
            (2, State.DISPATCHED, "水务和网格员一起去看。"),
            (20, State.SOLVED, "疏通了三十米管道，路面冲洗过了，麻烦您看看还滑不滑。"),
        ),
    ),
    Story(
        6,
        8,
        "lanyuan",
        ("0.002", "-0.001"),
        Category.BATTERY,
        "岚园小区5栋一单元",
        "六楼拉线下来给电动车充电。",
        (
            (3, State.DISPATCHED, "网格员上门劝导。"),
            (22, State.SOLVED, "线已收起，带住户去看了小区充电棚，第一个月免费。"),
        ),
    ),
    Story(
        3,
        13,
        "lanyuan",
        ("0.003", "0.001"),
        Category.RUBBISH,
        "建设北路88号后巷",
        steps=((1, State.WITHDRAWN, ""),),
    ),
    Story(
        2,
        17,
        "xiaotang",
        ("0.001", "0.002"),
        Category.LIGHT,
        "晓塘路小学对面",
        "路灯一闪一闪。",
        ((15, State.DISPATCHED, "彭师傅去看，最迟这周修好。"),),
    ),
    Story(
        1,
        19,
        "xiaotang",
        ("-0.001", "-0.001"),
        Category.BATTERY,
        "晓塘路9号楼道",
        "楼道里停满电动车，插线板在地上。",
    ),
    Story(
        1,
        22,
        "xiaguang",
        ("0.001", "0.001"),
        Category.WIRE,
        "霞光路3号电线杆",
        "一根线垂到一人高，不知道有没有电。",
    ),
]


def load(world):
    """Send and handle every story by the operations themselves, then date it back to when it happened."""
    for rider, grid, days_ago in [(world.riders[0], world.grids[0], 90), (world.riders[3], world.grids[1], 40)]:
        member = GridMember(user=rider, grid=grid, since=world.today - timedelta(days=days_ago))
        save_record(member, by=world.admin, community=world.community)
    owners = {"lanyuan": world.staff["wangge1"], "xiaotang": world.staff["wangge2"]}
    for number, story in enumerate(STORIES, 1):
        report = send(world, story, number)
        for _hours, state, words in story.steps:
            report = take_step(report, story, state, words, owner=owners.get(story.station, world.admin))
        date_back(report, story, sent_at=world.at(-story.days_ago, story.hour, 4 * number))


@cache
def _photo(category, *, fixed=False):
    """The scene as a photo that was sent; two stories of one kind share the work, not the stored file."""
    return clean_photo(scene(category, fixed=fixed))


def send(world, story, number):
    station = world.stations[story.station]
    north, east = (Decimal(part) for part in story.offset)
    report, _new = send_report(
        key=UUID(int=number),
        category=story.category,
        place=story.place,
        point=Point(Decimal(station.latitude) + north, Decimal(station.longitude) + east),
        station=station,
        description=story.description,
        photos=[_photo(story.category)],
        by=world.riders[number % len(world.riders)],
    )
    return report


def take_step(report, story, state, words, *, owner):
    """The operation that brings `report` to `state`."""
    if state == State.DISPATCHED and report.state == State.SOLVED:
        return reopen_report(report, text=words, by=report.reporter)
    if state == State.DISPATCHED:
        return dispatch_report(report, owner=owner, urgency=report.urgency, text=words, by=owner)
    if state == State.SOLVED:
        photo = _photo(story.category, fixed=True)
        return solve_report(report, text=words, photo=photo, by=owner)
    if state == State.REFUSED:
        return refuse_report(report, refusal=story.refusal, text=words, by=owner)
    if state == State.WITHDRAWN:
        return withdraw_report(report, by=report.reporter)
    return close_report(report, text=words, by=report.reporter)


def date_back(report, story, *, sent_at):
    """Give every event, photo and deadline its hour in the past; the audit keeps telling when it was loaded."""
    moments, at = {State.REPORTED: sent_at}, sent_at
    events = list(report.events.all())
    events[0].at = sent_at
    for event, (hours, state, _words) in zip(events[1:], story.steps, strict=True):
        at += timedelta(hours=hours)
        event.at = moments[state] = at
    report.events.bulk_update(events, ["at"])
    for moment, state in [(Photo.Moment.BEFORE, State.REPORTED), (Photo.Moment.AFTER, State.SOLVED)]:
        report.photos.filter(moment=moment).update(added_at=moments.get(state, sent_at))
    dates = {"reported_at": sent_at, "solved_at": moments.get(State.SOLVED)}
    if State.DISPATCHED in moments:
        dates["due_at"] = moments[State.DISPATCHED] + DEADLINES[report.urgency]
    Report.objects.filter(pk=report.pk).update(**dates)
