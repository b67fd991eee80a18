"""The recordings of an experiment as the `reports` of a SONATA configuration."""

import re
from collections.abc import Iterable
from typing import Any, Final

from engine.circuit.problems import Problem
from engine.experiment.conditions import Conditions
from engine.experiment.recordings import Recording, Report, SiteRecording, StimulusRecording
from engine.experiment.sonata_export_sets import CannotSayError, ExportSets
from engine.experiment.sonata_import_reports import unit_of_variable
from engine.experiment.sonata_names import unique
from engine.experiment.sonata_sets import site_name
from engine.experiment.targets import Target

_VARIABLES: Final = re.compile(r"\w+(\.?\w+)?(\s*,\s*\w+(\.?\w+)?)*")
_UNSAFE_IN_FILE_NAMES: Final = re.compile(r"[^\w.\- ]+")


class ExportReports:
    """Collects the reports in the order of the experiment."""

    def __init__(self, sets: ExportSets, conditions: Conditions) -> None:
        self.reports: dict[str, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self._sets, self._conditions = sets, conditions

    def add(self, recordings: Iterable[Recording]) -> None:
        """A recording that is switched off is written so; SONATA has a switch for reports."""
        for recording in recordings:
            name = recording.label or _own_name(recording)
            try:
                entry = self._entry(recording)
            except CannotSayError as error:
                self.problems.append(Problem(f"{name!r} was left out: {error}.", hint=error.problem.hint))
                continue
            key = unique(name, self.reports)
            file_name = entry.pop("file_name", "") or _UNSAFE_IN_FILE_NAMES.sub("_", key)
            if file_name != key:
                entry["file_name"] = file_name
            self.reports[key] = entry if recording.enabled else {**entry, "enabled": False}

    def _entry(self, recording: Recording) -> dict[str, Any]:
        match recording:
            case StimulusRecording():
                raise CannotSayError("SONATA has no report of the current that one stimulus delivers")
            case SiteRecording():
                unit = unit_of_variable(recording.variable)
                report = Report(
                    id=recording.id,
                    target=recording.site,
                    variable=recording.variable,
                    unit=unit,
                    scaling="none",
                )
                return self._report(report)
            case Report():
                return self._report(recording)

    def _report(self, report: Report) -> dict[str, Any]:
        if not _VARIABLES.fullmatch(report.variable):
            raise CannotSayError(f"SONATA cannot name the variable {report.variable!r}")
        entry = self._place(report.target, report)
        entry |= {
            "variable_name": report.variable,
            "unit": report.unit,
            "dt": self._conditions.dt if report.dt is None else report.dt,
            "start_time": report.start,
            "end_time": self._conditions.tstop if report.end is None else report.end,
        }
        if report.scaling != "area":
            entry["scaling"] = report.scaling
        return entry | ({"file_name": report.file_name} if report.file_name else {})

    def _place(self, target: Target, report: Report) -> dict[str, Any]:
        cells = self._sets.cells(target)
        if cells is not None:
            kind = "summation" if report.report_type == "summation" else "compartment"
            return {
                "type": kind,
                "cells": cells,
                "sections": report.sections,
                "compartments": report.compartments,
            }
        if report.report_type == "summation":
            raise CannotSayError("SONATA sums over cells, not over spots", "Aim at a node set.")
        return {"type": "compartment_set", "compartment_set": self._sets.compartments(target)}


def _own_name(recording: Recording) -> str:
    match recording:
        case SiteRecording():
            return site_name(recording.site).replace("site", recording.variable, 1)
        case Report():
            return recording.variable
        case StimulusRecording():
            return f"current of {recording.stimulus}"
