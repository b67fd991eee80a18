"""What is kept of a run: single traces for the scope, and reports over many cells as SONATA has them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.experiment.base import Frozen, new_id
from engine.experiment.targets import CompartmentSetTarget, Site, Target
from engine.units import Milliseconds

Identifier = Annotated[str, Field(min_length=1, max_length=64, repr=False)]
Label = Annotated[str, Field(title="Name")]
Enabled = Annotated[bool, Field(title="Enabled", description="Is recorded")]
VariableName = Annotated[
    str, Field(min_length=1, title="Variable", description="Such as v, ina, cai, hh.m, or IClamp.i")
]
SectionsOfReport = Literal["soma", "axon", "dend", "apic", "all"]
CompartmentsOfReport = Literal["center", "all"]


class SiteRecording(Frozen):
    """One variable at one spot: `v`, `ina`, `cai`, `hh.m`, or `IClamp.i` of a point process that sits there.

    Sampled at every time step.
    """

    kind: Literal["site"] = "site"
    id: Identifier = Field(default_factory=new_id)
    label: Label = ""
    enabled: Enabled = True
    site: Annotated[Site, Field(title="Place")]
    variable: VariableName = "v"


class StimulusRecording(Frozen):
    """What one stimulus really delivered, in nA, at each of its targets.

    Of an electrode, the current into the cell; of a synapse, the current as NEURON has it, out of the cell.
    """

    kind: Literal["stimulus"] = "stimulus"
    id: Identifier = Field(default_factory=new_id)
    label: Label = ""
    enabled: Enabled = True
    stimulus: Annotated[
        str, Field(min_length=1, title="Stimulus", description="The stimulus whose current is kept")
    ]


class Report(Frozen):
    """One variable on many cells, sampled every `dt`, written as a SONATA report.

    `target` names cells (a node set) or spots (a compartment set); `sections` and `compartments` apply to
    cells. `label` is the name of the report, and of its file unless `file_name` says otherwise.
    """

    kind: Literal["report"] = "report"
    id: Identifier = Field(default_factory=new_id)
    label: Label = ""
    enabled: Enabled = True
    target: Annotated[Target, Field(title="Cells", description="Which cells, or which spots")]
    report_type: Annotated[
        Literal["compartment", "compartment_set", "summation"],
        Field(title="Type", description="Values of compartments, of listed spots, or sums over a cell"),
    ] = "compartment"
    sections: Annotated[SectionsOfReport, Field(title="Sections")] = "soma"
    compartments: Annotated[
        CompartmentsOfReport, Field(title="Compartments", description="The middle of each section, or all")
    ] = "center"
    variable: VariableName = "v"
    unit: Annotated[str, Field(title="Unit", description="Written into the file as it is")] = "mV"
    scaling: Annotated[
        Literal["none", "area"],
        Field(title="Scaling", description="Of sums: current densities times area give nA"),
    ] = "area"
    dt: Annotated[
        Milliseconds | None,
        Field(gt=0, le=1e7, title="Sampling interval", description="Empty: every time step"),
    ] = None
    start: Annotated[
        Milliseconds, Field(ge=0, le=1e7, title="Start", description="Time of the first sample")
    ] = 0.0
    end: Annotated[
        Milliseconds | None,
        Field(gt=0, le=1e7, title="End", description="No sample from here on; empty: the end of the run"),
    ] = None
    file_name: Annotated[str, Field(title="File name", description="Empty: the name of the report")] = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"the report ends at {self.end:g} ms, before it starts at {self.start:g} ms")
        if self.report_type == "compartment_set" and not isinstance(self.target, CompartmentSetTarget):
            raise ValueError("a report of type compartment_set needs a compartment set as its target")
        return self


Recording = Annotated[SiteRecording | StimulusRecording | Report, Field(discriminator="kind")]
