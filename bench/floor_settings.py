"""The product's settings without its middleware, pages and context: what Django alone costs."""

from station.settings import *  # noqa: F403
from station.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.floor"
WSGI_APPLICATION = "bench.floor.application"
MIDDLEWARE = []
TEMPLATES = [TEMPLATES[0] | {"DIRS": [BASE_DIR / "bench" / "templates"], "OPTIONS": {"context_processors": []}}]
