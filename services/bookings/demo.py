"""The demo's services, sessions of the last and the next two weeks, and who booked them. Nobody here exists."""

from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone

from services.bookings.models import Booking, Service, Session, SessionPattern
from services.bookings.operations import new_code, open_sessions
from station.lib.recurrence import DAYS_AHEAD, stretch_on, weekly
from station.models import dates_without_events

ALL, MAIN, STAFFED = ("lanyuan", "xiaotang", "xiaguang"), ("lanyuan",), ("lanyuan", "xiaotang")

# slug, name, category, icon, one sentence, at which stations
WALK_IN = [
    ("water", "热水凉水", "supply", "water", "直饮水和开水，带个杯子来灌满。", ALL),
    ("toilet", "上卫生间", "rest", "toilet", "干净，有纸，不用问人。", ("lanyuan", "xiaguang")),
    ("rest", "坐下歇会儿", "rest", "sofa", "沙发椅子都有，坐多久都行。", ALL),
    ("charging", "手机充电", "supply", "bolt", "各种接口的线都备着，充满再走。", ALL),
    ("microwave", "热饭", "supply", "microwave", "微波炉随便用，碗筷消毒柜里有。", STAFFED),
    ("wifi", "免费上网", "rest", "wifi", "密码贴在墙上，省点流量。", MAIN),
    ("tv", "看电视", "rest", "tv", "新闻、球赛，遥控器在桌上。", MAIN),
    ("table", "借桌子写字开会", "rest", "table", "填表、写字、几个人碰个头，都行。", MAIN),
    ("party-papers", "党报党刊", "learning", "letter", "当天的报纸和新到的刊物。", STAFFED),
    ("books", "借书看报", "learning", "book", "书架上的都能看，想带走登记一下。", STAFFED),
    ("policy-leaflets", "政策明白纸", "learning", "info", "工伤保障、子女上学、租房，一页纸说清楚。", ALL),
    ("first-aid", "小伤包扎", "health", "first-aid", "擦破皮、烫着了，医药箱里有药和纱布。", STAFFED),
    ("blood-pressure", "量血压", "health", "heart", "坐下歇五分钟再量，记得住就行。", MAIN),
    ("heatstroke", "防暑药品", "health", "sun", "藿香正气、清凉油，天热就来拿。", STAFFED),
    ("hot-food", "冬天热食", "care", "meal", "入冬后有热粥姜茶，自带碗最好。", MAIN),
    ("cool-air", "夏天纳凉", "care", "snowflake", "空调开着，进来凉快凉快。", STAFFED),
    ("warm-room", "冬天取暖", "care", "heater", "手脚冻僵了先来烤一烤。", MAIN),
    ("umbrella", "借雨衣雨伞", "care", "umbrella", "下雨来借，下次路过还。", ALL),
    ("tools", "修车工具", "supply", "wrench", "打气筒、扳手、补胎胶水。", STAFFED),
    ("ebike", "电动车停放", "rest", "bike", "门口划了车位，别堵消防通道。", ALL),
    ("locker", "寄放东西", "rest", "box", "头盔、外套、一时用不上的，先放这儿。", MAIN),
    ("women", "女士休息间", "rest", "women", "能反锁，哺乳、换衣服都方便。", ("xiaguang",)),
]

# slug, name, icon, one sentence, description, bring, provider, host, weekday, starts, ends, places
BOOKABLE = [
    (
        "legal-aid",
        "法律援助",
        Service.Category.ADVICE,
        "scale",
        "撞了人、被撞了、欠工钱，律师一对一帮您看。",
        "平台扣钱说不清、送单路上出了事、工钱一拖再拖，都可以来问。说的话不外传，需要打官司的，帮您申请援助律师。",
        "身份证、合同或接单截图",
        "justice",
        "值班律师 · 欧阳律师",
        2,
        time(15),
        time(17),
        6,
    ),
    (
        "social-insurance",
        "社保咨询",
        Service.Category.ADVICE,
        "shield",
        "养老、医保、工伤，一项一项帮您算清楚。",
        "灵活就业怎么交、断了怎么补、在外地交的怎么转，带上手机，当场查给您看。",
        "身份证、手机",
        "labour",
        "人社局 · 姚老师",
        1,
        time(9, 30),
        time(11, 30),
        4,
    ),
    (
        "training",
        "技能培训",
        Service.Category.LEARNING,
        "wrench",
        "电动车养护、短视频、急救，学一门是一门。",
        "每周一个题目，动手学，听得懂。连来几次的，可以帮您报名考证。",
        "",
        "union",
        "街道工会 · 苏师傅",
        3,
        time(19),
        time(20, 30),
        12,
    ),
    (
        "policy",
        "政策解读",
        Service.Category.LEARNING,
        "megaphone",
        "孩子上学、租房补贴、落户，社区的人讲给您听。",
        "先讲十分钟，剩下时间随便问。答不上来的记下来，三天内回您电话。",
        "",
        None,
        "建设路社区 · 周敏",
        4,
        time(15),
        time(16),
        10,
    ),
]
# What goes on every day, so that there is always something today: station, weekdays, starts, ends, host, places.
DAILY = [
    ("lanyuan", range(6), time(9, 30), time(11, 30), "社区卫生站 · 易护士", 12),
    ("xiaguang", range(7), time(20), time(22), "岳塘义工联 · 龙医生", 8),
]
DAYS_BEHIND_DAILY = 2
STATIONS_OF = {"training": "xiaotang"}  # the bank is closed in the evening; the others are held at the main station


