"""What the ledger puts on paper: one file a kind of paper, all on the sheets of `sheets.py`."""

from ledger.prints.html import HtmlPage
from ledger.prints.rosters import write_pdf

__all__ = ["HtmlPage", "write_pdf"]
