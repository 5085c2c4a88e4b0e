"""What other pages show of the reports."""

from django import template

from services.hazards.models import Report

register = template.Library()

MINE_SHOWN = 20

TONES = {
    Report.State.REPORTED: "note",
    Report.State.DISPATCHED: "warn",
    Report.State.SOLVED: "good",
    Report.State.CLOSED: "good",
    Report.State.REFUSED: "",
    Report.State.WITHDRAWN: "",
}


@register.filter
def report_tone(report):
    """The tone of components/pill.html in which this report's state is said."""
    return TONES[report.state]


@register.inclusion_tag("hazards/my_reports.html")
def my_reports(user):
    """The latest reports `user` sent, as a section with its own heading; nothing if there are none."""
    return {"reports": Report.objects.of(user)[:MINE_SHOWN]}
