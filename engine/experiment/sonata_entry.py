"""Reading one object of a SONATA configuration key by key, with a sentence for everything that is wrong."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar, get_args

from pydantic import ValidationError

from engine.errors import DocumentError, UnknownNameError
from engine.experiment.base import Frozen
from engine.units import Unit

Model = TypeVar("Model", bound=Frozen)
Kind = Literal["number", "integer", "text", "flag"]
REQUIRED: Final = object()

_EXPECTED: Final[dict[Kind, str]] = {
    "number": "a number",
    "integer": "a whole number",
    "text": "a text",
    "flag": "true or false",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of SONATA, the field of our model that means the same, and SONATA's default."""

    name: str
    field: str
    kind: Kind = "number"
    default: object = REQUIRED


class Entry:
    """One object of a configuration. Remembers which keys were asked for, so that the others can be named.

    `name` opens every complaint (`Input 'noise'`), `where` closes it (the file).
    """

    def __init__(self, values: object, name: str, where: str) -> None:
        self.name, self.where = name, where
        if not isinstance(values, Mapping):
            raise DocumentError(f"{name} should be an object {{…}}, and is {_shown(values)}.", where=where)
        self.values: Mapping[str, Any] = values
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def refusal(self, what: str, hint: str = "") -> DocumentError:
        """An error that says which entry of which file it is about."""
        return DocumentError(f"{self.name}: {what}.", where=self.where, hint=hint)

    def get(self, key: str, default: object = None) -> Any:
        """Whatever stands there; null counts as absent."""
        self._asked.add(key)
        value = self.values.get(key)
        if value is None and default is REQUIRED:
            raise self.refusal(f"the key {key!r} is missing")
        return default if value is None else value

    def value(self, key: Key, unit: str = "") -> Any:
        """What stands at `key`, of the right kind."""
        match key.kind:
            case "number":
                return self.number(key.name, key.default, unit)
            case "integer":
                return self.integer(key.name, key.default)
            case "text":
                return self.text(key.name, key.default)
            case "flag":
                return self.flag(key.name, key.default)

    def number(self, key: str, default: object = REQUIRED, unit: str = "") -> Any:
        """A finite number, as a float; or the default as it is."""
        value = self.get(key, default)
        if value is default:
            return default
        expected = f"a number in {unit}" if unit else "a number"
        return self._float(value, repr(key), expected)

    def numbers(self, key: str, default: object = REQUIRED) -> tuple[float, ...]:
        """A list of finite numbers."""
        value = self.get(key, default)
        if not isinstance(value, list | tuple):
            raise self._wrong(repr(key), "a list of numbers", value)
        return tuple(self._float(each, f"{key!r}[{index}]", "a number") for index, each in enumerate(value))

    def integer(self, key: str, default: object = REQUIRED) -> Any:
        """A whole number; or the default as it is."""
        value = self.get(key, default)
        if value is default:
            return default
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(repr(key), "a whole number", value)
        return value

    def text(self, key: str, default: object = REQUIRED) -> Any:
        """A text with something in it; or the default as it is."""
        value = self.get(key, default)
        if value is default:
            return default
        if not isinstance(value, str) or not value:
            raise self._wrong(repr(key), "a text", value)
        return value

    def flag(self, key: str, default: object = REQUIRED) -> Any:
        """True or false; or the default as it is."""
        value = self.get(key, default)
        if value is default or isinstance(value, bool):
            return value
        raise self._wrong(repr(key), "true or false", value)

    def choice(self, key: str, known: Collection[str], default: object = REQUIRED) -> Any:
        """One of the `known` texts; or the default as it is."""
        value = self.text(key, default)
        if value is not default and value not in known:
            raise UnknownNameError(f"{key} (of {self.name})", value, known, where=self.where)
        return value

    def part(self, key: str) -> "Entry":
        """The object at `key`; an empty one where there is none."""
        return Entry(self.get(key, {}), repr(key), self.where)

    def unasked(self) -> list[str]:
        """The keys that nobody asked for."""
        return [key for key in self.values if key not in self._asked]

    def build(self, model: type[Model], fields: Mapping[str, object], keys: Mapping[str, str]) -> Model:
        """A validated `model`; `keys` maps its fields to the keys that the file calls them by."""
        try:
            return model.model_validate(dict(fields))
        except ValidationError as error:
            raise self._refusal_of(error, keys) from error

    def _refusal_of(self, error: ValidationError, keys: Mapping[str, str]) -> DocumentError:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        field = next((part for part in first["loc"] if isinstance(part, str)), "")
        if not field:
            return self.refusal(message)
        message = message.replace("Input should", "should", 1)
        return self.refusal(f"{keys.get(field, field)!r} {message}, and is {_shown(first['input'])}")

    def _float(self, value: object, key: str, expected: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(key, expected, value)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._wrong(key, f"{expected} that is not infinite", value)
        return number

    def _wrong(self, key: str, expected: str, value: object) -> DocumentError:
        return self.refusal(f"{key} should be {expected}, and is {_shown(value)}")


def unit_of(model: type[Frozen], field: str) -> str:
    """The unit of a field, where it has one."""
    info = model.model_fields[field]
    nested = [each for part in get_args(info.annotation) for each in getattr(part, "__metadata__", ())]
    units = [each.symbol for each in (*info.metadata, *nested) if isinstance(each, Unit)]
    return units[0] if units else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
