"""Every state machine of the product: its table is sound, and docs/states.md draws the very same."""

import re
from pathlib import Path

import pytest
from django.apps import apps

DOCUMENT = Path(__file__).parent.parent / "docs" / "states.md"
MACHINES = [model for model in apps.get_models() if "TRANSITIONS" in vars(model)]


def drawn():
    """{model label: {(from, to), …}} as the Mermaid diagrams of the document say."""
    machines = {}
    for label, diagram in re.findall(
        r"^## .*?`([\w.]+)`.*?```mermaid\n(.*?)```", DOCUMENT.read_text("utf-8"), re.M | re.S
    ):
        machines[label] = set(re.findall(r"^\s*(\w+) --> (\w+)", diagram, re.M))
    return machines


def test_the_document_draws_every_machine_and_no_other():
    assert set(drawn()) == {model._meta.label for model in MACHINES}
    assert len(MACHINES) == 14


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model._meta.label)
def test_the_diagram_is_the_table(model):
    table = {(str(a.value), str(b.value)) for a, targets in model.TRANSITIONS.items() for b in targets}
    assert drawn()[model._meta.label] == table


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model._meta.label)
def test_the_table_names_every_state_once(model):
    states = {state.value for state in model.State}
    assert {state.value for state in model.TRANSITIONS} == states
    assert all(state not in targets for state, targets in model.TRANSITIONS.items())
