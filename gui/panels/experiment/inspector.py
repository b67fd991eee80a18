"""The inspector: the form of what is selected, or the card of the selected cell."""

from typing import Final

from PySide6.QtCore import QMetaMethod, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.errors import UnknownNameError
from engine.experiment import edits
from engine.experiment.base import Frozen, changed
from engine.experiment.conditions import Conditions
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.stimuli import RelativeStep, Step
from engine.experiment.synaptic_input import SpikeReplay
from gui import theme
from gui.actions import Action
from gui.forms.form import Form
from gui.forms.surroundings import Surroundings
from gui.panels.experiment.cell_card import CellCard
from gui.panels.experiment.live import LiveEdits
from gui.session.selection import CONDITIONS
from gui.session.session import Session

_TITLES: Final[dict[type[object], tuple[str, str]]] = {
    Conditions: ("Conditions of the run", "How long, how finely and how warm; the seeds are under More."),
    SiteRecording: ("Recording", "One variable at one spot, sampled at every time step."),
    StimulusRecording: ("Recording of a stimulus", "The current that a stimulus really delivers."),
    Report: ("Report", "One variable on many cells, written as a SONATA report."),
    ConnectionOverride: (
        "Connection override",
        "What holds for some connections of the circuit. Where several mean the same one, the last holds.",
    ),
    SpikeReplay: ("Spike replay", "Spikes of a file arrive over the connections of the circuit."),
}
_USUAL: Final = (RelativeStep, Step)  # what "Stimulate soma" adds
_SOON_MS: Final = 30
_NOTHING: Final = "Select a cell in the circuit, or something in the experiment: it can be changed here."


