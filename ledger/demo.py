"""The demo's ledger: 3 enterprises, 36 workers (and one who left), 3 mobile party members, a survey half done.

Nobody here exists. Enterprises, party members, self-registrations and the checks of the survey go through the
operations; the workers come in one bulk, as from a list, for the demo has to load in seconds.
"""

from datetime import timedelta

from simple_history.utils import bulk_create_with_history

from ledger.demo_past import give_past
from ledger.models import ContactNote, Enterprise, LetterHandout, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations.contacts import note_contact, report_in
from ledger.operations.enterprises import register_enterprise
from ledger.operations.entries import SERIES
from ledger.operations.joins import join_ledger
from ledger.operations.members import register_member
from ledger.operations.surveys import check_entry, open_round, record_letters
from station.models import Consent, Occupation
from station.operations import audit
from station.operations.numbers import next_number
from station.privacy import PRIVACY_TEXT_VERSION

ENTERPRISES = [
    {
        "name": "湘潭暖风即时配送有限公司建设路站",
        "credit_code": "91430304MADEM0001H",
        "kind": Enterprise.Kind.FOOD_DELIVERY,
        "address": "建设北路102号临街一楼",
        "contact_name": "郭振华",
        "worker_count": 46,
        "member_count": 3,
        "party_organisation": Enterprise.PartyOrganisation.OWN,
        "light": Enterprise.Light.GREEN,
        "condition": Enterprise.Condition.GOOD,
        "has_union": True,
    },
    {
        "name": "岳塘区晓塘快递服务部",
        "credit_code": "92430304MADEM0002H",
        "kind": Enterprise.Kind.EXPRESS,
        "address": "晓塘路27号",
        "contact_name": "易小莲",
        "worker_count": 12,
        "member_count": 1,
        "party_organisation": Enterprise.PartyOrganisation.INSTRUCTOR,
        "instructor": "贺建军",
        "light": Enterprise.Light.YELLOW,
    },
    {
        "name": "湘潭霞光网约车服务有限公司",
        "credit_code": "91430304MADEM0003P",
        "kind": Enterprise.Kind.RIDE_HAILING,
        "address": "霞光路9号二楼",
        "contact_name": "欧阳志刚",
        "worker_count": 30,
        "member_count": 0,
        "party_organisation": Enterprise.PartyOrganisation.NONE,
        "no_party_reason": "人员流动大，党员不足三名",
        "light": Enterprise.Light.RED,
        "condition": Enterprise.Condition.HARD,
    },
]

NAMES = [
    "刘洋", "欧阳慧", "王𫖯", "李䶮", "陈𬱟", "㛃琳", "买买提·艾力", "张建国", "罗小芳", "胡志强", "曹丽娟", "钟伟",
    "蒋勇", "易建平", "龙海波", "彭雪梅", "邹国庆", "贺文斌", "吴桂英", "文静", "谭浩", "周立新", "黄金花", "杨柳",
    "赵铁军", "朱红霞", "郑凯", "冯秋生", "袁媛", "邓小兵", "许春兰", "何平", "沈志明", "宋玉珍", "阳光", "古月华",
    "丁一鸣",
]  # fmt: skip

WORK = [  # occupation, how many, platform, sites, employer (position in ENTERPRISES)
    (Occupation.FOOD_RIDER, 13, "暖风外卖", ["建设路站", "商贸城站"], 0),
    (Occupation.COURIER, 9, "晓塘快递", ["晓塘路网点", "霞光路网点"], 1),
    (Occupation.RIDE_HAILING, 5, "霞光出行", [""], 2),
    (Occupation.SANITATION, 5, "", ["建设北路清扫段", "芙蓉路清扫段"], None),
    (Occupation.TRUCK_DRIVER, 2, "", ["商贸城停车场"], None),
    (Occupation.STREAMER, 3, "", ["商贸城三楼"], None),
]

NEEDS = ["", "", "", "", "孩子上幼儿园", "想租便宜点的房子", "工伤怎么赔", "想考电工证", "电动车充电", "家里老人看病"]

MEMBERS = [  # position in NAMES, direction, home branch, contact, state of the card
    (7, PartyMember.Direction.IN, "衡阳县金兰镇中心村支部", "肖书记", True),
    (13, PartyMember.Direction.IN, "娄底市涟源市桥头河镇社区支部", "梁书记", True),
    (20, PartyMember.Direction.OUT, "建设路社区第二支部", "周敏", False),
]

CONTACTS = [  # position in MEMBERS, days ago, way, reached, what he said
    (0, 33, ContactNote.Way.PHONE, True, "在跑外卖，孩子明年上小学，想问学位怎么申请。"),
    (1, 9, ContactNote.Way.PHONE, False, ""),
    (1, 6, ContactNote.Way.WECHAT, False, ""),
    (1, 3, ContactNote.Way.PHONE, False, "手机关机，微信没回。"),
    (2, 20, ContactNote.Way.VISIT, True, "在长沙跑货运，月底回来，愿意参加支部活动。"),
]

CHECKLIST = [  # what the grid worker asks at the door
    "还在这里跑单、送件、上班吗？",
    "电话换了没有？换了就当场改",
    "平台、站点有变化吗？",
    "近来有什么难处？租房、孩子上学、工伤、看病",
    "知道驿站在哪儿吗？信带到没有？",
]

PENDING = [  # name, occupation, platform, grid, phone
    ("向南", Occupation.FOOD_RIDER, "暖风外卖", 0, "13900000901"),
    ("岳小满", Occupation.COURIER, "", None, "13900000902"),
    # She has been in the ledger for months under number 16; the new SIM card ends in the same four digits.
    ("彭雪梅", Occupation.COURIER, "晓塘快递", None, "13800000015"),
]


