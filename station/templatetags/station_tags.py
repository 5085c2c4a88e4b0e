"""Small words the public pages share."""

from django import template
from django.utils import timezone

from station.lib.moments import ago_text

register = template.Library()


@register.filter
def ago(moment, now=None):
    """How long ago an aware moment was, in words a rider would use; empty for none."""
    return "" if moment is None else ago_text(moment, now or timezone.now())


@register.simple_tag(takes_context=True)
def toggled(context, name, value):
    """The query string of this page with `value` of the filter `name` switched; from its first page on."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    values = query.getlist(name)
    query.setlist(name, [one for one in values if one != value] if value in values else [*values, value])
    return f"?{query.urlencode()}"
