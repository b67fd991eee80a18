"""What the window asks before something is lost, and where files are chosen."""

from pathlib import Path
from typing import Final, Literal

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.resources import EXPERIMENT_SUFFIX

Answer = Literal["save", "discard", "cancel"]

_TO_OPEN: Final = (
    f"Experiments, circuits and simulations (*{EXPERIMENT_SUFFIX} *.json);;"
    f"Experiments (*{EXPERIMENT_SUFFIX});;All files (*)"
)
_TO_SAVE: Final = f"Experiments (*{EXPERIMENT_SUFFIX})"
_ANSWERS: Final[dict[QMessageBox.StandardButton, Answer]] = {
    QMessageBox.StandardButton.Save: "save",
    QMessageBox.StandardButton.Discard: "discard",
}


def about_unsaved_changes(name: str, parent: QWidget) -> Answer:
    """Save, discard or stay? Escape stays."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Somascope")
    box.setText(f"Save the changes to “{name}”?")
    box.setInformativeText("Without saving, what you changed since the last time is lost.")
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    box.setEscapeButton(buttons.Cancel)
    return _ANSWERS.get(QMessageBox.StandardButton(box.exec()), "cancel")


def which_file(parent: QWidget, folder: Path) -> Path | None:
    """A file to open."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Open", str(folder), _TO_OPEN)
    return Path(chosen) if chosen else None


def which_folder(parent: QWidget, folder: Path) -> Path | None:
    """A folder with a circuit."""
    chosen = QFileDialog.getExistingDirectory(parent, "Open circuit folder", str(folder))
    return Path(chosen) if chosen else None


def where_to_save(parent: QWidget, suggestion: Path) -> Path | None:
    """A file to save to, with the suffix of experiments; the dialog asks before it replaces one."""
    dialog = QFileDialog(parent, "Save experiment as", str(suggestion.parent), _TO_SAVE)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(EXPERIMENT_SUFFIX.removeprefix("."))
    dialog.selectFile(suggestion.name)
    if not dialog.exec():
        return None
    return Path(dialog.selectedFiles()[0])


def about_recovery(name: str, when: str, parent: QWidget) -> bool:
    """Whether to bring back what was not saved when the program ended unexpectedly."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Somascope")
    box.setText(f"Bring back unsaved changes to “{name}”?")
    box.setInformativeText(f"The program ended unexpectedly. The last change was on {when}.")
    recover = box.addButton("Bring back", QMessageBox.ButtonRole.AcceptRole)
    box.addButton("Throw away", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(recover)
    box.exec()
    return box.clickedButton() is recover
