"""What the theory says."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def expected_cable(shared_data: Path) -> dict[str, Any]:
    """A cable of 2 µm with 20,000 Ω·cm² and 100 Ω·cm."""
    found: dict[str, Any] = json.loads((shared_data / "lessons_expected.json").read_text())
    return dict(found["cable_d2_Rm20000_Ra100"])
