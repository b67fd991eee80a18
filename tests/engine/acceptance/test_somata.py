"""A soma that is drawn as an outline has the form that BlueCelluLab and neurodamus give it."""

import subprocess
from pathlib import Path

import morphio
import numpy as np
import pytest

from engine.simulation.cells.morphologies import in_eight_digits
from engine.simulation.cells.soma_outline import stacked
from tests.engine.acceptance import l5pc
from tests.engine.acceptance.bluecellulab import clean_environment

_THEIRS = """
import sys
import numpy as np
from bluecellulab.cell.morphio_wrapper import MorphIOWrapper
soma = MorphIOWrapper(sys.argv[1]).morph.soma
np.save(sys.argv[2], np.column_stack([soma.points, soma.diameters]))
"""


@pytest.mark.science
@pytest.mark.timeout(900)  # the peer may have to be installed
def test_that_the_soma_of_an_outline_is_that_of_bluecellulab_to_the_last_bit(
    l5pc_files: Path, bluecellulab_python: Path, tmp_path: Path
) -> None:
    file, theirs = tmp_path / "cell.h5", tmp_path / "soma.npy"
    morphology = morphio.mut.Morphology(l5pc_files / "morphology" / f"{l5pc.MORPHOLOGY}.asc")
    assert morphology.soma_type == morphio.SomaType.SOMA_SIMPLE_CONTOUR
    morphology.write(file)
    command = [str(bluecellulab_python), "-c", _THEIRS, str(file), str(theirs)]
    subprocess.run(command, check=True, env=clean_environment(), capture_output=True)
    ours = stacked(np.asarray(morphio.Morphology(file).soma.points)).astype(np.float32)
    np.testing.assert_array_equal(in_eight_digits(ours), in_eight_digits(np.load(theirs)))