def load(world):
    """Fill the ledger of the demo community."""
    enterprises = _enterprises(world)
    workers = _workers(world, enterprises)
    _members(world, workers)
    give_past(world, enterprises, workers)
    _survey(world)
    for number, (name, occupation, platform, grid, phone) in enumerate(PENDING, 1):
        worker = Worker(
            community=world.community,
            grid=world.grids[grid] if grid is not None else None,
            name=name,
            phone=phone,
            occupation=occupation,
            platform=platform,
        )
        join_ledger(worker, address=f"192.0.2.{number}")


def _enterprises(world):
    return [
        register_enterprise(
            Enterprise(
                community=world.community,
                grid=world.grids[number - 1],
                contact_phone=f"1390000{number + 800:04d}",
                **values,
            ),
            by=world.admin,
            reason="首次摸排登记",
        )
        for number, values in enumerate(ENTERPRISES, 1)
    ]


def _workers(world, enterprises):
    """In one bulk: 37 times the checks, the history and the audit would take longer than the rest of the demo."""
    jobs = [job for job in WORK for _person in range(job[1])]
    first = next_number(f"{world.community.prefix}-{SERIES['worker']}", count=len(NAMES))
    workers = []
    for position, (name, (occupation, _count, platform, sites, employer)) in enumerate(zip(NAMES, jobs, strict=True)):
        registered = world.at(position * position // 6 - 240, 10)
        worker = Worker(
            number=f"{world.community.prefix}-{SERIES['worker']}{first + position:04d}",
            community=world.community,
            grid=world.grids[position % len(world.grids)],
            name=name,
            sex=world.random.choice(Worker.Sex.values),
            phone=world.riders[0].phone if position == 0 else f"1390000{position:04d}",
            user=world.riders[0] if position == 0 else None,
            occupation=occupation,
            platform=platform,
            site=world.random.choice(sites),
            employer=enterprises[employer] if employer is not None else None,
            needs=world.random.choice(NEEDS),
            source=world.random.choice([Channel.DOOR, Channel.DOOR, Channel.WECHAT, Channel.PLATFORM]),
            last_confirmed_on=max(
                world.today - timedelta(days=world.random.choice([20, 45, 60, 75, 110, 140])), registered.date()
            ),
            created_at=registered,
        )
        worker.full_clean(exclude=["community", "grid", "employer", "user"], validate_constraints=False)
        workers.append(worker)
    workers = bulk_create_with_history(workers, Worker, default_user=world.admin, default_change_reason="首次摸排登记")
    Consent.objects.bulk_create(
        Consent(
            person_uid=worker.uid,
            purpose=Consent.Purpose.REGISTER,
            text_version=PRIVACY_TEXT_VERSION,
            channel=Consent.Channel.DOOR,
            given_at=worker.created_at,
            recorded_by=world.admin,
        )
        for worker in workers
    )
    audit.record("register workers", world.community, by=world.admin, community=world.community, rows=len(workers))
    return workers


def _members(world, workers):
    members = []
    for position, (who, direction, branch, contact, has_card) in enumerate(MEMBERS):
        member = register_member(
            PartyMember(
                worker=workers[who],
                direction=direction,
                home_branch=branch,
                home_contact=contact,
                home_phone=f"1390000{position + 701:04d}",
                receiving_branch="建设路社区第一支部" if direction == PartyMember.Direction.IN else "",
                has_activity_card=has_card,
                card_number=f"演示{position + 1:04d}" if has_card else "",
                away_reason="进城务工" if direction == PartyMember.Direction.IN else "外出跑货运",
            ),
            by=world.admin,
            reason="摸排时登记",
            consents=[Consent.Purpose.AFFILIATION],
        )
        came_on = world.today - timedelta(days=40 - position * 9)
        station = world.stations["lanyuan"]
        members.append(report_in(member, station=station, by=world.admin, on=came_on, note="来驿站报到，留了电话。"))
    for position, days, way, reached, note in CONTACTS:
        note_contact(
            members[position],
            by=world.admin,
            way=way,
            reached=reached,
            note=note,
            on=world.today - timedelta(days=days),
        )


def _survey(world):
    """A round that began nine days ago and is half done: grid by grid, a little less each."""
    survey = open_round(
        SurveyRound(
            community=world.community,
            title=f"{world.today:%Y}年{(world.today.month - 1) // 3 + 1}季度摸排",
            starts_on=world.today - timedelta(days=9),
            ends_on=world.today + timedelta(days=12),
            checklist="\n".join(CHECKLIST),
        ),
        by=world.admin,
    )
    walkers = [world.staff["wangge1"], world.staff["wangge2"], world.admin, world.admin]
    for grid, walker, share in zip(world.grids, walkers, (0.8, 0.6, 0.4, 0.2), strict=True):
        entries = list(survey.entries.filter(grid=grid).order_by("pk"))
        for position, entry in enumerate(entries[: round(len(entries) * share)]):
            channel = Channel.WECHAT if position % 3 == 2 else Channel.DOOR
            check_entry(entry, SurveyEntry.Result.CONFIRMED, by=walker, channel=channel)
        for channel, days, letters in ((Channel.DOOR, -8, 12), (Channel.WECHAT, -5, 20)):
            handout = LetterHandout(
                round=survey, grid=grid, channel=channel, on=world.today + timedelta(days=days), letters=letters
            )
            record_letters(handout, by=walker)
    left = survey.entries.to_check().filter(worker__isnull=False).order_by("-pk").first()
    check_entry(left, SurveyEntry.Result.LEFT, by=world.admin, channel=Channel.DOOR, note="换到长沙跑单了")
