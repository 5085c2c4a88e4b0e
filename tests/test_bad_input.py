"""Whatever is thrown at an address, the answer is a page or the visitor's fault: no 5xx on either database."""

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from station.models import User
from tests.conftest import FOR_TESTS

NUL, LONG, HUGE = "\x00", "A" * 10_000, "9" * 26  # what no column, no width and no integer of either database holds
NASTY = [NUL, "建设路\x00社区", LONG, "䶮𬱟" * 200, HUGE, "-1", "1e309", "' OR 1=1 --", "2026-02-30", "27.8,112.9,1"]
QUERY = ("q", "near", "open", "all_day", "amenity", "page", "show", "next", "station", "after")
PIECES = ["0", "1", HUGE, "x" * 300, "%00", "%F0%AC%B1%9F", "..%2f", "lanyuan", "-", "'"]
SOME_PIECES = ["0", HUGE, "x" * 300, "%00", "'"]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo community, loaded once for this file and rolled back at its end."""
    with django_db_blocker.unblock(), override_settings(DEMO=True, **FOR_TESTS), transaction.atomic():
        call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def db(demo):
    """The file's database in place of a transaction for each test."""


@pytest.fixture
def visit(db):
    """``visit("shequ")``: the browser of this account, or of nobody."""

    def visit_as(login):
        client = Client(raise_request_exception=False)
        if login:
            user = User.objects.get(username=login)
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return visit_as


class Trouble(list):
    """The server errors met so far, by what led to them."""

    def note(self, response, *what):
        if response.status_code >= 500:
            self.append((*(text[:40] for text in what), response.status_code))


def public_addresses(resolver=None, prefix=""):
    """Every address outside the admin, as its pattern's text."""
    for pattern in (resolver or get_resolver()).url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield "/" + text
        elif isinstance(pattern, URLResolver) and not text.startswith("admin/"):
            yield from public_addresses(pattern, text)


def concrete(address, piece):
    """`address` with every converter replaced by `piece`."""
    return "/".join(piece if part.startswith("<") else part for part in address.split("/"))


def pages():
    """Every address once, with pieces that lead to an existing row where possible."""
    for address in public_addresses():
        yield concrete(address, "lanyuan" if "<slug:code>" in address else "legal-aid" if "slug>" in address else "1")


def fields_of(response):
    """The names of every field of every form on the page."""
    names = {"next", "phone", "code", "occupation", "q", "near"}
    for context in response.context or []:
        for value in context.flatten().values() if hasattr(context, "flatten") else []:
            if hasattr(value, "fields") and hasattr(value, "add_prefix"):
                names |= {value.add_prefix(name) for name in value.fields}
    return names


def test_addresses(visit):
    """Every public address with every odd piece in its path, for everybody who sees different rows."""
    trouble = Trouble()
    for login in ("", "rider-demo-1", "shequ", "wangge1", "jiedao"):
        client = visit(login)
        for address in public_addresses():
            for piece in PIECES if "<" in address else [""]:
                path = concrete(address, piece)
                trouble.note(client.get(path), login, path)
    assert trouble == []


def test_queries(visit):
    """Every page with every odd value in its query string."""
    trouble = Trouble()
    for login in ("", "rider-demo-1"):
        client = visit(login)
        for path in pages():
            for nasty in NASTY:
                trouble.note(client.get(path, dict.fromkeys(QUERY, nasty)), login, path, nasty)
    assert trouble == []


def test_forms(visit):
    """Every form with every odd value in every field, and with nothing at all."""
    trouble = Trouble()
    for login in ("", "rider-demo-1", "shequ"):
        client = visit(login)
        for path in pages():
            if path == "/sign-out/":
                continue
            page = client.get(path)
            for nasty in ["", *NASTY]:
                answer = client.post(path, dict.fromkeys(fields_of(page), nasty))
                trouble.note(answer, login, path, nasty)
                if answer.status_code == 405:
                    break
    assert trouble == []


def test_admin_lists(visit):
    """Every list of the admin with odd searches, pages, orders and filters."""
    trouble = Trouble()
    client = visit("shequ")
    for model, model_admin in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        filters = [f if isinstance(f, str) else getattr(f, "parameter_name", "x") for f in model_admin.list_filter]
        for nasty in (NUL, "建设路\x00社区", LONG, HUGE):
            trouble.note(client.get(base, {"q": nasty}), base, "q", nasty)
        for nasty in (NUL, HUGE):
            trouble.note(client.get(base, {"p": nasty, "o": nasty}), base, "page", nasty)
            for name in filters:
                trouble.note(client.get(base, {f"{name}__exact": nasty, name: nasty}), base, name, nasty)
    assert trouble == []


def test_admin_addresses(visit):
    """Every change page of the admin with odd ids."""
    trouble = Trouble()
    for login in ("shequ", "wangge1", "zhanzhang"):
        client = visit(login)
        for model in admin.site._registry:
            for piece in SOME_PIECES:
                path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{piece}/change/"
                trouble.note(client.get(path), login, path)
    assert trouble == []


# The community admin may change the most; the others meet masked, missing and read-only fields.
@pytest.mark.parametrize(
    ("login", "values"), [("shequ", (NUL, LONG, HUGE)), ("wangge1", (NUL, HUGE)), ("zhanzhang", (NUL, HUGE))]
)
def test_admin_forms(visit, login, values):
    """Every add and change page of the admin with odd values in every field."""
    trouble = Trouble()
    client = visit(login)
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model._default_manager.order_by("pk").first()
        for path in (f"{base}add/", f"{base}{row.pk}/change/" if row else None):
            page = client.get(path) if path else None
            if page is None or page.status_code != 200 or "adminform" not in page.context:
                continue
            names = {*page.context["adminform"].form.fields, *(field.name for field in model._meta.fields)}
            for nasty in values:
                trouble.note(client.post(path, dict.fromkeys(names, nasty)), login, path, nasty)
    assert trouble == []
