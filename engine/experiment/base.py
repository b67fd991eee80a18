"""What every model of the document shares: immutable, strict, copied only through validation."""

import uuid
from typing import TypeVar, get_args

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo


class Frozen(BaseModel):
    """Base of every model: immutable, and strict about misspelt fields and numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Model = TypeVar("Model", bound=Frozen)
Kind = TypeVar("Kind")


def new_id() -> str:
    """A short name that stays with an object through edits, undo and files.

    48 bits: among 10 000 objects two are alike once in five million documents.
    """
    return uuid.uuid4().hex[:12]


def changed(model: Model, **changes: object) -> Model:
    """Return a validated copy; `model_copy(update=...)` would skip validation."""
    return type(model).model_validate({**dict(model), **changes})


def metadata_of(field: FieldInfo, kind: type[Kind]) -> Kind | None:
    """Return the `Unit` or `SoftLimits` of a field, also of one that may be empty or holds many values."""
    return next(
        (each for each in _metadata(field.metadata, field.annotation) if isinstance(each, kind)), None
    )


def _metadata(outer: list[object], annotation: object) -> list[object]:
    found: list[object] = []
    for each in outer:
        found += each.metadata if isinstance(each, FieldInfo) else [each]
    for part in get_args(annotation):
        found += _metadata(list(getattr(part, "__metadata__", ())), getattr(part, "__origin__", part))
    return found
