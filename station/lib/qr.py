"""QR codes: for a page (SVG), for a poster (PNG) and for drawing on paper (modules).

Error level M at least (about 15 % may be scratched or dirty); a higher level is taken where it needs no larger code.
Every code has the quiet zone of four modules that ISO/IEC 18004 asks for, except the bare modules.
"""

import io

import segno

QUIET_ZONE_MODULES = 4


def _code(text: str, error: str = "m") -> segno.QRCode:
    """UTF-8 throughout: left alone, the encoder picks Shift JIS for some Chinese texts, which phones misread."""
    return segno.make_qr(text, error=error, encoding="utf-8")


def qr_modules(text: str, *, error: str = "m") -> list[list[bool]]:
    """Rows of modules from the top, True is dark, without the quiet zone. `error` is the least level: l, m, q or h.

    Raises ValueError when the text does not fit any code.
    """
    return [[bool(module) for module in row] for row in _code(text, error).matrix]


def qr_svg(text: str, *, title: str, scale: int = 8) -> str:
    """A whole SVG file, `scale` pixels a module, readable by a screen reader through its title.

    Colours are attributes, never inline styles, so it can also stand in a page under a strict content security policy.
    Raises ValueError when the text does not fit any code.
    """
    out = io.BytesIO()
    _code(text).save(
        out,
        kind="svg",
        scale=scale,
        border=QUIET_ZONE_MODULES,
        dark="#000",
        light="#fff",
        title=title,
        svgclass=None,
        lineclass=None,
    )
    svg = out.getvalue().decode("utf-8")
    return svg.replace("<svg ", '<svg role="img" shape-rendering="crispEdges" ', 1)


def qr_png_bytes(text: str, *, scale: int = 8) -> bytes:
    """A black and white PNG, `scale` pixels a module. Raises ValueError when the text does not fit any code."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=scale, border=QUIET_ZONE_MODULES, dark="#000", light="#fff")
    return out.getvalue()
