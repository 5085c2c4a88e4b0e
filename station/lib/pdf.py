"""A PDF file (ISO 32000-1) of pages somebody has drawn, written object by object, with its fonts cut to size.

Only what our paper takes: compressed pages of one size, fonts whose text can be found and copied, a title, a language.
"""

import datetime as dt
import zlib
from collections.abc import Iterable
from typing import BinaryIO

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


class _Writer:
    """Numbers objects and remembers where each begins."""

    def __init__(self, file: BinaryIO):
        self.file, self.place, self.offsets = file, 0, {}
        self.count = 0
        self.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def write(self, data: bytes):
        self.file.write(data)
        self.place += len(data)

    def reserve(self) -> int:
        self.count += 1
        return self.count

    def put(self, body: str, stream: bytes | None = None, number: int | None = None) -> int:
        """Write one object, a dictionary given by its entries, and return its number."""
        number = number or self.reserve()
        self.offsets[number] = self.place
        if stream is None:
            self.write(f"{number} 0 obj\n<< {body} >>\nendobj\n".encode())
        else:
            self.write(f"{number} 0 obj\n<< {body} /Length {len(stream)} >>\nstream\n".encode())
            self.write(stream)
            self.write(b"\nendstream\nendobj\n")
        return number

    def finish(self, root: int, info: int):
        start = self.place
        entries = [f"{self.offsets[number]:010d} 00000 n \n" for number in range(1, self.count + 1)]
        size = self.count + 1
        self.write(f"xref\n0 {size}\n0000000000 65535 f \n{''.join(entries)}".encode())
        self.write(f"trailer\n<< /Size {size} /Root {root} 0 R /Info {info} 0 R >>\n".encode())
        self.write(f"startxref\n{start}\n%%EOF\n".encode())


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
    writer = _Writer(file)
    catalog, tree = writer.reserve(), writer.reserve()
    kids = []
    for content in pages:
        drawn = writer.put("/Filter /FlateDecode", content)
        kids.append(writer.put(f"/Type /Page /Parent {tree} 0 R /Contents {drawn} 0 R"))
    names = " ".join(
        f"/F{number} {_put_font(writer, face, used)} 0 R" for number, (face, used) in enumerate(fonts, 1) if used
    )
    box = f"[0 0 {width_mm * POINTS_PER_MM:.2f} {height_mm * POINTS_PER_MM:.2f}]"
    writer.put(
        f"/Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}]"
        f" /MediaBox {box} /Resources << /Font << {names} >> >>",
        number=tree,
    )
    writer.put(
        f"/Type /Catalog /Pages {tree} 0 R /Lang ({language}) /ViewerPreferences << /DisplayDocTitle true >>",
        number=catalog,
    )
    moment = at.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")
    info = writer.put(f"/Title {_text(title)} /Producer {_text('暖心驿站')} /CreationDate (D:{moment}Z)")
    writer.finish(catalog, info)


def _text(text: str) -> str:
    """A text string outside pages: UTF-16 with its byte order mark."""
    return f"<FEFF{text.encode('utf-16-be').hex()}>"


def _put_font(writer: _Writer, face: Face, used: dict[int, str]) -> int:
    name = f"STATIO+{face.name}"
    system = f"<< /Registry ({face.registry}) /Ordering ({face.ordering}) /Supplement {face.supplement} >>"
    widths = " ".join(f"{cid} [{width}]" for cid, width in _widths(face, used))
    outlines = zlib.compress(face.cut_out(sorted(used)))
    data = writer.put("/Subtype /CIDFontType0C /Filter /FlateDecode", outlines)
    descriptor = writer.put(
        f"/Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{' '.join(map(str, face.box))}] /ItalicAngle 0"
        f" /Ascent {face.ascent} /Descent {face.descent} /CapHeight {face.ascent} /StemV 80 /FontFile3 {data} 0 R"
    )
    glyphs = writer.put(
        f"/Type /Font /Subtype /CIDFontType0 /BaseFont /{name} /CIDSystemInfo {system}"
        f" /FontDescriptor {descriptor} 0 R /DW 1000 /W [{widths}]"
    )
    characters = writer.put("/Filter /FlateDecode", zlib.compress(_character_map(used).encode()))
    return writer.put(
        f"/Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
        f" /DescendantFonts [{glyphs} 0 R] /ToUnicode {characters} 0 R"
    )


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
