"""The forms of the ledger: for staff in the admin, and the one a worker fills in himself."""
