"""Changes to the cells themselves: channel densities, passive parameters, drugs.

Several changes of one variable are made in the order of the experiment, each to what the one before it left.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.experiment.base import Frozen, new_id
from engine.experiment.recordings import Identifier
from engine.experiment.stimulus_base import LONGEST_MS
from engine.experiment.targets import CellReference, CompartmentSetName, SectionName
from engine.units import Milliseconds, Percent

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

    def of(self, before: float) -> float:
        """What becomes of a value."""
        match self.operator:
            case "=":
                return self.value
            case "*=":
                return before * self.value
            case "/=":
                return before / self.value
            case "+=":
                return before + self.value
            case "-=":
                return before - self.value

    @model_validator(mode="after")
    def _divides_by_something(self) -> Self:
        if self.operator == "/=" and self.value == 0:
            raise ValueError(f"{self.variable} cannot be divided by 0")
        return self


Assignments = Annotated[
    tuple[Assignment, ...], Field(min_length=1, title="Changes", description="Made in this order")
]
SectionList = Literal["all", "soma", "axon", "dend", "apic"]


class _Change(Frozen):
    """What all changes have."""

    title: ClassVar[str]
    kind: str
    id: Identifier = Field(default_factory=new_id)
    name: Name = ""
    enabled: Enabled = True


class OfCells(_Change):
    """A change to one cell, or to all cells of a node set."""

    node_set: Annotated[
        str | None,
        Field(min_length=1, title="Node set", description="All of its cells, if no single cell is named"),
    ] = None
    cell: Annotated[CellReference | None, Field(title="Cell", description="The only cell that changes")] = (
        None
    )

    @model_validator(mode="after")
    def _says_whose(self) -> Self:
        if (self.node_set is None) == (self.cell is None):
            raise ValueError("name either a cell or a node set")
        return self

    @property
    def whose(self) -> str:
        """The cell or the node set, as sentences name it."""
        return str(self.cell) if self.cell is not None else str(self.node_set)


class BlockSodium(OfCells):
    """TTX on every section of the cells (of circuits with channels that know of it)."""

    title: ClassVar = "Block sodium (TTX)"
    kind: Literal["ttx"] = "ttx"
    name: Name = "TTX"


class Drug(OfCells):
    """A drug: it takes a part of the maximal conductance of some channels away, wherever they are."""

    title: ClassVar = "Drug"
    kind: Literal["drug"] = "drug"
    percent: Annotated[
        Percent,
        Field(ge=0, le=100, title="Blocked", description="How much of the conductance is gone; 100 is all"),
    ] = 100.0
    variables: Annotated[
        tuple[Variable, ...],
        Field(min_length=1, title="Blocks", description="Maximal conductances, such as gnabar_hh"),
    ]
    wash_in: Annotated[
        Milliseconds,
        Field(ge=0, le=LONGEST_MS, title="Washed in", description="When it arrives; 0: there from the start"),
    ] = 0.0
    wash_out: Annotated[
        Milliseconds | None,
        Field(gt=0, le=LONGEST_MS, title="Washed out", description="When it is gone; empty: it stays"),
    ] = None

    @property
    def factor(self) -> float:
        """What is left of the conductance."""
        return 1 - self.percent / 100

    @model_validator(mode="after")
    def _goes_after_it_has_come(self) -> Self:
        if self.wash_out is not None and self.wash_out <= self.wash_in:
            raise ValueError(
                f"it is washed out at {self.wash_out:g} ms, not after it was washed in ({self.wash_in:g} ms)"
            )
        return self


class ChangeAllSections(OfCells):
    """Change variables in every section that has all of them."""

    title: ClassVar = "Change all sections"
    kind: Literal["all_sections"] = "all_sections"
    assignments: Assignments


class ChangeSectionList(OfCells):
    """Change variables in the sections of one type."""

    title: ClassVar = "Change sections of one type"
    kind: Literal["section_list"] = "section_list"
    section_list: Annotated[SectionList, Field(title="Sections", description="Of which type")]
    assignments: Assignments


class ChangeSection(OfCells):
    """Change variables in one named section."""

    title: ClassVar = "Change one section"
    kind: Literal["section"] = "section"
    section: SectionName
    assignments: Assignments


class ChangeCompartments(_Change):
    """Change variables in the segments that a compartment set lists."""

    title: ClassVar = "Change compartments"
    kind: Literal["compartment_set"] = "compartment_set"
    compartment_set: CompartmentSetName
    assignments: Assignments


Manipulation = Annotated[
    BlockSodium | Drug | ChangeAllSections | ChangeSectionList | ChangeSection | ChangeCompartments,
    Field(discriminator="kind"),
]
