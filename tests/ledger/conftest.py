"""What the ledger's tests share: rows in the ledger, entered the way the product enters them."""

import pytest

from ledger.models import Enterprise, FormColumn, FormTemplate, Worker
from ledger.operations.enterprises import register_enterprise
from ledger.operations.templates import save_template
from ledger.operations.workers import register_worker
from station.models import Occupation


@pytest.fixture
def make_worker(here, community_admin):
    """``make_worker("李䶮", "13900000001", grid=…)``: a worker registered by the community's administrator."""

    def make(name="李䶮", phone="13900000001", *, by=None, consents=(), **values):
        values = {"community": here.community, "grid": here.grid, "occupation": Occupation.COURIER} | values
        return register_worker(Worker(name=name, phone=phone, **values), by=by or community_admin, consents=consents)

    return make


@pytest.fixture
def make_enterprise(here, community_admin):
    """``make_enterprise("暖风配送", credit_code=…)``: an enterprise registered by the community's administrator."""

    def make(name="暖风配送", **values):
        values = {
            "community": here.community,
            "grid": here.grid,
            "kind": Enterprise.Kind.FOOD_DELIVERY,
            "address": "建设北路1号",
            "no_party_reason": "党员不足三名",
        } | values
        return register_enterprise(Enterprise(name=name, **values), by=community_admin)

    return make


@pytest.fixture
def worker(make_worker):
    return make_worker()


@pytest.fixture
def make_template(here, community_admin):
    """``make_template("季报", ["name", ("phone", "电话", 30)], …)``: a template of the workers' roster."""

    def make(
        name="季报", columns=("number", "name", ("phone", "联系电话", 30)), *, kind="workers", place=here, **values
    ):
        parts = [(one, "", None) if isinstance(one, str) else one for one in columns]
        rows = [FormColumn(key=key, title=title, width_mm=width, position=0) for key, title, width in parts]
        template = FormTemplate(community=place.community, kind=kind, name=name, **values)
        return save_template(template, rows, by=community_admin)

    return make
