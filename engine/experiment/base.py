"""What every model of the document shares: immutable, strict, copied only through validation."""

import uuid
from typing import TypeVar

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of every model: immutable, and strict about misspelt fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=Frozen)


def new_id() -> str:
    """A short name that stays with an object through edits, undo and files."""
    return uuid.uuid4().hex[:8]


def changed(model: Model, **changes: object) -> Model:
    """Return a validated copy; `model_copy(update=...)` would skip validation."""
    return type(model).model_validate({**dict(model), **changes})
