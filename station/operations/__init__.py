"""The changes the base app knows, one noun a file. Each is one transaction, checked, audited."""
