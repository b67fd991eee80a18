"""A worker that starts in 20 ms, to be killed often: `python -S tests/fakes/quick_worker.py`.

It imports none of the program: its words are written out. It loads anything, runs for ever, and comes to an
end only if the title of the experiment is "steady".
"""

import json
import os
import struct
import threading
import time

_SAMPLES = 40
_DT = 0.025
_LOCK = threading.Lock()


def say(body: bytes = b"", **head: object) -> None:
    """One event."""
    text = json.dumps(head).encode()
    data = struct.pack("<II", len(text), len(body)) + text + body
    with _LOCK:
        while data:
            data = data[os.write(1, data) :]


def read(count: int) -> bytes:
    """So many bytes of stdin."""
    data = b""
    while len(data) < count:
        more = os.read(0, count - len(data))
        if not more:
            os._exit(0)
        data += more
    return data


def run(run_id: object, experiment: dict) -> None:  # type: ignore[type-arg]
    """Until the end, or for ever."""
    heads = [
        {"id": each["id"], "label": "", "variable": "v", "unit": "mV", "site": each["site"]}
        for each in experiment["recordings"]
        if each["kind"] == "site"
    ]
    say(kind="started", run_id=run_id, traces=heads, interval=_DT, tstop=1e6)
    first = 0
    while experiment["title"] != "steady" or first < 10 * _SAMPLES:
        numbers = [float(k) for k in range(first, first + _SAMPLES) for _ in heads]
        first += _SAMPLES
        say(
            struct.pack(f"<{len(numbers)}d", *numbers),
            kind="chunk",
            run_id=run_id,
            first_sample=first - _SAMPLES,
            samples=_SAMPLES,
            traces=len(heads),
            time=first * _DT,
            tstop=1e6,
            speed=1.0,
        )
        time.sleep(0.002)
    say(kind="finished", run_id=run_id, time=first * _DT)


def main() -> None:
    """Serve until stdin ends, or for ever while something runs."""
    say(kind="hello", protocol=2, program="0", neuron="quick", python="3", process_id=os.getpid())
    while True:
        head, body = struct.unpack("<II", read(8))
        request = json.loads(read(head + body)[:head])
        name = request.get("request_id")
        if request["kind"] == "load":
            say(kind="loaded", request_id=name, mechanisms="none", fingerprint="")
        elif request["kind"] == "prepare":
            say(kind="prepared", request_id=name, built=0, seconds=0)
        elif request["kind"] in ("describe", "find_firing_current"):
            say(kind="refused", request_id=name, what="No.", reason="cancelled")
        elif request["kind"] == "run":
            threading.Thread(target=run, args=(request["run_id"], request["experiment"])).start()


if __name__ == "__main__":
    main()
