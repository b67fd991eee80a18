"""A conversation whose stream is cut anywhere, and ends anywhere."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment.targets import CellReference
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.arrays import numbers_of
from engine.messages.conversation import BrokenStreamError, Conversation
from engine.messages.framing import encode
from tests.fakes.commands import behaving

_HELLO = e.Hello(program="0", neuron="0", python="3", process_id=1)
_STREAM = b"".join(
    [
        encode(_HELLO),
        encode(e.Progress(request_id="load", text="compiling")),
        encode(e.Loaded(request_id="load", mechanisms="", fingerprint="")),
        encode(e.Started(run_id="run", traces=(), interval=0.025, tstop=1)),
        *(
            encode(
                e.Chunk(run_id="run", first_sample=k, samples=1, traces=2, time=k, tstop=9, speed=1),
                b"8" * 16,
            )
            for k in range(3)
        ),
        encode(e.SpikeBatch(run_id="run", population="p", count=1), b"8" * 16),
        encode(e.Finished(run_id="run", time=1)),
        encode(e.Finished(run_id="run", time=1)),
    ]
)


def _asked() -> Conversation:
    conversation = Conversation()
    conversation.asked(r.Load(request_id="load", circuit="c"))
    conversation.asked(r.Run(run_id="run", experiment=behaving(), base="b"))
    return conversation


def _heard(conversation: Conversation, stream: bytes, cuts: list[int]) -> list[e.AnyEvent]:
    events, position = [], 0
    while position < len(stream):
        step = cuts[position % len(cuts)]
        events += [event for event, _ in conversation.heard(stream[position : position + step])]
        position += step
    return events


@given(
    end=st.integers(min_value=0, max_value=len(_STREAM)),
    cuts=st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=20),
)
def test_that_there_is_one_answer_and_one_last_word_wherever_the_worker_dies(
    end: int, cuts: list[int]
) -> None:
    conversation = _asked()
    events = _heard(conversation, _STREAM[:end], cuts)
    kinds = [event.kind for event in events]
    whole = ["hello", "progress", "loaded", "started", "chunk", "chunk", "chunk", "spikes", "finished"]
    assert kinds == whole[: len(kinds)]
    events += conversation.died("It died.")
    assert Counter(event.run_id for event in events if isinstance(event, e.LastWord)) == {"run": 1}
    assert Counter(event.request_id for event in events if isinstance(event, e.Answer)) == {"load": 1}
    assert not conversation.busy and conversation.pending == ()
    assert conversation.died("It died again.") == []


@given(
    frames=st.integers(min_value=0, max_value=3),
    garbage=st.text(alphabet=st.characters(min_codepoint=65, max_codepoint=90), min_size=8),
    cuts=st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=20),
)
def test_that_what_came_before_garbage_counts_however_it_is_cut(
    frames: int, garbage: str, cuts: list[int]
) -> None:
    conversation = _asked()
    good = [encode(_HELLO)] + [encode(e.Paused(run_id="run", time=float(k))) for k in range(frames)]
    heard: list[e.AnyEvent] = []
    stream = b"".join(good) + garbage.encode()

    def hear_all() -> None:
        position = 0
        while position < len(stream):
            step = cuts[position % len(cuts)]
            heard.extend(event for event, _ in conversation.heard(stream[position : position + step]))
            position += step

    with pytest.raises(BrokenStreamError) as broken:
        hear_all()
    assert repr(garbage[:8])[1:-1] in str(broken.value)
    assert len(heard) == frames + 1


@pytest.mark.parametrize("missing_bytes", [-4, 4])
def test_that_frames_of_another_size_than_they_say_break_the_stream(missing_bytes: int) -> None:
    frames = e.Frames(
        run_id="run",
        cell=CellReference("cells", 0),
        variable="v",
        unit="mV",
        first_frame=0,
        count=3,
        segments=5,
        interval=0.1,
    )
    conversation = _asked()
    whole = encode(_HELLO) + encode(frames, bytes(60))
    (_, (_, body)) = conversation.heard(whole)
    assert numbers_of(frames, body).shape == (3, 5) and numbers_of(frames, body).dtype == np.float32
    with pytest.raises(BrokenStreamError, match="frames has"):
        list(conversation.heard(encode(frames, bytes(60 - missing_bytes))))
