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
def my_reports(user, invite=True):
    """The latest reports `user` sent, as a section with its own heading; if there are none, how to send one.

    Without `invite` nothing is shown where there is nothing: for the page that is the invitation itself.
    """
    return {"reports": Report.objects.of(user)[:MINE_SHOWN], "invite": invite}
