"""What was done to one row, for its history page."""

from dataclasses import dataclass
from datetime import datetime

from django import template

from station.admin.audit import action_label, details_text
from station.models import AuditEvent

register = template.Library()
MOST = 200


@dataclass(frozen=True)
class Deed:
    """One line of a history."""

    at: datetime
    by: str
    title: str
    details: str
    reason: str


@register.simple_tag
def audit_trail(obj, user):
    """The newest deeds done to `obj`, newest first; None for who may not read the audit trail."""
    if not user.has_perm("station.view_auditevent"):
        return None
    events = (
        AuditEvent.objects.visible_to(user)
        .filter(target_type=obj._meta.label_lower, target_id=str(obj.pk))
        .select_related("actor")
        .order_by("-number")[:MOST]
    )
    return [
        Deed(event.at, str(event.actor or ""), action_label(event.action), details_text(event), event.reason)
        for event in events
    ]