@transaction.atomic
def load(world):
    """Make the catalogue, the weekly patterns, two weeks of sessions behind and ahead, and bookings."""
    _walk_in(world)
    patterns = [_bookable(world, order, *row) for order, row in enumerate(BOOKABLE, 1)]
    for pattern in patterns:
        open_sessions(pattern, until=world.today + timedelta(days=DAYS_AHEAD), by=world.admin)
        _held(world, pattern, DAYS_AHEAD)
    _daily(world)
    _book_coming(world)


def _walk_in(world):
    for order, (slug, name, category, icon, summary, codes) in enumerate(WALK_IN, 1):
        service = Service.objects.create(
            slug=slug, name=name, category=category, icon=icon, summary=summary, order=order * 10
        )
        service.stations.set([world.stations[code] for code in codes])


def _bookable(
    world, order, slug, name, category, icon, summary, description, bring, partner, host, weekday, starts, ends, places
):
    service = Service.objects.create(
        slug=slug,
        name=name,
        category=category,
        icon=icon,
        summary=summary,
        description=description,
        bring=bring,
        provider=world.partners.get(partner),
        needs_booking=True,
        order=order,
    )
    station = world.stations[STATIONS_OF.get(slug, "lanyuan")]
    service.stations.set([station])
    return SessionPattern.objects.create(
        service=service, station=station, weekday=weekday, starts=starts, ends=ends, host=host, places=places
    )


def _daily(world):
    service = Service.objects.create(
        slug="check-up",
        name="血压血糖义诊",
        category=Service.Category.HEALTH,
        icon="heart",
        summary="坐下量一量，三分钟出结果，饮食用药随口问。",
        description="跑单久坐、吃饭不定时，血压血糖最容易悄悄高。量完当场告诉您要不要紧，要不要去医院。",
        bring="平时吃的药，拍张照也行",
        provider=world.partners["charity"],
        needs_booking=True,
        order=len(BOOKABLE) + 1,
    )
    for code, weekdays, starts, ends, host, places in DAILY:
        station = world.stations[code]
        service.stations.add(station)
        for weekday in weekdays:
            pattern = SessionPattern.objects.create(
                service=service, station=station, weekday=weekday, starts=starts, ends=ends, host=host, places=places
            )
            open_sessions(pattern, until=world.today + timedelta(days=DAYS_AHEAD), by=world.admin)
            _held(world, pattern, DAYS_BEHIND_DAILY)


def _held(world, pattern, days_behind):
    """Sessions that are over or have begun, most who booked having come."""
    first = world.today - timedelta(days=days_behind)
    idle = dates_without_events(pattern.station, first, world.today)
    for day in weekly(pattern.weekday, first, world.today, skip=idle):
        starts_at, ends_at = stretch_on(day, pattern.starts, pattern.ends)
        if starts_at > timezone.now():
            continue
        session = Session.objects.create(
            service=pattern.service,
            station=pattern.station,
            pattern=pattern,
            starts_at=starts_at,
            ends_at=ends_at,
            host=pattern.host,
            places=pattern.places,
        )
        for number, rider in enumerate(world.random.sample(world.riders, k=world.random.randint(2, 4))):
            _book(world, session, rider, Booking.State.NO_SHOW if number == 3 else Booking.State.ATTENDED)


def _book_coming(world):
    """The first session of social insurance is full; the others have a few places gone."""
    full = Session.objects.filter(service__slug="social-insurance").bookable(world.at(0, 23, 59)).first()
    if full:
        for rider in world.riders[: full.places]:
            _book(world, full, rider)
    legal = Session.objects.filter(service__slug="legal-aid").bookable(world.at(0, 23, 59)).first()
    if legal:
        _book(world, legal, world.riders[0], note="送餐时被小车擦了，对方不认，怎么办？")
        _book(world, legal, world.riders[4])
    for session in Session.objects.filter(service__slug="training").bookable(world.at(0, 23, 59)):
        for rider in world.random.sample(world.riders[1:], k=3):
            _book(world, session, rider)


def _book(world, session, rider, state=Booking.State.BOOKED, note=""):
    Booking.objects.create(
        session=session,
        user=rider,
        code=new_code(session, pick=world.random.choice),
        note=note,
        state=state,
        booked_at=session.starts_at - timedelta(days=world.random.randint(1, 3), minutes=world.random.randint(1, 300))
        if state != Booking.State.BOOKED
        else world.at(-1, 20, world.random.randint(0, 59)),
    )
    session.taken += 1
    session.save(update_fields=["taken"])
