"""One photo in three sizes and two formats, for whatever phone asks: which files there are, and what they are called.

The largest JPEG gives its name to all: ``stations/6f….jpg`` has ``stations/6f…-800.jpg`` and ``stations/6f….webp``
beside it. So one column holds a photo, and a page can name its files without looking at any. The smaller sizes exist
only where the photo is larger.
"""

import io
import re
import secrets
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from station.lib.photos import JPEG_QUALITY, RESAMPLING, upright_photo

LONG_SIDES_PX = (400, 800)  # and the whole photo, 1600 at most
FORMATS = {"webp": "image/webp", "jpg": "image/jpeg"}  # the better one first
WEBP_QUALITY, WEBP_METHOD = 76, 2  # method 2: a third of the time of the usual 4, a tenth larger
FILE_NAME = re.compile(r"(?P<stem>[0-9a-f]{32})(?:-(?:400|800))?\.(?P<format>webp|jpg)")


@dataclass(frozen=True)
class PhotoSet:
    """A photo ready to be stored: its files by name, the largest JPEG first."""

    files: dict[str, bytes]
    width: int
    height: int

    @property
    def name(self) -> str:
        return next(iter(self.files))


@dataclass(frozen=True)
class Source:
    """One file of a photo as a page offers it: its name without a folder, and how wide it is in pixels."""

    name: str
    width: int


def photo_set(upload: BinaryIO) -> PhotoSet:
    """All files of an upload (JPEG, PNG, WebP or HEIF). Raises ValidationError as `station.lib.photos` says."""
    largest = upright_photo(upload)
    stem, files = secrets.token_hex(16), {}
    for side, name in _names(stem, *largest.size):
        sized = largest
        if side:
            sized = largest.copy()
            sized.thumbnail((side, side), RESAMPLING)
        for format_ in ("jpg", "webp"):
            files[f"{name}.{format_}"] = _encoded(sized, format_)
    return PhotoSet(files, *largest.size)


def file_names(image: str, width: int, height: int) -> list[str]:
    """The names, with their folder, of all files of the photo whose largest JPEG is `image`."""
    folder, stem = _parted(image)
    return [f"{folder}{name}.{format_}" for _side, name in _names(stem, width, height) for format_ in FORMATS]


def sources(image: str, width: int, height: int, format_: str) -> list[Source]:
    """The files of one format, the smallest first."""
    _folder, stem = _parted(image)
    found = [
        Source(f"{name}.{format_}", round(width * side / max(width, height)) if side else width)
        for side, name in _names(stem, width, height)
    ]
    return [*found[1:], found[0]]


def largest_of(file_name: str) -> str | None:
    """The name of the largest JPEG to which a file belongs; None for what is no name of ours."""
    match = FILE_NAME.fullmatch(file_name)
    return f"{match['stem']}.jpg" if match else None


def _parted(image):
    folder, slash, name = image.rpartition("/")
    return folder + slash, name.removesuffix(".jpg")


def _names(stem, width, height):
    """Pairs of a long side and a name without its ending, the whole photo (side 0) first."""
    yield 0, stem
    for side in LONG_SIDES_PX:
        if side < max(width, height):
            yield side, f"{stem}-{side}"


def _encoded(image: Image.Image, format_: str) -> bytes:
    out = io.BytesIO()
    if format_ == "webp":
        image.save(out, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    else:
        image.save(out, "JPEG", quality=JPEG_QUALITY, progressive=True)
    return out.getvalue()
