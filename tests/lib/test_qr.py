"""The codes on doors and sheets: drawn exactly as encoded, and readable without colours or styles of ours."""

import io
import re
from xml.etree import ElementTree

import pytest
import segno
from PIL import Image

from station.lib.qr import qr_modules, qr_png_bytes, qr_svg

DOOR = "https://rest.example.org/s/JSL-001/"
SVG = "{http://www.w3.org/2000/svg}"


def drawn_modules(svg):
    """The dark modules of the SVG, read from its path commands: moves, and one horizontal stroke a run."""
    path = next(node for node in ElementTree.fromstring(svg.encode()).iter(f"{SVG}path") if node.get("stroke")).get("d")
    dark, x, y = set(), 0.0, 0.0
    for kind, dx, dy, run in re.findall(r"([Mm])(-?[\d.]+) ?(-?[\d.]+)h(\d+)", path):
        x, y = (float(dx), float(dy)) if kind == "M" else (x + float(dx), y + float(dy))
        dark |= {(int(y - 0.5), int(x) + step) for step in range(int(run))}
        x += int(run)
    return dark


def test_modules_equal_the_encoder_s_matrix():
    code = segno.make(DOOR, error="m", micro=False)
    assert qr_modules(DOOR) == [[bool(module) for module in row] for row in code.matrix]
    assert segno.make_qr(DOOR, error="m").error in {"M", "Q", "H"}


def test_modules_have_the_three_finders():
    modules = qr_modules(DOOR)
    size = len(modules)
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for top, left in [(0, 0), (0, size - 7), (size - 7, 0)]:
        assert ["".join(str(int(modules[top + y][left + x])) for x in range(7)) for y in range(7)] == finder


def test_svg_draws_exactly_the_modules_inside_a_quiet_zone_of_four():
    modules = qr_modules(DOOR)
    expected = {(y + 4, x + 4) for y, row in enumerate(modules) for x, dark in enumerate(row) if dark}
    svg = qr_svg(DOOR, title="驿站", scale=3)
    assert drawn_modules(svg) == expected
    assert ElementTree.fromstring(svg.encode()).get("width") == str((len(modules) + 8) * 3)


def test_svg_is_an_image_with_a_name_and_without_inline_style():
    svg = qr_svg(DOOR, title="建设路 <驿站> & 港湾")
    root = ElementTree.fromstring(svg.encode())
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "建设路 <驿站> & 港湾"
    assert type(svg) is str
    assert not [node for node in root.iter() if node.get("style") or node.tag.endswith("style")]


def test_png_pixels_equal_the_modules():
    image = Image.open(io.BytesIO(qr_png_bytes(DOOR, scale=2))).convert("L")
    modules = qr_modules(DOOR)
    assert image.size == ((len(modules) + 8) * 2,) * 2
    side = range(len(modules))
    assert [[image.getpixel(((x + 4) * 2, (y + 4) * 2)) == 0 for x in side] for y in side] == modules


def test_chinese_is_utf_8_and_never_shift_jis():
    assert segno.make_qr("社区安全", error="m").mode == "kanji"  # what would happen if left alone
    as_bytes = segno.make_qr("社区安全".encode(), error="m", mode="byte", encoding="utf-8")
    assert qr_modules("社区安全") == [[bool(module) for module in row] for row in as_bytes.matrix]


def test_text_beyond_any_code_is_a_value_error():
    with pytest.raises(ValueError, match="Data too large"):
        qr_modules("x" * 3000)
