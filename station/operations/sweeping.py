"""Forgetting what has served its purpose. Run by ``manage.py sweep``, best once an hour."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from station.models import SignInCode
from station.operations.stations import sweep_visit_marks

#: Codes die after minutes, but the daily limits count the rows of a day.
KEEP_CODES = timedelta(days=1)


def sweep(now=None):
    """Forget marks of visits and sign-in codes older than a day, and expired sessions; returns how many of each."""
    now = now or timezone.now()
    return {
        "visit marks": sweep_visit_marks(now),
        "sign-in codes": SignInCode.objects.filter(expires_at__lt=now - KEEP_CODES).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
    }
