"""The `reports` of a SONATA configuration, of either dialect, as recordings."""

import re
from dataclasses import replace
from typing import Any, Final

from engine.circuit.problems import Problem
from engine.errors import UnknownNameError
from engine.experiment.recordings import Recording, Report, SiteRecording
from engine.experiment.sonata_entry import REQUIRED, Entry, Key, unit_of
from engine.experiment.sonata_import_sets import Sets
from engine.experiment.targets import Site

_LEFT_OUT: Final = {
    "synapse": "variables of synapses",
    "lfp": "field potentials",
    "ecp": "field potentials",
    "extracellular": "field potentials",
    "netcon_report": "variables of synapses",
    "save_synapses": "lists of synapses",
    "clamp_report": "clamp reports in BMTK's own form",
    "se_clamp": "clamp reports in BMTK's own form",
    "SEClamp": "clamp reports in BMTK's own form",
    "multimeter_report": "point neurons of NEST",
    "weight_recorder": "weights of synapses",
    "spikes_report": "a second spike file",
}
_TYPES: Final = ("compartment", "compartment_set", "summation")
_TIMES: Final = (Key("dt", "dt"), Key("start_time", "start"), Key("end_time", "end"))
_NAMES: Final = {"start": "start_time", "end": "end_time", "variable": "variable_name"}
_UNITS: Final = ((r"v", "mV"), (r"i([a-z]+|_\w+)", "mA/cm2"), (r"[a-z]+[io]", "mM"))
_WITHOUT_EFFECT: Final = {"buffer", "tmp_dir", "module", "type"}


def unit_of_variable(variable: str) -> str:
    """The unit that NEURON gives a variable of a segment, as far as its name tells."""
    return next((unit for pattern, unit in _UNITS if re.fullmatch(pattern, variable)), "")


class Reports:
    """The recordings of one configuration. `tstop` and `dt` of the run are in ms."""

    def __init__(self, sets: Sets, tstop: float, dt: float, *, allen: bool) -> None:
        self.recordings: list[Recording] = []
        self.problems: list[Problem] = []
        self._sets, self._tstop, self._dt, self._allen = sets, tstop, dt, allen

    def read(self, reports: Entry) -> None:
        """Take over every report that an experiment has a counterpart for."""
        for name, raw in reports.values.items():
            entry = Entry(raw, f"Report {name!r}", reports.where)
            kind = entry.text("module" if self._allen and "type" not in entry else "type")
            if kind in _LEFT_OUT:
                self._warn(entry, f"was left out: there is nothing here for {_LEFT_OUT[kind]} ({kind})")
                continue
            self._read(name, entry, kind)
            unknown = [key for key in entry.unasked() if key not in _WITHOUT_EFFECT]
            if unknown:
                self._warn(
                    entry, f"{', '.join(map(repr, unknown))} was left out: nothing here means the same"
                )

    def _read(self, name: str, entry: Entry, kind: str) -> None:
        if kind == "membrane_report":
            self._read_membrane_report(name, entry)
        elif kind in _TYPES:
            self.recordings.append(self._report(name, entry, kind))
        else:
            known = [*_TYPES, "membrane_report", *_LEFT_OUT]
            raise UnknownNameError(f"type (of {entry.name})", kind, known, where=entry.where)

    def _report(self, name: str, entry: Entry, kind: str) -> Recording:
        fields = {
            "label": name,
            "report_type": kind,
            "variable": entry.text("variable_name"),
            "unit": entry.get("unit", "mV"),
            "scaling": entry.text("scaling", "area"),
        }
        if kind == "compartment_set":
            fields["target"] = self._sets.compartment_set(entry)
            if isinstance(fields["target"], Site):
                fields["report_type"] = "compartment"
        else:
            fields["target"] = self._sets.of_report(entry)
            fields["sections"] = sections = entry.text("sections", "soma")
            fields["compartments"] = entry.text("compartments", "center" if sections == "soma" else "all")
        for key in _TIMES:
            fields[key.field] = entry.value(key, unit_of(Report, key.field))
        report = self._built(name, entry, fields)
        return _site_recording(report) or report

    def _read_membrane_report(self, name: str, entry: Entry) -> None:
        """Allen's report: the whole run, every step; one recording for each variable."""
        variables = entry.get("variable_name", REQUIRED)
        several = isinstance(variables, list)
        sections = entry.text("sections", "all")
        for variable in variables if several else [variables]:
            fields = {
                "label": f"{name}_{variable}" if several else name,
                "variable": variable,
                "unit": unit_of_variable(str(variable)),
                "target": self._sets.of_report(entry),
                "sections": sections,
                "compartments": "center" if sections == "soma" else "all",
                "scaling": "none",
            }
            for key in _TIMES:
                optional = replace(key, default=0.0 if key.field == "start" else None)
                fields[key.field] = entry.value(optional, unit_of(Report, key.field))
            self.recordings.append(self._built(fields["label"], entry, fields))

    def _built(self, name: str, entry: Entry, fields: dict[str, Any]) -> Report:
        file_name = entry.text("file_name", "")
        fields["file_name"] = "" if file_name in {name, f"{name}.h5"} else file_name
        fields["enabled"] = entry.flag("enabled", default=True)
        start, end, dt = (fields[name] for name in ("start", "end", "dt"))
        if end is not None and end <= start:
            raise entry.refusal(f"'end_time' should be after 'start_time' ({start:g} ms), and is {end:g} ms")
        if dt is not None and 0 < dt <= self._dt:
            fields["dt"] = None
        if end == self._tstop:
            fields["end"] = None
        return entry.build(Report, fields, _NAMES)

    def _warn(self, entry: Entry, what: str) -> None:
        self.problems.append(Problem(f"{entry.name} {what}.", entry.where, severity="warning"))


def _site_recording(report: Report) -> SiteRecording | None:
    """What an export made of the recording of one spot; it tells them from reports by their `scaling`."""
    plain = Report(id=report.id, target=report.target, scaling="none")
    varied = {"label", "variable", "unit", "enabled", "file_name"}
    if not isinstance(report.target, Site) or report.model_dump(exclude=varied) != plain.model_dump(
        exclude=varied
    ):
        return None
    return SiteRecording(
        id=report.id,
        label=report.label,
        site=report.target,
        variable=report.variable,
        enabled=report.enabled,
    )
