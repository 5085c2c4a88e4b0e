"""Which notices somebody asks for."""

import re
from datetime import UTC, datetime, timedelta

from django import forms
from django.db.models import Q

from station.models import Notice

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Pinned or not, microseconds since 1970, number: the place of a notice in the list. 18 digits fit a 64-bit column.
PLACE = re.compile(r"([01])-([0-9]{1,17})-([0-9]{1,18})")


class NoticeSearchForm(forms.Form):
    """`c`, a community; `s`, a station; `after`, where the page before ended. What cannot be read is left out."""

    c = forms.SlugField(required=False, max_length=40)
    s = forms.SlugField(required=False, max_length=20)
    after = forms.RegexField(PLACE.pattern + r"\Z", required=False)

    def page(self, notices, size: int) -> tuple[list[Notice], str]:
        """So many notices in their order, and the `after` of the next page, empty where nothing follows."""
        asked = self.cleaned_data
        if asked.get("s"):
            own = Q(station__code=asked["s"]) | Q(station=None, community__stations__code=asked["s"])
            notices = notices.filter(own).distinct()
        elif asked.get("c"):
            notices = notices.filter(community__code=asked["c"])
        if asked.get("after"):
            notices = notices.filter(_behind(asked["after"]))
        notices = notices.select_related("community", "station").order_by("-pinned", "-published_at", "-pk")
        rows = list(notices[: size + 1])
        return rows[:size], _place(rows[size - 1]) if len(rows) > size else ""


def _place(notice):
    since = (notice.published_at - EPOCH) // timedelta(microseconds=1)
    return f"{int(notice.pinned)}-{since}-{notice.pk}"


def _behind(place):
    pinned, since, pk = map(int, PLACE.fullmatch(place).groups())
    at = EPOCH + timedelta(microseconds=since)
    later = Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk)
    return Q(pinned=False) | Q(pinned=True) & later if pinned else Q(pinned=False) & later
