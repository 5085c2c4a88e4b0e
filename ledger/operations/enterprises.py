"""What happens to an enterprise in the ledger. Every operation returns the row as it stands afterwards."""

from ledger.models.entries import Channel
from ledger.operations import entries


def register_enterprise(enterprise, *, by, reason="", channel=Channel.DOOR):
    """Enter a new enterprise under the next number. Raises ValidationError."""
    return entries.register(enterprise, by=by, reason=reason, channel=channel)


def change_enterprise(enterprise, changes, *, by, reason):
    """Write `changes` (field name → value) and why. Raises ValidationError."""
    return entries.change(enterprise, changes, by=by, reason=reason)


def confirm_enterprise(enterprise, *, by, reason="", on=None):
    """Note that it was found as the ledger says. Raises ValidationError."""
    return entries.confirm(enterprise, by=by, reason=reason, on=on)


def leave_enterprise(enterprise, *, by, reason, on=None):
    """Note that it moved away or was dissolved. Raises ValidationError."""
    return entries.leave(enterprise, by=by, reason=reason, on=on)


def return_enterprise(enterprise, *, by, reason=""):
    """Take it in again under its old number. Raises ValidationError."""
    return entries.come_back(enterprise, by=by, reason=reason)


def reveal_enterprise(enterprise, *, by, reason):
    """The contact in full, as (label, text) pairs. Raises ValidationError."""
    return entries.reveal(enterprise, ["contact_name", "contact_phone"], by=by, reason=reason)
