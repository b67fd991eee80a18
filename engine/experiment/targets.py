"""Places: one spot on one cell, the same spot on a node set, or a list of spots kept in a file."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt
from pydantic.dataclasses import dataclass
from typing_extensions import override

from engine.experiment.base import Frozen
from engine.units import Fraction


@dataclass(frozen=True, slots=True)
class CellReference:
    """One cell of a SONATA circuit: a key, so small and quick to hash."""

    population: Annotated[str, Field(min_length=1)]
    node_id: NonNegativeInt

    @override
    def __str__(self) -> str:
        return f"{self.population}:{self.node_id}"


SectionName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\[\d+\])?$", title="Section")]
Position = Annotated[Fraction, Field(ge=0, le=1, title="Position", description="0 is the near end, 1 the far end")]


class Site(Frozen):
    """One spot on one cell."""

    kind: Literal["site"] = "site"
    cell: CellReference
    section: SectionName = "soma[0]"
    x: Position = 0.5

    @override
    def __str__(self) -> str:
        return f"{self.cell} {self.section}({self.x:g})"


class NodeSetTarget(Frozen):
    """The same spot on each cell of a node set."""

    kind: Literal["node_set"] = "node_set"
    node_set: Annotated[str, Field(min_length=1)]
    section: SectionName = "soma[0]"
    x: Position = 0.5

    @override
    def __str__(self) -> str:
        return f"{self.node_set} {self.section}({self.x:g})"


class CompartmentSetTarget(Frozen):
    """The spots that a compartment set of the circuit, or of the experiment, lists."""

    kind: Literal["compartment_set"] = "compartment_set"
    compartment_set: Annotated[str, Field(min_length=1)]

    @override
    def __str__(self) -> str:
        return self.compartment_set


Target = Annotated[Site | NodeSetTarget | CompartmentSetTarget, Field(discriminator="kind")]
