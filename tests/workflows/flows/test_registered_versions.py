"""A version of a flow that is registered never changes: running cases keep theirs (design.md rule 7)."""

import pytest

from workflows.engine.definitions import Flow
from workflows.flows.apps import shipped

from .registered import as_data, kept, name_of


@pytest.mark.parametrize("flow", shipped(), ids=name_of)
def test_a_registered_version_is_what_it_was(flow: Flow) -> None:
    assert as_data(flow) == kept()[name_of(flow)]


def test_no_registered_version_is_gone() -> None:
    assert {name_of(flow) for flow in shipped()} == set(kept())
