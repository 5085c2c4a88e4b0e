"""Runs manage.py as a production installation would see it: ``python -m tests.production check --deploy``."""

import base64
import os
import secrets
import sys
import tempfile

from django.core.management import execute_from_command_line


def main(arguments):
    """Run `arguments` with HTTPS on, demo off and fresh keys."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "station.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "BLIND_INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "station.example",
        "PUBLIC_URL": "https://station.example",
        "DEBUG": "false",
        "DEMO": "false",
        "HTTPS": "true",
        "STAFF_SECOND_FACTOR": "true",
    }
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
        execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
