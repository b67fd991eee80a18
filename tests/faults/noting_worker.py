"""A real worker that notes, in a file besides, how many samples of each run it has written into the pipe.

`python -m tests.faults.noting_worker`; the file is named by an environment variable.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from engine.launch import WorkerCommand, worker_command
from engine.messages import events as e

_NOTES: Final = "SOMASCOPE_TEST_NOTES"
_MOST_SAMPLES: Final = "SOMASCOPE_TEST_MOST_SAMPLES"
_NO_LIMIT: Final = 2**31


def noting_command(notes: Path, most_samples: int = _NO_LIMIT) -> Callable[[int | None], WorkerCommand]:
    """How to start such workers; they share the file. `most_samples`: in one chunk."""

    def command(memory_limit_mib: int | None = None) -> WorkerCommand:
        usual = worker_command(memory_limit_mib)
        module = (
            "tests.faults.noting_worker" if each == "engine.worker" else each for each in usual.arguments
        )
        environment = {**usual.environment, _NOTES: str(notes), _MOST_SAMPLES: str(most_samples)}
        return replace(usual, arguments=tuple(module), environment=environment)

    return command


def written_samples(notes: Path) -> dict[str, int]:
    """By run: how many samples were written whole, at least: the last chunk may not be noted."""
    lines = notes.read_text().splitlines()
    return {run_id: int(count) for run_id, count in (line.split() for line in lines)}


def _parts(chunk: e.Chunk, body: bytes, most_samples: int) -> Iterator[tuple[e.Chunk, bytes]]:
    """The same samples in chunks of so many."""
    sample_bytes = 8 * chunk.traces
    for start in range(0, max(chunk.samples, 1), most_samples):
        samples = min(chunk.samples - start, most_samples)
        part = chunk.model_copy(update={"first_sample": chunk.first_sample + start, "samples": samples})
        yield part, body[start * sample_bytes : (start + samples) * sample_bytes]


def main() -> None:
    """Never returns."""
    from engine.worker import __main__ as worker
    from engine.worker.channel import Channel

    notes = os.open(os.environ[_NOTES], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    most_samples = int(os.environ[_MOST_SAMPLES])
    send = Channel.send

    def noting(self: Channel, event: BaseModel, body: bytes = b"") -> None:
        if not isinstance(event, e.Chunk):
            send(self, event, body)
            return
        for part, part_body in _parts(event, body, most_samples):
            send(self, part, part_body)
            os.write(notes, f"{part.run_id} {part.first_sample + part.samples}\n".encode())

    Channel.send = noting  # type: ignore[method-assign]  # that is what this program is for
    worker.main()


if __name__ == "__main__":
    main()
