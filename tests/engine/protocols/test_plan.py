"""How much a protocol will compute is said before it begins."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.client.crew import Crew, conducted
from engine.protocols.current_clamp import FrequencyCurrent, StepFamily
from engine.protocols.protocol import Protocol
from engine.protocols.series import Listed, Spaced
from engine.protocols.standard import StandardStimulus
from engine.protocols.sweeps import Outcome, Plan, Sweep
from engine.protocols.thresholds import PairedPulse, Rheobase, StrengthDuration
from engine.protocols.validation import Validation
from engine.protocols.varied import Varied
from tests.engine.protocols.conftest import bench_of

_SHORT = {"delay": 20.0, "duration": 50.0, "after": 10.0}
_EXACT = 1e-9
_CURRENTS = Spaced(first=0.01, last=0.02, count=3)


@pytest.mark.parametrize(
    ("protocol", "within"),
    [
        (StepFamily(amplitudes=_CURRENTS, **_SHORT), _EXACT),
        (FrequencyCurrent(count=4, **_SHORT), 0.4),
        (Rheobase(), 0.4),
        (StrengthDuration(durations=Listed(values=(0.5, 5.0))), 0.4),
        (PairedPulse(intervals=Listed(values=(8.0, 14.0))), 0.5),
        (
            Varied(
                protocol=StepFamily(amplitudes=_CURRENTS, **_SHORT),
                setting="celsius",
                values=Listed(values=(6.3, 8.0)),
            ),
            _EXACT,
        ),
    ],
    ids=lambda each: each.title if isinstance(each, Protocol) else "",
)
def test_that_a_plan_is_about_what_is_computed(
    protocol: Protocol, within: float, textbook: Path, crew: Crew
) -> None:
    done: list[Plan] = []

    def run(batch: Sequence[Sweep]) -> tuple[Outcome, ...]:
        done.extend(Plan(1, each.experiment.conditions.tstop) for each in batch)
        return crew.run(batch)

    bench = bench_of(textbook)
    conducted(protocol.play(bench), run)
    plan, computed = protocol.plan(bench), sum(done, start=Plan(0, 0.0))
    assert plan.sweeps == pytest.approx(computed.sweeps, rel=within)
    assert plan.model_ms == pytest.approx(computed.model_ms, rel=within)


def test_that_what_is_known_of_a_cell_is_not_looked_for_again(textbook: Path) -> None:
    bench = bench_of(textbook)
    known = bench.__class__(
        bench.experiment, bench.site, bench.properties.__class__(gid=0, threshold_current=0.002)
    )
    for protocol in (StandardStimulus(), Validation()):
        assert protocol.plan(bench).sweeps == protocol.plan(known).sweeps + Rheobase().plan(bench).sweeps
