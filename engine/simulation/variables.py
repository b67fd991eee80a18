"""Where NEURON keeps the variables of a segment, what they are called and which units they have.

A user writes `v`, `ina`, `cai`, `hh.m` (or `m_hh`), `i_membrane`, `Exp2Syn.g`, `IClamp[1].i`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import SimulationError, UnknownNameError
from engine.simulation.host import explaining, h

_ALWAYS_THERE = {"v": "mV", "i_membrane": "nA", "area": "µm²"}
_METHODS = frozenset(
    {
        "baseattr",
        "get_loc",
        "get_segment",
        "has_loc",
        "hname",
        "hocobjptr",
        "is_ion",
        "loc",
        "name",
        "same",
        "segment",
    }
)
_POINT_PROCESS = re.compile(r"(?P<name>\w+?)(\[(?P<index>\d+)\])?\.(?P<variable>\w+)")
_HOC_SPELLINGS = {"IClamp.delay": "IClamp.del"}  # `del` is a word of Python
_UNIT_SPELLINGS = {
    "uS": "µS",
    "umho": "µS",
    "pmho": "pS",
    "mho": "S",
    "uM": "µM",
    "um": "µm",
    "um2": "µm²",
    "cm2": "cm²",
    "uF": "µF",
    "megohm": "MΩ",
    "degC": "°C",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable at one place: NEURON's reference to it, and its unit as people write it ("" for none)."""

    name: str
    reference: Any
    unit: str


def variable_at(segment: Any, name: str) -> Variable:
    """Find a variable of a segment; raises UnknownNameError that suggests one of those that are there."""
    if name in ("v", "i_membrane"):
        return _always_there(segment, name)
    found = _of_mechanism(segment, name) or _of_point_process(segment, name)
    if found is None:
        raise UnknownNameError("variable", name, names_at(segment), where=str(segment))
    return found


def in_all_segments(sections: Iterable[Any], name: str, where: str) -> list[Variable | None]:
    """A variable in every segment of some sections, None where it is not; UnknownNameError if it is nowhere.

    Sections with the same mechanisms are asked once what it is called there.
    """
    found: list[Variable | None] = []
    makers: dict[tuple[str, ...], _Finder] = {}
    for section in sections:
        key = tuple(str(mechanism.name()) for mechanism in section(0.5))
        if key not in makers:
            makers[key] = _Finder(section(0.5), name)
        found += [makers[key].variable(segment) for segment in section]
    if not any(found):
        known = {each for finder in makers.values() for each in finder.names}
        raise UnknownNameError("variable", name, known, where=where)
    return found


class _Finder:
    """Finds a variable in segments that have the mechanisms of an example, and other point processes."""

    def __init__(self, example: Any, name: str) -> None:
        self._example, self._name = example, name
        self._hoc_name = "i_membrane_" if name == "i_membrane" else _hoc_name(example, name)
        if name == "i_membrane":
            h.CVode().use_fast_imem(1)
        self._unit = (
            "" if self._hoc_name is None else unit_of(name if name in _ALWAYS_THERE else self._hoc_name)
        )

    @property
    def names(self) -> list[str]:
        return names_at(self._example)

    def variable(self, segment: Any) -> Variable | None:
        if self._hoc_name is None:
            return _of_point_process(segment, self._name)
        return Variable(self._name, getattr(segment, f"_ref_{self._hoc_name}"), self._unit)


def variable_of_point_cell(process: Any, name: str, where: str) -> Variable:
    """Find a variable of an artificial cell: `m`, or `IntFire1.m`."""
    kind = _kind(process)
    own = name.removeprefix(f"{kind}.")
    if own not in _variables_of(process):
        raise UnknownNameError("variable", name, _variables_of(process), where=f"cell {where}")
    return Variable(name, _reference(process, own), unit_of(f"{kind}.{own}"))


def names_at(segment: Any) -> list[str]:
    """The names of everything that can be recorded at a segment."""
    return sorted({"v", "i_membrane", *_mechanism_names(segment), *_point_process_names(segment)})


def set_variable(segment: Any, name: str, value: float) -> float:
    """Set a range variable (`gnabar_hh` or `hh.gnabar`, `cm`, `diam`…) of a segment; return what it was."""
    hoc_name = _hoc_name(segment, name)
    if hoc_name is None:
        raise UnknownNameError("variable", name, [*names_at(segment), "cm", "diam"], where=str(segment))
    with explaining(f"setting {name}", where=str(segment)):
        before = float(getattr(segment, hoc_name))
        setattr(segment, hoc_name, value)
    return before


