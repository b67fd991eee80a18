"""Changes to the cells themselves: channel densities, passive parameters, blocked sodium."""

from typing import Annotated, Literal

from pydantic import Field

from engine.experiment.base import Frozen
from engine.experiment.recordings import Identifier

Operator = Literal["=", "*=", "/=", "+=", "-="]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]


class Assignment(Frozen):
    """Set, or change by a number, one range variable: `gbar_NaTg *= 0.5`."""

    variable: Variable
    operator: Operator = "="
    value: Annotated[float, Field(allow_inf_nan=False)]


Assignments = Annotated[tuple[Assignment, ...], Field(min_length=1, title="Changes")]
SectionList = Literal["all", "soma", "axon", "dend", "apic"]


class BlockSodium(Frozen):
    """TTX on every section of the cells (needs the circuit's TTXDynamicsSwitch)."""

    kind: Literal["ttx"] = "ttx"
    id: Identifier
    name: str = "TTX"
    enabled: bool = True
    node_set: str


class ChangeAllSections(Frozen):
    """Change variables in every section that has all of them."""

    kind: Literal["all_sections"] = "all_sections"
    id: Identifier
    name: str = ""
    enabled: bool = True
    node_set: str
    assignments: Assignments


class ChangeSectionList(Frozen):
    """Change variables in the sections of one type."""

    kind: Literal["section_list"] = "section_list"
    id: Identifier
    name: str = ""
    enabled: bool = True
    node_set: str
    section_list: SectionList
    assignments: Assignments


class ChangeSection(Frozen):
    """Change variables in one named section."""

    kind: Literal["section"] = "section"
    id: Identifier
    name: str = ""
    enabled: bool = True
    node_set: str
    section: str
    assignments: Assignments


class ChangeCompartments(Frozen):
    """Change variables in the segments that a compartment set lists."""

    kind: Literal["compartment_set"] = "compartment_set"
    id: Identifier
    name: str = ""
    enabled: bool = True
    compartment_set: str
    assignments: Assignments


Manipulation = Annotated[
    BlockSodium | ChangeAllSections | ChangeSectionList | ChangeSection | ChangeCompartments,
    Field(discriminator="kind"),
]
