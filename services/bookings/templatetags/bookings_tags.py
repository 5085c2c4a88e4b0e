"""What lower pages show of this app."""

from django import template
from django.utils import timezone

from services.bookings.models import Booking
from services.bookings.offers import offers_at

register = template.Library()

BOOKINGS_OF_MINE = 3


@register.simple_tag
def station_offers(station):
    """What `station` offers, an Offers: to be shown by bookings/station_sessions.html and station_services.html."""
    return offers_at(station, timezone.now())


@register.inclusion_tag("bookings/station_guests.html")
def station_guests(station):
    """A line that leads to today's guests of `station`: how many booked, how many have come. One query."""
    states = list(Booking.objects.expected(station).values_list("state", flat=True))
    return {"station": station, "expected": len(states), "came": states.count(Booking.State.ATTENDED)}


@register.inclusion_tag("bookings/my_bookings.html")
def my_bookings(user):
    """The next places of `user`, with their codes, as a section with its own heading. One query."""
    return {"bookings": list(Booking.objects.of(user).upcoming().with_session()[:BOOKINGS_OF_MINE])}
