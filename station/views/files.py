"""Handing out what somebody uploaded: from any storage, and inert whatever it holds."""

from django.http import FileResponse, Http404

INERT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


def stored_file(open_file, *, headers=(), **how):
    """What `open_file()` opens, as FileResponse takes it; 404 where the storage has lost it."""
    try:
        content = open_file()
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(content, headers=INERT | dict(headers), **how)
