"""What axes and legends call a variable."""

from typing import Final

_TITLES: Final = {"v": "Voltage", "i_membrane": "Membrane current"}


def title_of(variable: str) -> str:
    """Such as "Voltage"; variables of mechanisms keep their names."""
    return _TITLES.get(variable, variable)


def heading_of(variable: str, unit: str) -> str:
    """Such as "Voltage (mV)"."""
    return f"{title_of(variable)} ({unit})" if unit else title_of(variable)
