"""The base app's tables, one noun a file."""

from station.models.amenities import Amenity, AmenityKind
from station.models.audit import AuditEvent, AuditHead
from station.models.faults import Fault, FaultPhoto, FaultVoice
from station.models.hours import PublicHoliday, SpecialDay, WeeklyHours, dates_without_events
from station.models.messages import OutboxMessage, SignInCode
from station.models.notices import Notice, NoticeAttachment
from station.models.numbers import NumberSeries
from station.models.occupations import Occupation
from station.models.openings import DoorReport, LateOpening
from station.models.people import Consent, Duty, User
from station.models.pictures import StationPhoto
from station.models.places import Community, Grid, Partner, Station, Street
from station.models.visits import Visit, VisitMark, VisitPeak
from station.models.voices import Voice

__all__ = [
    "Amenity",
    "AmenityKind",
    "AuditEvent",
    "AuditHead",
    "Community",
    "Consent",
    "DoorReport",
    "Duty",
    "Fault",
    "FaultPhoto",
    "FaultVoice",
    "Grid",
    "LateOpening",
    "Notice",
    "NoticeAttachment",
    "NumberSeries",
    "Occupation",
    "OutboxMessage",
    "Partner",
    "PublicHoliday",
    "SignInCode",
    "SpecialDay",
    "Station",
    "StationPhoto",
    "Street",
    "User",
    "Visit",
    "VisitMark",
    "VisitPeak",
    "Voice",
    "WeeklyHours",
    "dates_without_events",
]
