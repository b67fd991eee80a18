"""Changes to the cells themselves: channel densities, passive parameters, blocked sodium."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.experiment.base import Frozen, new_id
from engine.experiment.recordings import Identifier
from engine.experiment.targets import CompartmentSetName, NodeSetName, SectionName

Operator = Literal["=", "*=", "/=", "+=", "-="]
Variable = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]*$",
        title="Variable",
        description="A range variable, such as gbar_NaTg, or cm, Ra, g_pas",
    ),
]
Name = Annotated[str, Field(title="Name")]
Enabled = Annotated[bool, Field(title="Enabled", description="Is applied")]


class Assignment(Frozen):
    """Set, or change by a number, one range variable: `gbar_NaTg *= 0.5`."""

    variable: Variable
    operator: Annotated[
        Operator, Field(title="Operator", description="Set, or multiply, divide, add, take")
    ] = "="
    value: Annotated[
        float, Field(title="Value", description="In the unit that the mechanism gives the variable")
    ]

    @model_validator(mode="after")
    def _divides_by_something(self) -> Self:
        if self.operator == "/=" and self.value == 0:
            raise ValueError(f"{self.variable} cannot be divided by 0")
        return self


Assignments = Annotated[
    tuple[Assignment, ...], Field(min_length=1, title="Changes", description="Made in this order")
]
SectionList = Literal["all", "soma", "axon", "dend", "apic"]


class BlockSodium(Frozen):
    """TTX on every section of the cells (needs the circuit's TTXDynamicsSwitch)."""

    title: ClassVar = "Block sodium (TTX)"
    kind: Literal["ttx"] = "ttx"
    id: Identifier = Field(default_factory=new_id)
    name: Name = "TTX"
    enabled: Enabled = True
    node_set: NodeSetName


class ChangeAllSections(Frozen):
    """Change variables in every section that has all of them."""

    title: ClassVar = "Change all sections"
    kind: Literal["all_sections"] = "all_sections"
    id: Identifier = Field(default_factory=new_id)
    name: Name = ""
    enabled: Enabled = True
    node_set: NodeSetName
    assignments: Assignments


class ChangeSectionList(Frozen):
    """Change variables in the sections of one type."""

    title: ClassVar = "Change sections of one type"
    kind: Literal["section_list"] = "section_list"
    id: Identifier = Field(default_factory=new_id)
    name: Name = ""
    enabled: Enabled = True
    node_set: NodeSetName
    section_list: Annotated[SectionList, Field(title="Sections", description="Of which type")]
    assignments: Assignments


class ChangeSection(Frozen):
    """Change variables in one named section."""

    title: ClassVar = "Change one section"
    kind: Literal["section"] = "section"
    id: Identifier = Field(default_factory=new_id)
    name: Name = ""
    enabled: Enabled = True
    node_set: NodeSetName
    section: SectionName
    assignments: Assignments


class ChangeCompartments(Frozen):
    """Change variables in the segments that a compartment set lists."""

    title: ClassVar = "Change compartments"
    kind: Literal["compartment_set"] = "compartment_set"
    id: Identifier = Field(default_factory=new_id)
    name: Name = ""
    enabled: Enabled = True
    compartment_set: CompartmentSetName
    assignments: Assignments


Manipulation = Annotated[
    BlockSodium | ChangeAllSections | ChangeSectionList | ChangeSection | ChangeCompartments,
    Field(discriminator="kind"),
]
