"""Numbers as people type them: with units, SI prefixes and arithmetic."""

import ast
import decimal
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_LONGEST: Final = 120
_PREFIXES: Final = {"f": -15, "p": -12, "n": -9, "µ": -6, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9}
_BASES: Final = ("A", "S", "s", "V", "Ω", "Hz", "m", "M", "F")
_SPELLINGS: Final = {
    "\u03bc": "µ",  # the Greek letter is not the micro sign
    "\u2126": "Ω",
    "ohms": "Ω",
    "Ohms": "Ω",
    "ohm": "Ω",
    "Ohm": "Ω",
    "\u2212": "-",
    "×": "*",
    "·": "*",
    "÷": "/",
    "\u00a0": " ",
    "\u202f": " ",
}
_TOKEN: Final = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*(?P<unit>[A-Za-zµΩπ°%][A-Za-zµΩπ°%²]*)?"
    r"|(?P<name>[A-Za-zµΩπ]\w*)"
)
_DECIMAL_COMMA: Final = re.compile(r"[0-9],[0-9]|^\s*,[0-9]")
_PRECISE: Final = decimal.Context(prec=60, Emax=9999, Emin=-9999)


class NumberTextError(ValueError):
    """What was typed is not understood; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a field's numbers are in; `symbol` such as "nA", "nA²", "%", or "" for a bare number.

    `per`: what follows it, such as "/cm²" or " cm"; it need not be written.
    """

    symbol: str
    per: str = ""

    @property
    def has_prefixes(self) -> bool:
        """Whether it is a unit that people write with prefixes, such as m and µ."""
        return bool(self._parts()[1])

    def exponent(self, suffix: str) -> int:
        """Return the power of ten that a number with this suffix is multiplied by to be in our unit."""
        if suffix in ("", self.symbol):
            return 0
        own, base, power = self._parts()
        if base:
            body = suffix.removesuffix("²")
            whole = power == 1 or suffix.endswith("²")
            for prefix, exponent in (("", 0), *_PREFIXES.items()):
                if whole and body == prefix + base:
                    return (exponent - own) * power
            if power == 1 and suffix in _PREFIXES:
                return _PREFIXES[suffix] - own
        raise NumberTextError(self._complaint(suffix))

    def _parts(self) -> tuple[int, str, int]:
        body, power = (self.symbol[:-1], 2) if self.symbol.endswith("²") else (self.symbol, 1)
        for base in _BASES:
            prefix = body.removesuffix(base)
            if body.endswith(base) and (prefix == "" or prefix in _PREFIXES):
                return _PREFIXES.get(prefix, 0), base, power
        return 0, "", power

    def _complaint(self, suffix: str) -> str:
        if not self.symbol:
            return f"“{suffix}” is not understood: write a number without a unit."
        return f"“{suffix}” is not a unit that fits here: write the number in {self.symbol}{self.per}."


def exact_text(value: float) -> str:
    """Return the shortest text that is read back as exactly this number."""
    return repr(value).removesuffix(".0")


def short_text(value: float) -> str:
    """Return the number as it is shown: ten digits are enough to read."""
    return exact_text(value) if isinstance(value, int) else f"{value:.10g}"


def parsed(text: str, symbol: str = "", present: float | None = None) -> float:
    """Return the number that `text` means, in the unit `symbol`.

    `50p` and `50 pA` are 0.05 in nA. What begins with `*`, `/` or `+` changes the present value, as does
    `-=`. Raises NumberTextError.
    """
    number = _decimal(text, symbol, present)
    value = float(number)
    if not math.isfinite(value):
        raise NumberTextError("This number is too large.")
    return value


def parsed_whole(text: str, present: float | None = None) -> int:
    """Return the whole number that `text` means. Raises NumberTextError."""
    number = _decimal(text, "", present)
    if number != number.to_integral_value():
        raise NumberTextError("Write a whole number, without a decimal point.")
    return int(number)


def _decimal(text: str, symbol: str, present: float | None) -> Decimal:
    text = _normal(text)
    if _DECIMAL_COMMA.search(text):
        raise NumberTextError(f"Write a decimal point, not a comma: {text.strip().replace(',', '.')}")
    quantity = _quantity(symbol)
    for per in {quantity.per, quantity.per.replace("²", "2")} - {""}:
        text = text.replace(per, "")
    if not quantity.has_prefixes:
        text = text.removesuffix(quantity.symbol)
    expression, numbers = _with_names(_relative(text, present), quantity)
    if present is not None:
        numbers["present"] = Decimal(repr(present))
    try:
        tree = ast.parse(expression, mode="eval")
        with decimal.localcontext(_PRECISE):
            return _value(tree.body, numbers)
    except decimal.DivisionByZero:
        raise NumberTextError("This divides by zero.") from None
    except decimal.Overflow:
        raise NumberTextError("This number is too large.") from None
    except (SyntaxError, ValueError, KeyError, decimal.InvalidOperation):
        raise NumberTextError(f"“{text.strip()}” is not a number.") from None


def _quantity(symbol: str) -> Quantity:
    """A unit of two parts, such as "S/cm²" or "Ω cm", is told by its first."""
    for mark in ("/", " "):
        head, found, rest = symbol.partition(mark)
        if found and head:
            return Quantity(head, found + rest)
    return Quantity(symbol)


def _normal(text: str) -> str:
    if not text.strip():
        raise NumberTextError("Write a number.")
    if len(text) > _LONGEST:
        raise NumberTextError("This is too long for a number.")
    for theirs, ours in _SPELLINGS.items():
        text = text.replace(theirs, ours)
    return text.strip()


def _relative(text: str, present: float | None) -> str:
    if text[0] not in "*/+" and not text.startswith("-="):
        return text
    if present is None:
        return text.removeprefix("+") if text[0] == "+" else text
    return f"present {text[0]} ({text[1:].removeprefix('=')})"


def _with_names(text: str, quantity: Quantity) -> tuple[str, dict[str, Decimal]]:
    """Put a name in the place of each number: Python would read `50p` and `1_000` in its own way."""
    numbers = {"pi": Decimal(repr(math.pi)), "π": Decimal(repr(math.pi))}

    def name(match: re.Match[str]) -> str:
        if match["number"] is None:
            return match["name"]
        key = f"n{len(numbers)}"
        with decimal.localcontext(_PRECISE):
            exponent = quantity.exponent((match["unit"] or "").replace("u", "µ"))
            numbers[key] = Decimal(match["number"]).scaleb(exponent)
        return f" {key} "

    try:
        return _TOKEN.sub(name, text).strip(), numbers
    except decimal.DecimalException:
        raise NumberTextError("This number is too large or too small.") from None


def _value(node: ast.expr, numbers: dict[str, Decimal]) -> Decimal:
    match node:
        case ast.Name(id=name):
            return numbers[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, numbers)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, numbers)
        case ast.BinOp(left=left, op=operation, right=right):
            return _combined(_value(left, numbers), operation, _value(right, numbers))
        case _:
            raise ValueError(ast.dump(node))


def _combined(left: Decimal, operation: ast.operator, right: Decimal) -> Decimal:
    match operation:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case _:
            raise ValueError(ast.dump(operation))
