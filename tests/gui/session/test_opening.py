"""What can be opened, and one sentence for what cannot."""

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.circuit import trust
from engine.errors import EngineError
from engine.experiment import store
from engine.experiment.base import changed
from engine.resources import example_file, example_names, resources_folder
from gui.session import reading
from gui.session.notices import Notice
from gui.session.session import Session
from gui.session.trusting import TrustQuestion
from tests.gui.session.conftest import LONG_MS, SQUID, open_and_wait
from tests.replays import replays_of

_CIRCUITS = resources_folder() / "circuits"
_BALL = _CIRCUITS / "ball_and_stick"


def wanted() -> None:
    """Somebody waits for it."""


def read(path: Path) -> reading.Opened:
    opened = reading.read(path, wanted)
    opened.circuit.close()
    return opened


def saved_example(folder: Path, **changes: object) -> Path:
    """A copy of an example, with the circuit where it is."""
    experiment = store.with_absolute_paths(store.load(SQUID), SQUID.parent)
    path = folder / "mine.somascope.json"
    store.save(changed(experiment, **changes), path)
    return path


@pytest.mark.parametrize("name", example_names())
def test_that_examples_open_without_a_file(name: str) -> None:
    opened = read(example_file(name))
    assert opened.path is None and not opened.notices
    assert Path(opened.experiment.circuit.path).is_absolute()
    assert opened.experiment.circuit.fingerprint == opened.circuit.fingerprint


def test_that_a_new_experiment_is_as_cold_as_the_simulations_of_its_circuit(
    qtbot: QtBot, fake_session: Session
) -> None:
    open_and_wait(fake_session, _CIRCUITS / "squid_axon" / "circuit_config.json", qtbot)
    fake_session.new_experiment()
    experiment = fake_session.document.experiment
    assert experiment is not None
    assert (experiment.conditions.celsius, experiment.conditions.v_init) == (6.3, -65.0)


def test_that_a_circuit_opens_as_an_empty_experiment() -> None:
    column = _CIRCUITS / "cortical_column"
    for path in (column, column / "circuit_config.json"):
        opened = read(path)
        assert opened.path is None
        assert Path(opened.experiment.circuit.path) == column / "circuit_config.json"
        assert not opened.experiment.stimuli and opened.experiment.circuit.fingerprint


def test_that_a_simulation_opens_as_its_experiment() -> None:
    opened = read(_BALL / "simulation_config.json")
    assert opened.path is None and opened.experiment.stimuli
    assert Path(opened.experiment.circuit.path) == _BALL / "circuit_config.json"
    replay = read(_CIRCUITS / "cortical_column" / "simulations" / "thalamic_replay")
    assert Path(replays_of(replay.experiment)[0].spike_file).is_absolute()


def test_that_a_folder_opens_as_its_only_experiment(tmp_path: Path) -> None:
    path = saved_example(tmp_path)
    assert read(tmp_path).path == path
    shutil.copy(path, tmp_path / "another.somascope.json")
    with pytest.raises(EngineError, match="no SONATA configuration"):
        read(tmp_path)


def test_that_a_changed_circuit_is_told(tmp_path: Path) -> None:
    reference = store.with_absolute_paths(store.load(SQUID), SQUID.parent).circuit
    path = saved_example(tmp_path, circuit=changed(reference, fingerprint="0" * 64))
    opened = read(path)
    (notice,) = opened.notices
    assert notice.severity == "warning" and "changed" in notice.what and notice.hint
    assert opened.experiment.circuit.fingerprint == opened.circuit.fingerprint


@pytest.mark.parametrize(
    "name", ["nothing", "nothing.json", "nothing.somascope.json", "", "x.txt", "x" * 300]
)
def test_that_what_is_not_there_or_nothing_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(EngineError) as refused:
        read(tmp_path / name)
    assert refused.value.what


def test_that_a_reading_that_nobody_wants_leaves_no_open_file() -> None:
    class GivenUpError(Exception):
        pass

    def unwanted() -> None:
        raise GivenUpError

    for path in (SQUID, _BALL, _BALL / "simulation_config.json"):
        with pytest.raises(GivenUpError):
            reading.read(path, unwanted)


def test_that_a_thousand_mutated_files_open_or_give_one_error(tmp_path: Path) -> None:
    """Whatever is done to a file of an experiment, there is no other exception than EngineError."""
    dice = random.Random(4)
    good = [saved_example(tmp_path).read_text(encoding="utf-8")]
    path = tmp_path / "mutated.somascope.json"
    outcomes = {"opened": 0, "refused": 0}
    for number in range(1000):
        text = dice.choice(good)
        mutated = _cut(text, dice) if number % 3 == 0 else json.dumps(_changed(json.loads(text), dice))
        path.write_text(mutated, encoding="utf-8", errors="surrogateescape")
        try:
            read(path)
        except EngineError:
            outcomes["refused"] += 1
        else:
            outcomes["opened"] += 1
    assert min(outcomes.values()) > 50, outcomes


def _cut(text: str, dice: random.Random) -> str:
    """Some bytes are others, or missing."""
    place, length = dice.randrange(len(text)), dice.randrange(1, 30)
    filling = "".join(chr(dice.randrange(1, 300)) for _ in range(dice.randrange(4)))
    return text[:place] + filling + text[place + length :]


_STRANGE: list[Any] = [
    *(None, True, -1, 0, 1, 2**63, 2**70, 1e308, -1e-320, "", "soma[0]", "../../..", "/", "a\0b", "\ud800"),
    *([], {}, [[]], {"kind": "site"}, "x" * 3000, 0.5, "NaN", "ünïcode", ["a"] * 5),
]


