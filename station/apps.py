"""The base app and the admin site it brings."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class StationConfig(AppConfig):
    """Who signs in and what he may see, places, hours, visits, notices, audit."""

    name = "station"
    verbose_name = _("驿站")
    default = True

    def ready(self):
        """Refuse to start with a NOTIFY_BACKEND that would lose every message. It can be looked up only now."""
        try:
            import_string(settings.NOTIFY_BACKEND)
        except ImportError as error:
            raise ImproperlyConfigured("The environment variable NOTIFY_BACKEND names no class.") from error


class StationAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site class; not the default config, named in INSTALLED_APPS."""

    default_site = "station.admin_site.StationAdminSite"
    default = False
