"""Loaded by pytest before Django reads its settings: the suite's own environment, whatever a local .env says."""

import base64
import os
import shutil
import tempfile
from pathlib import Path

# A RAM disk where there is one: a test database is gone afterwards anyway, and nobody waits for a disk.
RAM_DISK = Path("/dev/shm")
OWN_DATA_DIR = "TEST_DATA_DIR" not in os.environ  # false in xdist's workers, which inherit the first process's folder

os.environ |= {
    "SECRET_KEY": "only-for-tests-" * 4,
    "FIELD_KEYS": "t1:" + base64.b64encode(b"1" * 32).decode(),
    "BLIND_INDEX_KEY": base64.b64encode(b"2" * 32).decode(),
    "DEBUG": "false",
    "DEMO": "false",
    "HTTPS": "false",
    "STAFF_SECOND_FACTOR": "false",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "PUBLIC_URL": "http://testserver",
    "TRUSTED_PROXY_COUNT": "0",
    "NOTIFY_BACKEND": "station.lib.notify.MemoryBackend",
    "CACHE_URL": "locmemcache://",
    "LOG_LEVEL": "WARNING",
}
if OWN_DATA_DIR:
    ram_disk = RAM_DISK if os.access(RAM_DISK, os.W_OK) else None
    os.environ["TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="station-test-", dir=ram_disk)
os.environ["DATA_DIR"] = os.environ["TEST_DATA_DIR"]
(Path(os.environ["DATA_DIR"]) / "static").mkdir(exist_ok=True)  # whitenoise warns where there is none
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['DATA_DIR']}/db.sqlite3"


def pytest_unconfigure():
    """Leave nothing behind on the RAM disk."""
    if OWN_DATA_DIR:
        shutil.rmtree(os.environ["TEST_DATA_DIR"], ignore_errors=True)
