"""Hazards that people on the road report with one tap, and what became of them."""

from services.hazards.models.grid_members import GridMember
from services.hazards.models.reports import Photo, Report, ReportEvent

__all__ = ["GridMember", "Photo", "Report", "ReportEvent"]
