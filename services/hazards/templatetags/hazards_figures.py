"""Open hazards for the dashboard, solved ones for the wall screen."""

from django import template
from django.db.models import Count, F, Q
from django.utils import timezone

from services.hazards.models import Report

register = template.Library()

#: The dashboard names so many; the admin's own list has the rest.
MOST_REPORTS = 6


@register.simple_tag
def open_hazards(user):
    """``{"rows", "open", "waiting", "overdue", "handles"}`` of the reports he may see; None without the permission.

    `handles` is whether the overdue ones are his to act on, not only to look at.
    Rows come by deadline, so that the overdue stand first; those not yet dispatched have none and follow.
    """
    if not user.has_perm("hazards.view_report"):
        return None
    reports = Report.objects.visible_to(user).open()
    counts = reports.aggregate(
        open=Count("pk"),
        waiting=Count("pk", filter=Q(state=Report.State.REPORTED)),
        overdue=Count("pk", filter=Q(due_at__lt=timezone.now())),
    )
    rows = list(reports.order_by(F("due_at").asc(nulls_last=True), "reported_at")[:MOST_REPORTS])
    return {"rows": rows, "handles": user.has_perm("hazards.handle_report"), **counts}


@register.simple_tag
def solved_this_month(community):
    """How many hazards of the community were solved since the first of this month."""
    start = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Report.objects.filter(community=community, solved_at__gte=start).solved().count()
