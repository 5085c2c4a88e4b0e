"""The door poster from the admin: one click on a station's page, or several stations ticked in the list."""

import io

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from station.admin.base import first_messages
from station.models import Station
from station.posters import MOST_AT_ONCE, posters_of, write_posters


class PosterAdmin(admin.ModelAdmin):
    """For the ModelAdmin of stations. Whoever may see a station may print what hangs at its door anyway."""

    actions = ["print_posters"]

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.poster_view))
        return [path("<path:object_id>/poster/", view, name="station_station_poster"), *super().get_urls()]

    def poster_view(self, request, object_id):
        station = self.get_object(request, object_id)
        return self._answer(request, Station.objects.filter(pk=station.pk), f"poster-{station.code}.pdf")

    @admin.action(description=_("打印门口海报"), permissions=["view"])
    def print_posters(self, request, queryset):
        return self._answer(request, queryset.order_by("community", "name"), "posters.pdf")

    def _answer(self, request, stations, name):
        posters = posters_of(stations[: MOST_AT_ONCE + 1])
        file = io.BytesIO()
        try:
            if len(posters) > MOST_AT_ONCE:
                raise ValidationError(_("一次最多打印 %(n)d 张，请先筛选。"), params={"n": MOST_AT_ONCE})
            write_posters(posters, file)
        except ValidationError as error:
            messages.error(request, first_messages(error))
            return redirect("admin:station_station_changelist")
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
