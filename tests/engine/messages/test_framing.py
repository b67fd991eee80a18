"""Frames survive every cutting of the stream; what is no frame is noticed."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.framing import LARGEST_BYTES, FrameReader, FramingError, encode

MESSAGES = [
    (r.Pause(run_id="one"), b""),
    (e.Chunk(run_id="one", first_sample=0, samples=2, traces=1, time=0.05, tstop=10, speed=1), bytes(16)),
    (r.Cancel(request_id="µ ✓"), b""),
    (e.SpikeBatch(run_id="one", population="cells", count=1), b"\x00\xff" * 8),
]
STREAM = b"".join(encode(message, body) for message, body in MESSAGES)
FRAMES = [(message.model_dump_json().encode(), body) for message, body in MESSAGES]


@given(some.lists(some.integers(0, len(STREAM)), max_size=20).map(sorted))
def test_that_frames_come_whole_wherever_the_stream_is_cut(cuts):
    reader = FrameReader()
    frames = []
    for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True):
        frames += reader.feed(STREAM[start:end])
    assert frames == FRAMES


def test_that_every_byte_on_its_own_gives_the_same_frames():
    reader = FrameReader()
    assert [frame for byte in STREAM for frame in reader.feed(bytes([byte]))] == FRAMES


def test_that_what_is_no_frame_is_quoted():
    with pytest.raises(FramingError, match="Segmentation"):
        FrameReader().feed(b"Segmentation fault (core dumped)\n")


def test_that_frames_before_garbage_are_not_lost():
    reader = FrameReader()
    assert reader.feed(STREAM + b"\xff" * 20) == FRAMES
    with pytest.raises(FramingError):
        reader.feed(b"")


def test_that_a_frame_over_the_limit_is_neither_sent_nor_believed():
    with pytest.raises(FramingError, match="over the limit"):
        encode(r.Shutdown(), bytes(LARGEST_BYTES))
    with pytest.raises(FramingError):
        FrameReader().feed(struct.pack("<II", 1, LARGEST_BYTES))
