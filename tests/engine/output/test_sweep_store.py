"""Many sweeps need no more memory than some, and their samples are the same to the bit."""

import gc
import io
from typing import IO

import numpy as np
import pytest
from typing_extensions import override

from engine.experiment.experiment import CircuitReference, Experiment
from engine.output.sweep_store import SweepStore
from engine.protocols.sweeps import CURRENT, VOLTAGE, Outcome, Sweep

_EXPERIMENT = Experiment(circuit=CircuitReference(path="circuit.json"))
_RANDOM = np.random.default_rng(3)


def _outcome(number: int) -> Outcome:
    columns = {VOLTAGE: _RANDOM.normal(size=1000), CURRENT: _RANDOM.normal(size=number)}
    return Outcome(Sweep(float(number), _EXPERIMENT), 0.025, columns)


def test_that_what_is_read_from_the_file_is_what_was_there() -> None:
    files: list[IO[bytes]] = []

    def make() -> IO[bytes]:
        files.append(io.BytesIO())
        return files[-1]

    outcomes = [_outcome(number) for number in range(1, 6)]
    store = SweepStore(20_000, make)
    kept = [store.kept(each) for each in outcomes]
    assert kept[0] is outcomes[0] and kept[1] is outcomes[1], "the first ones fit into memory"
    store.close()
    (file,) = files
    assert file.seek(0, io.SEEK_END) == 8 * (3 * 1000 + 3 + 4 + 5)
    for each, original in zip(kept, outcomes, strict=True):
        assert set(each.columns) == {VOLTAGE, CURRENT} and CURRENT in each.columns and each.is_there
        np.testing.assert_array_equal(each.voltage, original.voltage)
        np.testing.assert_array_equal(each.current, original.current)
    del store
    gc.collect()
    assert not file.closed, "somebody still needs it"
    del kept, each
    gc.collect()
    assert file.closed


class _Full(io.BytesIO):
    """A disk without room."""

    @override
    def write(self, _data: object) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("is_there", [False, True])
def test_that_what_cannot_be_written_stays_in_memory(*, is_there: bool) -> None:
    def make() -> IO[bytes]:
        if not is_there:
            raise OSError(13, "Permission denied")
        return _Full()

    store = SweepStore(0, make)
    outcome = _outcome(3)
    kept = store.kept(outcome)
    store.close()
    np.testing.assert_array_equal(kept.voltage, outcome.voltage)
    failed = Outcome.nothing(outcome.sweep, "It was lost.")
    assert SweepStore(0, make).kept(failed) is failed
