"""`python -m engine.worker`: simulates what it is asked for over stdin, and answers over stdout."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from engine.errors import EngineError
from engine.messages.obituary import NO_NEURON
from engine.worker.beginning import begin
from engine.worker.memory import Ceiling


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Serve with the options of a command line."""
    serve(_parser().parse_args(arguments).memory_limit_mib)


def serve(memory_limit_mib: int | None = None) -> NoReturn:
    """Serve until the other end closes the pipe or says Shutdown; both end the process."""
    channel = begin()
    ceiling = Ceiling(memory_limit_mib)
    try:
        from engine.worker.serving import Server
    except EngineError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_NEURON)
    ceiling.lower()
    server = Server(channel, ceiling)
    server.greet()
    server.serve_for_ever()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="engine.worker", description=__doc__)
    parser.add_argument(
        "--memory-limit-mib", type=int, metavar="N", help="the most address space that it may take"
    )
    return parser


if __name__ == "__main__":
    main()
