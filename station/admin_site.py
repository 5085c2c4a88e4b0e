"""The admin site itself.

Outside the package station.admin on purpose: importing that registers models on the site, which has to stand by then.
Registered while the site is being made, they would be lost without a word.
"""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from station.forms.accounts import StaffSignInForm


class StationAdminSite(admin.AdminSite):
    """Django's admin under our name. Its index is the ledger's dashboard (templates/admin/index.html)."""

    site_title = _("暖心驿站")
    site_header = _("暖心驿站 · 工作台")
    index_title = _("今天的社区")
    enable_nav_sidebar = True
    login_form = StaffSignInForm

    def each_context(self, request):
        return super().each_context(request) | {"DEMO": settings.DEMO}
