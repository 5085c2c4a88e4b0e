"""Whatever is thrown at an address, the answer is a page or the visitor's fault: no 5xx on either database."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from station.models import User

NASTY = [
    "",
    "\x00",
    "建设路\x00社区",
    "A" * 10_000,
    "䶮𬱟" * 200,
    "-1",
    "99999999999999999999999999",
    "1e309",
    "NaN",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\u202e\ufeff",
    "2026-02-30",
    "27.8,112.9,1",
]
PATH_PIECES = ["0", "1", "99999999999999999999999999", "x" * 300, "%00", "%F0%AC%B1%9F", "..%2f", "lanyuan", "-", "'"]


def public_patterns(resolver=None, prefix=""):
    """Every address outside the admin, as its pattern's text."""
    for pattern in (resolver or get_resolver()).url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not text.startswith("admin/"):
                yield from public_patterns(pattern, text)
        elif isinstance(pattern, URLPattern):
            yield "/" + text, pattern


def concrete(text, piece):
    """The pattern's text with every converter replaced by `piece`."""
    parts = []
    for part in text.split("/"):
        parts.append(piece if part.startswith("<") else part)
    return "/".join(parts)


@pytest.fixture
def demo(settings, db):
    settings.DEMO = True
    call_command("demo", verbosity=0)


@pytest.fixture(params=["anonymous", "rider-demo-1", "shequ", "wangge1", "jiedao"])
def visitor(request, demo):
    client = Client(raise_request_exception=False)
    if request.param != "anonymous":
        user = User.objects.get(username=request.param)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fields_of(response):
    """The names of every field of every form on the page."""
    names = set()
    for context in response.context or []:
        for value in context.flatten().values() if hasattr(context, "flatten") else []:
            if hasattr(value, "fields") and hasattr(value, "add_prefix"):
                names |= {value.add_prefix(name) for name in value.fields}
    return names | {"next", "phone", "code", "occupation", "q", "near"}


def test_addresses(visitor):
    """Every public address with every odd piece in its path."""
    bad = []
    for text, _pattern in public_patterns():
        for piece in PATH_PIECES if "<" in text else [""]:
            path = concrete(text, piece)
            status = visitor.get(path).status_code
            if status >= 500:
                bad.append((path[:80], status))
    assert bad == []


def test_queries(visitor):
    """Every page with every odd value in its query string."""
    bad = []
    for text, _pattern in public_patterns():
        path = concrete(text, "lanyuan" if "<str:code>" in text else "1")
        for nasty in NASTY:
            query = dict.fromkeys(("q", "near", "open", "amenity", "page", "next", "station", "after"), nasty)
            status = visitor.get(path, query).status_code
            if status >= 500:
                bad.append((path, nasty[:20], status))
    assert bad == []


def test_forms(visitor):
    """Every form with every odd value in every field, and with nothing at all."""
    bad = []
    for text, _pattern in public_patterns():
        path = concrete(text, "lanyuan" if "<str:code>" in text else "1")
        if path == "/sign-out/":
            continue
        names = fields_of(visitor.get(path))
        for nasty in NASTY:
            status = visitor.post(path, dict.fromkeys(names, nasty)).status_code
            if status >= 500:
                bad.append((path, nasty[:20], status))
    assert bad == []


@pytest.mark.parametrize("login", ["shequ", "wangge1", "zhanzhang"])
def test_admin(demo, login):
    """Every admin list, add and change page with odd queries, ids and values."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=login), backend="django.contrib.auth.backends.ModelBackend")
    bad = []

    def check(response, *what):
        if response.status_code >= 500:
            bad.append((*what, response.status_code))

    for model, model_admin in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        some = NASTY[1:7]
        filters = [f if isinstance(f, str) else getattr(f, "parameter_name", "x") for f in model_admin.list_filter]
        for nasty in some:
            check(client.get(base, {"q": nasty}), base, "q", nasty[:20])
            check(client.get(base, {"p": nasty, "o": nasty}), base, "page", nasty[:20])
            for name in filters:
                check(client.get(base, {f"{name}__exact": nasty}), base, name, nasty[:20])
        for piece in PATH_PIECES:
            check(client.get(f"{base}{piece}/change/"), base, "change", piece[:20])
        page = client.get(f"{base}add/")
        if page.status_code == 200 and page.context and "adminform" in page.context:
            names = list(page.context["adminform"].form.fields)
            for nasty in some:
                check(client.post(f"{base}add/", dict.fromkeys(names, nasty)), base, "add", nasty[:20])
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            for nasty in some:
                names = [field.name for field in apps.get_model(model._meta.label)._meta.fields]
                check(client.post(f"{base}{row.pk}/change/", dict.fromkeys(names, nasty)), base, "post", nasty[:20])
    assert bad == []
