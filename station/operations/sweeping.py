"""Forgetting what has served its purpose. Run by ``manage.py sweep``, best once an hour.

An app with something of its own to forget says so in ``<app>/sweeping.py``: ``sweep(now)`` returns how many of what.
"""

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from station.models import SignInCode
from station.operations.forgetting import forget_remarks
from station.operations.visits import sweep_visit_marks

#: Codes die after minutes, but the daily limits count the rows of a day.
KEEP_CODES = timedelta(days=1)


def sweep(now=None):
    """Forget marks of visits and sign-in codes older than a day, expired sessions, and what each app forgets.

    Returns how many of each.
    """
    now = now or timezone.now()
    forgotten = {
        "visit marks": sweep_visit_marks(now),
        "sign-in codes": SignInCode.objects.filter(expires_at__lt=now - KEEP_CODES).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
    }
    forgotten |= forget_remarks(now)
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "sweeping"):
            forgotten |= import_module(f"{config.name}.sweeping").sweep(now)
    return forgotten