class InspectorPanel(QWidget):
    """Shows what is selected; every edit is a change of the document, and comes back from there."""

    add_cell_wanted = Signal(object)  # CellReference
    stimulate_wanted = Signal(object)  # CellReference

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._surroundings = Surroundings(session, self)
        self._live = LiveEdits(session, self)
        self._forms: dict[type[Frozen], Form] = {}
        self._shown: Frozen | None = None
        self._title = _wrapped(self)
        self._subtitle = _wrapped(self)
        self._note = _wrapped(self)
        self._help = _wrapped(self)
        self._empty = _wrapped(None, _NOTHING)
        self._card = CellCard(session)
        self._card.add_cell_wanted.connect(self.add_cell_wanted)
        self._card.stimulate_wanted.connect(self.stimulate_wanted)
        self._lay_out()
        self._soon = QTimer(self)  # makes what is wanted next before it is wanted: a form takes its time
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._make_usual_form)
        session.circuit_opened.connect(lambda _circuit: self._soon.start())
        self._live.said.connect(self._on_live)
        session.document.experiment_changed.connect(self._on_experiment_changed)
        session.selection.element_changed.connect(self._on_selected)
        session.selection.cells_changed.connect(self._on_cells)
        theme.notifier().changed.connect(self._show_colours)
        self._show_colours()
        self._show()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # what every panel offers
        """Nothing of its own: what is selected is changed in place."""
        return ()

    @property
    def form(self) -> Form | None:
        """The form that is shown, if one is."""
        shown = self._area.widget()
        return shown if isinstance(shown, Form) else None

    def _on_selected(self, _element: str) -> None:
        focus = QApplication.focusWidget()
        if self.form is not None and focus is not None and self.form.isAncestorOf(focus):
            focus.clearFocus()  # what is typed there counts for what was selected until now
        self._show()

    def _on_cells(self) -> None:
        cell, before = self._session.selection.current, self._card.cell
        if cell is not None and cell != before:
            self._session.selection.select_element("")  # what was selected last is shown
        self._show()

    def _on_experiment_changed(self, _old: Experiment | None, _new: Experiment | None) -> None:
        self._show()

    def _show(self) -> None:
        """Show what is selected, as it is now."""
        model = self._selected()
        if model is not None:
            if self._shown is None or _key(self._shown) != _key(model):
                self._help.setText("")
            form = self._form_of(type(model))
            self._put(form, *_title_of(model))
            form.show_model(model)
        elif (cell := self._session.selection.current) is not None:
            self._card.show_cell(cell)
            self._card.offer(
                to_add=self._is_heard(self.add_cell_wanted),
                to_stimulate=self._is_heard(self.stimulate_wanted),
            )
            self._put(self._card, f"Cell {cell.node_id} of {cell.population}", "")
            self._soon.start()
        else:
            self._put(self._empty, "Inspector", "")
        self._shown = model

    def _is_heard(self, signal: SignalInstance) -> bool:
        return self.isSignalConnected(QMetaMethod.fromSignal(signal))

    def _selected(self) -> Frozen | None:
        experiment, element = self._session.document.experiment, self._session.selection.element
        if experiment is None or not element:
            return None
        if element == CONDITIONS:
            return experiment.conditions
        try:
            return edits.element(experiment, element)
        except UnknownNameError:
            return None  # deleted, or of another document

    def _form_of(self, kind: type[Frozen]) -> Form:
        if kind not in self._forms:
            form = Form(kind, self._surroundings)
            form.edited.connect(self._on_edited)
            form.finished.connect(self._session.document.end_burst)
            form.entered.connect(self._on_entered)
            self._forms[kind] = form
        return self._forms[kind]

    def _make_usual_form(self) -> None:
        """Of what the card's button adds: one in a turn of the event loop."""
        missing = [kind for kind in _USUAL if kind not in self._forms]
        if missing:
            self._form_of(missing[0])
            self._soon.start()

    def _put(self, widget: QWidget, title: str, subtitle: str) -> None:
        if self._area.widget() is not widget:
            self._area.takeWidget()  # a stack of pages would be as large as the largest
            self._area.setWidget(widget)
            widget.show()
            self._area.verticalScrollBar().setValue(0)
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self._help.setVisible(isinstance(widget, Form))
        if not isinstance(widget, Form):
            self._note.hide()

    def _on_edited(self, model: Frozen, field: str) -> None:
        experiment = self._session.document.experiment
        if experiment is None:
            return
        wanted = _with(experiment, model)
        if wanted is not None:
            title = (type(model).model_fields[field].title or field).lower()
            self._session.document.change(wanted, f"Change {title}", merge=f"{_key(model)}.{field}")

    def _on_entered(self, title: str, description: str) -> None:
        self._help.setText(f"{title}: {description}" if description else title)

    def _on_live(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text) and self.form is not None)

    def _show_colours(self) -> None:
        colours = theme.colours()
        for label in (self._subtitle, self._help, self._empty):
            label.setStyleSheet(f"color: {colours.muted_text};")
        self._note.setStyleSheet(f"color: {colours.success};")
        self._help.setMinimumHeight(self._help.fontMetrics().lineSpacing() * 2)

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setAccessibleName("What the inspector shows")
        self._help.setAccessibleName("About the field")
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note.hide()
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        for widget in (self._title, self._subtitle, self._note):
            layout.addWidget(widget)
        layout.addWidget(self._area, 1)
        layout.addWidget(self._help)


def _with(experiment: Experiment, model: Frozen) -> Experiment | None:
    """The experiment with an edited part; None if the part is gone."""
    if isinstance(model, Conditions):
        return changed(experiment, conditions=model)
    try:
        return edits.replaced(experiment, model)  # type: ignore[arg-type]  # what else is shown is an element
    except UnknownNameError:
        return None


def _key(model: Frozen) -> str:
    return CONDITIONS if isinstance(model, Conditions) else str(getattr(model, "id", ""))


def _title_of(model: Frozen) -> tuple[str, str]:
    """What is shown, and in a sentence what it is for."""
    title, purpose = _TITLES.get(type(model), (str(getattr(type(model), "title", "")), ""))
    purpose = purpose or str(getattr(type(model), "purpose", ""))
    if not purpose:
        purpose = (type(model).__doc__ or "").strip().partition("\n")[0]
    name = str(getattr(model, "name", "") or getattr(model, "label", ""))
    return (f"{title}: {name}" if name else title), purpose


def _wrapped(parent: QWidget | None, text: str = "") -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
