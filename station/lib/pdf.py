"""A PDF file (ISO 32000-1) of pages somebody has drawn, with its fonts cut to size. The file format is pydyf's.

Only what our paper takes: compressed pages of one size, fonts whose text can be found and copied, a title, a language.
"""

import datetime as dt
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from pydyf import PDF, Array, Dictionary, Object, Stream, String

from station.lib.fonts import Face

POINTS_PER_MM = 72 / 25.4
_MAPPED_AT_ONCE = 100  # entries of one block of a character map (Adobe technical note 5014)


class PackedPage:
    """What is drawn on a page, compressed, to which some more can be added without unpacking it.

    Deflated data end on a byte after a flush and may be followed by more of their kind (RFC 1951); the checksum behind
    them (Adler-32, RFC 1950) can be carried on too.
    """

    def __init__(self, content: bytes):
        self._checksum = zlib.adler32(content)
        self._start = b"\x78\x9c" + self._deflated(content, zlib.Z_SYNC_FLUSH)

    @staticmethod
    def _deflated(content, flush):
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return packer.compress(content) + packer.flush(flush)

    def sealed_with(self, content: bytes) -> bytes:
        """The whole page in zlib's format, with `content` drawn last."""
        checksum = zlib.adler32(content, self._checksum)
        return self._start + self._deflated(content, zlib.Z_FINISH) + checksum.to_bytes(4, "big")


def write_pdf(
    file: BinaryIO,
    pages: Iterable[bytes],
    fonts: Iterable[tuple[Face, dict[int, str]]],
    *,
    width_mm: float,
    height_mm: float,
    title: str,
    at: dt.datetime,
    language: str = "zh-CN",
) -> None:
    """Write the pages (zlib's format), which show glyphs of `fonts` as /F1, /F2 …, two bytes each, by their CID.

    Each font comes with the glyphs used: CID → the character it shows, which is what somebody who copies text gets.
    """
    document = PDF()
    for content in pages:
        drawn = _add_packed(document, content)
        document.add_page(Dictionary({"Type": "/Page", "Parent": document.pages.reference, "Contents": drawn}))
    document.pages["MediaBox"] = Array([0, 0, round(width_mm * POINTS_PER_MM, 2), round(height_mm * POINTS_PER_MM, 2)])
    named = {f"F{number}": _add_font(document, face, used) for number, (face, used) in enumerate(fonts, 1) if used}
    document.pages["Resources"] = Dictionary({"Font": Dictionary(named)})
    document.catalog["Lang"] = String(language)
    document.catalog["ViewerPreferences"] = Dictionary({"DisplayDocTitle": "true"})
    document.info["Title"], document.info["Producer"] = String(title), String("暖心驿站")
    document.info["CreationDate"] = String(f"D:{at.astimezone(dt.UTC):%Y%m%d%H%M%S}Z")
    document.write(file)


def _added(document: PDF, thing: Object) -> bytes:
    """The reference to an object that the document now holds."""
    document.add_object(thing)
    return thing.reference


def _add_packed(document: PDF, content: bytes, **more) -> bytes:
    return _added(document, Stream([content], more | {"Filter": "/FlateDecode"}))


def _add_font(document: PDF, face: Face, used: dict[int, str]) -> bytes:
    name = f"/STATIO+{face.name}"
    outlines = zlib.compress(face.cut_out(sorted(used)))
    descriptor = {
        "Type": "/FontDescriptor",
        "FontName": name,
        "Flags": 4,
        "FontBBox": Array(face.box),
        "ItalicAngle": 0,
        "Ascent": face.ascent,
        "Descent": face.descent,
        "CapHeight": face.ascent,
        "StemV": 80,
        "FontFile3": _add_packed(document, outlines, Subtype="/CIDFontType0C"),
    }
    system = {
        "Registry": String(face.registry),
        "Ordering": String(face.ordering),
        "Supplement": face.supplement,
    }
    glyphs = {
        "Type": "/Font",
        "Subtype": "/CIDFontType0",
        "BaseFont": name,
        "CIDSystemInfo": Dictionary(system),
        "FontDescriptor": _added(document, Dictionary(descriptor)),
        "DW": 1000,
        "W": Array([part for cid, width in _widths(face, used) for part in (cid, Array([width]))]),
    }
    characters = zlib.compress(_character_map(used).encode())
    font = {
        "Type": "/Font",
        "Subtype": "/Type0",
        "BaseFont": name,
        "Encoding": "/Identity-H",
        "DescendantFonts": Array([_added(document, Dictionary(glyphs))]),
        "ToUnicode": _add_packed(document, characters),
    }
    return _added(document, Dictionary(font))


def _widths(face, used):
    """The glyphs that are not as wide as a Chinese character."""
    for cid, character in sorted(used.items()):
        _cid, width = face.find(character)
        if width != 1000:
            yield cid, width


def _character_map(used: dict[int, str]) -> str:
    """From glyphs back to characters (ISO 32000-1, 9.10.3)."""
    lines = [f"<{cid:04X}> <{character.encode('utf-16-be').hex().upper()}>" for cid, character in sorted(used.items())]
    blocks = [lines[start : start + _MAPPED_AT_ONCE] for start in range(0, len(lines), _MAPPED_AT_ONCE)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{mapped}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