class Vocabulary:
    """Which range variables segments have, looked up once for each set of mechanisms."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], frozenset[str]] = {}

    def has(self, segment: Any, hoc_name: str) -> bool:
        """Whether a segment has `gnabar_hh`, `cm`, `diam`…, which can be set."""
        mechanisms = tuple(mechanism.name() for mechanism in segment)
        if mechanisms not in self._known:
            self._known[mechanisms] = frozenset(("cm", "diam", *_hoc_names(segment)))
        return hoc_name in self._known[mechanisms]


def unit_of(hoc_name: str) -> str:
    """The unit that the mechanism declares; "" if it has none or declares none."""
    if hoc_name in _ALWAYS_THERE:
        return _ALWAYS_THERE[hoc_name]
    with explaining(f"asking for the unit of {hoc_name}"):
        declared = str(h.units(_HOC_SPELLINGS.get(hoc_name, hoc_name)))
    for theirs, ours in _UNIT_SPELLINGS.items():
        declared = re.sub(rf"\b{theirs}\b", ours, declared)
    return declared


def _always_there(segment: Any, name: str) -> Variable:
    if name == "v":
        return Variable(name, segment._ref_v, "mV")
    h.CVode().use_fast_imem(1)
    return Variable(name, segment._ref_i_membrane_, "nA")


def _of_mechanism(segment: Any, name: str) -> Variable | None:
    hoc_name = _hoc_name(segment, name)
    if hoc_name is None:
        return None
    return Variable(name, _reference(segment, hoc_name), unit_of(hoc_name))


def _hoc_name(segment: Any, name: str) -> str | None:
    """`hh.m` is `m_hh` in NEURON; `m_hh`, `ina`, `cm` are their own names."""
    mechanism, dot, variable = name.partition(".")
    hoc_name = f"{variable}_{mechanism}" if dot else name
    if hoc_name in ("cm", "diam"):
        return hoc_name
    return hoc_name if hoc_name in set(_hoc_names(segment)) else None


def _hoc_names(segment: Any) -> Iterator[str]:
    for mechanism in segment:
        suffix = "" if mechanism.is_ion() else f"_{mechanism.name()}"
        yield from (f"{variable}{suffix}" for variable in _variables_of(mechanism))


def _mechanism_names(segment: Any) -> Iterator[str]:
    for mechanism in segment:
        name = str(mechanism.name())
        for variable in _variables_of(mechanism):
            yield variable if mechanism.is_ion() else f"{name}.{variable}"


def _variables_of(owner: Any) -> list[str]:
    """What a mechanism at a segment, or a point process, has to record; functions are not."""
    names = [name for name in dir(owner) if name not in _METHODS and not name.endswith("_")]
    return [name for name in names if _reference(owner, name) is not None]


def _reference(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, f"_ref_{name}")
    except (AttributeError, TypeError):  # unknown; or a function, which NEURON calls a pointer error
        return None


def _of_point_process(segment: Any, name: str) -> Variable | None:
    written = _POINT_PROCESS.fullmatch(name)
    if written is None:
        return None
    there = [each for each in segment.point_processes() if _kind(each) == written["name"]]
    if not there or _reference(there[0], written["variable"]) is None:
        return None
    if written["index"] is None and len(there) > 1:
        raise SimulationError(
            f"There are {len(there)} of {written['name']} here, so {name!r} could be any of them.",
            where=str(segment),
            hint=f"Number them: {written['name']}[0].{written['variable']} is the first that was put there.",
        )
    index = int(written["index"] or 0)
    if index >= len(there):
        return None
    oldest_first = there[::-1]
    reference = _reference(oldest_first[index], written["variable"])
    return Variable(name, reference, unit_of(f"{written['name']}.{written['variable']}"))


def _point_process_names(segment: Any) -> Iterator[str]:
    there = segment.point_processes()[::-1]
    kinds = [_kind(process) for process in there]
    for place, (process, kind) in enumerate(zip(there, kinds, strict=True)):
        name = kind if kinds.count(kind) == 1 else f"{kind}[{kinds[:place].count(kind)}]"
        yield from (f"{name}.{variable}" for variable in _variables_of(process))


def _kind(process: Any) -> str:
    return str(process.hname()).partition("[")[0]


def all_of_kind(segment: Any, kind: str, variable: str) -> list[Variable]:
    """A variable of every point process of one kind at a segment, the oldest first."""
    there = [process for process in segment.point_processes()[::-1] if _kind(process) == kind]
    unit = unit_of(f"{kind}.{variable}") if there else ""
    return [Variable(f"{kind}.{variable}", _reference(process, variable), unit) for process in there]
