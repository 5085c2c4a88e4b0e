"""Photos that people send, made anew before anything is stored.

The format is read from the file itself, never from its name; pixels are counted in the header, before decoding, because
17 KB of PNG can unpack to 700 MB. What is kept is a new JPEG with nothing from the original but its pixels: no place,
no camera, no comment, no colour profile, no embedded thumbnail, and a random name.
"""

import io
import secrets
from dataclasses import dataclass
from typing import BinaryIO

import pillow_heif
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 24_000_000
LONG_SIDE_PX = 1600
THUMBNAIL_SIDE_PX = 400
JPEG_QUALITY = 82
RESAMPLING = Image.Resampling.HAMMING  # as sharp as bicubic when shrinking, in half the time

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# Further frames of a JPEG (MPO) or HEIF are the same shot for another eye or moment; in these two they are a film.
ANIMATED_FORMATS = ("PNG", "WEBP")

ORIENTATION_TAG = 0x0112  # Exif 2.32, 4.6.4 A
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True)
class Picture:
    """One JPEG ready to be saved: `content` has a random name."""

    content: ContentFile
    width: int
    height: int


@dataclass(frozen=True)
class CleanPhoto:
    """The picture (long side at most 1600 px) and its thumbnail (400 px)."""

    picture: Picture
    thumbnail: Picture


def clean_photo(file: BinaryIO, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> CleanPhoto:
    """Make a stored photo from an upload (JPEG, PNG, WebP or HEIF). Raises ValidationError as `upright_photo` does."""
    upright = upright_photo(file, max_bytes=max_bytes, max_pixels=max_pixels)
    thumbnail = upright.copy()
    thumbnail.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX), RESAMPLING)
    return CleanPhoto(picture=_encoded(upright), thumbnail=_encoded(thumbnail))


def upright_photo(file: BinaryIO, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The pixels of an upload, the right way up, its long side at most 1600 px, and nothing else of it.

    Raises ValidationError with code photo_bytes, photo_format, photo_pixels, photo_animated or photo_broken.
    """
    file.seek(0, io.SEEK_END)
    size_bytes = file.tell()
    file.seek(0)
    if size_bytes > max_bytes:
        limit = max_bytes // (1024 * 1024)
        raise ValidationError(_("照片太大，请选 %(limit)d MB 以内的。"), code="photo_bytes", params={"limit": limit})
    with _opened(file, max_pixels) as original:
        try:
            return _upright(original)
        # Decoders answer a damaged file with errors of a dozen kinds, some of them undocumented.
        except Exception as error:
            raise _broken() from error


def _opened(file: BinaryIO, max_pixels: int) -> Image.Image:
    """Read the header only, and refuse by what it says."""
    try:
        image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(max_pixels) from error
    except Image.UnidentifiedImageError as error:
        message = _("这不是能用的照片，请选 JPG、PNG、WebP 或 HEIC。")
        raise ValidationError(message, code="photo_format") from error
    except Exception as error:  # as above: a header can be damaged in any way
        raise _broken() from error
    if image.width * image.height > max_pixels:
        raise _too_many_pixels(max_pixels)
    if image.format in ANIMATED_FORMATS and image.is_animated:
        raise ValidationError(_("动图不能用，请选一张照片。"), code="photo_animated")
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Decode, shrink, then turn: turning the small picture costs a sixth of turning the large one."""
    scale = min(1.0, LONG_SIDE_PX / max(image.size))
    # A JPEG decoder halves on the way; the box needs the picture's own proportions or it is not used.
    image.draft("RGB", (round(image.width * scale), round(image.height * scale)))
    image.load()
    turn = TURNS.get(image.getexif().get(ORIENTATION_TAG))
    small = _eight_bit(image)
    small.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), RESAMPLING)
    clean = Image.new("RGB", small.size, "white")
    if small.mode == "RGBA":
        clean.paste(small, mask=small.getchannel("A"))
    else:
        clean.paste(small)
    return clean if turn is None else clean.transpose(turn)


def _eight_bit(image: Image.Image) -> Image.Image:
    """RGB or RGBA, from palettes, greys, CMYK and 16-bit greys."""
    if image.mode in ("RGB", "RGBA"):
        return image
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encoded(image: Image.Image) -> Picture:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, progressive=True)
    content = ContentFile(out.getvalue(), name=f"{secrets.token_hex(16)}.jpg")
    return Picture(content=content, width=image.width, height=image.height)


def _too_many_pixels(max_pixels: int) -> ValidationError:
    limit = max_pixels // 10_000
    return ValidationError(
        _("照片尺寸太大，请选 %(limit)d 万像素以内的。"), code="photo_pixels", params={"limit": limit}
    )


def _broken() -> ValidationError:
    return ValidationError(_("照片打不开，可能没传完整，请重拍或换一张。"), code="photo_broken")
