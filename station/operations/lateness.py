"""Stations that should be open by now and have not said so: noticed, written down and told once.

The rule, here and nowhere else. Late is the first posted opening of a local date at a station that has a keeper (a
duty in force of somebody who can sign in) when settings.LATE_OPENING_AFTER has passed and no "open" was said since
WORD_HOLDS before it. What is posted is decided by `station.lib.hours`: weeks, holidays, make-up days, special days and
suspensions count, and what is open day and night has no opening. Whoever runs this every few minutes misses nothing; a
pause of the timer is made good for LOOK_BACK.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib import notify
from station.lib.hours import WORD_HOLDS, first_opening
from station.models import DoorReport, Duty, LateOpening, SpecialDay, Station, WeeklyHours
from station.operations import audit
from station.roles import Role
from station.schedules import schedules_of

LOOK_BACK = timedelta(hours=2)
CHUNK = 500  # stations looked at together
MOST_NAMED = 5  # a text message is short


@dataclass(frozen=True)
class Overdue:
    """One station and the opening it has not spoken of."""

    station: Station
    posted_at: datetime

    @property
    def key(self):
        return self.station.pk, self.posted_at

    def __str__(self):
        return _("%(station)s（%(time)s）") % {
            "station": self.station.name,
            "time": f"{timezone.localtime(self.posted_at):%H:%M}",
        }


def notice_late_openings(now=None) -> Counter:
    """Write down every late opening that is not yet, tell keepers and administrators. Counts: late, told, no phone.

    Queries grow with the stations that open within LOOK_BACK, by CHUNK, and with those that are late.
    """
    now = now or timezone.now()
    done, last = Counter(), 0
    stations = _due(now)
    while chunk := list(stations.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        overdue = _silent(_openings(chunk, now))
        if overdue:
            done += _write_down(overdue, now)
    return done


def _window(now):
    """The local moments between which a posted opening is late at `now`."""
    until = timezone.localtime(now) - settings.LATE_OPENING_AFTER
    return until - LOOK_BACK, until


def _due(now):
    """Stations with a keeper and with an opening of any day at the right hours of the clock: few more than are late."""
    since, until = _window(now)
    if since.date() == until.date():
        on_the_clock = Q(opens__gte=since.time(), opens__lte=until.time())
    else:
        on_the_clock = Q(opens__gte=since.time()) | Q(opens__lte=until.time())
    weekly = WeeklyHours.objects.filter(on_the_clock, station=OuterRef("pk"))
    special = SpecialDay.objects.filter(on_the_clock, station=OuterRef("pk"), date__in=[since.date(), until.date()])
    keepers = _on_duty(Role.STATION_KEEPER).filter(station=OuterRef("pk"))
    kept = Station.objects.listed().filter(Exists(weekly) | Exists(special), Exists(keepers))
    return kept.select_related("community")


def _on_duty(role):
    return Duty.objects.current().filter(role=role, user__is_active=True, user__is_staff=True)


def _openings(stations, now):
    """The first openings of the day that should have been spoken of by now. One query."""
    since, until = _window(now)
    schedules = schedules_of(stations, now)
    days = sorted({since.date(), until.date()})
    for station in stations:
        for day in days:
            posted_at = first_opening(schedules[station.pk], day)
            if posted_at and since <= posted_at <= until:
                yield Overdue(station, posted_at)


def _silent(openings):
    """Without those written down before, and those of which the keeper has spoken. Two queries."""
    openings = list(openings)
    if not openings:
        return []
    of_these = {"station__in": [one.station.pk for one in openings]}
    earliest = min(one.posted_at for one in openings)
    known = set(LateOpening.objects.filter(**of_these, posted_at__gte=earliest).values_list("station_id", "posted_at"))
    said = DoorReport.objects.filter(**of_these, said=DoorReport.Said.OPEN, at__gte=earliest - WORD_HOLDS)
    opened = dict(said.order_by().values_list("station").annotate(Max("at")))
    return [
        one
        for one in openings
        if one.key not in known
        and not (one.station.pk in opened and opened[one.station.pk] >= one.posted_at - WORD_HOLDS)
    ]


@transaction.atomic
def _write_down(overdue, now):
    """Of two commands at once, or a keeper who taps at this moment, the second waits and then finds it done."""
    stations = Station.objects.filter(pk__in=[one.station.pk for one in overdue]).order_by("pk")
    list(stations.select_for_update(no_key=True))
    overdue = _silent(overdue)
    LateOpening.objects.bulk_create(
        LateOpening(station=one.station, posted_at=one.posted_at, noticed_at=now) for one in overdue
    )
    done = Counter({"late": len(overdue)})
    for user, kind, places in _whom_to_tell(overdue):
        message = notify.Message(kind, to_phone=user.phone, to_user_uid=user.uid, context=_context(places))
        transaction.on_commit(partial(notify.send, message))
        done["told"] += 1
        done["without a phone"] += not user.phone
    by_community = Counter(one.station.community_id for one in overdue)
    communities = {one.station.community_id: one.station.community for one in overdue}
    for pk, number in sorted(by_community.items()):
        audit.record("notice late openings", by=None, community=communities[pk], stations=number)
    return done


def _whom_to_tell(overdue):
    """``(user, kind of message, his late openings)``, each person once: keepers first of all, else administrators."""
    by_station = {one.station.pk: one for one in overdue}
    by_community = defaultdict(list)
    for one in overdue:
        by_community[one.station.community_id].append(one)
    keepers = _on_duty(Role.STATION_KEEPER).filter(station__in=by_station).select_related("user")
    admins = _on_duty(Role.COMMUNITY_ADMIN).filter(community__in=by_community).select_related("user")
    people = {}
    for duty in keepers.order_by("pk"):
        people.setdefault(duty.user_id, (duty.user, "late_opening_keeper", []))[2].append(by_station[duty.station_id])
    for duty in admins.order_by("pk"):
        places = people.setdefault(duty.user_id, (duty.user, "late_opening_community", []))[2]
        places += [one for one in by_community[duty.community_id] if one not in places]
    return people.values()


def _context(places):
    names = "、".join(str(one) for one in places[:MOST_NAMED])
    if len(places) > MOST_NAMED:
        names = _("%(names)s等 %(n)d 个驿站") % {"names": names, "n": len(places)}
    return {"names": names, "url": f"{settings.PUBLIC_URL}{reverse('counter')}"}
