"""What riders said in the demo: three answered, one wish come true, one that waits."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from station.models import Occupation, Voice
from station.operations.strangers import device_mark
from station.operations.voices import answer_voice, grant_voice, say_voice

FEEDBACK, WISH = Voice.Kind.FEEDBACK, Voice.Kind.WISH

VOICES = [  # station, kind, occupation, words, days ago, answer, hours after
    (
        "lanyuan",
        FEEDBACK,
        Occupation.COURIER,
        "中午十二点到两点半关门，正好是我们吃饭的时候，能不能错开？",
        19,
        "和银行商量了，中午大厅要关门，暂时改不了。晓塘路小站中午开着，先去那边吃。",
        26,
    ),
    (
        "lanyuan",
        WISH,
        Occupation.FOOD_RIDER,
        "想要一个大点的打气筒，现在这个打电动车胎太费劲。",
        12,
        "新打气筒到了，在门口工具架上，脚踩的，一分钟打满。",
        50,
    ),
    (
        "xiaguang",
        FEEDBACK,
        Occupation.RIDE_HAILING,
        "夜里两点来过，灯亮着，有热水，真好。谢谢你们。",
        8,
        "您平安就好。灯一直亮着，随时来。",
        9,
    ),
    (
        "lanyuan",
        FEEDBACK,
        Occupation.SANITATION,
        "饮水机旁边地滑，能不能放块垫子？",
        4,
        "谢谢提醒，防滑垫铺好了，拖把也放在旁边。",
        5,
    ),
    (
        "lanyuan",
        WISH,
        Occupation.FOOD_RIDER,
        "孩子放寒假一个人在家，驿站能不能让他来写作业？",
        1,
        "",
        0,
    ),
]


def add_voices(world):
    now = timezone.now()
    for number, (code, kind, occupation, text, days, reply, hours) in enumerate(VOICES, 1):
        station = world.stations[code]
        said = Voice(
            uid=UUID(int=number),
            community=world.community,
            station=station,
            kind=kind,
            occupation=occupation,
            text=text,
            contact="13800000009" if not reply else "",
        )
        device = device_mark("voice", "", f"demo {number}")
        voice, _is_new = say_voice(
            said, device=device, address=f"192.0.2.{number}", user=world.riders[0] if number in (2, 5) else None
        )
        moments = {"said_at": now - timedelta(days=days, hours=2)}
        if reply:
            step = grant_voice if kind == WISH else answer_voice
            step(voice, reply=reply, by=world.staff["zhanzhang"] if code == "lanyuan" else world.admin)
            moments["replied_at"] = moments["said_at"] + timedelta(hours=hours)
        Voice.objects.filter(pk=voice.pk).update(**moments)
