"""What the station offers, when, and who has a place."""

from services.bookings.models.bookings import Booking
from services.bookings.models.catalogue import Service
from services.bookings.models.sessions import Session, SessionPattern

__all__ = ["Booking", "Service", "Session", "SessionPattern"]
