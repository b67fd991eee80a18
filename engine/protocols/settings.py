"""Settings of a protocol as a person types them: `delay=200`, `amplitudes=0:0.5:11`."""

import json
from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from engine.errors import EngineError, UnknownNameError
from engine.experiment.problems_in_words import in_words
from engine.protocols.catalogue import BY_NAME, SingleProtocol
from engine.protocols.protocol import Protocol
from engine.protocols.series import typed
from engine.protocols.varied import Varied

_READER: Final[TypeAdapter[Protocol]] = TypeAdapter(SingleProtocol)


def protocol_from(name: str, settings: Sequence[str] = ()) -> Protocol:
    """A protocol by its short name, with some of its settings. EngineError for what it does not know.

    A family of numbers is FIRST:LAST:COUNT, a list A,B,C, or a formula in i with the count, `0.02*i x 11`.
    """
    if name not in BY_NAME:
        raise UnknownNameError("protocol", name, BY_NAME)
    model = BY_NAME[name]
    values: dict[str, Any] = {"kind": model.model_fields["kind"].default}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise EngineError(
                f"{setting!r} is not a setting.", hint="Write NAME=VALUE, such as duration=500."
            )
        if key not in model.model_fields or key == "kind":
            known = [each for each in model.model_fields if each != "kind"]
            raise UnknownNameError(f"setting (of the protocol {name})", key, known)
        is_series = "Spaced" in str(model.model_fields[key].annotation)
        values[key] = typed(text) if is_series else _plain(text)
    try:
        return _READER.validate_python(values)
    except ValidationError as error:
        raise EngineError(f"A setting of the protocol {name} cannot be used: {in_words(error)}") from error


def varied_by(protocol: Protocol, text: str) -> Varied:
    """The protocol at each value of one more setting, typed as `celsius=6:36:4`.

    EngineError if that cannot be varied.
    """
    setting, equals, values = text.partition("=")
    if not equals:
        raise EngineError(f"{text!r} varies nothing.", hint="Write NAME=VALUES, such as celsius=6:36:4.")
    try:
        return Varied.model_validate({"protocol": protocol, "setting": setting, "values": typed(values)})
    except ValidationError as error:
        raise EngineError(f"{setting} cannot be varied so: {in_words(error)}") from error


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
