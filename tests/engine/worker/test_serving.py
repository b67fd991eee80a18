"""Requests that are none of a run: circuits, cells, descriptions."""

from pathlib import Path

import pytest

from engine.circuit.circuit import open_circuit
from engine.experiment.conditions import Conditions
from engine.experiment.properties import properties_of
from engine.messages import events as e
from engine.messages import requests as r
from tests.engine.simulation.bench_circuit import CABLE, COUNTER, PATCH, SPHERE, make_bench
from tests.engine.worker.experiments import firing
from tests.engine.worker.talk import Worker, new_name


@pytest.fixture
def untrusted(tmp_path: Path) -> Path:
    folder = tmp_path / "untrusted"
    folder.mkdir()
    make_bench(folder).close()
    return folder / "circuit_config.json"


def load(worker: Worker, path: Path) -> e.Answer:
    name = new_name("load")
    worker.ask(r.Load(request_id=name, circuit=str(path)))
    return answer(worker, name)


def answer(worker: Worker, request_id: str) -> e.Answer:
    return next(
        event for event in worker.listen() if isinstance(event, e.Answer) and event.request_id == request_id
    )


def while_it_waits(worker: Worker, bench: Path, *requests: r.AnyRequest) -> None:
    """Ask for all of this while a run is paused, which then ends."""
    run_id = new_name("run")
    worker.ask(r.Run(run_id=run_id, experiment=firing(), base=str(bench), paused=True))
    worker.hear(e.Paused)
    worker.ask(*requests, r.Stop(run_id=run_id))
    worker.hear(e.Finished)


def test_that_a_worker_introduces_itself(worker):
    hello = worker.said[0][0]
    assert isinstance(hello, e.Hello)
    assert hello.protocol == e.PROTOCOL_VERSION
    assert hello.process_id == worker.process.pid
    assert hello.neuron.startswith("9.")


def test_that_a_circuit_that_is_not_trusted_is_not_opened_and_the_one_before_stays(worker, untrusted):
    refused = load(worker, untrusted)
    assert isinstance(refused, e.Refused)
    assert refused.reason == "not_trusted"
    assert "not trusted" in refused.what
    worker.ask(r.Prepare(request_id=new_name("prepare"), cells=(SPHERE,)))
    worker.succeed(e.Prepared)


def test_that_a_circuit_that_does_not_exist_is_refused_with_its_place(worker, tmp_path):
    refused = load(worker, tmp_path / "nowhere.json")
    assert isinstance(refused, e.Refused)
    assert refused.reason == "error"
    assert "nowhere.json" in refused.what + refused.where


def test_that_nothing_is_done_without_a_circuit(start):
    worker = start()
    worker.ask(r.Prepare(request_id="early", cells=(SPHERE,)))
    refused = answer(worker, "early")
    assert isinstance(refused, e.Refused)
    assert refused.what == "No circuit is open."
    assert worker.close() == 0


def test_that_cells_are_built_once(worker):
    for built in (2, 0):
        worker.ask(r.Prepare(request_id=new_name("prepare"), cells=(PATCH, CABLE)))
        assert worker.succeed(e.Prepared).built == built


def test_that_conditions_that_change_how_cells_are_built_build_them_again(worker):
    for length, built in ((20.0, 1), (10.0, 1), (10.0, 0)):
        conditions = Conditions(segment_length=length)
        worker.ask(r.Prepare(request_id=new_name("prepare"), cells=(COUNTER,), conditions=conditions))
        assert worker.succeed(e.Prepared).built == built


def test_that_the_newest_of_many_requests_to_build_wins(worker, bench):
    names = [new_name("prepare") for _ in range(5)]
    while_it_waits(worker, bench, *(r.Prepare(request_id=name, cells=(CABLE,)) for name in names))
    *given_up, newest = (answer(worker, name) for name in names)
    assert all(isinstance(each, e.Refused) and each.cancelled for each in given_up)
    assert isinstance(newest, e.Prepared)


def test_that_a_cell_that_does_not_exist_is_refused(worker):
    worker.ask(r.Describe(request_id="nobody", cell=type(SPHERE)("cells", 99)))
    refused = answer(worker, "nobody")
    assert isinstance(refused, e.Refused)
    assert "99" in refused.what


