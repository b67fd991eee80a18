"""The pyramidal cell as a circuit, made once for all modules of a worker."""

from pathlib import Path

import pytest

from tests.engine.acceptance import l5pc


@pytest.fixture(scope="session")
def l5pc_circuit(
    tmp_path_factory: pytest.TempPathFactory, l5pc_files: Path, bluecellulab_python: Path
) -> l5pc.Circuit:
    """One cell; what is compiled for the peer goes into its folder `peer`."""
    return l5pc.make_circuit(tmp_path_factory.mktemp("l5pc"), l5pc_files, bluecellulab_python)
