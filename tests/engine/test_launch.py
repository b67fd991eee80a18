"""How a worker is started, from a checkout and from a frozen program."""

import os
import subprocess
import sys
from pathlib import Path

from engine.launch import ROOT, WorkerCommand, worker_command
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.conversation import Conversation
from engine.messages.framing import encode


def greeting(command: WorkerCommand, *before: str) -> e.Hello:
    """Of a worker, which is shut down at once."""
    process = subprocess.Popen(
        [command.program, *before, *command.arguments],
        cwd=command.folder,
        env={**os.environ, **command.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        conversation = Conversation()
        while conversation.hello is None:
            for _ in conversation.heard(os.read(process.stdout.fileno(), 65536)):
                pass
        process.stdin.write(encode(r.Shutdown()))
        process.stdin.flush()
    assert process.returncode == 0
    return conversation.hello


def test_that_a_worker_of_a_checkout_starts_wherever_its_client_is(tmp_path, monkeypatch):
    (tmp_path / "engine.py").write_text("raise ImportError('the engine of the working folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "mine"))
    command = worker_command(memory_limit_mib=2000)
    assert command.arguments[-2:] == ("--memory-limit-mib", "2000")
    assert command.environment["PYTHONPATH"].split(os.pathsep) == [str(ROOT), str(tmp_path / "mine")]
    assert greeting(command).protocol == e.PROTOCOL_VERSION


def test_that_nothing_lies_in_the_folder_of_a_worker(tmp_path, monkeypatch):
    """NEURON loads a library of mechanisms that lies in the working folder."""
    monkeypatch.chdir(tmp_path)
    folder = worker_command().folder
    assert folder != Path.cwd()
    assert list(folder.iterdir()) == []


def test_that_a_frozen_program_starts_itself_as_a_worker(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    command = worker_command(memory_limit_mib=3000)
    assert command.arguments == ("worker", "--memory-limit-mib", "3000")
    assert "PYTHONPATH" not in command.environment
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert greeting(command, "-m", "engine.cli").protocol == e.PROTOCOL_VERSION
