"""Volunteer teams, their recurring desks, the shifts and who signs up."""

from services.volunteering.models.shifts import Shift, SignUp
from services.volunteering.models.teams import Desk, Member, Team

__all__ = ["Desk", "Member", "Shift", "SignUp", "Team"]
