"""The cell templates: hoc texts of this folder put together, so that each file stands alone."""

from pathlib import Path
from typing import Final

_HOC: Final = Path(__file__).parent / "hoc"
_LIBRARIES: Final = '{load_file("stdrun.hoc")}\n{load_file("import3d.hoc")}\n\n'
# template of each kind of morphology of the column
TEMPLATES: Final = {
    "L23_PC": "PyramidalL23",
    "L4_SSC": "SpinyStellate",
    "L5_TTPC": "ThickTuftedL5",
    "LBC": "BasketFS",
    "MC": "Martinotti",
}


def column_template(name: str) -> str:
    """The whole text of NAME.hoc: run-time channels, then the template with its membrane.

    The channels are in every file because tools hand a template to NEURON as text, without the folder that it
    came from: it could not load a second file beside it.
    """
    return _LIBRARIES + _text("channels.hoc") + "\n" + _framed(name)


def ball_and_stick_template() -> str:
    """The whole text of BallAndStick.hoc."""
    return _LIBRARIES + _framed("BallAndStick")


def squid_template() -> str:
    """The whole text of SquidPatch.hoc."""
    return _text("patch.hoc")


def _framed(name: str) -> str:
    membrane = _text(f"{name}.hoc").rstrip("\n")
    return _text("template.hoc").replace("@NAME@", name).replace("@BODY@", membrane)


def _text(file_name: str) -> str:
    return (_HOC / file_name).read_text(encoding="utf-8")
