"""What is wrong at a station, in the words of the pages; and for staff, how long it waits."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from station.counted import counted
from station.fault_figures import fault_figures
from station.figures import countable, may_count
from station.models import Fault, Voice
from station.templatetags.station_tags import ago

register = template.Library()

ONE_HOUR = timedelta(hours=1)

TONES = {
    Fault.State.REPORTED: "warn",
    Fault.State.CONFIRMED: "bad",
    Fault.State.FIXED: "good",
    Fault.State.DISMISSED: "",
    Voice.State.NEW: "note",
    Voice.State.ANSWERED: "good",
    Voice.State.GRANTED: "good",
    Voice.State.HIDDEN: "",
}


@register.filter
def fault_text(fault):
    """有人反映门锁着 · 5 分钟前, of a station.remarks.OpenFault. Past midnight two hours are still two hours."""
    age = timezone.now() - fault.at
    hours = _("%(hours)s 小时前") % {"hours": age // ONE_HOUR}
    when = hours if ONE_HOUR <= age < 12 * ONE_HOUR else ago(fault.at)
    return f"{fault.words} · {when}"


@register.filter
def state_tone(row):
    """The tone of components/pill.html in which the state of a fault or a voice is said."""
    return TONES[row.state]


@register.simple_tag
def station_faults(user):
    """The station.fault_figures.FaultFigures of his places; None where he may not count them."""
    if not may_count(user, "station.view_fault"):
        return None
    faults = countable(Fault.objects.all(), user, "station.view_fault")
    return counted(user, "station faults", lambda: fault_figures(faults, timezone.now())).value


@register.simple_tag
def waiting_voices(user):
    """How many voices wait for an answer in his places; None where he may not count them."""
    if not may_count(user, "station.view_voice"):
        return None
    voices = countable(Voice.objects.waiting(), user, "station.view_voice")
    return counted(user, "waiting voices", voices.count).value
