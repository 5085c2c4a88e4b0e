"""A roster as a page for the browser's own print: the quick way, with the same rows as the PDF."""

from base64 import b64encode

from ledger.prints.rosters import mask_note, signatures_of
from ledger.rosters import ORDINAL_WIDTH_MM, RosterCopy, text_of
from ledger.rosters.bodies import Blank, Heading, Line, Sum, body_of
from station.lib.qr import qr_png_bytes

LONG_CODE = 10  # characters: a date, a phone, a credit code


class HtmlPage:
    """Reads a copy as a `write` of make_printout and keeps what its template shows."""

    def read(self, copy: RosterCopy) -> None:
        self.copy = copy
        self.groups = [{"rows": []}]  # one table body each
        for part in body_of(copy):
            if isinstance(part, Heading):
                self.groups.append({"rows": [], "is_group": True})
            self.groups[-1]["rows"].append(self._row(part))

    def _row(self, part):
        match part:
            case Heading():
                return {"kind": "heading", "text": part.text}
            case Line():
                return {"kind": "line", "cells": [self._cell(value) for value in part.values]}
            case Sum():
                return {
                    "kind": "total" if part.is_total else "sum",
                    "text": part.label,
                    "span": part.span,
                    "values": part.values,
                }
            case Blank():
                return {"kind": "blank", "number": part.number}

    @staticmethod
    def _cell(value):
        """A cell's text and its class: numbers stand in the middle, a long code is set smaller rather than broken."""
        if isinstance(value, int):
            return str(value), "count"
        text = text_of(value)
        return text, "code" if text.isascii() and len(text) >= LONG_CODE else ""

    def context(self) -> dict:
        """For ledger/roster_print.html."""
        code = b64encode(qr_png_bytes(self.copy.check_url, scale=3)).decode()
        columns = self.copy.columns
        share = 100 / (ORDINAL_WIDTH_MM + sum(column.width_mm for column in columns))
        return {
            "copy": self.copy,
            "groups": [group for group in self.groups if group["rows"]],
            "widths": [f"{width * share:.2f}%" for width in (ORDINAL_WIDTH_MM, *(c.width_mm for c in columns))],
            "empty_cells": range(len(columns)),
            "qr": f"data:image/png;base64,{code}",
            "mask_note": mask_note(self.copy),
            "is_full": self.copy.full,
            "signatures": signatures_of(self.copy),
        }
