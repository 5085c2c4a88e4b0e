"""What lower pages show of this app."""

from django import template

from services.bookings.models import Booking, Service, Session

register = template.Library()

SESSIONS_AT_STATION = 6
BOOKINGS_OF_MINE = 3


@register.inclusion_tag("bookings/station_services.html")
def station_services(station):
    """What `station` offers: bookable services as a list, the others as chips; nothing if there are none. One query."""
    services = list(Service.objects.offered().at(station))
    return {
        "bookable": [service for service in services if service.needs_booking],
        "walk_in": [service for service in services if not service.needs_booking],
    }


@register.inclusion_tag("bookings/station_sessions.html")
def station_sessions(station):
    """The next sessions at `station` that can still be booked or just filled up; nothing if none. One query."""
    coming = Session.objects.published().bookable().at(station).select_related("service")
    return {"sessions": list(coming[:SESSIONS_AT_STATION])}


@register.inclusion_tag("bookings/station_guests.html")
def station_guests(station):
    """A line that leads to today's guests of `station`: how many booked, how many have come. One query."""
    states = list(Booking.objects.expected(station).values_list("state", flat=True))
    return {"station": station, "expected": len(states), "came": states.count(Booking.State.ATTENDED)}


@register.inclusion_tag("bookings/my_bookings.html")
def my_bookings(user):
    """The next places of `user`, with their codes, as a section with its own heading. One query."""
    return {"bookings": list(Booking.objects.of(user).upcoming().with_session()[:BOOKINGS_OF_MINE])}
