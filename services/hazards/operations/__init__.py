"""What happens to a report: sending it, and everything until its answer."""

from services.hazards.operations.handling import (
    close_report,
    dispatch_report,
    refuse_report,
    reopen_report,
    solve_report,
    sort_report,
    withdraw_report,
)
from services.hazards.operations.sending import send_report

__all__ = [
    "close_report",
    "dispatch_report",
    "refuse_report",
    "reopen_report",
    "send_report",
    "solve_report",
    "sort_report",
    "withdraw_report",
]
