"""A station as search engines and map services read it: schema.org's words (version 29), JSON-LD."""

import json
from datetime import date, time
from itertools import groupby

from django.conf import settings

from station.lib.hours import ALMOST_A_DAY, ONE_DAY, Interval, Schedule
from station.lib.hours_exceptions import is_exception
from station.models import Station

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS_TOLD = 30  # special days this far ahead
MIDNIGHT, LAST_MINUTE = time(), time(23, 59)
# Inside <script> only these can end or escape it; JSON allows them as numbers.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


def station_data(station: Station, schedule: Schedule, details, today: date) -> dict:
    """What is public of a station, with its hours and the exceptions of the next month."""
    street = station.community.street if station.community.street_id else None
    address = {"@type": "PostalAddress", "addressCountry": "CN", "streetAddress": station.address}
    if street is not None:
        address |= {"addressLocality": f"{street.city}{street.district}", "addressRegion": street.province}
    data = {
        "@context": "https://schema.org",
        "@type": "CivicStructure",
        "@id": settings.PUBLIC_URL + station.get_absolute_url(),
        "url": settings.PUBLIC_URL + station.get_absolute_url(),
        "name": station.name,
        "address": address,
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": float(station.latitude),
            "longitude": float(station.longitude),
        },
        "isAccessibleForFree": True,
        "publicAccess": True,
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": amenity.name, "value": amenity.works}
            for amenity in details.amenities
        ],
        "photo": [_photo(photo) for photo in details.photos],
        "telephone": station.phone,
    }
    if schedule.retired:
        del data["amenityFeature"]
    elif schedule.suspension is None:
        data["openingHoursSpecification"] = list(_week(schedule))
        data["specialOpeningHoursSpecification"] = list(_special(schedule, today))
    return {name: value for name, value in data.items() if value not in ("", [])}


def as_script(data: dict) -> str:
    """The data as text that cannot end the <script> it stands in."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _photo(photo):
    url = settings.PUBLIC_URL + photo.url(photo.image.name.rpartition("/")[2])
    return {"@type": "ImageObject", "contentUrl": url, "caption": photo.caption or photo.alt}


def _week(schedule):
    """One entry for each stretch of hours, with all the days that have it."""
    rows = sorted((_ends(one), day) for day, intervals in schedule.weekly.items() for one in intervals)
    for (opens, closes), days in groupby(rows, key=lambda row: row[0]):
        yield _hours(opens, closes) | {"dayOfWeek": [f"https://schema.org/{DAYS[day]}" for _ends_, day in days]}


def _special(schedule, today):
    """Days that differ; closed is said as opening and closing at midnight."""
    for day in (today + ONE_DAY * offset for offset in range(DAYS_TOLD)):
        if is_exception(schedule, day):
            for opens, closes in [_ends(one) for one in schedule.hours_on(day).intervals] or [(MIDNIGHT, MIDNIGHT)]:
                yield _hours(opens, closes) | {"validFrom": day.isoformat(), "validThrough": day.isoformat()}


def _ends(interval: Interval):
    """Opening and closing; all day is from midnight to the last minute."""
    span = interval.span_on(date(2026, 3, 2))
    if (span.end - span.start).total_seconds() >= ALMOST_A_DAY * 60:
        return MIDNIGHT, LAST_MINUTE
    return span.start.time(), LAST_MINUTE if span.end.time() == MIDNIGHT else span.end.time()


def _hours(opens, closes):
    return {"@type": "OpeningHoursSpecification", "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
