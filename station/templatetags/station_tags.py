"""Small words the public pages share."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def ago(moment, now=None):
    """How long ago an aware moment was, in words a rider would use; empty for none."""
    if moment is None:
        return ""
    now = now or timezone.now()
    age = now - moment
    days = (timezone.localdate(now) - timezone.localdate(moment)).days
    if age < timedelta(minutes=1):
        return _("刚刚")
    if age < timedelta(hours=1):
        return _("%(minutes)s 分钟前") % {"minutes": age // timedelta(minutes=1)}
    if days == 0:
        return _("%(hours)s 小时前") % {"hours": age // timedelta(hours=1)}
    return _("昨天") if days == 1 else _("%(days)s 天前") % {"days": days}


@register.simple_tag(takes_context=True)
def toggled(context, name, value):
    """The query string of this page with `value` of the filter `name` switched; from its first page on."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    values = query.getlist(name)
    query.setlist(name, [one for one in values if one != value] if value in values else [*values, value])
    return f"?{query.urlencode()}"
