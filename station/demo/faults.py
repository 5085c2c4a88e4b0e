"""What was wrong at the demo's stations: one of every state, made by the operations and dated back."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from station.models import Fault
from station.operations.faults import confirm_fault, dismiss_fault, fix_fault, report_fault
from station.operations.strangers import device_mark


@dataclass(frozen=True)
class Story:
    """One fault: where, what, in the words of how many, how long ago, and how it went on after how long."""

    station: str
    kind: Fault.Kind
    amenity: str
    texts: tuple[str, ...]
    ago: timedelta
    step: object = None
    answer: str = ""
    after: timedelta = timedelta()


STORIES = [
    Story(
        "lanyuan",
        Fault.Kind.BROKEN,
        "charging",
        ("插上没反应，三个口都试了",),
        timedelta(days=6, hours=3),
        fix_fault,
        "换了新的充电头，三个口都能用了。",
        timedelta(hours=4, minutes=40),
    ),
    Story(
        "lanyuan",
        Fault.Kind.LOCKED,
        "",
        ("",),
        timedelta(days=3, hours=2),
        dismiss_fault,
        "我一直在里面，银行大厅左手边那扇门推一下就开。",
        timedelta(minutes=25),
    ),
    Story(
        "xiaotang",
        Fault.Kind.BROKEN,
        "microwave",
        ("按了不转", "里面的灯也不亮"),
        timedelta(days=1, hours=1),
        confirm_fault,
        "已报修，等师傅来换零件。",
        timedelta(hours=1, minutes=10),
    ),
    Story("xiaguang", Fault.Kind.EMPTY, "water", ("桶空了", ""), timedelta(hours=2)),
]


def add_faults(world):
    """Reported, confirmed with the keeper's word, fixed last week, dismissed with a reason."""
    now = timezone.now()
    for number, story in enumerate(STORIES):
        station = world.stations[story.station]
        amenity = station.amenities.filter(kind__code=story.amenity).first()
        for voice, text in enumerate(story.texts):
            fault, _is_new = report_fault(
                station,
                story.kind,
                amenity=amenity,
                text=text,
                device=device_mark("fault", station.pk, f"demo {number} {voice}"),
                address=f"192.0.2.{10 * number + voice}",  # a network that is nobody's (RFC 5737)
                now=now - story.ago + timedelta(minutes=10 * voice),
            )
        if story.step is not None:
            story.step(fault, by=_in_charge(world, story.station), answer=story.answer)
            _date_back(fault, now - story.ago + story.after)


def _in_charge(world, code):
    """The keeper of his station, the community of the others."""
    return world.staff["zhanzhang"] if code == "lanyuan" else world.admin


def _date_back(fault, at):
    """Give the step its hour in the past; the audit keeps telling when it was loaded."""
    fault = Fault.objects.get(pk=fault.pk)
    moments = {"ended_at": at} if fault.ended_at else {"confirmed_at": at, "said_at": at}
    Fault.objects.filter(pk=fault.pk).update(**moments)
    if fault.amenity:
        type(fault.amenity).objects.filter(pk=fault.amenity_id).update(checked_at=at)
