"""A ball and a stick: the smallest cell with a dendrite."""

from dataclasses import dataclass

from engine.simulation.cells.cell import Cell, Parts
from engine.simulation.cells.plain import PASSIVE, SQUID, Owner, PlainMembrane
from engine.simulation.host import h


@dataclass(frozen=True, slots=True)
class BallAndStick:
    """Sizes in µm. The ball is a cylinder as long as it is thick; the stick starts at its far end."""

    soma_diameter: float = 20.0
    dendrite_length: float = 400.0
    dendrite_diameter: float = 2.0
    dendrite_segments: int = 41
    soma_membrane: PlainMembrane = SQUID
    dendrite_membrane: PlainMembrane = PASSIVE


def build_ball_and_stick(population: str, node_id: int, shape: BallAndStick = BallAndStick()) -> Cell:
    """Build `soma[0]` and `dend[0]`."""
    owner = Owner(f"{population}:{node_id}")
    soma = h.Section(name="soma[0]", cell=owner)
    dendrite = h.Section(name="dend[0]", cell=owner)
    dendrite.connect(soma(1))
    soma.L = soma.diam = shape.soma_diameter
    dendrite.L, dendrite.diam = shape.dendrite_length, shape.dendrite_diameter
    dendrite.nseg = shape.dendrite_segments
    shape.soma_membrane.put_into([soma], str(owner))
    shape.dendrite_membrane.put_into([dendrite], str(owner))
    return Cell(population, node_id, "obi", Parts(sections={"soma[0]": soma, "dend[0]": dendrite}))
