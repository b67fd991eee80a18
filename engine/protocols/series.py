"""The numbers of a family of sweeps: a range, a list, or a formula in the number of the sweep."""

import ast
import json
import math
import operator
from collections.abc import Callable
from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import Field, JsonValue, model_validator

from engine.experiment.base import Frozen

MOST_SWEEPS: Final = 10_000
Count = Annotated[int, Field(ge=1, le=MOST_SWEEPS, title="Sweeps", description="How many")]


class Spaced(Frozen):
    """Equally spaced, with both ends."""

    kind: Literal["spaced"] = "spaced"
    first: Annotated[float, Field(title="First")] = 0.0
    last: Annotated[float, Field(title="Last")] = 1.0
    count: Count = 11

    def numbers(self) -> tuple[float, ...]:
        """(count,) in order."""
        return tuple(np.linspace(self.first, self.last, self.count).tolist())


class Listed(Frozen):
    """These numbers, in this order."""

    kind: Literal["listed"] = "listed"
    values: Annotated[tuple[float, ...], Field(min_length=1, max_length=MOST_SWEEPS, title="Values")]

    def numbers(self) -> tuple[float, ...]:
        """As they are."""
        return self.values


class Formula(Frozen):
    """Arithmetic in `i`, the number of the sweep from 0 on, such as `-0.1 + 0.02*i`."""

    kind: Literal["formula"] = "formula"
    text: Annotated[
        str, Field(min_length=1, max_length=200, title="Formula", description="Such as -0.1 + 0.02*i")
    ] = "0.02*i"
    count: Count = 11

    @model_validator(mode="after")
    def _gives_numbers(self) -> Self:
        self.numbers()
        return self

    def numbers(self) -> tuple[float, ...]:
        """(count,) of them, in order."""
        tree = _read(self.text)
        return tuple(_value_for(tree, number, self.text) for number in range(self.count))


Series = Annotated[Spaced | Listed | Formula, Field(discriminator="kind")]
_RANGE_PARTS: Final = 3
_TIMES: Final = " x "


def typed(text: str) -> dict[str, JsonValue]:
    """A series as a person types it, not yet validated: FIRST:LAST:COUNT, A,B,C, or a formula x COUNT."""
    parts = text.split(":")
    if len(parts) == _RANGE_PARTS:
        first, last, count = map(_number, parts)
        return {"kind": "spaced", "first": first, "last": last, "count": count}
    formula, times, count_text = text.rpartition(_TIMES)
    if times:
        return {"kind": "formula", "text": formula, "count": _number(count_text)}
    return {"kind": "listed", "values": [_number(each) for each in text.replace(";", ",").split(",")]}


def as_typed(series: "Spaced | Listed | Formula") -> str:
    """The text that `typed` reads as this series."""
    match series:
        case Spaced():
            return f"{series.first:.10g}:{series.last:.10g}:{series.count}"
        case Listed():
            return ", ".join(f"{each:.10g}" for each in series.values)
        case Formula():
            return f"{series.text}{_TIMES}{series.count}"


def _number(text: str) -> JsonValue:
    """A number, or else the text, which the model then refuses."""
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip()
    return value if isinstance(value, int | float) else text.strip()


_BINARY: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
}
_UNARY: Final[dict[type[ast.unaryop], Callable[[float], float]]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_FUNCTIONS: Final[dict[str, Callable[[float], float]]] = {
    each.__name__: each for each in (math.sqrt, math.exp, math.log, math.log10, math.sin, math.cos)
}
_HELP: Final = "use numbers, i, + - * / ** % ( ) and " + ", ".join(_FUNCTIONS)


def _read(text: str) -> ast.expr:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{text!r} is not a formula: {_HELP}") from None
    _check(tree, text)
    return tree


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return
        case ast.Name(id="i"):
            return
        case ast.BinOp() if type(node.op) in _BINARY:
            _check(node.left, text)
            _check(node.right, text)
        case ast.UnaryOp() if type(node.op) in _UNARY:
            _check(node.operand, text)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            _check(argument, text)
        case _:
            raise ValueError(f"{ast.unparse(node)!r} in {text!r} has no meaning here: {_HELP}")


def _value_for(tree: ast.expr, i: int, text: str) -> float:
    try:
        value = float(_value(tree, float(i)))
    except (ArithmeticError, ValueError, TypeError):
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is no number for i = {i}")
    return value


def _value(node: ast.expr, i: float) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp():
            return _BINARY[type(node.op)](_value(node.left, i), _value(node.right, i))
        case ast.UnaryOp():
            return _UNARY[type(node.op)](_value(node.operand, i))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _FUNCTIONS[name](_value(argument, i))
        case _:
            return i
