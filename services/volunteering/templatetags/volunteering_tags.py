"""What lower pages show of this app."""

from django import template
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import pgettext

from services.volunteering.models import Shift, SignUp
from station.models import User

register = template.Library()

SHIFTS_AT_STATION = 4
SIGN_UPS_OF_MINE = 3


@register.inclusion_tag("volunteering/station_shifts.html")
def station_shifts(station):
    """Who is on duty at `station` now, and the next shifts; nothing if there are none. One query.

    Volunteers appear as surname and 师傅; only their names are read.
    """
    coming = Shift.objects.published().upcoming().at(station).order_by("starts_at", "pk")
    here = ~Q(sign_ups__state__in=[SignUp.State.WITHDRAWN, SignUp.State.NO_SHOW])
    rows = Shift.objects.filter(pk__in=coming.values("pk")[:SHIFTS_AT_STATION])
    rows = rows.annotate(
        held=FilteredRelation("sign_ups", condition=here), sign_up=F("held"), name=F("held__user__name")
    )
    shifts, people = {}, {}
    for shift in rows.order_by("starts_at", "pk", "held__signed_up_at", "held"):
        shifts.setdefault(shift.pk, shift)
        if shift.sign_up is not None:
            people.setdefault(shift.pk, []).append(User(name=shift.name).public_name)
    described = [(shift, _when_and_who(shift, people.get(shift.pk, ()))) for shift in shifts.values()]
    now_on = [(shift, who) for shift, who in described if shift.is_on]
    return {"now_on": now_on, "coming": [(shift, who) for shift, who in described if not shift.is_on]}


def _when_and_who(shift, people):
    names = pgettext("between names", "、").join(people)
    return f"{shift.when} · {names}" if names else shift.when


@register.inclusion_tag("volunteering/my_sign_ups.html")
def my_sign_ups(user):
    """The next shifts of `user`, as a section with its own heading. One query."""
    return {"sign_ups": list(SignUp.objects.of(user).upcoming().with_shift()[:SIGN_UPS_OF_MINE])}
