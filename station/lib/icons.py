"""The outlines of the icon sheet (static/icons.svg), for paper: what a page shows as SVG, in lines and curves."""

import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.svgLib.path import SVGPath

SIDE = 24  # every icon is drawn in a square of this side
_SYMBOL = re.compile(r'<symbol id="i-([\w-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)

Step = tuple[str, tuple[tuple[float, float], ...]]


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    found = finders.find("icons.svg")
    return dict(_SYMBOL.findall(Path(found).read_text(encoding="utf-8"))) if found else {}


@lru_cache(maxsize=128)
def outline(name: str) -> tuple[Step, ...]:
    """Steps (moveTo, lineTo, curveTo, closePath, endPath) with their points, y downwards; none for an unknown icon."""
    body = _symbols().get(name)
    if body is None:
        return ()
    pen = DecomposingRecordingPen({})
    SVGPath.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>').draw(pen)
    return tuple(pen.value)
