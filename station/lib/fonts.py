"""OpenType faces with CFF outlines: which characters they have, how wide, and a font of only those a document needs.

The tables of a Chinese face hold thirty thousand glyphs. fontTools turns them into dictionaries, which costs a tenth of
a second and 20 MB a document; here they are read as they lie in the file (OpenType 1.9: cmap format 12, hmtx).
"""

import gc
import logging
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from os import PathLike
from sys import byteorder

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)

_OUTLINES = {"CFF ", "head", "hhea", "maxp"}  # the tables cutting a font out takes; the others are not of use in a PDF


def _big_endian(kind, data):
    numbers = array(kind)
    numbers.frombytes(data)
    if byteorder == "little":
        numbers.byteswap()
    return numbers


class Face:
    """One face of a font file (`number` counts in a collection).

    A glyph is named by its character identifier (CID), as a PDF names it. Raises ValueError for a font without CFF
    outlines by CID or without a character map of the whole of Unicode.
    """

    def __init__(self, path: str | PathLike, number: int = 0):
        self._font = TTFont(path, fontNumber=number, lazy=True, recalcTimestamp=False)
        top = self._font["CFF "].cff[0] if "CFF " in self._font else None
        if top is None or not hasattr(top, "ROS"):
            raise ValueError(f"{path} has no outlines by character identifier")
        self.registry, self.ordering, self.supplement = top.ROS
        self._cids = [0, *(int(name[3:]) for name in top.charset[1:])]  # by glyph; fontTools calls them cid00001
        head, metrics = self._font["head"], self._font["hhea"]
        self._scale = 1000 / head.unitsPerEm
        self.name = self._font["name"].getDebugName(6)
        self.ascent, self.descent = round(metrics.ascent * self._scale), round(metrics.descent * self._scale)
        self.box = [round(edge * self._scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]
        self._advances = _big_endian("H", self._font.reader["hmtx"][: 4 * metrics.numberOfHMetrics])[::2]
        self._starts, self._ends, self._glyphs = self._character_map(self._font.reader["cmap"], path)

    @staticmethod
    def _character_map(table, path):
        """The first and last character of every group, and the glyph of the first."""
        (count,) = struct.unpack_from(">H", table, 2)
        for place in range(count):
            (offset,) = struct.unpack_from(">I", table, 4 + 8 * place + 4)
            if struct.unpack_from(">H", table, offset) == (12,):
                (groups,) = struct.unpack_from(">I", table, offset + 12)
                numbers = _big_endian("I", table[offset + 16 : offset + 16 + 12 * groups])
                return numbers[0::3], numbers[1::3], numbers[2::3]
        raise ValueError(f"{path} has no map of all characters")

    def find(self, character: str) -> tuple[int, float] | None:
        """The CID of the glyph that shows a character, and its width in thousandths of its size; None without one."""
        code = ord(character)
        group = bisect_right(self._starts, code) - 1
        if group < 0 or code > self._ends[group]:
            return None
        glyph = self._glyphs[group] + code - self._starts[group]
        return self._cids[glyph], round(self._advances[min(glyph, len(self._advances) - 1)] * self._scale)

    def cut_out(self, cids: Iterable[int]) -> bytes:
        """A CFF font of only these glyphs, to be embedded. Can be had once."""
        for table in list(self._font.keys()):
            if table not in _OUTLINES and table != "GlyphOrder":
                del self._font[table]
        subsetter = Subsetter(Options(notdef_outline=True, glyph_names=False))
        subsetter.populate(glyphs=[".notdef", *(f"cid{cid:05d}" for cid in cids)])
        subsetter.subset(self._font)
        return self._font["CFF "].compile(self._font)

    def close(self):
        """Let go of the file and its tables: 10 MB that refer to each other, still young enough for a quick look."""
        self._font.close()
        self._font = None
        gc.collect(1)
