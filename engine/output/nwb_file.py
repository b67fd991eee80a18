"""Runs and families of sweeps as a file of Neurodata Without Borders (NWB), written by pynwb.

Samples are kept as NEURON gave them, to the bit, beside the factor (`conversion`) that makes them volts or
amperes. Wants the optional package pynwb (`pip install somascope[nwb]`).
"""

import importlib.util
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from engine import __version__
from engine.errors import EngineError
from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import Drug
from engine.experiment.sonata_names import unique
from engine.experiment.targets import Site
from engine.experiment.waveforms import Quantity, Samples
from engine.output.recorded import Command, Properties, Recorded, RecordedSweep, Signal, commands
from engine.user_files import write_whole

MISSING: Final = "the package pynwb is not installed: pip install somascope[nwb]"
# NWB's unit, and what a number in ours is multiplied by
_SI: Final[dict[str, tuple[str, float]]] = {
    "mV": ("volts", 1e-3),
    "nA": ("amperes", 1e-9),
    "µS": ("siemens", 1e-6),
    "mA/cm²": ("amperes per square metre", 10.0),
    "mA/cm2": ("amperes per square metre", 10.0),
    "S/cm²": ("siemens per square metre", 1e4),
    "S/cm2": ("siemens per square metre", 1e4),
    "mM": ("moles per cubic metre", 1.0),
    "µm": ("metres", 1e-6),
    "ms": ("seconds", 1e-3),
}
_UNITLESS: Final = "n.a."
_MS: Final = 1e-3  # in s


def is_available() -> bool:
    """Whether pynwb is installed."""
    return importlib.util.find_spec("pynwb") is not None


def write_nwb(recorded: Recorded, properties: Properties, path: Path) -> None:
    """Write the file, whole or not at all.

    `properties` tells what relative stimuli need to know of a cell. EngineError if pynwb is missing, the disk
    is full, or there is nothing to write.
    """
    if not is_available():
        raise EngineError(f"NWB cannot be written: {MISSING}.")
    from pynwb import NWBHDF5IO  # noqa: PLC0415 - an extra, and slow to import

    content = _Writer(recorded, properties).written()
    # in memory first: HDF5 1.14 crashes where it meets a full disk as it closes a file
    with (
        h5py.File("nwb", "w", driver="core", backing_store=False) as file,
        NWBHDF5IO(file=file, mode="w") as target,
    ):
        target.write(content)
        file.flush()
        image = file.id.get_file_image()
    write_whole(path, image)


