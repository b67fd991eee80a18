"""The report says what was done and found, in words that no browser takes for tags."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import numpy as np

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.manipulations import Drug
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import OrnsteinUhlenbeck, Step, VoltageClamp, VoltageLevel
from engine.experiment.targets import CellReference, Site
from engine.output.method_text import elements, parameters, sentences
from engine.output.recorded import Recorded, RecordedSweep, Signal
from engine.output.report_page import Drawing, ReportContent, page
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.series import Listed, Spaced
from engine.protocols.standard import StandardStimulus
from engine.protocols.sweeps import Column, Number, Outcome, Result, Sweep, TextColumn

CELL = CellReference("L5<b>", 7)
SOMA = Site(cell=CELL)
_VOID = {"meta", "br", "link"}


class Reader(HTMLParser):
    """Keeps what can be read, and that all tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data + " "


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [], "all is closed"
    return reader


def an_experiment() -> Experiment:
    return Experiment(
        circuit=CircuitReference(path="/somewhere/circuit_config.json"),
        title="Spikes <script>alert(1)</script> & more",
        cells=ListedCells(cells=(CELL,)),
        stimuli=(Step(target=SOMA, amplitude=-0.25, name="A 'pulse'"), Step(target=SOMA, enabled=False)),
        recordings=(SiteRecording(site=SOMA, label='"v"'),),
        manipulations=(Drug(cell=CELL, name="TTX", percent=90, variables=("gnabar_hh",)),),
        conditions=Conditions(tstop=250, celsius=21.5, v_init=-71, dt=0.05),
    )


def content(**more: Any) -> ReportContent:
    return ReportContent(an_experiment(), datetime(2025, 3, 1, 12, 30, tzinfo=UTC), **more)


def test_that_a_report_says_how_with_what_and_what_came_of_it():
    result = Result(
        (
            Column("Current", "nA", (0.1, 0.2)),
            Column("Rate", "Hz", (float("nan"), -12.3456789)),
            TextColumn("Verdict", ("<ok>", "")),
        ),
        numbers=(Number("Slope", 40.5, "Hz/nA", 0.25), Number("Onset", 0.15, "nA", float("nan"))),
    )
    experiment = an_experiment()
    failed = Outcome.nothing(Sweep(0.3, experiment), "It died.")
    svg = '<?xml version="1.0"?>\n<svg><g id="a"/><use fill="url(#a)"/></svg>'
    protocol = FrequencyCurrent(amplitudes=Spaced(first=0.1, last=0.2, count=2), duration=300.0)
    found = page(
        content(
            protocol=protocol,
            site=str(SOMA),
            result=result,
            outcomes=(failed, Outcome(Sweep(0.1, experiment), 0.05, {"v": np.zeros(3)})),
            drawings=[Drawing(svg, "First & last"), Drawing(svg, "Second")],
            problems=["It was < 0."],
            files=("a.csv",),
        )
    )
    reader = read(found)
    text = " ".join(reader.text.split())
    assert "alert(1)" in text and "script" not in reader.seen, "what the user wrote is text"
    assert "src=" not in found and "href=" not in found, "it needs no other file"
    for words in (
        *("The cell L5<b>:7 of the circuit circuit_config.json was simulated in NEURON", "21.5 °C", "250 ms"),
        *("initial voltage of −71 mV", "time step of 0.05 ms (backward Euler, first order)"),
        *("Stimulus: A 'pulse': Step", "Amplitude −0.25 nA", "TTX", "gnabar_hh", "f–I", "300 ms"),
        *("Slope 40.5 ± 0.25 Hz/nA", "Onset 0.15 nA", "Current (nA)", "–", "−12.346", "<ok>"),
        *("Figure 1. First & last", "Figure 2. Second", "It was < 0.", "It died.", "a.csv", "2025-03-01"),
    ):
        assert words in text, words
    assert 'id="f1-a"' in found and "url(#f2-a)" in found and "<?xml" not in found
    assert "0.1 to" not in text and text.count("has no result") == 1


def test_that_a_report_of_a_run_says_what_was_recorded():
    samples = np.array([-71.25, 35.5, np.nan])
    sweep = RecordedSweep(an_experiment(), 0.05, (Signal("<v>", "v", "mV", SOMA, samples),))
    fired = Recorded("run", (sweep,), spikes={CELL: np.array([10.0, 60.0])})
    text = " ".join(read(page(content(run=fired))).text.split())
    assert "<v> L5<b>:7 soma[0](0.5) −71.25 mV 35.5 mV" in text
    assert "L5<b>:7 2 8 Hz" in text, "in 250 ms"
    assert "No cell fired." in page(content(run=Recorded("run", (sweep,))))


def test_that_a_report_without_results_says_that_nothing_went_wrong():
    text = read(page(content())).text
    assert "Results" not in text and "Problems None." in " ".join(text.split())


def test_that_parameters_have_units_and_lists_are_short():
    clamp = VoltageClamp(target=SOMA, duration=30, levels=(VoltageLevel(duration=10, voltage=-80),))
    rows = dict(parameters(clamp))
    assert rows["Levels"] == "duration 10 ms, voltage −80 mV" and rows["Series resistance"] == "0.01 MΩ"
    noise = dict(parameters(OrnsteinUhlenbeck(target=SOMA, mode="conductance", reversal=0)))
    assert any(value.endswith("µS") for value in noise.values())
    assert not any("|" in value for value in noise.values())
    series = dict(parameters(FrequencyCurrent(amplitudes=Spaced(first=0, last=1, count=101))))
    assert "(101 values)" in next(value for value in series.values() if "…" in value)
    standard = dict(parameters(StandardStimulus(percents=Listed(values=(100.0, 200.0)))))
    assert standard["Strengths"] == "100; 200 %" and "Stimulus" in standard
    assert len(elements(an_experiment())) == 3, "what is off took no part"
    assert sentences(an_experiment())[-1].endswith("were off.")
