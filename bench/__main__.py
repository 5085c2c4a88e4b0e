"""``python -m bench``: every measurement on a fresh demo database, SQLite and PostgreSQL."""

import os
import subprocess
import sys
import tempfile

from bench import exports, pages


def prepare():
    for command in (["migrate", "-v", "0"], ["demo", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], check=True)


if __name__ == "__main__":
    if os.environ.get("TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DEMO": "true", "HTTPS": "false"}
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        print(f"\nrider pages, anonymous, {os.environ['DATABASE_URL'].partition(':')[0]}")
        prepare()
        pages.main()
        exports.main()
