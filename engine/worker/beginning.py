"""How a process becomes one that is asked over stdin and answers over stdout."""

import faulthandler
import logging
import signal
import sys
from typing import BinaryIO

from engine.worker import guard
from engine.worker.channel import Channel, claim_stdin, claim_stdout


def begin() -> Channel:
    """Take the pipes, before NEURON is imported, and listen."""
    return listen(claim_stdout())


def begin_rank() -> BinaryIO:
    """Take stdout, before NEURON is imported, in one of several processes that mpiexec started."""
    events = claim_stdout()
    guard.watch_parent()
    return events


def listen(events: BinaryIO) -> Channel:
    """Take stdin too; answers go to `events`."""
    requests = claim_stdin()
    guard.start(requests)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for whoever started us
    faulthandler.enable(sys.stderr)
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    logging.getLogger("engine").setLevel(logging.INFO)
    return Channel(requests, events)
