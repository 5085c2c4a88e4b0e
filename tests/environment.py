"""Loaded by pytest before Django reads its settings: the suite's own environment, whatever a local .env says."""

import base64
import os
import tempfile

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
os.environ.setdefault("TEST_DATA_DIR", tempfile.mkdtemp(prefix="station-test-"))
os.environ["DATA_DIR"] = os.environ["TEST_DATA_DIR"]
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['DATA_DIR']}/db.sqlite3"
