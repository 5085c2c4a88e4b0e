"""What the ledger forgets. Run by ``manage.py sweep``."""

from datetime import timedelta

from ledger.models import ImportBatch, ImportRow

#: A preview that nobody committed by the next day is looked at anew.
KEEP_DRAFTS = timedelta(hours=24)
#: So long an import can be undone and its refused rows be fetched.
KEEP_ROWS = timedelta(days=180)


def sweep(now):
    """Forget imports never committed after a day, and what the rows of the others said after 180; how many of each."""
    drafts = ImportBatch.objects.filter(state=ImportBatch.State.DRAFT, created_at__lt=now - KEEP_DRAFTS)
    # The titles go with the rows, and tell that these have gone.
    old = ImportBatch.objects.filter(committed_at__lt=now - KEEP_ROWS).exclude(headers=[])
    forgotten = {
        "import drafts": drafts.count(),
        "import rows": ImportRow.objects.filter(batch__in=old).update(cells="", changes=""),
    }
    old.update(headers=[], mapping=[])
    drafts.delete()
    return forgotten
