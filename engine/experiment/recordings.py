"""What is kept of a run: single traces for the scope, and reports over many cells as SONATA has them."""

from typing import Annotated, Literal

from pydantic import Field

from engine.experiment.base import Frozen, new_id
from engine.experiment.targets import Site, Target
from engine.units import Milliseconds

Identifier = Annotated[str, Field(default_factory=new_id, min_length=1, repr=False)]
SectionsOfReport = Literal["soma", "axon", "dend", "apic", "all"]
CompartmentsOfReport = Literal["center", "all"]


class SiteRecording(Frozen):
    """One variable at one spot: `v`, `ina`, `cai`, `hh.m`, or `IClamp.i` of a point process that sits there.

    Sampled at every time step.
    """

    kind: Literal["site"] = "site"
    id: Identifier
    label: str = ""
    enabled: bool = True
    site: Site
    variable: Annotated[str, Field(min_length=1, title="Variable")] = "v"


class StimulusRecording(Frozen):
    """What one stimulus really delivered: the clamp current, in nA, at each of its targets."""

    kind: Literal["stimulus"] = "stimulus"
    id: Identifier
    label: str = ""
    enabled: bool = True
    stimulus: Annotated[str, Field(min_length=1, description="Identifier of the stimulus")]


class Report(Frozen):
    """One variable on many cells, sampled every `dt`, written as a SONATA report.

    `target` names cells (a node set) or spots (a compartment set); `sections` and `compartments` apply to cells.
    """

    kind: Literal["report"] = "report"
    id: Identifier
    label: str = ""  # the name of the report, and of its file
    enabled: bool = True
    target: Annotated[Target, Field(title="Cells")]
    report_type: Literal["compartment", "compartment_set", "summation"] = "compartment"
    sections: SectionsOfReport = "soma"
    compartments: CompartmentsOfReport = "center"
    variable: Annotated[str, Field(min_length=1, title="Variable")] = "v"
    unit: str = "mV"
    scaling: Literal["none", "area"] = "area"
    dt: Annotated[Milliseconds, Field(gt=0, title="Sampling interval")] | None = None  # None: every time step
    start: Annotated[Milliseconds, Field(ge=0, title="Start")] = 0.0
    end: Annotated[Milliseconds, Field(gt=0, title="End")] | None = None  # None: the end of the run
    file_name: str = ""


Recording = Annotated[SiteRecording | StimulusRecording | Report, Field(discriminator="kind")]
