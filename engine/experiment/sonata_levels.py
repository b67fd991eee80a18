"""The levels of a voltage clamp, as SONATA defines them and as its simulators play them.

SONATA: level k begins where the levels before it end. neurodamus and BlueCelluLab: `voltage` comes first,
and level k begins where level k itself would have ended. An export is written for the simulators and says so
in its metadata; other files mean what SONATA defines, unless they begin with a level of 0 ms, which is the
way to make the simulators play what one means.
"""

from typing import Final

from engine.experiment.sonata_entry import Entry
from engine.experiment.stimuli import VoltageClamp

METADATA_KEY: Final = "clamp_levels"
LATE: Final = "late"


def levels_of(entry: Entry, voltage: float, duration: float, *, late: bool) -> list[dict[str, float]]:
    """The levels of a `seclamp` in the order and for the time that they are to be played."""
    durations, voltages = entry.numbers("duration_levels", ()), entry.numbers("voltage_levels", ())
    if len(durations) != len(voltages):
        raise entry.refusal(
            "'duration_levels' and 'voltage_levels' should be equally long,"
            f" and have {len(durations)} and {len(voltages)} values"
        )
    if any(each < 0 for each in durations):
        raise entry.refusal("'duration_levels' should not be negative")
    if sum(durations) > duration * (1 + 1e-9):
        raise entry.refusal(
            f"the levels last {sum(durations):g} ms, longer than the 'duration' of {duration:g} ms"
        )
    if durations and is_late(durations, late=late):
        durations, voltages = (*durations, duration - sum(durations)), (voltage, *voltages)
    pairs = zip(durations, voltages, strict=True)
    return [{"duration": length, "voltage": level} for length, level in pairs if length > 0]


def is_late(durations: tuple[float, ...], *, late: bool) -> bool:
    """Whether levels are meant as the simulators play them."""
    return late or durations[:1] == (0.0,)


def for_simulators(clamp: VoltageClamp) -> dict[str, object]:
    """The keys that make neurodamus and BlueCelluLab play the levels of a clamp."""
    voltage = clamp.voltage
    durations, voltages = (
        [getattr(level, name) for level in clamp.levels] for name in ("duration", "voltage")
    )
    if clamp.levels and not clamp.late_levels:
        voltage, *voltages = voltages
        durations.pop()
    said: dict[str, object] = {"voltage": voltage}
    return said | ({"duration_levels": durations, "voltage_levels": voltages} if durations else {})
