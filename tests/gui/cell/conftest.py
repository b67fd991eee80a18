"""Cells as workers describe them, and small ones that are thought up."""

from collections.abc import Iterator

import pytest

from engine.client.client import Client
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.messages.events import Description
from engine.resources import resources_folder
from gui.plots.cell.shapes import Shape, shape_of

THICK_TUFTED = CellReference("column", 120)


@pytest.fixture(scope="session")
def column_client() -> Iterator[Client]:
    """A worker that has the built-in column."""
    with Client() as client:
        client.answer(
            client.load(resources_folder() / "circuits" / "cortical_column" / "circuit_config.json")
        )
        yield client


@pytest.fixture(scope="session")
def thick_tufted(column_client: Client) -> Shape:
    """A layer 5 cell with an axon that has no course, as NEURON has built it."""
    description, points = column_client.answer(column_client.describe(THICK_TUFTED, Conditions()))
    assert isinstance(description, Description)
    return shape_of(description, points)
