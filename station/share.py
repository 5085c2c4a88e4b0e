"""The picture that goes along when somebody shares a station: its name, where it is, when it is open. 1200 × 630 PNG.

Drawn once for each content; the fonts are those of our paper, for a server has none of its own.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps

from station.lib.hours_text import weekly_text
from station.lib.paper import RARE_FONT, RARE_FONT_FACE
from station.models import Station

WIDTH, HEIGHT = 1200, 630  # what messengers crop least
PICTURE_LEFT = 740
LEFT, RIGHT = 72, PICTURE_LEFT - 48
PAPER, INK, MUTED, RED, LAMP, NIGHT = "#fbf5ea", "#2b1d14", "#655042", "#a8341a", "#f5b04c", "#2a2330"
VERSION = "1"  # of the drawing: a new look is a new picture


@dataclass(frozen=True)
class ShareCard:
    """What stands on the picture. `photo` is the name of a stored JPEG, or empty."""

    name: str
    address: str
    way_in: str
    hours: str
    amenities: tuple[str, ...]
    photo: str

    @classmethod
    def of(cls, station: Station) -> "ShareCard":
        """Three queries."""
        photo = station.photos.order_by("position", "pk").first()
        with translation.override(settings.LANGUAGE_CODE):
            hours = weekly_text(station.weekly_hours.values_list("weekday", "opens", "closes"))
        works = station.amenities.filter(state="working").order_by("kind__order")
        names = tuple(works.values_list("kind__name", flat=True)[:8])
        return cls(station.name, station.address, station.way_in, hours, names, photo.image.name if photo else "")

    @property
    def digest(self) -> str:
        return sha256(repr((VERSION, self)).encode()).hexdigest()[:20]


@lru_cache(maxsize=32)  # some 3 MB a process; browsers and messengers keep theirs by its digest
def share_picture(card: ShareCard) -> bytes:
    """The PNG, drawn once for each content."""
    with translation.override(settings.LANGUAGE_CODE):
        return _drawn(card)


def _drawn(card):
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 14), fill=RED)
    pen.rectangle((0, 14, WIDTH, 19), fill=LAMP)
    image.paste(_picture(card.photo), (PICTURE_LEFT, 19))
    y = _lines(pen, 64, (_("暖心驿站 · 推门就进，不收钱"),), 30, RED, bold=True) + 22
    size = next((size for size in (76, 66, 58) if len(_wrapped(card.name, size)) == 1), 54)
    y = _lines(pen, y, _wrapped(card.name, size)[:2], size, INK, bold=True) + 18
    y = _lines(pen, y, _wrapped(card.address, 32)[:2], 32, INK) + 6
    y = _lines(pen, y, _wrapped(card.way_in, 32)[:2], 32, MUTED) + 18
    if card.hours:
        y = _lines(pen, y, [line for part in card.hours.split("；") for line in _wrapped(part, 28)][:3], 28, INK) + 14
    if card.amenities:
        _lines(pen, max(y, 480), _wrapped(" · ".join(card.amenities), 28)[:2], 28, RED)
    out = io.BytesIO()
    image.quantize(256).save(out, "PNG", optimize=True)  # a third of the bytes; nobody sees it at this size
    return out.getvalue()


def _picture(name):
    """The station's photo in the frame at the right, or a lamp in the night."""
    size = (WIDTH - PICTURE_LEFT, HEIGHT - 19)
    if name:
        try:
            with default_storage.open(name) as file:
                return ImageOps.fit(Image.open(file).convert("RGB"), size)
        except OSError:
            pass  # the lamp stands in for a file that is gone
    picture = Image.new("RGB", size, NIGHT)
    glow = ImageOps.invert(Image.radial_gradient("L")).resize((560, 560)).point(lambda value: value * 0.8)
    picture.paste(Image.new("RGB", glow.size, LAMP), (size[0] // 2 - 280, 10), glow)
    pen, middle = ImageDraw.Draw(picture), size[0] // 2
    pen.polygon([(middle - 120, 300), (middle, 200), (middle + 120, 300)], fill=RED)
    pen.rectangle((middle - 98, 300, middle + 98, 560), fill="#f4eadb")
    pen.rectangle((middle - 40, 390, middle + 40, 560), fill=LAMP)
    pen.ellipse((middle + 20, 470, middle + 30, 480), fill=RED)
    pen.rectangle((middle - 78, 330, middle - 52, 370), fill=LAMP)
    pen.rectangle((middle + 52, 330, middle + 78, 370), fill=LAMP)
    pen.rectangle((0, 560, size[0], size[1]), fill="#453a44")
    return picture


@lru_cache(maxsize=16)
def _font(size):
    return ImageFont.truetype(str(RARE_FONT), size, index=RARE_FONT_FACE)


def _wrapped(text, size) -> Sequence[str]:
    """The text in lines that fit beside the picture."""
    lines, font = [""], _font(size)
    for character in text:
        if lines[-1] and font.getlength(lines[-1] + character) > RIGHT - LEFT and character not in "，。、；）”":
            lines.append("")
        lines[-1] += character
    return [bare for line in lines if (bare := line.strip(" ·"))]


def _lines(pen, y, lines, size, colour, *, bold=False):
    """Draw lines from `y` down; returns where they end. The font has one weight: an outline thickens it."""
    outline = {"stroke_width": max(1, size // 36), "stroke_fill": colour} if bold else {}
    for line in lines:
        pen.text((LEFT, y), line, font=_font(size), fill=colour, **outline)
        y += round(size * 1.36)
    return y