def test_that_a_request_that_waits_can_be_cancelled(worker, bench):
    while_it_waits(
        worker,
        bench,
        r.Describe(request_id="wanted", cell=CABLE),
        r.Describe(request_id="unwanted", cell=SPHERE),
        r.Cancel(request_id="unwanted"),
    )
    assert isinstance(answer(worker, "wanted"), e.Description)
    unwanted = answer(worker, "unwanted")
    assert isinstance(unwanted, e.Refused)
    assert unwanted.cancelled


def test_that_a_cell_is_described_as_neuron_has_it(worker):
    worker.ask(r.Describe(request_id="cable", cell=CABLE))
    cable = answer(worker, "cable")
    assert isinstance(cable, e.Description)
    (section,) = cable.sections
    assert section.name == "soma[0]"
    assert section.parent is None
    assert section.length == 1000
    assert section.axial_resistance == 100
    assert section.diameters == (2.0,) * 201
    assert cable.section_lists["all"] == ("soma[0]",)
    values = {
        kind.name: dict(zip((v.name for v in kind.variables), each.values, strict=True))
        for kind in cable.mechanisms
        for each in section.mechanisms
        if each.name == kind.name
    }
    assert values["pas"]["pas.g"] == 5e-5
    assert values["pas"]["pas.e"] == -65
    units = {v.hoc_name: v.unit for kind in cable.mechanisms for v in kind.variables}
    assert units["g_pas"] == "S/cm²"
    placed = {kind.name: {v.name for v in kind.variables} for kind in cable.point_processes}
    assert {"Exp2Syn.tau1", "Exp2Syn.g"} <= placed["Exp2Syn"]
    assert "IntFire1" not in placed


def test_that_an_artificial_cell_is_described_without_sections(worker):
    worker.ask(r.Describe(request_id="counter", cell=COUNTER))
    counter = answer(worker, "counter")
    assert isinstance(counter, e.Description)
    assert counter.sections == ()
    assert [kind.name for kind in counter.mechanisms] == ["IntFire1"]
    assert "IntFire1.m" in {variable.name for variable in counter.mechanisms[0].variables}


def test_that_another_circuit_takes_the_place_of_the_first(worker, bench, tmp_path):
    from engine.circuit.trust import trust

    with make_bench(tmp_path) as circuit:
        trust(circuit)
    loaded = load(worker, tmp_path / "circuit_config.json")
    assert isinstance(loaded, e.Loaded)
    again = load(worker, bench / "circuit_config.json")
    assert isinstance(again, e.Loaded)
    assert again.mechanisms == loaded.mechanisms


def test_that_cells_that_were_built_stay_until_a_run_begins_without_them(worker, bench):
    worker.run(firing(), bench)
    for cell, built in ((CABLE, 1), (SPHERE, 1), (CABLE, 0), (PATCH, 0), (SPHERE, 0)):
        worker.ask(r.Prepare(request_id=new_name("prepare"), cells=(cell,), conditions=firing().conditions))
        assert worker.succeed(e.Prepared).built == built
    worker.run(firing(), bench)
    worker.ask(r.Prepare(request_id=new_name("prepare"), cells=(CABLE,), conditions=firing().conditions))
    assert worker.succeed(e.Prepared).built == 1


def test_that_what_makes_a_cell_fire_is_found_and_remembered(worker, bench):
    conditions = Conditions(celsius=6.3, v_init=-65.0)
    name = new_name("find")
    worker.ask(r.FindFiringCurrent(request_id=name, cell=PATCH, conditions=conditions))
    found = answer(worker, name)
    assert isinstance(found, e.FiringCurrent) and found.current is not None and found.cell == PATCH
    with open_circuit(bench / "circuit_config.json") as circuit:
        assert properties_of(circuit, PATCH, conditions).firing_current == found.current
        assert properties_of(circuit, PATCH, Conditions()).firing_current is None, "at another temperature"


def test_that_the_search_gives_way_to_whatever_else_is_asked(worker, bench):
    find, describe = new_name("find"), new_name("describe")
    while_it_waits(
        worker,
        bench,
        r.FindFiringCurrent(request_id=find, cell=SPHERE),
        r.Describe(request_id=describe, cell=CABLE),
    )
    refused = answer(worker, find)
    assert isinstance(refused, e.Refused) and refused.cancelled
    assert isinstance(answer(worker, describe), e.Description)
