"""Messages on a byte stream: two lengths, a JSON head, a binary body."""

import struct
from typing import Final

from pydantic import BaseModel

_LENGTHS: Final = struct.Struct("<II")
LARGEST_BYTES: Final = 64 * 2**20  # a frame beyond this means that the stream is out of step


class FramingError(ValueError):
    """The stream does not hold frames; someone else wrote to it."""


def encode(message: BaseModel, body: bytes | memoryview = b"") -> bytes:
    """One message, ready to write. FramingError if it is too large."""
    head = message.model_dump_json().encode()
    if len(head) + len(body) > LARGEST_BYTES:
        raise FramingError(f"a message of {len(head) + len(body)} bytes is over the limit of {LARGEST_BYTES}")
    return b"".join((_LENGTHS.pack(len(head), len(body)), head, body))


class FrameReader:
    """Feed it bytes as they come, in any pieces; it gives back whole (head, body) pairs."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Take the next bytes, wherever they were cut; return the frames now complete.

        FramingError when what comes next is no frame; frames before it are returned first, by a call before.
        """
        self._pending += data
        frames: list[tuple[bytes, bytes]] = []
        start = 0
        while len(self._pending) - start >= _LENGTHS.size:
            head, body = _LENGTHS.unpack_from(self._pending, start)
            if head + body > LARGEST_BYTES:
                if frames:
                    break
                raise FramingError(f"not a frame: {bytes(self._pending[start : start + 40])!r}")
            inside = start + _LENGTHS.size
            end = inside + head + body
            if len(self._pending) < end:
                break
            frames.append(
                (bytes(self._pending[inside : inside + head]), bytes(self._pending[inside + head : end]))
            )
            start = end
        del self._pending[:start]
        return frames
