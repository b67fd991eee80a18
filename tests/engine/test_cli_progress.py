"""The progress of a run, as a person at a terminal and as a log file get it."""

import io

import pytest
from typing_extensions import override

from engine.commands.progress import Progress, counted, duration, speed


class _Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


class _Clock:
    """Seconds pass when the test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_that_the_time_left_follows_from_the_speed_so_far() -> None:
    clock = _Clock()
    progress = Progress(1000.0, io.StringIO(), clock)
    progress.show(0.0)
    clock.now_s += 30
    line = progress.line(250.0, clock.now_s)
    assert " 25%  250.0 of 1000 ms" in line
    assert "120.0x slower than real time" in line
    assert "1 min 30 s left" in line


def test_that_a_run_continued_from_the_middle_is_timed_from_there() -> None:
    clock = _Clock()
    progress = Progress(1000.0, io.StringIO(), clock)
    progress.show(500.0)
    clock.now_s += 10
    assert "10 s left" in progress.line(750.0, clock.now_s)


def test_that_a_log_file_gets_a_plain_line_at_the_start_and_at_each_tenth() -> None:
    stream = io.StringIO()
    progress = Progress(10.0, stream)
    for step in range(1001):
        progress.show(step / 100)
    progress.end()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("  0%")
    assert lines[-1].startswith("100%")
    assert "\r" not in stream.getvalue() and "[" not in stream.getvalue()


def test_that_a_terminal_gets_one_line_that_is_not_redrawn_too_often() -> None:
    clock, stream = _Clock(), _Terminal()
    progress = Progress(10.0, stream, clock)
    for step in range(1001):
        clock.now_s += 0.001
        progress.show(step / 100)
    progress.end()
    drawn = stream.getvalue().split("\r")[1:]
    assert 8 <= len(drawn) <= 13
    assert "[########################]" in drawn[-1]
    assert stream.getvalue().count("\n") == 1


def test_that_quiet_is_silent() -> None:
    progress = Progress(10.0, None)
    progress.show(5.0)
    progress.end()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1.0, "0 s"),
        (0.01, "0 s"),
        (0.25, "0.2 s"),
        (9.97, "10 s"),
        (59.4, "59 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_that_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_that_speed_compares_with_the_clock_on_the_wall() -> None:
    assert speed(2000.0, 1.0) == "2.0x faster than real time"
    assert speed(1000.0, 4.0) == "4.0x slower than real time"


def test_that_one_thing_is_not_several() -> None:
    assert [counted(number, "spike") for number in (0, 1, 1024)] == ["0 spikes", "1 spike", "1,024 spikes"]
