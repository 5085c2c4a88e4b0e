"""``python -m bench [SECTION …]``: each section in a process of its own, on a fresh demo database of its own.

A section is a module of this package with `main()`, which finds Django set up and the demo loaded. With
TEST_DATABASE_URL set (``python -m tests.on_postgres python -m bench``) the databases are PostgreSQL's, else SQLite's.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit, urlunsplit

import psycopg

SECTIONS = [
    "pages",
    "admin",
    "nearest",
    "exports",
    "imports",
    "paper",
]


def database_url(section, folder):
    """A database that holds nothing yet."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        return f"sqlite:///{folder}/bench.sqlite3"
    name = f"bench_{section}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def run(section):
    """Measure one section; everything it made goes with its folder, or with the server."""
    with tempfile.TemporaryDirectory(prefix="station-bench-") as folder:
        url = database_url(section, folder)
        environment = os.environ | {"DATA_DIR": folder, "DATABASE_URL": url, "DEMO": "true", "HTTPS": "false"}
        environment |= {"DEBUG": "false", "DJANGO_SETTINGS_MODULE": "station.settings", "PYTHONUNBUFFERED": "1"}
        for command in (["migrate", "-v", "0"], ["demo", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
            subprocess.run([sys.executable, "manage.py", *command], check=True, env=environment)
        print(f"\n{section}, {url.partition(':')[0]}", flush=True)
        code = f"import django; django.setup(); from bench import {section}; {section}.main()"
        return subprocess.run([sys.executable, "-c", code], env=environment).returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ratios, measured in one run.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all by default")
    chosen = parser.parse_args().sections
    if unknown := set(chosen) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    failed = [section for section in chosen or SECTIONS if run(section)]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
