"""What the tests of `/grid/` share: where a tap leads, and how its pages are read."""

import re

from django.urls import reverse

WALK = reverse("grid")
NEW = reverse("grid-new")
PHONE = "13900000001"
PAGES = ["grid", "grid-channel", "grid-letters", "grid-new"]
TAPS = ["row", "same", "undo", "changed", "left", "back", "missed", "accept", "refuse", "phone"]
TYPED = {"name": "向 南", "phone": "139 0000 0009", "occupation": "food_rider", "consent": "on"}


def tap(row, name, **query):
    kind = type(row)._meta.model_name
    return reverse(f"grid-{name}", args=[kind, row.pk], query=query)


def text_of(response):
    """What is read on the page, blanks collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def rows_of(response):
    return [item["row"].subject for item in response.context["page"].object_list]


def sent_back(form):
    """What the browser would send back: every field as it is shown."""
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}
