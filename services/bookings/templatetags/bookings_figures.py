"""Today's sessions, for the dashboard and the wall screen."""

from django import template
from django.utils import timezone

from services.bookings.models import Session

register = template.Library()

#: A day's list is cut here; the admin's own list has the rest.
MOST_SESSIONS = 12


@register.simple_tag
def todays_sessions(user):
    """Today's sessions he may see, cancelled ones too (people may still come); None without the permission."""
    if not user.has_perm("bookings.view_session"):
        return None
    sessions = Session.objects.visible_to(user).on(timezone.localdate()).select_related("service", "station")
    return list(sessions[:MOST_SESSIONS])


@register.simple_tag
def community_sessions(community):
    """Today's sessions in one community that are not over, as anybody may read them."""
    sessions = Session.objects.published().filter(station__community=community).on(timezone.localdate()).upcoming()
    return list(sessions.select_related("service", "station")[:MOST_SESSIONS])
