"""Adding and changing plain reference rows (grids, notices, hours): checked and audited, with no rule of their own."""

from django.db import transaction

from station.lib.db import save_checked
from station.operations import audit


@transaction.atomic
def save_record(obj, *, by, reason="", fields=(), community=None):
    """Save `obj` after a full check. `fields` names what changed, for the audit. Raises ValidationError."""
    verb = "add" if obj._state.adding else "change"
    save_checked(obj, by=by, reason=reason)
    audit.record(
        f"{verb} {obj._meta.model_name}", obj, by=by, reason=reason, community=community, fields=sorted(fields)
    )
    return obj


@transaction.atomic
def delete_record(obj, *, by, reason="", community=None):
    """Delete `obj`, which the audit remembers by its kind and number."""
    audit.record(f"delete {obj._meta.model_name}", obj, by=by, reason=reason, community=community)
    obj.delete()
