"""The public pages of the base app, one subject a file."""