class _Writer:
    """Makes the content of one file."""

    def __init__(self, recorded: Recorded, properties: Properties) -> None:
        import pynwb  # noqa: PLC0415 - an extra, and slow to import

        self._pynwb = pynwb
        self._recorded, self._properties = recorded, properties
        experiment = recorded.experiment
        protocol = recorded.protocol
        self._file = pynwb.NWBFile(
            session_description=f"Simulation: {recorded.title}",
            identifier=str(uuid.uuid4()),
            session_start_time=recorded.began_at,
            experiment_description=experiment.notes or experiment.title or None,
            protocol=None if protocol is None else protocol.model_dump_json(),
            pharmacology=_pharmacology(experiment) or None,
            data_collection=_conditions_in_words(experiment),
            source_script=f"Somascope {__version__}",
            source_script_file_name="somascope",
            notes=json.dumps({"experiment": experiment.model_dump(mode="json")}, ensure_ascii=False),
            keywords=["simulation", "NEURON", "SONATA"],
        )
        self._device = self._file.create_device(
            name="NEURON", description="The simulator; its electrodes are ideal point processes"
        )
        self._electrodes: dict[str, Any] = {}
        self._names: set[str] = set()

    def written(self) -> Any:
        """The file in memory."""
        rows: list[list[int]] = []
        for number, sweep in enumerate(self._recorded.sweeps):
            if not sweep.problem:
                rows.append(self._write_sweep(number, sweep))
        self._add_value_columns(rows)
        self._group(rows)
        if self._recorded.spikes:
            self._file.add_unit_column("cell", "Population and node id of the cell")
        for cell, times in self._recorded.spikes.items():
            self._file.add_unit(spike_times=times * _MS, cell=str(cell))
        self._write_result()
        return self._file

    def _write_sweep(self, number: int, sweep: RecordedSweep) -> list[int]:
        """The rows of the table of recordings that it fills."""
        played = {(str(each.site), each.quantity): each for each in commands(sweep, self._properties)}
        rows = []
        taken: set[tuple[str, str]] = set()
        for signal in sweep.signals:
            kind = _kind_of(signal, played)
            if kind is None or (str(signal.site), kind) in taken:
                self._file.add_acquisition(self._other(number, sweep, signal))
                continue
            taken.add((str(signal.site), kind))
            command = played.pop((str(signal.site), kind), None)
            rows.append(self._add_row(number, sweep, _Patch(signal.site, kind, command, signal)))
        for (_, quantity), command in played.items():
            if quantity != "conductance":
                rows.append(self._add_row(number, sweep, _Patch(command.site, quantity, command, None)))
        return rows

    def _add_row(self, number: int, sweep: RecordedSweep, patch: "_Patch") -> int:
        stimulus = self._command(number, sweep, patch) if patch.command is not None else None
        response = self._response(number, sweep, patch) if patch.signal is not None else None
        row: int = self._file.add_intracellular_recording(
            electrode=self._electrode(patch.site, patch.resistance), stimulus=stimulus, response=response
        )
        return row

    def _electrode(self, site: Site, megaohms: float) -> Any:
        key = str(site)
        if key not in self._electrodes:
            self._electrodes[key] = self._file.create_icephys_electrode(
                name=unique(_plain(f"electrode {key}"), {each.name for each in self._electrodes.values()}),
                description="An ideal electrode of a simulation",
                device=self._device,
                location=f"section {site.section}, {site.x:g} of its length",
                resistance=f"{megaohms * 1e6:g} ohm" if megaohms else "0 ohm",
                cell_id=str(site.cell),
            )
        return self._electrodes[key]

    def _common(self, number: int, sweep: RecordedSweep, name: str, unit: str) -> dict[str, Any]:
        name = unique(_plain(f"sweep {number:04d} {name}"), self._names)
        self._names.add(name)
        return {
            "name": name,
            "conversion": _SI.get(unit, (unit, 1.0))[1],
            "starting_time": sweep.start * _MS,
            "rate": 1.0 / (sweep.interval * _MS),
        }

    def _command(self, number: int, sweep: RecordedSweep, patch: "_Patch") -> Any:
        command = patch.command
        assert command is not None, "there is one"
        is_clamp = patch.kind == "voltage"
        kinds = self._pynwb.icephys
        kind = kinds.VoltageClampStimulusSeries if is_clamp else kinds.CurrentClampStimulusSeries
        return kind(
            **self._common(number, sweep, f"stimulus {command.site}", "mV" if is_clamp else "nA"),
            data=_packed(command.samples),
            electrode=self._electrode(patch.site, patch.resistance),
            sweep_number=np.uint32(number),
            stimulus_description=", ".join(command.names),
        )

    def _response(self, number: int, sweep: RecordedSweep, patch: "_Patch") -> Any:
        signal = patch.signal
        assert signal is not None, "there is one"
        kinds = self._pynwb.icephys
        kind = kinds.VoltageClampSeries if patch.kind == "voltage" else kinds.CurrentClampSeries
        names = patch.command.names if patch.command is not None else ()
        return kind(
            **self._common(number, sweep, f"{signal.label} {signal.site}", signal.unit),
            data=_packed(signal.samples),
            description=f"{signal.label} ({signal.variable}) at {signal.site}",
            electrode=self._electrode(patch.site, patch.resistance),
            sweep_number=np.uint32(number),
            stimulus_description=", ".join(names) or "none",
        )

    def _other(self, number: int, sweep: RecordedSweep, signal: Signal) -> Any:
        """What no electrode records: a gate, a concentration, the voltage under a clamp."""
        return self._pynwb.TimeSeries(
            **self._common(number, sweep, f"{signal.label} {signal.site}", signal.unit),
            data=_packed(signal.samples),
            unit=_SI.get(signal.unit, (signal.unit or _UNITLESS, 1.0))[0],
            description=f"{signal.label} ({signal.variable}) at {signal.site}",
        )

    def _add_value_columns(self, rows: list[list[int]]) -> None:
        """What was varied, for each recording."""
        there = [each for each in self._recorded.sweeps if not each.problem]
        for name, values in (
            ("protocol_value", [each.value for each in there]),
            ("protocol_second_value", [each.second for each in there]),
        ):
            if any(value is not None for value in values) and any(rows):
                repeated = [
                    np.nan if value is None else value
                    for value, of_sweep in zip(values, rows, strict=True)
                    for _ in of_sweep
                ]
                self._file.intracellular_recordings.add_column(
                    name=name, data=repeated, description="What the protocol varies, in its unit"
                )

    def _group(self, rows: list[list[int]]) -> None:
        """Recordings of one moment, of one family, and the repetition that they are."""
        together = [self._file.add_icephys_simultaneous_recording(recordings=each) for each in rows if each]
        if not together:
            return
        protocol = self._recorded.protocol
        kind = "run" if protocol is None else protocol.title
        family = self._file.add_icephys_sequential_recording(
            simultaneous_recordings=together, stimulus_type=kind
        )
        repetition = self._file.add_icephys_repetition(sequential_recordings=[family])
        self._file.add_icephys_experimental_condition(repetitions=[repetition])

    def _write_result(self) -> None:
        result = self._recorded.result
        if result is None or not result.columns:
            return
        from hdmf.common import DynamicTable, VectorData  # noqa: PLC0415 - comes with pynwb

        module = self._file.create_processing_module(
            name="protocol", description=f"What the protocol found: {self._recorded.title}"
        )
        table = DynamicTable(
            name="results",
            description="; ".join(f"{each.name}: {each.value!r} {each.unit}" for each in result.numbers)
            or "A row for each sweep",
            columns=[
                VectorData(name=_plain(each.name), data=list(each.values), description=each.unit or _UNITLESS)
                for each in result.columns
            ],
        )
        module.add(table)


