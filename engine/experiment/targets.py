"""Places: one spot on one cell, the same spot on a node set, or a list of spots kept in a file."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass
from typing_extensions import override

from engine.experiment.base import Frozen
from engine.units import Fraction

NodeId = Annotated[int, Field(ge=0, le=2**63 - 1, title="Node id")]
Population = Annotated[str, Field(min_length=1, title="Population")]
NodeSetName = Annotated[
    str, Field(min_length=1, title="Node set", description="Of the circuit or the experiment")
]
CompartmentSetName = Annotated[
    str, Field(min_length=1, title="Compartment set", description="Of the circuit or the experiment")
]


@dataclass(frozen=True, slots=True)
class CellReference:
    """One cell of a SONATA circuit: a key, so small and quick to hash."""

    population: Population
    node_id: NodeId

    @override
    def __str__(self) -> str:
        return f"{self.population}:{self.node_id}"


SectionName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\[[0-9]+\])?$",
        title="Section",
        description="Such as soma[0] or apic[12]",
    ),
]
Position = Annotated[
    Fraction,
    Field(ge=0, le=1, title="Position", description="0 is the near end of the section, 1 the far end"),
]


class Site(Frozen):
    """One spot on one cell."""

    kind: Literal["site"] = "site"
    cell: Annotated[CellReference, Field(title="Cell")]
    section: SectionName = "soma[0]"
    x: Position = 0.5

    @override
    def __str__(self) -> str:
        return f"{self.cell} {self.section}({self.x:g})"


class NodeSetTarget(Frozen):
    """The same spot on each cell of a node set."""

    kind: Literal["node_set"] = "node_set"
    node_set: NodeSetName
    section: SectionName = "soma[0]"
    x: Position = 0.5

    @override
    def __str__(self) -> str:
        return f"{self.node_set} {self.section}({self.x:g})"


class CompartmentSetTarget(Frozen):
    """The spots that a compartment set of the circuit, or of the experiment, lists."""

    kind: Literal["compartment_set"] = "compartment_set"
    compartment_set: CompartmentSetName

    @override
    def __str__(self) -> str:
        return self.compartment_set


Target = Annotated[Site | NodeSetTarget | CompartmentSetTarget, Field(discriminator="kind")]
