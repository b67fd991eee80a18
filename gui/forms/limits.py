"""What a number of a field may be, from the annotation of the field, and sentences that say so."""

from dataclasses import dataclass

import annotated_types
from pydantic.fields import FieldInfo

from engine.experiment.base import metadata_of
from engine.units import SoftLimits


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits, each of which may be the first number that is too far, and the soft ones."""

    low: float | None = None
    high: float | None = None
    low_is_open: bool = False
    high_is_open: bool = False
    soft: SoftLimits | None = None

    def allow(self, value: float) -> bool:
        """Whether the hard limits let a value pass."""
        too_low = self.low is not None and (value < self.low or (self.low_is_open and value == self.low))
        too_high = self.high is not None and (value > self.high or (self.high_is_open and value == self.high))
        return not too_low and not too_high

    def refusal(self, value: float, symbol: str) -> str:
        """Return why a value is not allowed, "" if it is."""
        return "" if self.allow(value) else f"Must be {self._in_words()}{_unit(symbol)}."

    def warning(self, value: float, symbol: str) -> str:
        """Return why a value is surprising, "" if it is not."""
        if self.soft is None or self.soft.low <= value <= self.soft.high:
            return ""
        usual = f"{_grouped(self.soft.low)} to {_grouped(self.soft.high)}{_unit(symbol)}"
        return f"Unusual: common values are {usual}."

    def _in_words(self) -> str:
        closed = not self.low_is_open and not self.high_is_open
        if self.low is not None and self.high is not None and closed:
            return f"between {_grouped(self.low)} and {_grouped(self.high)}"
        low = (
            "" if self.low is None else f"{'above' if self.low_is_open else 'at least'} {_grouped(self.low)}"
        )
        high = (
            ""
            if self.high is None
            else f"{'below' if self.high_is_open else 'at most'} {_grouped(self.high)}"
        )
        return " and ".join(filter(None, (low, high)))


def limits_of(field: FieldInfo) -> Limits:
    """Read the limits of a field, also of one that may be empty."""
    ge, gt = metadata_of(field, annotated_types.Ge), metadata_of(field, annotated_types.Gt)
    le, lt = metadata_of(field, annotated_types.Le), metadata_of(field, annotated_types.Lt)
    return Limits(
        low=_number(gt.gt if gt else ge.ge if ge else None),
        high=_number(lt.lt if lt else le.le if le else None),
        low_is_open=gt is not None,
        high_is_open=lt is not None,
        soft=metadata_of(field, SoftLimits),
    )


def _number(limit: object) -> float | None:
    return limit if isinstance(limit, int | float) else None


def _grouped(value: float) -> str:
    """Digits in threes, with a space that does not break."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    return text.replace(",", "\u00a0").replace("-", "\u2212")


def _unit(symbol: str) -> str:
    return f"\u00a0{symbol}" if symbol else ""
