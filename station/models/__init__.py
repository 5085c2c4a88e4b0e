"""The base app's tables, one noun a file."""

from station.models.amenities import Amenity, AmenityKind
from station.models.audit import AuditEvent, AuditHead
from station.models.hours import PublicHoliday, SpecialDay, WeeklyHours, dates_without_events
from station.models.messages import OutboxMessage, SignInCode
from station.models.notices import Notice
from station.models.numbers import NumberSeries
from station.models.occupations import Occupation
from station.models.people import Consent, Duty, User
from station.models.places import Community, Grid, Partner, Station, Street
from station.models.visits import Visit, VisitMark

__all__ = [
    "Amenity",
    "AmenityKind",
    "AuditEvent",
    "AuditHead",
    "Community",
    "Consent",
    "Duty",
    "Grid",
    "Notice",
    "NumberSeries",
    "Occupation",
    "OutboxMessage",
    "Partner",
    "PublicHoliday",
    "SignInCode",
    "SpecialDay",
    "Station",
    "Street",
    "User",
    "Visit",
    "VisitMark",
    "WeeklyHours",
    "dates_without_events",
]
