"""The photos of a station, a table on its page."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from station.admin.base import OperationInline
from station.forms.uploads import StationPhotoForm
from station.models import StationPhoto
from station.operations.pictures import add_station_photo, describe_station_photo, remove_station_photo


class StationPhotoInline(OperationInline):
    model = StationPhoto
    form = StationPhotoForm
    fields = ["seen", "upload", "shows", "caption", "position"]
    readonly_fields = ["seen"]
    ordering = ["position", "pk"]
    extra = 1  # one can be added without a script
    max_num = 12

    @admin.display(description=_("看一眼"))
    def seen(self, photo):
        return render_to_string("admin/station/photo_seen.html", {"photo": photo}) if photo.pk else "–"

    @staticmethod
    def save(formset, *, by):
        """Carry out what was filled in, photo by photo. Raises ValidationError."""
        formset.save(commit=False)
        for photo in formset.deleted_objects:
            remove_station_photo(photo, by=by)
        for photo, fields in formset.changed_objects:
            describe_station_photo(photo, by=by, fields=fields)
        for form in formset.extra_forms:
            if form.has_changed() and not formset._should_delete_form(form):
                photo = form.instance
                add_station_photo(
                    formset.instance,
                    form.cleaned_data["upload"],
                    by=by,
                    shows=photo.shows,
                    caption=photo.caption,
                    position=photo.position,
                )
