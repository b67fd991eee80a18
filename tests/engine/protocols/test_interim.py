"""What is known of a result before its last sweep has come."""

from pathlib import Path

import numpy as np

from engine.client.crew import Crew
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.interim import so_far
from engine.protocols.protocol import Protocol
from engine.protocols.series import Listed, Spaced
from engine.protocols.sweeps import Outcome, Result
from engine.protocols.thresholds import Rheobase, StrengthDuration
from tests.engine.protocols.conftest import bench_of


def _growing(protocol: Protocol, circuit: Path, crew: Crew) -> tuple[list[Result | None], Result]:
    """What is known after each sweep, and the result."""
    bench = bench_of(circuit)
    known: list[Result | None] = []
    answered: list[tuple[Outcome, ...]] = []
    play = protocol.play(bench)
    batch = next(play)
    while True:
        outcomes = crew.run(batch)
        parts = (outcomes[:count] for count in range(1, len(outcomes) + 1))
        known += [so_far(protocol, bench, [*answered, part], batch) for part in parts]
        answered.append(outcomes)
        try:
            batch = play.send(outcomes)
        except StopIteration as end:
            return known, end.value


def test_that_a_family_has_the_rows_of_the_sweeps_that_are_there(textbook: Path, crew: Crew) -> None:
    curve = FrequencyCurrent(amplitudes=Spaced(first=0.005, last=0.02, count=4), duration=100.0)
    known, result = _growing(curve, textbook, crew)
    final = np.array(result.column("Rate").values)
    for count, interim in enumerate(known, start=1):
        assert interim is not None
        rates = np.array(interim.column("Rate").values)
        np.testing.assert_array_equal(rates[:count], final[:count])
        assert np.isnan(rates[count:]).all() and len(rates) == 4


def test_that_a_search_narrows_down_to_what_it_finds(textbook: Path, crew: Crew) -> None:
    known, result = _growing(Rheobase(), textbook, crew)
    narrowing = [each for each in known if each is not None and each.numbers[:1] != result.numbers[:1]]
    limits = [each.numbers[0].value for each in narrowing if each.numbers]
    assert limits == sorted(limits, reverse=True) and limits[0] > 2 * limits[-1]
    assert limits[-1] >= result.number("Rheobase") and known[-1] == result
    counts = [len(each.columns[0].values) for each in narrowing]
    assert counts == sorted(counts), "what was tried stays in sight"


def test_that_thresholds_of_several_durations_sink_together(textbook: Path, crew: Crew) -> None:
    known, result = _growing(
        StrengthDuration(durations=Listed(values=(0.5, 2.0)), precision=5.0), textbook, crew
    )
    seen = [dict(zip(*(each.values for each in known_.columns), strict=True)) for known_ in known if known_]
    final = dict(zip(*(each.values for each in result.columns), strict=True))
    for duration, threshold in final.items():
        sinking = [each[duration] for each in seen if duration in each]
        assert sinking[0] > threshold and min(sinking) == threshold
