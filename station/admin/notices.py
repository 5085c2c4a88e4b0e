"""Notices and the letter."""

from django.contrib import admin

from station.admin.base import OperationAdmin
from station.models import Notice


@admin.register(Notice)
class NoticeAdmin(OperationAdmin):
    list_display = ["title", "kind", "community", "pinned", "published_at", "expires_at"]
    list_filter = ["kind", "pinned"]
    search_fields = ["title"]
    list_select_related = ["community"]
    change_form_template = "admin/station/notice/change_form.html"
    fieldsets = [
        (None, {"fields": ["community", "station", "kind", "title", "body", "signed"]}),
        (None, {"fields": ["pinned", "published_at", "expires_at"]}),
    ]
