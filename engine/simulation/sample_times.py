"""When NEURON takes samples of a solution with a variable step, to the last bit."""


class SampleTimes:
    """NEURON adds up the interval, so that sample k is only about at k × `interval` (ms).

    A solution that is stopped exactly there, where it is interpolated anyway, is the same as one that is not
    stopped. A stop anywhere else moves spikes by some 1e-13 ms, since a threshold is looked for between two
    points of the solution.
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._number, self._time = 0, 0.0

    def after(self, now: float, count: int) -> float:
        """The time of the sample that is `count` after the one at about `now`."""
        wanted = round(now / self._interval) + count
        if wanted < self._number:
            self._number, self._time = 0, 0.0
        for _ in range(wanted - self._number):
            self._time += self._interval
        self._number = wanted
        return self._time
