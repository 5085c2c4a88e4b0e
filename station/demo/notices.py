"""The demo's letter and notices."""

from station.models import Notice

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
        "岚园驿站备好了热姜茶，**不收钱，自带杯子，免费续**。\n\n"
        "- 工作日：15:00–17:00\n- 周六：9:00–12:00\n- 下雪天：全天都有\n\n"
        "门口海报在附件里，店家愿意贴一张的，打印出来就行。",
        True,
        2,
    ),
    (
        Notice.Kind.POLICY,
        "骑手也能参加工伤保障：三句话说清楚",
        "## 谁能参加\n\n在平台接单的骑手都可以，**平台出钱，您不用掏**。\n\n"
        "## 怎么算工伤\n\n送单路上受的伤都算，先保留好订单截图。\n\n"
        "## 找谁办\n\n周三下午来驿站，社保顾问一对一帮您看。[看看哪天有空位](/services/)",
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


def add_notices(world):
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
