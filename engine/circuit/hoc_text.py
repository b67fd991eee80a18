"""What hoc code would need, found by reading it: nothing is run."""

import re
from pathlib import Path

from engine.errors import CircuitError

_COMMENT_OR_TEXT = re.compile(r"/\*.*?\*/|//[^\n]*|(?P<text>\"(?:\\.|[^\"\\\n])*\")", re.DOTALL)
_TEXT = re.compile(r"\"(?:\\.|[^\"\\\n])*\"")
_INSERTED = re.compile(r"\binsert\s+([A-Za-z_]\w*)")
_NEW = re.compile(r"\bnew\s+([A-Za-z_]\w*)")
_FUNCTION_OF = re.compile(r"\b(?:setdata|setRNG|deterministic)_([A-Za-z]\w*)")
_TEMPLATE = re.compile(r"\bbegintemplate\s+([A-Za-z_]\w*)")
_LOADED = re.compile(r"\b(?:load_file|xopen)\s*\(\s*(?:\d\s*,\s*)?\"([^\"]+)\"")
_MADE = re.compile(r"\bmake_(?:mechanism|pointprocess)\s*\(\s*\"([A-Za-z_]\w*)\"")
_RUN_TIME_CHANNEL = re.compile(r"\bnew\s+KSChan\b")
_QUOTED_NAME = re.compile(r"\"([A-Za-z_]\w*)\"")

_LIBRARY = frozenset(
    re.findall(
        r"[\w.]+",
        """nrngui.hoc stdgui.hoc stdlib.hoc stdrun.hoc import3d.hoc netparmpi.hoc loadbal.hoc
        binfo.hoc mview.hoc celbild.hoc cellbild.hoc pointman.hoc varstep.hoc noload.hoc""",
    )
)
_CLASSES = frozenset(
    re.findall(
        r"\w+",
        """BBSaveState CVode Deck FInitializeHandler File GUIMath Glyph Graph HBox Impedance KSChan
        KSGate KSState KSTrans LinearMechanism List Matrix MechanismStandard MechanismType
        NMODLRandom NetCon PPShape PWManager ParallelContext PlotShape Pointer PtrVector
        PythonObject Random RangeVarPlot SaveState SectionBrowser SectionList SectionRef Shape
        StateTransitionEvent StringFunctions SymChooser TextEditor Timer VBox ValueFieldEditor
        Vector String ParallelNetManager LoadBalance Import3d_GUI Import3d_SWC_read
        Import3d_Neurolucida3 Import3d_Neurolucida_read Import3d_Eutectic_read Import3d_MorphML""",
    )
)


def mechanisms_in_hoc(path: Path) -> set[str]:
    """The mechanisms that a hoc file and the files beside it that it loads insert, create or call upon.

    Channels that the code makes at run time (KSChan) are not among them. `new X()` counts only where all
    loaded files could be read, as X may otherwise be a template of one that could not. Raises CircuitError.
    """
    code, is_whole = _with_loaded(path, set())
    bare = _TEXT.sub('""', code)
    made = set(_MADE.findall(code))
    if _RUN_TIME_CHANNEL.search(bare):
        made |= set(_QUOTED_NAME.findall(code))
    needed = {*_INSERTED.findall(bare), *_FUNCTION_OF.findall(bare)}
    if is_whole:
        needed |= set(_NEW.findall(bare)) - _CLASSES - set(_TEMPLATE.findall(bare))
    return needed - made


def _with_loaded(path: Path, seen: set[Path]) -> tuple[str, bool]:
    """The code of a file and of those it loads, without comments; and whether all of those were found."""
    seen.add(path)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CircuitError(
            f"The template {path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error
    pieces, is_whole = [_COMMENT_OR_TEXT.sub(_keep_text, text)], True
    for name in _LOADED.findall(pieces[0]):
        loaded = path.parent / name
        if name in _LIBRARY or loaded in seen:
            continue
        if not loaded.is_file():
            is_whole = False
            continue
        code, is_complete = _with_loaded(loaded, seen)
        pieces.append(code)
        is_whole &= is_complete
    return "\n".join(pieces), is_whole


def _keep_text(match: "re.Match[str]") -> str:
    return match["text"] or " "
