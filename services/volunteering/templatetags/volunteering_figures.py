"""Today's shifts, for the dashboard."""

from django import template
from django.utils import timezone

from services.volunteering.models import Shift

register = template.Library()

#: A day's list is cut here; the admin's own list has the rest.
MOST_SHIFTS = 12


@register.simple_tag
def todays_shifts(user):
    """Today's shifts he may see, cancelled ones too; None without the permission."""
    if not user.has_perm("volunteering.view_shift"):
        return None
    shifts = Shift.objects.visible_to(user).on(timezone.localdate()).select_related("station", "team")
    return list(shifts[:MOST_SHIFTS])
