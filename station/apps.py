"""The base app and the admin site it brings."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class StationConfig(AppConfig):
    """Who signs in and what he may see, places, hours, visits, notices, audit."""

    name = "station"
    verbose_name = _("驿站")
    default = True


class StationAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site class; not the default config, named in INSTALLED_APPS."""

    default_site = "station.admin_site.StationAdminSite"
    default = False
