"""What a model refused, in a sentence for the field where it was typed."""

from pydantic import ValidationError

from engine.experiment.problems_in_words import in_words

_PATTERN_HINT = "Write letters, digits and _ only, beginning with a letter"


def in_plain_words(error: ValidationError, title: str) -> str:
    """Return the first problem as a sentence about the field."""
    first = error.errors(include_url=False)[0]
    match first["type"]:
        case "value_error":
            message = first["msg"].removeprefix("Value error, ").rstrip(".")
            return f"{message[:1].upper()}{message[1:]}."
        case "string_too_short" | "too_short":
            return f"{title} cannot be empty."
        case "string_pattern_mismatch":
            return f"“{first['input']}” does not fit here. {_PATTERN_HINT}."
        case _:
            text = in_words(error)
            return f"{text[:1].upper()}{text[1:]}"
