"""Three sizes, two formats, one name."""

import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from station.lib.photo_sizes import FILE_NAME, file_names, largest_of, photo_set, sources
from tests.lib.test_photos import encoded, picture, png_bomb


def sizes(made):
    return {name: Image.open(io.BytesIO(content)).size for name, content in made.files.items()}


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((4000, 3000), [1600, 400, 800]),
        ((3000, 4000), [1200, 300, 600]),
        ((700, 350), [700, 400]),
        ((200, 100), [200]),
    ],
)
def test_smaller_sizes_where_the_photo_is_larger(size, widths):
    made = photo_set(encoded(picture(size), "JPEG"))
    stem = made.name.removesuffix(".jpg")
    sides = ["", "-400", "-800"][: len(widths)]
    assert [name for name in made.files if name.endswith(".jpg")] == [f"{stem}{side}.jpg" for side in sides]
    assert [sizes(made)[f"{stem}{side}.webp"][0] for side in sides] == widths
    assert sizes(made)[made.name] == (made.width, made.height)
    # The page names and measures them without opening any.
    assert sorted(file_names(f"stations/{made.name}", made.width, made.height)) == sorted(
        f"stations/{name}" for name in made.files
    )
    listed = sources(f"stations/{made.name}", made.width, made.height, "webp")
    assert [one.width for one in listed] == sorted(widths)
    assert [sizes(made)[one.name][0] for one in listed] == sorted(widths)
    assert all(FILE_NAME.fullmatch(name) and largest_of(name) == made.name for name in made.files)


def test_nothing_but_the_pixels_is_kept():
    exif = Image.Exif()
    exif[0x010F], exif[0x9286], exif[0x0112] = "Huawei", "<script>alert(1)</script>", 6
    made = photo_set(encoded(picture((900, 600)), "JPEG", exif=exif, comment=b"<script>alert(1)</script>"))
    assert (made.width, made.height) == (600, 900)
    for content in made.files.values():
        assert b"script" not in content
        assert b"Huawei" not in content
        assert b"Exif" not in content


def test_two_uploads_share_no_name():
    first, second = (photo_set(encoded(picture((10, 10)), "PNG")) for _again in range(2))
    assert set(first.files) & set(second.files) == set()


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (png_bomb(20_000, 20_000), "photo_pixels"),
        (io.BytesIO(b"%PDF-1.7 <script>"), "photo_format"),
        (io.BytesIO(b"GIF89a<script>"), "photo_format"),
        (io.BytesIO(encoded(picture(), "JPEG").getvalue()[:400]), "photo_broken"),
    ],
)
def test_what_is_no_photo_is_refused(upload, code):
    with pytest.raises(ValidationError) as refusal:
        photo_set(upload)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "name", ["", "../settings.py", "x.jpg", "0" * 32 + ".php", "0" * 32 + "-900.jpg", "0" * 32 + ".jpg\n"]
)
def test_a_name_that_is_not_ours_belongs_to_nothing(name):
    assert largest_of(name) is None
