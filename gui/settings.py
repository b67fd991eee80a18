"""What the user has chosen for the program itself. Not part of any experiment; kept in the user's folder."""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.user_files import data_folder, read_json_or, write_whole

RECENT_FILES: Final = 10
SMALLEST_ZOOM, LARGEST_ZOOM, ZOOM_STEP = 80, 200, 10  # percent


class Settings(BaseModel):
    """Fields with a title are shown in the preferences, the others are managed by the program."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: Annotated[
        Literal["system", "light", "dark"],
        Field(title="Theme", description="Light or dark colours, or as the desktop has them."),
    ] = "system"
    zoom_percent: Annotated[
        int,
        Field(
            ge=SMALLEST_ZOOM,
            le=LARGEST_ZOOM,
            title="Size of text and icons (%)",
            description="100 % is the size of the desktop's own text.",
        ),
    ] = 100
    show_ghost: Annotated[
        bool,
        Field(title="Show the previous run", description="Draw the last run faintly behind the present one."),
    ] = True
    preview_position: Annotated[
        Literal["above", "below", "hidden"],
        Field(title="Stimulus preview", description="Where the waveform of all stimuli is drawn."),
    ] = "above"
    trace_width: Annotated[
        int,
        Field(
            ge=1,
            le=4,
            title="Width of traces (pixels)",
            description="1 draws fastest; wider lines are better seen from afar.",
        ),
    ] = 1
    cell_view: Annotated[
        Literal["automatic", "3d", "2d"],
        Field(
            title="Drawing of the cell",
            description="How it begins. Automatic: 3-D where a graphics card draws it, else 2-D. "
            "3-D uses OpenGL where there is any, 2-D never does.",
        ),
    ] = "automatic"
    memory_limit_mib: Annotated[
        int | None,
        Field(
            ge=256,
            title="Memory of the simulator (MiB)",
            description="A simulator that needs more is ended with a sentence; empty: no limit.",
        ),
    ] = None
    patience_s: Annotated[
        int,
        Field(
            ge=10,
            le=3600,
            title="Patience with the simulator (s)",
            description="One that says nothing for so long is ended. Holds from the next start on.",
        ),
    ] = 60
    colour_ranges: dict[str, tuple[float, float]] = {}  # of the cell's colours, by the name of the variable
    measures: tuple[str, ...] | None = None  # columns of the table of measurements; None: the usual ones
    recent_files: tuple[Path, ...] = ()  # newest first
    recent_commands: tuple[str, ...] = ()  # ids of actions used from the palette, newest first
    last_folder: Path | None = None  # where file dialogs begin


class SettingsStore(QObject):
    """Holds the settings and their file."""

    changed = Signal()  # `value` is another

    def __init__(self, file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self.value = _read(file) if file is not None else Settings()

    def change(self, **what: object) -> None:
        """Set fields and keep them; ValidationError if one cannot be so."""
        value = Settings.model_validate({**dict(self.value), **what})
        if value == self.value:
            return
        self.value = value
        if self._file is not None:
            try:
                write_whole(self._file, value.model_dump_json(indent=1))
            except EngineError:  # a full disk: the choice holds until the program ends
                self._file = None
        self.changed.emit()

    def remember_file(self, path: Path) -> None:
        """Put a file to the head of the recent ones."""
        others = (each for each in self.value.recent_files if each != path)
        self.change(recent_files=(path, *others)[:RECENT_FILES], last_folder=path.parent)


@cache
def settings() -> SettingsStore:
    """The settings of this user."""
    try:
        return SettingsStore(data_folder() / "settings.json")
    except EngineError:  # no folder to keep them in
        return SettingsStore()


def _read(file: Path) -> Settings:
    """What the file holds; of a spoilt one, what can be used."""
    found: Any = read_json_or(file, {})
    kept = found if isinstance(found, dict) else {}
    while True:
        try:
            return Settings.model_validate_json(json.dumps(kept))
        except ValidationError as error:
            for problem in error.errors():
                kept.pop(str(problem["loc"][0]), None)
