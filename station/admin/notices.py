"""Notices and the letter, with what is attached to them, and how they will look."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from station.admin.base import OperationAdmin, OperationInline
from station.forms.staff import ROW_KEY
from station.forms.uploads import AttachmentForm, NoticePreviewForm
from station.models import Notice, NoticeAttachment
from station.operations.notices import attach_file, delete_notice, detach_file


class AttachmentInline(OperationInline):
    model = NoticeAttachment
    form = AttachmentForm
    fields = ["file_link", "upload"]
    readonly_fields = ["file_link"]
    extra = 1  # one can be added without a script
    max_num = 10

    @admin.display(description=_("已附上"))
    def file_link(self, attachment):
        if not attachment.pk:
            return "–"
        return render_to_string("admin/station/attachment.html", {"attachment": attachment})

    def has_change_permission(self, request, obj=None):
        """Another file is another row."""
        return self.has_add_permission(request, obj)

    @staticmethod
    def save(formset, *, by):
        """Carry out what was filled in, file by file. Raises ValidationError."""
        formset.save(commit=False)
        for attachment in formset.deleted_objects:
            detach_file(attachment, by=by)
        for form in formset.extra_forms:
            if form.has_changed() and not formset._should_delete_form(form):
                attach_file(formset.instance, form.cleaned_data["upload"], by=by)


@admin.register(Notice)
class NoticeAdmin(OperationAdmin):
    list_display = ["title", "kind", "community", "station", "pinned", "published_at", "expires_at"]
    list_filter = ["kind", "pinned"]
    search_fields = ["title"]
    list_select_related = ["community", "station"]
    inlines = [AttachmentInline]
    change_form_template = "admin/station/notice/change_form.html"
    fieldsets = [
        (None, {"fields": ["community", "station", "kind", "title", "body", "signed"]}),
        (None, {"fields": ["pinned", "published_at", "expires_at"]}),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "body":
            kwargs["help_text"] = _(
                "空一行另起一段。**加粗**；行首“- ”是一条一条；行首“## ”是小标题；[文字](https://网址) 是链接。"
                "“一封信”照原样分段。"
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(never_cache(require_POST(self.preview_view)))
        return [path("preview/", view, name="station_notice_preview"), *super().get_urls()]

    def preview_view(self, request):
        """The page of a notice as it stands in the form, saved or not; nothing is written."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        key, attachments = request.GET.get("of", ""), ()
        if ROW_KEY.fullmatch(key):
            attachments = get_object_or_404(self.get_queryset(request), pk=key).attachments.all()
        form = NoticePreviewForm(request.POST)
        form.is_valid()
        words = {name: form.cleaned_data.get(name, "") for name in ("title", "body", "signed")}
        notice = Notice(**words, kind=form.cleaned_data.get("kind") or Notice.Kind.NEWS, published_at=timezone.now())
        context = {"notice": notice, "attachments": attachments, "preview": True, "preview_errors": form.errors}
        template = "station/letter.html" if notice.kind == Notice.Kind.LETTER else "station/notice_detail.html"
        return render(request, template, context | {"letter": notice}, status=422 if form.errors else 200)

    def save_formset(self, request, form, formset, change):
        if formset.model is NoticeAttachment:
            AttachmentInline.save(formset, by=request.user)
        else:
            super().save_formset(request, form, formset, change)

    def delete_model(self, request, obj):
        delete_notice(obj, by=request.user)