def _changed(value: Any, dice: random.Random) -> Any:
    """One value, somewhere in the tree, is another, missing or new."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(list(value))
        match dice.randrange(12):
            case 0:
                return {name: each for name, each in value.items() if name != key}
            case 1:
                return {**value, dice.choice(["kind", "new", key + "s"]): dice.choice(_STRANGE)}
            case _:
                return {**value, key: _changed(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        index = dice.randrange(len(value))
        if dice.random() < 0.1:
            return [*value, value[index]]
        return [*value[:index], _changed(value[index], dice), *value[index + 1 :]]
    return dice.choice(_STRANGE)


def test_that_what_cannot_be_opened_loses_nothing(
    qtbot: QtBot, fake_session: Session, notices: list[Notice], tmp_path: Path
) -> None:
    session = fake_session
    open_and_wait(session, SQUID, qtbot)
    assert session.document.experiment is not None
    session.document.change(changed(session.document.experiment, title="Mine"), "Rename")
    experiment, circuit = session.document.experiment, session.circuit
    elsewhere = saved_example(tmp_path, circuit=changed(experiment.circuit, path="/nowhere/circuit.json"))
    with qtbot.waitSignals([session.opened, session.notices.posted], timeout=LONG_MS):
        session.open_path(elsewhere)
    (notice,) = notices
    assert "/nowhere/circuit.json" in notice.what and notice.where == str(elsewhere) and notice.hint
    assert session.document.experiment is experiment and session.document.is_modified
    assert session.circuit is circuit and session.rig.state == "ready"


def test_that_the_last_of_many_that_are_opened_is_the_one_that_stays(
    qtbot: QtBot, fake_session: Session
) -> None:
    session = fake_session
    opened: list[object] = []
    session.circuit_opened.connect(opened.append)
    for name in (*example_names(), *example_names()):
        session.open_path(example_file(name))
    session.open_path(_BALL)
    qtbot.waitUntil(lambda: session.rig.state == "ready", timeout=LONG_MS)
    assert len(opened) == 1
    assert session.circuit is not None and session.circuit.config_path.parent == _BALL


def test_that_another_circuit_is_opened_without_a_word_and_ends_the_run_of_the_first(
    qtbot: QtBot, session: Session, notices: list[Notice]
) -> None:
    def turn_to(path: Path) -> None:
        with qtbot.waitSignal(session.circuit_opened, timeout=LONG_MS):
            session.open_path(path)
        qtbot.waitUntil(lambda: session.rig.state == "ready", timeout=LONG_MS)

    for has_run in (False, True):
        turn_to(SQUID)
        experiment = session.document.experiment
        assert experiment is not None
        conditions = changed(experiment.conditions, tstop=1e6)
        session.document.change(changed(experiment, conditions=conditions), "Longer")
        if has_run:
            session.rig.run()
            qtbot.waitUntil(lambda: session.rig.current is not None and session.rig.current.time > 0)
        turn_to(_BALL)
    session.shutdown()
    assert not notices


def test_that_a_closed_session_is_empty(qtbot: QtBot, fake_session: Session) -> None:
    open_and_wait(fake_session, SQUID, qtbot)
    fake_session.close()
    assert fake_session.circuit is None and fake_session.document.experiment is None
    assert fake_session.rig.state == "empty" and not fake_session.rig.worker_text


def test_that_runs_come_back_with_their_experiment(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    path = saved_example(tmp_path)
    open_and_wait(session, path, qtbot)
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        session.rig.run()
    (run,) = session.runs
    open_and_wait(session, SQUID, qtbot)
    qtbot.waitUntil(lambda: session.document.path is None, timeout=LONG_MS)
    assert len(session.runs) == 0
    session._store.finish()
    session.open_path(path)
    qtbot.waitUntil(lambda: len(session.runs) == 1, timeout=LONG_MS)
    (again,) = session.runs
    assert again is not run and again.experiment == run.experiment
    assert again.traces.column(0).tobytes() == run.traces.column(0).tobytes()
    assert session.runs.next_number() == 2


@pytest.fixture
def foreign_circuit(tmp_path: Path) -> Path:
    """A copy of a circuit, whose code nobody has trusted."""
    return Path(shutil.copytree(_BALL, tmp_path / "foreign"))


def test_that_foreign_code_runs_when_the_user_trusts_it_and_not_before(
    qtbot: QtBot, session: Session, foreign_circuit: Path, notices: list[Notice]
) -> None:
    with qtbot.waitSignal(session.rig.trust_wanted, timeout=LONG_MS) as asked:
        session.open_path(foreign_circuit / "simulation_config.json")
    (question,) = asked.args
    assert isinstance(question, TrustQuestion)
    assert question.folder == foreign_circuit and not question.changed
    assert [path.name for path in question.hoc_files] == ["BallAndStick.hoc"] and not question.mod_files
    assert session.rig.state == "untrusted" and not session.rig.can_run()
    session.rig.run()
    assert len(session.runs) == 0
    with qtbot.waitSignal(session.rig.trust_wanted, timeout=LONG_MS):
        session.rig.ask_for_trust()
    session.rig.give_trust()
    qtbot.waitUntil(session.rig.can_run, timeout=LONG_MS)
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS) as ended:
        session.rig.run()
    assert ended.args[0].state == "finished", ended.args[0].problem
    assert session.circuit is not None and trust.is_trusted(session.circuit)
    template = foreign_circuit / "hoc" / "BallAndStick.hoc"
    template.write_text(template.read_text(encoding="utf-8") + "\n// new\n", encoding="utf-8")
    with qtbot.waitSignal(session.rig.trust_wanted, timeout=LONG_MS) as asked:
        session.open_path(foreign_circuit)
    assert asked.args[0].changed and session.rig.state == "untrusted"
