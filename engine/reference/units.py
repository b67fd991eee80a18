"""Units as files write them, and what makes them ours."""

import re
from dataclasses import dataclass
from typing import Final

VOLTAGE: Final = "mV"
CURRENT: Final = "nA"
OFFERED: Final = ("mV", "V", "µV", "nA", "pA", "µA", "µS", "nS", "mM", "µM", "mA/cm²", "S/cm²", "MΩ", "1")
TIMES: Final = ("ms", "s", "µs", "min")

_PREFIXES: Final = {"": 1.0, "m": 1e-3, "µ": 1e-6, "n": 1e-9, "p": 1e-12, "k": 1e3, "M": 1e6, "G": 1e9}
_PREFIX_WORDS: Final = {
    "milli": "m",
    "micro": "µ",
    "nano": "n",
    "pico": "p",
    "kilo": "k",
    "mega": "M",
    "giga": "G",
}
_BASES: Final = {  # ours, and how many of ours make one of the base
    "V": (VOLTAGE, 1e3),
    "A": (CURRENT, 1e9),
    "S": ("µS", 1e6),
    "M": ("mM", 1e3),
    "Ω": ("MΩ", 1e-6),
}
_WORDS: Final = {
    "volt": "V",
    "volts": "V",
    "ampere": "A",
    "amperes": "A",
    "amp": "A",
    "amps": "A",
    "siemens": "S",
    "molar": "M",
    "ohm": "Ω",
    "ohms": "Ω",
    "Ohm": "Ω",
}
_TIME_WORDS: Final = {
    "second": "s",
    "seconds": "s",
    "sec": "s",
    "minute": "min",
    "minutes": "min",
    "msec": "ms",
}
_MS: Final = {"s": 1e3, "ms": 1.0, "µs": 1e-3, "min": 6e4}
_AS_THEY_ARE: Final = {
    **dict.fromkeys(("mA/cm²", "mA/cm2"), "mA/cm²"),
    **dict.fromkeys(("S/cm²", "S/cm2"), "S/cm²"),
    **dict.fromkeys(("1/ms", "/ms"), "1/ms"),
    **dict.fromkeys(("°C", "degC"), "°C"),
    **dict.fromkeys(("", "1", "n.a."), ""),  # the last one is NWB's
    **{each: each for each in ("µm", "ms")},
}
_OTHERS: Final = {  # ours, and how many of ours make one; NWB writes them out
    "amperes per square metre": ("mA/cm²", 0.1),
    "siemens per square metre": ("S/cm²", 1e-4),
    "moles per cubic metre": ("mM", 1.0),
    "metres": ("µm", 1e6),
    "seconds": ("ms", 1e3),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers × `factor` are in `unit`, which is one of ours. A factor of 1 changes no bit."""

    unit: str
    factor: float = 1.0


def scale_of(written: str) -> Scale | None:
    """What a unit such as "pA", "volts" or "uS" is for us; None if it is not known."""
    text = _plain(written)
    if text in _AS_THEY_ARE:
        return Scale(_AS_THEY_ARE[text])
    if text in _OTHERS:
        return Scale(*_OTHERS[text])
    if (found := _split(text)) is None:
        return None
    prefix, base = found
    unit, factor = _BASES[base]
    if f"{prefix}{base}" == unit:
        return Scale(unit)
    return Scale(unit, float(f"{_PREFIXES[prefix] * factor:.12g}"))


def milliseconds_in(written: str) -> float | None:
    """How many ms one of a unit of time has; None if it is not known to be one."""
    text = _plain(written)
    for word, prefix in _PREFIX_WORDS.items():
        if text.startswith(f"{word}second"):
            text = f"{prefix}s"
    return _MS.get(_TIME_WORDS.get(text, text))


def split_title(title: str) -> tuple[str, str | None]:
    """Name and unit of a column's title, such as "soma v (mV)", "I [pA]" or "t_ms"; None: it has no unit."""
    if found := re.fullmatch(r"(.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*", title):
        return found[1].strip() or title.strip(), found[2].strip()
    if (found := re.fullmatch(r"(.+)[_ ]([^_ ]+)", title.strip())) and _is_unit(found[2]):
        return found[1].strip(), found[2]
    return title.strip(), None


def _is_unit(text: str) -> bool:
    return text != "1" and (milliseconds_in(text) is not None or scale_of(text) is not None)


def _plain(written: str) -> str:
    """One letter for micro."""
    text = written.strip().replace("μ", "µ")
    return f"µ{text[1:]}" if re.fullmatch(r"u([VASMΩsm]|[Oo]hms?)", text) else text


def _split(text: str) -> tuple[str, str] | None:
    """Prefix and base."""
    for word, prefix in _PREFIX_WORDS.items():
        if text.startswith(word) and text[len(word) :] in _WORDS:
            return prefix, _WORDS[text[len(word) :]]
    if text in _WORDS:
        return "", _WORDS[text]
    text = re.sub(r"[Oo]hms?$", "Ω", text)
    if text and text[-1] in _BASES and text[:-1] in _PREFIXES:
        return text[:-1], text[-1]
    return None
