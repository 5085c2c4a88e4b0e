"""A wrong or missing variable stops the start and is named. Nothing has a default that would be dangerous."""

import ast
import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from storages.backends.s3 import S3Storage

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(b"k" * 32).decode()
RIGHT = {"SECRET_KEY": "s" * 50, "FIELD_KEYS": f"k1:{KEY}", "BLIND_INDEX_KEY": KEY}


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """``start({...})``: reads a copy of the settings, beside no .env, in exactly this environment."""
    folder = tmp_path_factory.mktemp("installation")
    (folder / "station").mkdir()
    shutil.copy(ROOT / "station" / "settings.py", folder / "station")

    def run(environment, show="DEBUG"):
        return subprocess.run(
            [sys.executable, "-c", f"from station.settings import *; print({show})"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_with_the_three_keys_it_starts_and_is_safe(start):
    done = start(RIGHT, "DEBUG, DEMO, HTTPS, STAFF_SECOND_FACTOR, SESSION_COOKIE_SECURE, SECURE_SSL_REDIRECT")
    assert done.stderr == ""
    assert done.stdout.split() == ["False", "False", "True", "True", "True", "True"]


def test_the_demo_lets_staff_in_without_a_second_factor_unless_told_otherwise(start):
    assert start(RIGHT | {"DEMO": "true"}, "STAFF_SECOND_FACTOR").stdout == "False\n"
    assert start(RIGHT | {"DEMO": "true", "STAFF_SECOND_FACTOR": "true"}, "STAFF_SECOND_FACTOR").stdout == "True\n"


def test_an_empty_value_is_a_value_not_given(start):
    named = {name: "" for name in variables_in_example() if name not in RIGHT}
    show = "DATA_DIR.name, DATABASES['default']['NAME'].endswith('var/db.sqlite3'), PUBLIC_URL, HTTPS"
    done = start(RIGHT | named, show)
    assert done.stderr == ""
    assert done.stdout.split() == ["var", "True", "http://127.0.0.1:8000", "True"]


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_missing_key_is_named(start, name, how):
    environment = {key: value for key, value in RIGHT.items() if key != name} | ({name: ""} if how == "empty" else {})
    done = start(environment)
    assert done.returncode == 1
    assert f"ImproperlyConfigured: Set the environment variable {name} " in done.stderr


def test_without_any_environment_it_refuses(start):
    assert "ImproperlyConfigured: Set the environment variable SECRET_KEY" in start({}).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "s" * 49),
        ("FIELD_KEYS", KEY),
        ("FIELD_KEYS", "k1:not-base64"),
        ("FIELD_KEYS", "k1:" + base64.b64encode(b"k" * 16).decode()),
        ("FIELD_KEYS", f"k1:{KEY},k1:{KEY}"),
        ("FIELD_KEYS", f"k 1:{KEY}"),
        ("BLIND_INDEX_KEY", "not base64"),
        ("BLIND_INDEX_KEY", base64.b64encode(b"k" * 31).decode()),
        ("DEBUG", "maybe"),
        ("DEMO", "ja"),
        ("HTTPS", "2"),
        ("STAFF_SECOND_FACTOR", "enabled"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("TRUSTED_PROXY_COUNT", "one"),
        ("PORT", "0"),
        ("PUBLIC_URL", "station.example"),
        ("DATABASE_URL", "mysql://user@host/name"),
        ("DATABASE_URL", "nonsense"),
        ("CACHE_URL", "nonsense"),
        ("CACHE_URL", "nonsense://host"),
        ("STALE_AFTER_DAYS", "0"),
        ("STALE_AFTER_DAYS", "ninety"),
        ("STAFF_IDLE_MINUTES", "0.5"),
        ("SIGN_IN_CODES_PER_ADDRESS_HOUR", "0"),
        ("SIGN_IN_CODES_PER_DAY", "-5"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named(start, name, value):
    done = start(RIGHT | {name: value})
    assert done.returncode == 1
    assert re.search(rf"ImproperlyConfigured: .*\b{name}\b", done.stderr)
    assert value not in done.stderr.splitlines()[-1] or name not in RIGHT


def test_a_notifier_that_does_not_exist_is_named():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=RIGHT | {"NOTIFY_BACKEND": "station.lib.notify.Pigeon"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ImproperlyConfigured: The environment variable NOTIFY_BACKEND" in done.stderr


def variables_in_example():
    return re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def variables_in_settings():
    """The names that settings.py passes to its readers."""
    readers = {"read": 1, "read_flag": 0, "read_count": 0}
    found = set()
    for node in ast.walk(ast.parse((ROOT / "station" / "settings.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in readers:
            argument = node.args[readers[node.func.id]]
            if isinstance(argument, ast.Constant):
                found.add(argument.value)
    return found


def test_the_example_lists_exactly_what_is_read():
    listed = variables_in_example()
    assert len(listed) == len({*listed})
    assert {*listed} == variables_in_settings()


BUCKET = {
    "MEDIA_STORAGE": "s3",
    "MEDIA_BUCKET": "yizhan",
    "MEDIA_ENDPOINT": "https://oss.example",
    "MEDIA_REGION": "hunan-1",
    "MEDIA_ACCESS_KEY": "ak",
    "MEDIA_SECRET_KEY": "sk",
    "MEDIA_FOLDER": "media",
}


def test_uploads_are_files_unless_told_otherwise(start):
    assert start(RIGHT, "STORAGES['default']").stdout == "{'BACKEND': 'django.core.files.storage.FileSystemStorage'}\n"


def test_uploads_go_to_a_bucket_that_stays_closed(start):
    shown = "STORAGES['default']['BACKEND'], *map(STORAGES['default']['OPTIONS'].get, ('bucket_name', 'default_acl'))"
    assert start(RIGHT | BUCKET, shown).stdout == "storages.backends.s3.S3Storage yizhan None\n"


def test_the_library_takes_the_settings_of_a_bucket_as_they_are(start, settings):
    options = ast.literal_eval(start(RIGHT | BUCKET, "STORAGES['default']['OPTIONS']").stdout)
    storage = S3Storage(**options)
    assert (storage.bucket_name, storage.endpoint_url, storage.region_name) == (
        "yizhan",
        "https://oss.example",
        "hunan-1",
    )
    assert (storage.access_key, storage.secret_key, storage.location) == ("ak", "sk", "media")
    with pytest.raises(NotImplementedError):
        storage.path("stations/x.jpg")  # whoever needs one would fail here and not in a deployment
    with pytest.raises(ImproperlyConfigured):
        S3Storage(**options, no_such_option=1)


@pytest.mark.parametrize(
    ("environment", "named"),
    [({"MEDIA_STORAGE": "ftp"}, "MEDIA_STORAGE"), ({"MEDIA_STORAGE": "s3"}, "MEDIA_BUCKET")],
)
def test_a_storage_that_cannot_be_is_named(start, environment, named):
    assert f"the environment variable {named}" in start(RIGHT | environment).stderr.replace("The ", "the ")
