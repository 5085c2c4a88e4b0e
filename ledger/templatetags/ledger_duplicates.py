"""Likely duplicates on pages of staff."""

from django import template
from django.urls import reverse

from ledger.duplicates import count_likely, lookalikes

register = template.Library()


@register.simple_tag
def lookalikes_of(entry, user):
    """The pairs of `entry` with entries it may be a second time, among those `user` may see."""
    return lookalikes(entry, type(entry).objects.visible_to(user))


@register.simple_tag
def likely_duplicates(user):
    """``[{"label", "count", "url"}]``: how many entries he should compare, of each register where there are any."""
    return [
        {
            "label": model._meta.verbose_name,
            "count": count,
            "url": reverse(f"admin:ledger_{model._meta.model_name}_duplicates"),
        }
        for model, count in count_likely(user).items()
    ]
