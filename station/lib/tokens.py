"""Signed words a page hands out and takes back: they say what was given to whom and when, and nobody can make one up.

A token reads ``part.part….time:signature``. The signature is Django's (HMAC-SHA256 under SECRET_KEY), salted by the
purpose, so a token for one thing is none for another.
"""

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

LONGEST = 200  # characters; a longer text was never one of ours


def give_token(purpose: str, *parts: object, at: datetime) -> str:
    """Return a token over `parts`, which hold no dot, given out at `at`."""
    return Signer(salt=purpose).sign(".".join([*map(str, parts), format(int(at.timestamp()), "x")]))


def read_token(purpose: str, token: str, *, now: datetime, max_age: timedelta) -> list[str] | None:
    """Return the parts of a token of this purpose, as text; None for any other text, and for one older than `max_age`.

    A token from the future (clocks of two servers may differ) is as good as a fresh one.
    """
    if len(token) > LONGEST:
        return None
    try:
        *parts, given = Signer(salt=purpose).unsign(token).split(".")
    except BadSignature:
        return None
    return parts if now.timestamp() - int(given, 16) <= max_age.total_seconds() else None
