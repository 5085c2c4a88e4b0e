"""Photos on pages, and a page's data for machines."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from station.lib.photo_sizes import sources
from station.structured import as_script

register = template.Library()


@register.simple_tag
def photo_url(photo, format_):
    """The address of the smallest file of a photo in this format."""
    return photo.url(sources(photo.image.name, photo.width, photo.height, format_)[0].name)


@register.inclusion_tag("station/photos.html")
def station_photos(photos, large=False):
    """The photos of a station; the first is fetched at once, the others as they come near."""
    shown = []
    for photo in photos:
        files = {form: sources(photo.image.name, photo.width, photo.height, form) for form in ("webp", "jpg")}
        shown.append(
            {
                "photo": photo,
                "webp": _srcset(photo, files["webp"]),
                "jpg": _srcset(photo, files["jpg"]),
                "src": photo.url(files["jpg"][0].name),
            }
        )
    return {"shown": shown, "large": large}


def _srcset(photo, files):
    return ", ".join(f"{photo.url(file.name)} {file.width}w" for file in files)


@register.simple_tag
def linked_data(data):
    """JSON-LD, which a browser does not run. As Django's json_script, whose type no search engine reads."""
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(as_script(data)))  # noqa: S308
