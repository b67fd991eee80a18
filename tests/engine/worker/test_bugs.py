"""A bug of ours costs one request, and its traceback is told."""

from typing import Any

import pytest

from engine.experiment.conditions import Conditions
from engine.messages import events as e
from engine.messages import requests as r
from engine.worker.memory import Ceiling
from engine.worker.serving import Server
from engine.worker.session import Session
from tests.engine.simulation.bench_circuit import SPHERE
from tests.engine.worker.experiments import firing


class Recorded:
    """A channel that only listens."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def send(self, event: Any, _body: bytes = b"") -> None:
        self.said.append(event)

    def is_given_up(self, _request: Any) -> bool:
        return False

    def is_stopped(self, _run_id: str) -> bool:
        return False

    def forget(self, _request_id: str) -> None:
        pass


@pytest.mark.parametrize("name", ["prepare", "begin"])
def test_that_a_bug_is_told_with_its_traceback_and_the_worker_lives_on(monkeypatch, name):
    def buggy(*_: Any) -> None:
        raise ZeroDivisionError("no volts per amp")

    monkeypatch.setattr(Session, name, buggy)
    channel: Any = Recorded()
    server = Server(channel, Ceiling(None))
    requests: dict[str, r.AnyRequest] = {
        "prepare": r.Prepare(request_id="one", cells=(SPHERE,), conditions=Conditions()),
        "begin": r.Run(run_id="one", experiment=firing(), base="."),
    }
    for _ in range(2):
        server.serve(requests[name])
        answer = channel.said.pop()
        assert isinstance(answer, e.Refused | e.Failed)
        assert answer.reason == "bug"
        assert "ZeroDivisionError: no volts per amp" in answer.what
        assert "in buggy" in answer.detail
        assert not channel.said
