"""Uploads as attackers and cheap phones send them; what is stored is small, upright and anonymous."""

import io
import struct
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from station.lib.photos import clean_photo

RED, GREEN = (220, 20, 20), (20, 180, 20)


def picture(size=(80, 40), left=RED, right=GREEN):
    """Left half red, right half green: shows which way up it is."""
    image = Image.new("RGB", size, right)
    image.paste(left, (0, 0, size[0] // 2, size[1]))
    return image


def encoded(image, image_format, **options):
    out = io.BytesIO()
    image.save(out, image_format, **options)
    out.seek(0)
    return out


def reopened(stored):
    return Image.open(io.BytesIO(stored.content.read()))


def is_near(pixel, colour):
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def code_of(file, **limits):
    with pytest.raises(ValidationError) as refusal:
        clean_photo(file, **limits)
    return refusal.value.code


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width, height):
    """A valid one-bit PNG of zeros: some kilobytes of file, hundreds of megabytes as RGB."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunks)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_each_accepted_format_becomes_a_jpeg_with_its_thumbnail(image_format):
    photo = clean_photo(encoded(picture((2000, 1000)), image_format))

    assert (photo.picture.width, photo.picture.height) == (1600, 800)
    assert (photo.thumbnail.width, photo.thumbnail.height) == (400, 200)
    stored, thumbnail = reopened(photo.picture), reopened(photo.thumbnail)
    assert (stored.format, stored.size) == ("JPEG", (1600, 800))
    assert (thumbnail.format, thumbnail.size) == ("JPEG", (400, 200))
    assert is_near(stored.getpixel((100, 400)), RED)
    assert is_near(stored.getpixel((1500, 400)), GREEN)


def test_a_small_picture_is_not_blown_up():
    photo = clean_photo(encoded(picture((80, 40)), "PNG"))
    assert (photo.picture.width, photo.picture.height) == (80, 40)
    assert (photo.thumbnail.width, photo.thumbnail.height) == (80, 40)


def test_names_are_random_and_say_nothing_of_the_upload():
    upload = SimpleUploadedFile("张三家门口.png", encoded(picture(), "PNG").read())
    photo = clean_photo(upload)
    names = {photo.picture.content.name, photo.thumbnail.content.name, clean_photo(upload).picture.content.name}
    assert len(names) == 3
    assert all(len(name) == 36 and name.endswith(".jpg") for name in names)


def test_script_in_a_comment_is_gone():
    file = encoded(picture(), "JPEG", comment=b"<script>alert(1)</script>")
    file.seek(0, io.SEEK_END)
    file.write(b"<script>alert(2)</script>")
    assert file.getvalue().count(b"<script>") == 2

    photo = clean_photo(file)
    assert b"<script>" not in photo.picture.content.read() + photo.thumbnail.content.read()


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP", "PNG", "HEIF"])
def test_place_camera_profile_and_xmp_are_gone(image_format):
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (27.0, 52.0, 11.0), 3: "E", 4: (112.0, 57.0, 8.0)})
    file = encoded(
        picture(), image_format, exif=exif, icc_profile=b"fake profile", xmp=b"<x:xmpmeta>secret</x:xmpmeta>"
    )
    assert b"PhoneMaker" in file.getvalue()

    for stored in (photo := clean_photo(file)).picture, photo.thumbnail:
        reread = reopened(stored)
        assert dict(reread.getexif()) == {}
        assert set(reread.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


# The corner where the red half lies, upright, for a stored picture whose left half is red.
@pytest.mark.parametrize(
    ("orientation", "size", "red_at", "green_at"),
    [
        (1, (80, 40), (10, 20), (70, 20)),
        (2, (80, 40), (70, 20), (10, 20)),
        (3, (80, 40), (70, 20), (10, 20)),
        (6, (40, 80), (20, 10), (20, 70)),
        (8, (40, 80), (20, 70), (20, 10)),
    ],
)
def test_a_turned_phone_gives_an_upright_picture(orientation, size, red_at, green_at):
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = clean_photo(encoded(picture(), "JPEG", exif=exif, quality=95))

    stored = reopened(photo.picture)
    assert stored.size == size == (photo.picture.width, photo.picture.height)
    assert is_near(stored.getpixel(red_at), RED)
    assert is_near(stored.getpixel(green_at), GREEN)


def test_a_bomb_is_refused_by_its_header():
    file = png_bomb(9_000, 9_000)
    assert len(file.getvalue()) < 20_000
    started = time.perf_counter()
    assert code_of(file) == "photo_pixels"
    assert time.perf_counter() - started < 0.2


def test_a_bomb_beyond_the_library_s_own_limit_gets_the_same_answer():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    file = io.BytesIO(b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b""))
    assert code_of(file) == "photo_pixels"


def test_pixels_are_counted_exactly():
    assert clean_photo(encoded(picture((100, 50)), "PNG"), max_pixels=5_000).picture.width == 100
    assert code_of(encoded(picture((100, 50)), "PNG"), max_pixels=4_999) == "photo_pixels"


def test_bytes_are_counted_exactly():
    file = encoded(picture(), "PNG")
    size_bytes = len(file.getvalue())
    assert clean_photo(file, max_bytes=size_bytes).picture.width == 80
    assert code_of(file, max_bytes=size_bytes - 1) == "photo_bytes"


@pytest.mark.parametrize("content", [b"", b"only words", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\0" * 4096])
def test_what_is_no_photo_is_refused_whatever_its_name(content):
    assert code_of(SimpleUploadedFile("photo.jpg", content, "image/jpeg")) == "photo_format"


@pytest.mark.parametrize("image_format", ["GIF", "BMP", "TIFF", "AVIF"])
def test_other_formats_are_refused_even_when_named_jpg(image_format):
    upload = SimpleUploadedFile("photo.jpg", encoded(picture(), image_format).read(), "image/jpeg")
    assert code_of(upload) == "photo_format"


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_truncated_upload_is_refused(image_format):
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    whole = encoded(noise, image_format).getvalue()
    assert code_of(io.BytesIO(whole[: len(whole) // 2])) == "photo_broken"


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_animations_are_refused(image_format):
    file = encoded(picture(), image_format, save_all=True, append_images=[picture(left=GREEN, right=RED)])
    assert code_of(file) == "photo_animated"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_becomes_white(mode):
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode)
    options = {"transparency": image.getpixel((0, 0))} if mode == "P" else {}
    stored = reopened(clean_photo(encoded(image, "PNG", **options)).picture)
    assert stored.getpixel((20, 20)) == (255, 255, 255)


def test_grey_sixteen_bit_and_cmyk_pictures_keep_their_tone():
    grey = Image.new("I;16", (40, 40), 128 * 256)
    assert reopened(clean_photo(encoded(grey, "PNG")).picture).getpixel((20, 20)) == (128, 128, 128)
    cmyk = picture().convert("CMYK")
    assert is_near(reopened(clean_photo(encoded(cmyk, "JPEG")).picture).getpixel((10, 20)), RED)


def test_refusals_speak_to_the_person():
    with pytest.raises(ValidationError) as refusal:
        clean_photo(io.BytesIO(b"words"))
    assert refusal.value.messages == ["这不是能用的照片，请选 JPG、PNG、WebP 或 HEIC。"]
    with pytest.raises(ValidationError) as refusal:
        clean_photo(png_bomb(9_000, 9_000))
    assert refusal.value.messages == ["照片尺寸太大，请选 2400 万像素以内的。"]
