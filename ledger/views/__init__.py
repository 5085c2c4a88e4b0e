"""The ledger's public pages."""