@dataclass(frozen=True, slots=True)
class _Patch:
    """One electrode in one sweep. `kind`: what it commands, a current or a voltage."""

    site: Site
    kind: Quantity
    command: Command | None
    signal: Signal | None

    @property
    def resistance(self) -> float:
        return self.command.series_resistance if self.command is not None else 0.0


def _kind_of(signal: Signal, played: Mapping[tuple[str, Quantity], Command]) -> Quantity | None:
    """What an electrode that records this commands; None: no electrode records it."""
    is_clamped = (str(signal.site), "voltage") in played
    if signal.stimulus and signal.unit == "nA" and is_clamped:
        return "voltage"
    return "current" if signal.is_voltage and not is_clamped else None


def _packed(samples: Samples) -> Any:
    from hdmf.backends.hdf5 import H5DataIO  # noqa: PLC0415 - comes with pynwb

    return H5DataIO(
        np.asarray(samples, dtype=np.float64), compression="gzip", compression_opts=4, shuffle=True
    )


def _plain(text: str) -> str:
    """A name that HDF5 and NWB take."""
    return re.sub(r"[/:]+", "-", text).strip()


def _conditions_in_words(experiment: Experiment) -> str:
    conditions = experiment.conditions
    step = "variable time step" if conditions.variable_step else f"time step {conditions.dt:g} ms"
    return (
        f"Simulated by NEURON at {conditions.celsius:g} °C, {step} ({conditions.integration_method}), "
        f"initial voltage {conditions.v_init:g} mV"
    )


def _pharmacology(experiment: Experiment) -> str:
    drugs = (each for each in experiment.manipulations if isinstance(each, Drug) and each.enabled)
    return "; ".join(
        f"{each.name or each.title}: {each.percent:g} % of {', '.join(each.variables)} blocked"
        for each in drugs
    )
