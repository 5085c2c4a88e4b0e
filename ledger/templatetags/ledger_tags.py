"""What the ledger shows on pages of the base app."""

from django import template

from ledger.models import Worker

register = template.Library()


@register.inclusion_tag("ledger/my_entry.html")
def my_entry(user):
    """The ledger entry of the signed-in rider `user`, or the invitation to register. One query."""
    entry = Worker.objects.of_account(user).select_related("community", "grid").first()
    return {"entry": entry, "tone": {"active": "good", "pending": "warn"}.get(entry.state if entry else "", "")}
