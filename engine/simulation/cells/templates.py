"""What a hoc file says about its templates, by its text: names, constructor arguments, files it loads."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from engine.errors import SimulationError, UnknownNameError

Form = Literal["v6", "bluepyopt", "v5", "gid", "morphology", "nothing"]
"""What a constructor wants: v6 (gid, folder, file, *needed attributes), bluepyopt (folder, file),
v5 (gid, path), gid (gid), morphology (path), nothing ()."""

LONGEST_NAME: Final = 50  # of a template: NEURON writes names into buffers of this order
_COMMENT: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', re.DOTALL)
_TEMPLATE: Final = re.compile(r"\bbegintemplate\s+(\w+)(.*?)\bendtemplate\s+\1\b", re.DOTALL)
_LOADED: Final = re.compile(r'\b(?:load_file|xopen)\s*\(\s*(?:\d\s*,\s*)?"([^"]+)"\s*\)')
_ALWAYS_LOADED: Final = 'load_file("stdlib.hoc")'


@dataclass(frozen=True, slots=True)
class HocTemplate:
    """One template of a hoc file: how to call it, and the text that defines it and its neighbours.

    `needed_attributes`: what v6 templates want after the morphology, e.g. ("AIS_scaler", "soma_scaler").
    `neighbours`: all templates of the file, in order. `loads`: hoc files that the file loads around them.
    """

    name: str
    path: Path
    text: str
    form: Form
    needed_attributes: tuple[str, ...]
    neighbours: tuple[str, ...]
    loads: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The content, in short."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:8]


def read_template(path: Path, name: str) -> HocTemplate:
    """Read the template `name`; a file with one template only may call it as it likes.

    Raises SimulationError for a file that cannot be read or holds no template, UnknownNameError for a name
    that is none of several.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SimulationError(
            f"The template file {path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error
    code = without_comments(text)
    bodies = dict(_TEMPLATE.findall(code))
    if not bodies:
        raise SimulationError(
            f"{path.name} defines no template.",
            where=str(path),
            hint="A cell needs a hoc file with begintemplate NAME … endtemplate NAME.",
        )
    if name not in bodies:
        if len(bodies) > 1:
            raise UnknownNameError("template", name, bodies, where=str(path))
        name = next(iter(bodies))
    body = bodies[name]
    return HocTemplate(
        name=name,
        path=path,
        text=text,
        form=constructor_form(body),
        needed_attributes=_needed_attributes(code, name),
        neighbours=tuple(bodies),
        loads=tuple(dict.fromkeys(_LOADED.findall(_TEMPLATE.sub("", code)))),
    )


def without_comments(text: str) -> str:
    """The code alone, line for line; strings stay."""

    def blank(match: re.Match[str]) -> str:
        found = match[0]
        return found if found.startswith('"') else re.sub(r"[^\n]", " ", found)

    return _COMMENT.sub(blank, text)


def constructor_form(body: str) -> Form:
    """How the constructor of a template wants to be called, by the arguments that its `init` uses."""
    init = _procedure(body, "init")
    strings = {int(number) for number in re.findall(r"\$s(\d)", init)}
    numbers = {int(number) for number in re.findall(r"\$(\d)", init)}
    if {1, 2} <= strings:
        return "bluepyopt"
    if 3 in strings:
        return "v6"
    if 2 in strings:
        return "v5"
    if 1 in strings:
        return "morphology"
    return "gid" if 1 in numbers else "nothing"


def text_to_execute(template: HocTemplate, names: Mapping[str, str]) -> str:
    """The text of the file, line for line, with its templates renamed where they are defined and constructed.

    What it loads by name is taken to be loaded: NEURON would look for it in the working directory.
    """
    text = template.text
    for old, new in names.items():
        if old != new:
            text = re.sub(
                rf"\b(begintemplate|endtemplate|new)(\s+){re.escape(old)}\b", rf"\g<1>\g<2>{new}", text
            )
    return _LOADED.sub(lambda call: _ALWAYS_LOADED if call[1] in template.loads else call[0], text)


def _procedure(body: str, name: str) -> str:
    start = re.search(rf"\b(?:proc|func|obfunc)\s+{name}\s*\([^)]*\)\s*\{{", body)
    if start is None:
        return ""
    depth = 1
    for brace in re.finditer(r"[{}]", body[start.end() :]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return body[start.end() : start.end() + brace.start()]
    return body[start.end() :]


def _needed_attributes(code: str, name: str) -> tuple[str, ...]:
    found = re.search(rf'\b{re.escape(name)}_NeededAttributes\s*=\s*"([^"]*)"', code)
    return tuple(filter(None, (each.strip() for each in found[1].split(";")))) if found else ()
