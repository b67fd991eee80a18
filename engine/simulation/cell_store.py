"""Built cells, kept between simulations: only what changed is built again."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import JsonValue

from engine.circuit.circuit import Circuit
from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.simulation.cells import build_cell
from engine.simulation.cells.cell import Cell
from engine.simulation.host import explaining, h
from engine.simulation.stand_ins import PLASTIC, STAND_INS, own_variables, stands_in

_WHERE: Final = "the conditions, mechanisms"
_CALCIUM: Final = "cao_CR"
MechanismGlobals = Mapping[str, Mapping[str, JsonValue]]


class CellStore:
    """Owns the cells of one circuit that are built at the moment.

    NEURON integrates every section there is, so there are no cells here but those of the last request, and
    only one simulation is attached to them at a time.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self._cells: dict[CellReference, Cell] = {}
        self._built_under: object = None
        self._globals_before: dict[str, float] = {}
        self._detach: Callable[[], None] | None = None
        self._original: Callable[[Any, str], float] | None = None
        self._wiring: tuple[object, Any] | None = None

    @property
    def cells(self) -> Mapping[CellReference, Cell]:
        """What is built."""
        return self._cells

    def provide(
        self,
        references: Sequence[CellReference],
        conditions: Conditions,
        built: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Mapping[CellReference, Cell]:
        """Build what is missing, let go of the rest; the simulation that was attached is detached.

        `built` is told after each cell how many of how many there are. Raises the EngineError of the cell
        that cannot be built; the others stay.
        """
        self.release()
        under = _under(conditions)
        if under != self._built_under:
            self._drop_all()
            self._globals_before = _set_globals(_globals(conditions))
            self._built_under = under
        if set(references) != set(self._cells):
            self._wiring = None
        kept = {reference: self._cells[reference] for reference in references if reference in self._cells}
        self._cells = kept
        for done, reference in enumerate(references, start=1):
            if reference not in kept:
                description = self.circuit.cell(reference.population, reference.node_id)
                kept[reference] = build_cell(description, conditions)
            built(done, len(references))
        self._cells = {reference: kept[reference] for reference in references}
        return self._cells

    def attach(self, detach: Callable[[], None], original: Callable[[Any, str], float] | None = None) -> None:
        """Say how to take away what was just put on the cells; whoever was there before goes first.

        `original` says what a variable of a segment or a section is without it.
        """
        self.release()
        self._detach, self._original = detach, original

    def release(self) -> None:
        """Take away electrodes, recorders and manipulations of the simulation that is attached, if any."""
        detach, self._detach = self._detach, None
        self._original = None
        if detach is not None:
            detach()

    def original(self, owner: Any, variable: str) -> float:
        """What a variable of a segment, or of a section, was built with."""
        return float(getattr(owner, variable)) if self._original is None else self._original(owner, variable)

    def wiring(self, key: object, make: Callable[[], Any]) -> Any:
        """The synapses between the cells: those of the last simulation if its key was equal."""
        if self._wiring is None or self._wiring[0] != key:
            self._wiring = None  # the old ones go before the new ones come
            self._wiring = (key, make())
        return self._wiring[1]

    def unwire(self) -> None:
        """Take the synapses away: spikes would go on to use them."""
        self._wiring = None

    def built_under(self, conditions: Conditions) -> bool:
        """Whether the cells are built as these conditions want them."""
        return self._built_under == _under(conditions)

    def holds(self, references: Iterable[CellReference], conditions: Conditions) -> bool:
        """Whether these cells are here, built as these conditions want them."""
        return self.built_under(conditions) and self._cells.keys() >= set(references)

    def close(self) -> None:
        """Let go of everything."""
        self.release()
        self._drop_all()

    def _drop_all(self) -> None:
        self._wiring = None
        self._cells = {}
        for name, value in self._globals_before.items():
            setattr(h, name, value)
        self._globals_before = {}
        self._built_under = None


def _under(conditions: Conditions) -> object:
    """What a cell is built from, besides the circuit."""
    return conditions.segment_length, conditions.seed_convention, repr(_globals(conditions))


def _globals(conditions: Conditions) -> MechanismGlobals:
    """The global variables of the conditions; plastic synapses are told the calcium outside, too."""
    given = conditions.mechanism_globals
    calcium = conditions.extracellular_calcium
    if calcium is None or not hasattr(h, f"{_CALCIUM}_{PLASTIC}"):
        return given
    return {**given, PLASTIC: {_CALCIUM: calcium, **given.get(PLASTIC, {})}}


def _set_globals(mechanism_globals: MechanismGlobals) -> dict[str, float]:
    """Set `variable_SUFFIX` for each; return what they were."""
    before: dict[str, float] = {}
    for suffix, variables in mechanism_globals.items():
        with _undone_on_error(before):
            if stands_in(suffix):
                _require_variables(suffix, variables)  # every synapse is given them
                continue
            for variable, value in variables.items():
                name = f"{variable}_{suffix}"
                before[name] = _set_global(name, suffix, value)
    return before


def _require_variables(suffix: str, values: Mapping[str, JsonValue]) -> None:
    known = own_variables(suffix)
    for variable, value in values.items():
        _require_number(f"{variable}_{suffix}", value)
        if variable not in known:
            raise SimulationError(
                f"There is no global variable {variable}_{suffix}, and {STAND_INS[suffix]}, which stands in, "
                f"has no variable {variable}.",
                where=_WHERE,
            )


@contextlib.contextmanager
def _undone_on_error(before: Mapping[str, float]) -> Iterator[None]:
    try:
        yield
    except SimulationError:
        for name, value in before.items():
            setattr(h, name, value)
        raise


def _set_global(name: str, suffix: str, value: JsonValue) -> float:
    number = _require_number(name, value)
    if not hasattr(h, name):
        raise SimulationError(
            f"There is no global variable {name}.",
            where=_WHERE,
            hint=f"Is the mechanism {suffix} compiled, and is the variable spelt as in its mod file?",
        )
    with explaining(f"setting {name}", where=_WHERE):
        before = float(getattr(h, name))
        setattr(h, name, number)
    return before


def _require_number(name: str, value: JsonValue) -> float:
    if not isinstance(value, int | float):
        raise SimulationError(f"The value {value!r} of {name} is not a number.", where=_WHERE)
    return float(value)
