"""A PDF of our own: pages that grow after being compressed, fonts cut to what is used, text everybody can copy."""

import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from station.lib.fonts import Face
from station.lib.paper import RARE_FONT, RARE_FONT_FACE, SANS, SERIF
from station.lib.pdf import PackedPage, write_pdf

AT = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)


@pytest.fixture
def face():
    found = Face(SANS)
    yield found
    found.close()


def document(pages, fonts):
    file = BytesIO()
    write_pdf(file, pages, fonts, width_mm=210, height_mm=297, title="名册（甲）", at=AT)
    return file


def page_showing(face, text):
    """One page with this text, and the glyphs it uses."""
    used = {face.find(character)[0]: character for character in text}
    codes = "".join(f"{face.find(character)[0]:04X}" for character in text)
    return f"BT /F1 12 Tf 50 700 Td <{codes}> Tj ET".encode(), used


@pytest.mark.parametrize("rest", [b"", b"more", b"0" * 100_000])
def test_what_is_added_to_a_packed_page_stands_behind_the_rest(rest):
    content = bytes(range(256)) * 500
    assert zlib.decompress(PackedPage(content).sealed_with(rest)) == content + rest


def test_widths_are_those_of_the_face(face):
    assert face.find("国")[1] == face.find("，")[1] == 1000
    assert 200 < face.find("i")[1] < face.find("W")[1] < 1000
    assert face.find("\U000323a0") is None
    assert face.find("\0") is None
    assert face.find("\U0010ffff") is None


def test_the_second_face_has_characters_the_first_lacks(face):
    rare = Face(RARE_FONT, RARE_FONT_FACE)
    assert face.find("\U00020bb7") is None
    assert rare.find("\U00020bb7")[1] == 1000
    rare.close()


def test_every_character_is_copied_as_it_was_written(face):
    text = "李䶮陈𬱟王㛃赵𫖯（138****0001）" + "".join(chr(0x4E00 + number) for number in range(300))
    content, used = page_showing(face, text)
    reader = PdfReader(document([zlib.compress(content)], [(face, used)]))
    assert reader.pages[0].extract_text() == text
    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == (595, 842)


def test_the_title_the_language_and_the_moment(face):
    content, used = page_showing(face, "甲")
    reader = PdfReader(document([zlib.compress(content)] * 3, [(face, used)]))
    assert len(reader.pages) == 3
    assert reader.metadata.title == "名册（甲）"
    assert reader.metadata.creation_date == AT
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - pypdf's own kind


def test_only_the_glyphs_used_are_embedded():
    face = Face(SERIF)
    content, used = page_showing(face, "暖心驿站")
    size = len(document([zlib.compress(content)], [(face, used)]).getvalue())
    face.close()
    assert size < 8000


def test_a_font_nobody_used_is_left_out(face):
    content, used = page_showing(face, "甲")
    other = Face(RARE_FONT, RARE_FONT_FACE)
    file = document([zlib.compress(content)], [(face, used), (other, {})])
    other.close()
    assert b"/F1 " in file.getvalue()
    assert b"/F2 " not in file.getvalue()
