"""`python with_parent.py COMMAND…`: runs a command that does not outlive whoever holds our stdin.

Started in a session of its own. A compiler whose worker was killed would go on for minutes otherwise.
"""

import os
import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Return the exit code of the command."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_all_with_stdin, daemon=True).start()
    return process.wait()


def _end_all_with_stdin() -> None:
    os.read(0, 1)  # nobody writes: this returns when the other end is closed
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
