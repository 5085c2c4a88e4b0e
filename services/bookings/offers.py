"""What one station offers, for its page: its services and its next sessions, in one query."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import BigAutoField, Case, DateTimeField, Value, When
from django.db.models.functions import Cast

from services.bookings.models import Service, Session
from station.lib.questions import Given, Question
from station.models import Station

SESSIONS_SHOWN = 3
SERVICE, SESSION = "service", "session"


@dataclass(frozen=True)
class Offers:
    """Rows to be shown, each kind in its order; what a page does not need of them was not read."""

    bookable: list[Service] = field(default_factory=list)
    walk_in: list[Service] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)


def offers_at(station: Station, now: datetime) -> Offers:
    """The services `station` offers, and the next sessions that can still be booked or just filled up."""
    services, sessions = [], []
    for kind, pk, slug, name, icon, summary, number, more, starts_at, ends_at in _QUESTION.ask(
        station=station.pk, now=now
    ):
        if kind == SERVICE:
            service = Service(pk=pk, slug=slug, name=name, icon=icon, summary=summary, needs_booking=bool(more))
            services.append((number, slug, service))
        else:
            times = {"starts_at": starts_at, "ends_at": ends_at}
            session = Session(pk=pk, service=Service(slug=slug, name=name), taken=number, places=more, **times)
            sessions.append((starts_at, pk, session))
    found = Offers(sessions=[row for _first, _second, row in sorted(sessions, key=_order)])
    for service in (row for _first, _second, row in sorted(services, key=_order)):
        (found.bookable if service.needs_booking else found.walk_in).append(service)
    return found


def _order(row):
    return row[:2]


def _rows():
    """Tuples of ten. Numbers: of a service its order and whether it needs a booking, of a session taken and places."""
    station = Given("station", BigAutoField())
    services = (
        Service.objects.offered()
        .at(station)
        .order_by()
        .values_list(
            Value(SERVICE),
            "pk",
            "slug",
            "name",
            "icon",
            "summary",
            "order",
            Case(When(needs_booking=True, then=Value(1)), default=Value(0)),
            Cast(Value(None), DateTimeField()),
            Cast(Value(None), DateTimeField()),
        )
    )
    coming = Session.objects.published().bookable(Given("now", DateTimeField())).at(station).order_by("starts_at", "pk")
    # Which ones is asked inside: SQLite takes no limit within one part of a UNION.
    sessions = (
        Session.objects.filter(pk__in=coming.values("pk")[:SESSIONS_SHOWN])
        .order_by()
        .values_list(
            Value(SESSION),
            "pk",
            "service__slug",
            "service__name",
            Value(""),
            Value(""),
            "taken",
            "places",
            "starts_at",
            "ends_at",
        )
    )
    return services.union(sessions, all=True)


_QUESTION = Question(_rows)
