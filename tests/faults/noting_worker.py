"""A real worker that notes, in a file besides, how many samples of each run it has written into the pipe.

`python -m tests.faults.noting_worker`; the file is named by an environment variable.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from engine.launch import WorkerCommand, worker_command
from engine.messages import events as e

_NOTES: Final = "SOMASCOPE_TEST_NOTES"


def noting_command(notes: Path) -> Callable[[int | None], WorkerCommand]:
    """How to start such workers; they share the file."""

    def command(memory_limit_mib: int | None = None) -> WorkerCommand:
        usual = worker_command(memory_limit_mib)
        module = (
            "tests.faults.noting_worker" if each == "engine.worker" else each for each in usual.arguments
        )
        return replace(usual, arguments=tuple(module), environment={**usual.environment, _NOTES: str(notes)})

    return command


def written_samples(notes: Path) -> dict[str, int]:
    """By run: how many samples were written whole, at least: the last chunk may not be noted."""
    lines = notes.read_text().splitlines()
    return {run_id: int(count) for run_id, count in (line.split() for line in lines)}


def main() -> None:
    """Never returns."""
    from engine.worker import __main__ as worker
    from engine.worker.channel import Channel

    notes = os.open(os.environ[_NOTES], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    send = Channel.send

    def noting(self: Channel, event: BaseModel, body: bytes = b"") -> None:
        send(self, event, body)
        if isinstance(event, e.Chunk):
            os.write(notes, f"{event.run_id} {event.first_sample + event.samples}\n".encode())

    Channel.send = noting  # type: ignore[method-assign]  # that is what this program is for
    worker.main()


if __name__ == "__main__":
    main()
