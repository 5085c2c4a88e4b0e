"""The changes of the ledger, one noun a file. Each is one transaction, checked, in the row's history, audited."""
