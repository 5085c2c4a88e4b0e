"""Every change of the ledger, one noun a file."""
