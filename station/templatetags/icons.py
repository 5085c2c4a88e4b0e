"""``{% icon "clock" %}``: one icon from the sprite. A builtin of every template, because every page has dozens."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()

# The one element put together in Python: pages hold dozens, and an include each would be a tenth of their work.
ICON = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#i-{}"></use></svg>'


@register.simple_tag
def icon(name):
    """The symbol ``i-<name>`` of static/icons.svg, decorative: the words beside it carry the meaning."""
    return _icon(static("icons.svg"), name)


@lru_cache(maxsize=256)
def _icon(sprite, name):
    return format_html(ICON, sprite, name)
