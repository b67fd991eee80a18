"""What is told of a worker that is gone."""

from engine.messages.obituary import Ending, obituary


def test_that_a_signal_is_known_also_from_whom_mpiexec_tells_of_it() -> None:
    assert obituary(Ending(139), ()) == obituary(Ending(11, by_signal=True), ())
    assert "SIGSEGV" in obituary(Ending(139), ())[0]
    assert "exit code 5" in obituary(Ending(5), ())[0]
