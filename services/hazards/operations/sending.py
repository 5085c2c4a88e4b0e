"""Sending a report: one tap, one report, however often the tap arrives."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services.hazards.models import Photo, Report
from services.hazards.models.reports import USUAL_URGENCY, Urgency
from services.hazards.operations.story import keep_photos, notify_after_commit, tell
from station.lib import geo
from station.lib.db import save_checked
from station.models import Community, Station, User
from station.operations import audit
from station.operations.numbers import next_number

BESIDE_STATION_M = 300  # this near, a report is the station's neighbourhood, its grid included
SAME_COMMUNITY_M = 5_000  # this near, it is at least the community of the nearest station


@transaction.atomic
def send_report(
    *, key, category, place="", point=None, description="", station=None, community=None, photos=(), by
) -> tuple[Report, bool]:
    """Take in a hazard; returns the report and whether it is new. Raises ValidationError.

    `key` is the form's: the same key from the same reporter is the same report. `point` is a geo.Point or None,
    `photos` come from station.lib.photos.clean_photo.
    """
    if by.is_staff and not by.has_perm("hazards.handle_report"):
        raise ValidationError(_("这个工作账号只能看，不能上报。请换成自己的手机号登录。"), code="read_only_account")
    # One reporter at a time, so that ten equal taps make one report and use up one number.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    known = Report.objects.of(by).filter(key=key).first()
    if known is not None:
        return known, False
    community, grid, station = locate(station=station, point=point, community=community)
    report = Report(
        number=f"{community.prefix}-S-{next_number(f'{community.prefix}-S'):06d}",
        key=key,
        reporter=by,
        community=community,
        grid=grid,
        station=station,
        category=category,
        urgency=USUAL_URGENCY.get(category, Urgency.NORMAL),
        place=place or place_in_words(station, point),
        latitude=point and point.latitude,
        longitude=point and point.longitude,
        description=description,
    )
    save_checked(report)
    keep_photos(report, photos, Photo.Moment.BEFORE)
    tell(report, by=by)
    notify_after_commit("report_received", report, by)
    audit.record("send report", report, by=by, community=community, category=category, photos=len(photos))
    return report, True


def locate(*, station, point, community):
    """Whose the report is: (community, grid or None, station or None). Raises ValidationError when nobody can tell.

    What was chosen wins over what was measured; with a single community there is nothing to ask.
    """
    if station is not None:
        return station.community, station.grid, station
    found = []
    if point is not None:
        stations = Station.objects.listed().select_related("community", "grid")
        found = geo.nearest(stations, *point, limit=1, max_radius_m=SAME_COMMUNITY_M)
    for distance_m, near in found:
        if community in (None, near.community):
            beside = distance_m <= BESIDE_STATION_M
            return near.community, near.grid if beside else None, near if beside else None
    if community is None:
        communities = list(Community.objects.all()[:2])
        if len(communities) != 1:
            raise ValidationError(_("还不知道是哪个社区的事：请选一下社区。"), code="community")
        community = communities[0]
    return community, None, None


def place_in_words(station, point):
    """For whoever tapped “use my place” and typed nothing."""
    if station is not None:
        return _("%(station)s附近") % {"station": station.name}
    return _("手机定位 %(latitude)s, %(longitude)s") % point._asdict() if point else ""
