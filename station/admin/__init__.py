"""The staff's site: Django's own admin, declared, with buttons that call operations."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from station.admin import audit, faults, hours, notices, openings, people, pictures, places, visits, voices

# Duties replace groups, and a second factor is reset by a button of the account that leaves a trace.
admin.site.unregister([Group, StaticDevice, TOTPDevice])

__all__ = ["audit", "faults", "hours", "notices", "openings", "people", "pictures", "places", "visits", "voices"]
