"""Telling strangers apart without knowing them: keyed digests of a random cookie and of an internet address.

Neither can be turned back, and an address's digest changes every day: it serves limits and nothing else.
"""

from django.utils import timezone

from station.lib.crypto import hmac_digest

UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - what station.middleware.client_address says where it knows none


def device_mark(subject, place, token):
    """The digest of a cookie's `token`, another one for every subject and place. 64 hex digits."""
    return hmac_digest(f"{subject}.device", f"{place} {token}")


def address_mark(subject, address, day=None):
    """The digest of `address` for one day (today); 16 hex digits, empty where the address is not known."""
    if address == UNKNOWN_ADDRESS:
        return ""
    return hmac_digest(f"{subject}.{day or timezone.localdate()}", address)[:16]
