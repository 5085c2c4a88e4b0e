"""What every test may ask for: the two databases' care, a storage that needs no manifest, people with roles."""

import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages are rendered without collectstatic having run."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
