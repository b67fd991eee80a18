"""Where NEURON keeps the variables of a segment, what they are called and which units they have.

A user writes `v`, `ina`, `cai`, `hh.m` (or `m_hh`), `i_membrane`, `Exp2Syn.g`, `IClamp[1].i`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import SimulationError, UnknownNameError
from engine.simulation.host import explaining, h

_ALWAYS_THERE = {"v": "mV", "i_membrane": "nA", "area": "µm²"}
_POINT_PROCESS = re.compile(r"(?P<name>\w+?)(\[(?P<index>\d+)\])?\.(?P<variable>\w+)")
_UNIT_SPELLINGS = {
    "uS": "µS",
    "um": "µm",
    "megohm": "MΩ",
    "degC": "°C",
    "uM": "µM",
    "umho": "µS",
    "pmho": "pS",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable at one place: NEURON's reference to it, and its unit as people write it ("" if dimensionless)."""

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


def has_variable(segment: Any, name: str) -> bool:
    """Whether `set_variable` would find it."""
    return _hoc_name(segment, name) is not None


def unit_of(hoc_name: str) -> str:
    """The unit that the mechanism declares; "" if it has none or declares none."""
    if hoc_name in _ALWAYS_THERE:
        return _ALWAYS_THERE[hoc_name]
    with explaining(f"asking for the unit of {hoc_name}"):
        declared = str(h.units(hoc_name))
    plain = _UNIT_SPELLINGS.get(declared, declared)
    return plain.replace("um2", "µm²").replace("cm2", "cm²").replace("umho", "µS").replace("mho", "S")


def _always_there(segment: Any, name: str) -> Variable:
    if name == "v":
        return Variable(name, segment._ref_v, "mV")
    h.CVode().use_fast_imem(1)
    return Variable(name, segment._ref_i_membrane_, "nA")


def _of_mechanism(segment: Any, name: str) -> Variable | None:
    hoc_name = _hoc_name(segment, name)
    if hoc_name is None or not hasattr(segment, f"_ref_{hoc_name}"):
        return None
    return Variable(name, getattr(segment, f"_ref_{hoc_name}"), unit_of(hoc_name))


def _hoc_name(segment: Any, name: str) -> str | None:
    """`hh.m` is `m_hh` in NEURON; `m_hh`, `ina`, `cm` are their own names."""
    mechanism, dot, variable = name.partition(".")
    hoc_name = f"{variable}_{mechanism}" if dot else name
    if hoc_name in ("cm", "diam"):
        return hoc_name
    if mechanism == "ions" or not re.fullmatch(r"[A-Za-z_]\w*", hoc_name):
        return None
    return hoc_name if hoc_name in set(_hoc_names(segment)) else None


def _hoc_names(segment: Any) -> Iterator[str]:
    for mechanism in segment:
        suffix = "" if mechanism.is_ion() else f"_{mechanism.name()}"
        for variable in _variables_of(mechanism):
            yield variable if variable.endswith(suffix) and suffix else f"{variable}{suffix}"


def _mechanism_names(segment: Any) -> Iterator[str]:
    for mechanism in segment:
        for variable in _variables_of(mechanism):
            if mechanism.is_ion():
                yield variable
            else:
                yield f"{mechanism.name()}.{variable.removesuffix(f'_{mechanism.name()}')}"


def _variables_of(mechanism: Any) -> list[str]:
    own = {"is_ion", "name", "segment"}
    return [
        each for each in dir(mechanism) if not each.startswith("__") and each not in own and each[-1] != "_"
    ]


def _of_point_process(segment: Any, name: str) -> Variable | None:
    written = _POINT_PROCESS.fullmatch(name)
    if written is None:
        return None
    there = [each for each in segment.point_processes() if _kind(each) == written["name"]]
    if not there or not hasattr(there[0], f"_ref_{written['variable']}"):
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
    reference = getattr(oldest_first[index], f"_ref_{written['variable']}")
    return Variable(name, reference, unit_of(f"{written['name']}.{written['variable']}"))


def _point_process_names(segment: Any) -> Iterator[str]:
    for process in segment.point_processes():
        own = set(dir(process)) - _METHODS
        yield from (f"{_kind(process)}.{each}" for each in own if hasattr(process, f"_ref_{each}"))


def _kind(process: Any) -> str:
    return str(process.hname()).partition("[")[0]


_METHODS = frozenset({"baseattr", "get_loc", "get_segment", "has_loc", "hname", "hocobjptr", "loc", "same"})
