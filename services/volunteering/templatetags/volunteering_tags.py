"""What lower pages show of this app."""

from django import template
from django.db.models import Prefetch
from django.utils.translation import pgettext

from services.volunteering.models import Shift, SignUp

register = template.Library()

SHIFTS_AT_STATION = 4
SIGN_UPS_OF_MINE = 3


@register.inclusion_tag("volunteering/station_shifts.html")
def station_shifts(station):
    """Who is on duty at `station` now, and the next shifts; nothing if there are none. Two queries.

    Volunteers appear as surname and 师傅; only their names are read.
    """
    on_duty = SignUp.objects.holding().exclude(state=SignUp.State.NO_SHOW).select_related("user")
    people = Prefetch("sign_ups", on_duty.only("shift_id", "state", "user__name"), to_attr="on_duty")
    coming = Shift.objects.published().upcoming().at(station).prefetch_related(people)
    return {"rows": [(shift, _when_and_who(shift)) for shift in coming[:SHIFTS_AT_STATION]]}


def _when_and_who(shift):
    names = pgettext("between names", "、").join(sign_up.user.public_name for sign_up in shift.on_duty)
    return f"{shift.when} · {names}" if names else shift.when


@register.inclusion_tag("volunteering/my_sign_ups.html")
def my_sign_ups(user):
    """The next shifts of `user`, as a section with its own heading. One query."""
    return {"sign_ups": list(SignUp.objects.of(user).upcoming().with_shift()[:SIGN_UPS_OF_MINE])}
