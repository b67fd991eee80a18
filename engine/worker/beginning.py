"""How a process becomes one that is asked over stdin and answers over stdout."""

import faulthandler
import logging
import signal
import sys

from engine.worker import guard
from engine.worker.channel import Channel, claim_stdin, claim_stdout


def begin() -> Channel:
    """Take the pipes, before NEURON is imported, and listen."""
    events, requests = claim_stdout(), claim_stdin()
    guard.start(requests)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for whoever started us
    faulthandler.enable(sys.stderr)
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    logging.getLogger("engine").setLevel(logging.INFO)
    return Channel(requests, events)
