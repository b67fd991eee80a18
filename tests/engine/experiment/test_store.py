"""Experiments in files: whole or not at all, the same bytes again, broken ones explained."""

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import DocumentError, EngineError
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.recordings import SiteRecording
from engine.experiment.spike_sources import PoissonTrains, RegularTrains, Train, TypedSpikes
from engine.experiment.stimuli import ArbitraryWaveform, OrnsteinUhlenbeck, Step, VoltageClamp, VoltageLevel
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference, Site
from tests.replays import replays_of

SITE = Site(cell=CellReference("cells", 0))
EXPERIMENT = Experiment(
    title="Kick – µ²",
    circuit=CircuitReference(path="circuit/circuit_config.json", fingerprint="ab"),
    stimuli=(
        Step(id="step", name="Kick", target=SITE, amplitude=0.1 + 0.2),
        OrnsteinUhlenbeck(id="ou", target=SITE, random_seed=7, mode="conductance"),
        VoltageClamp(id="clamp", target=SITE, levels=(VoltageLevel(duration=1e-3, voltage=-70),)),
        ArbitraryWaveform(id="own", target=SITE, times=(0, 1 / 3), amplitudes=(0, -1e-17)),
        PlacedSynapse(id="synapse", target=SITE, weight=0.1 + 0.2, timing="poisson", random_seed=3),
    ),
    recordings=(SiteRecording(id="v", site=SITE),),
    replays=(SpikeReplay(id="replay", spike_file="inputs/spikes.h5"),),
    node_sets={"mine": {"population": "cells", "node_id": [1, 2]}},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / f"kick{store.SUFFIX}"


def written(path: Path, raw: object) -> Path:
    path.write_text(raw if isinstance(raw, str) else json.dumps(raw), encoding="utf-8")
    return path


def raw_experiment() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(EXPERIMENT.model_dump_json())
    return raw


def test_that_a_saved_experiment_comes_back_and_saves_to_the_same_bytes(path: Path) -> None:
    store.save(EXPERIMENT, path)
    first = path.read_bytes()
    assert store.load(path) == EXPERIMENT
    store.save(store.load(path), path)
    assert path.read_bytes() == first


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    amplitude=st.floats(-1000, 1000),
    times=st.lists(st.floats(0, 1e6), min_size=2, max_size=20),
    text=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_that_every_number_and_text_survives(
    path: Path, amplitude: float, times: list[float], text: str
) -> None:
    own = ArbitraryWaveform(target=SITE, times=tuple(sorted(times)), amplitudes=(amplitude,) * len(times))
    experiment = changed(
        EXPERIMENT, notes=text, stimuli=(Step(target=SITE, amplitude=amplitude), own), recordings=()
    )
    store.save(experiment, path)
    first = path.read_bytes()
    assert store.load(path) == experiment
    store.save(store.load(path), path)
    assert path.read_bytes() == first


def test_that_a_failed_save_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(EXPERIMENT, path)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EngineError, match=r"No space left.*old file is untouched"):
        store.save(changed(EXPERIMENT, title="other"), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_that_paths_are_kept_relative_to_the_file_with_slashes(tmp_path: Path) -> None:
    circuit = tmp_path / "circuits" / "a" / "circuit_config.json"
    spikes = tmp_path / "inputs" / "spikes.h5"
    experiment = changed(
        EXPERIMENT,
        circuit=CircuitReference(path=str(circuit)),
        replays=(SpikeReplay(spike_file=str(spikes)),),
    )
    (tmp_path / "experiments").mkdir()
    path = tmp_path / "experiments" / "kick.somascope.json"
    saved = store.save(experiment, path)
    assert saved == store.load(path)
    assert saved.circuit.path == "../circuits/a/circuit_config.json"
    assert replays_of(saved)[0].spike_file == "../inputs/spikes.h5"
    assert store.resolve_circuit(saved, path) == circuit.resolve()


def test_that_sources_of_spikes_come_back_bit_for_bit(path: Path) -> None:
    times = (26.000000000000124, 1e-300, 5.0)
    sources = (
        PoissonTrains(population="thalamus", rate=0.1 + 0.2),
        RegularTrains(node_set="mine", jitter=1 / 3),
        TypedSpikes(trains=(Train(cell=CellReference("thalamus", 3), times=times),), only_of_others=True),
    )
    store.save(changed(EXPERIMENT, replays=sources), path)
    assert store.load(path).replays == sources


def test_that_paths_follow_when_the_file_is_saved_elsewhere(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new" / "deep"
    old.mkdir()
    new.mkdir(parents=True)
    store.save(EXPERIMENT, old / "kick.somascope.json")
    moved = store.save(EXPERIMENT, new / "kick.somascope.json", folder=old)
    assert moved.circuit.path == "../../old/circuit/circuit_config.json"
    assert replays_of(moved)[0].spike_file == "../../old/inputs/spikes.h5"
    assert store.resolve_circuit(moved, new / "x") == store.resolve_circuit(EXPERIMENT, old / "x")


@pytest.mark.skipif(os.name == "nt", reason="making links needs a privilege on Windows")
def test_that_the_way_to_the_circuit_survives_a_linked_folder(tmp_path: Path) -> None:
    real = tmp_path / "disk" / "experiments"
    real.mkdir(parents=True)
    circuit = tmp_path / "circuit" / "circuit_config.json"
    circuit.parent.mkdir()
    circuit.write_text("{}")
    link = tmp_path / "link"
    link.symlink_to(real)
    reference = store.circuit_reference(circuit, link / "kick.somascope.json")
    experiment = changed(EXPERIMENT, circuit=reference)
    assert store.resolve_circuit(experiment, link / "kick.somascope.json").samefile(circuit)
    assert store.resolve_circuit(experiment, real / "kick.somascope.json").samefile(circuit)


def test_that_a_reference_knows_whether_the_circuit_changed(tmp_path: Path) -> None:
    circuit = written(tmp_path / "circuit_config.json", {"networks": {}})
    experiment = changed(
        EXPERIMENT, circuit=store.circuit_reference(circuit, tmp_path / "kick.somascope.json")
    )
    assert experiment.circuit.path == "circuit_config.json"
    assert not store.is_changed(experiment, circuit)
    written(circuit, {"networks": {"nodes": []}})
    assert store.is_changed(experiment, circuit)
    assert not store.is_changed(changed(experiment, circuit=CircuitReference(path="x")), circuit)
    with pytest.raises(DocumentError, match="could not be read"):
        store.fingerprint(tmp_path / "missing.json")


def test_that_old_formats_are_brought_up_a_step_at_a_time() -> None:
    steps: dict[int, store.Upgrade] = {
        1: lambda raw: {**raw, "seen": [1]},
        2: lambda raw: {**raw, "seen": [*raw["seen"], 2]},
    }
    assert store.upgraded({"schema_version": 1}, steps, 3) == {"schema_version": 3, "seen": [1, 2]}
    assert store.upgraded({"schema_version": 3}, steps, 3) == {"schema_version": 3}


def test_that_a_file_of_a_newer_version_is_refused_kindly(path: Path) -> None:
    with pytest.raises(DocumentError, match=r"newer version of the program \(format 7\).*please upgrade"):
        store.load(written(path, {**raw_experiment(), "schema_version": 7}))


BROKEN: dict[str, tuple[object, str]] = {
    "empty": ("", "is not JSON"),
    "cut off": (EXPERIMENT.model_dump_json()[:200], "is not JSON.*line 1, column"),
    "a list": ("[]", "holds no JSON object"),
    "no version": ({}, "does not say which format"),
    "version of a wrong type": ({"schema_version": True}, "does not say which format"),
    "a name twice": ('{"schema_version": 1, "title": "a", "title": "b"}', "'title' is there twice"),
    "NaN": ('{"schema_version": 1, "x": NaN}', "NaN is not a number"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "no circuit": ({"schema_version": 1}, "circuit: field required"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_that_a_broken_file_is_one_clear_sentence(path: Path, case: str) -> None:
    content, words = BROKEN[case]
    with pytest.raises(DocumentError, match=words) as error:
        store.load(written(path, content))
    assert error.value.where == str(path)
    assert "\n" not in str(error.value)


def put(raw: dict[str, Any], place: tuple[str | int, ...], value: object) -> dict[str, Any]:
    inner: Any = raw
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return raw


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (
            ("stimuli", 0, "amplitude"),
            5000,
            "amplitude of stimulus 1 (step): input should be less than or equal to",
        ),
        (
            ("stimuli", 0, "amplitude"),
            "0.1",
            "amplitude of stimulus 1 (step): input should be a valid number",
        ),
        (("stimuli", 0, "amplitude"), True, "amplitude of stimulus 1 (step): input should be a valid number"),
        (("stimuli", 0, "amplitud"), 1, "amplitud of stimulus 1 (step): extra inputs are not permitted"),
        (("stimuli", 0, "kind"), "kick", "stimulus 1: There is no kind named 'kick'. Known: "),
        (
            ("stimuli", 1, "id"),
            "step",
            "the experiment as a whole: a step and a ornstein_uhlenbeck have the same id",
        ),
        (("stimuli", 2, "levels", 0, "duration"), 0, "duration of level 1 of stimulus 3 (voltage clamp)"),
        (("stimuli", 3, "times", 1), -1, "stimulus 4 (waveform): times must start at 0"),
        (("recordings", 0, "site", "x"), 2, "x of site of recording 1 (site)"),
        (("conditions", "dt"), 0, "dt of conditions: input should be greater than 0, not 0."),
        (("conditions", "random_seed"), 1.5, "random_seed of conditions"),
        (("circuit", "path"), "", "path of circuit"),
        (("title",), "\ud800", "the experiment as a whole"),
        (("schema_version",), "1", "does not say which format"),
    ],
)
def test_that_a_wrong_value_is_named_with_its_place(
    path: Path, place: tuple[str | int, ...], value: object, words: str
) -> None:
    with pytest.raises(DocumentError) as error:
        store.load(written(path, put(raw_experiment(), place, value)))
    assert words in str(error.value)


@pytest.mark.parametrize(
    "place",
    [("conditions", "tstop"), ("stimuli", 0, "amplitude"), ("node_sets", "x"), ("stimuli", 3, "times", 1)],
)
@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_that_numbers_too_large_to_be_finite_are_refused(
    path: Path, place: tuple[str | int, ...], number: str
) -> None:
    text = json.dumps(put(raw_experiment(), place, "HERE")).replace('"HERE"', number)
    with pytest.raises(DocumentError, match="broken"):
        store.load(written(path, text))


def test_that_unreadable_files_are_explained(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="could not be read: No such file"):
        store.load(tmp_path / "missing.somascope.json")
    with pytest.raises(DocumentError, match="could not be read"):
        store.load(tmp_path)
    (tmp_path / "latin.somascope.json").write_bytes(b'{"title": "\xe9"}')
    with pytest.raises(DocumentError, match="not text in UTF-8"):
        store.load(tmp_path / "latin.somascope.json")


@pytest.mark.parametrize(
    "place", [("stimuli", 0, "kind"), ("stimuli", 0, "amplitude"), ("conditions", "tstop")]
)
def test_that_what_is_wrong_is_not_repeated_at_length(path: Path, place: tuple[str | int, ...]) -> None:
    written(path, put(raw_experiment(), place, "nonsense " * 1000))
    with pytest.raises(DocumentError) as caught:
        store.load(path)
    assert "nonsense nonsense" in str(caught.value) and len(caught.value.what) < 400


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: object, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [place for key, part in parts for place in places(part, (*before, key))]
    return ([before] if before else []) + inner


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data(), value=JSON)
def test_that_any_value_at_any_place_loads_or_is_one_sentence(
    path: Path, data: st.DataObject, value: object
) -> None:
    place = data.draw(st.sampled_from(places(raw_experiment())))
    written(path, put(raw_experiment(), place, value))
    try:
        loaded = store.load(path)
    except DocumentError as error:
        sentence = error.what
    else:
        sentence = ""
        assert math.isfinite(loaded.conditions.dt)
    assert "\n" not in sentence and len(sentence) < 400
