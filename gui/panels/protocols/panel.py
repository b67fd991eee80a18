"""Choose a protocol, run it on the chosen cell, and see its sweeps and its result grow."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.experiment.base import Frozen
from engine.experiment.targets import CellReference
from engine.protocols.catalogue import BY_NAME
from engine.protocols.protocol import Protocol
from engine.protocols.sweeps import Outcome
from gui import theme
from gui.actions import Action
from gui.forms.editors import ComboBox
from gui.forms.form import Form
from gui.forms.surroundings import Surroundings
from gui.panels.protocols.commands import actions_of
from gui.panels.protocols.earlier import DifferenceView
from gui.panels.protocols.results import ResultView
from gui.panels.protocols.sweeps import SweepView
from gui.panels.protocols.varying import Varying
from gui.panels.protocols.words import forecast_in_words, state_in_words
from gui.session.measuring import Measurement
from gui.session.session import Session
from gui.widgets.docks import bring_forward
from gui.widgets.flow import FlowRow
from gui.widgets.help_button import HelpButton

_USUAL: Final = "fi"
_NOTHING: Final = "Select a cell: a protocol measures it, at its soma."
_FORM_LETTERS: Final = 36  # width of the form beside the plots


class ProtocolsPanel(QWidget):
    """Settings of each protocol are kept while the program runs; results while the document is open."""

    cursor_text = Signal(str)
    actions_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._measuring = session, session.measuring
        self._settings: dict[str, Protocol] = {name: kind() for name, kind in BY_NAME.items()}
        self._forms: dict[str, Form] = {}
        self._told: tuple[bool, ...] = ()  # what could be done when the actions were looked at
        self._surroundings = Surroundings(session, self)
        self.choice = ComboBox()
        self.choice.setAccessibleName("Protocol")
        self.choice.setToolTip("What is measured")
        for name, kind in BY_NAME.items():
            self.choice.addItem(kind.title, name)
        self.run_button = QPushButton("Run protocol")
        self.run_button.setAccessibleName("Run or stop the protocol")
        self._help = HelpButton("protocols")
        self._drugs = FlowRow()
        self._subject = QLabel(wordWrap=True)
        self._subject.setAccessibleName("Which cell is measured")
        self._purpose = QLabel(wordWrap=True)
        self._state = QLabel(wordWrap=True)
        self._state.setAccessibleName("How far the protocol is")
        self.results = ResultView(session, self.cursor_text.emit)
        self.difference = DifferenceView(session, self.results.earlier)
        self.sweeps = SweepView(session, self.cursor_text.emit)
        self.varying = Varying()
        self._area = QScrollArea()
        self._form_column = QVBoxLayout()
        self._actions = actions_of(self)
        self._lay_out()
        self._connect()
        self.choose(_USUAL)
        self._show_colours()
        self._refresh()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return self._actions

    @property
    def protocol(self) -> Protocol:
        """The chosen one, with its settings."""
        return self._settings[self.choice.currentData()]

    @property
    def form(self) -> Form:
        """The settings that are shown."""
        return self._forms[self.choice.currentData()]

    def choose(self, name: str) -> None:
        """Show the settings of a protocol, by its short name."""
        self.choice.setCurrentIndex(self.choice.findData(name))
        if name not in self._forms:
            form = Form(BY_NAME[name], self._surroundings)
            form.edited.connect(self._on_edited)
            self._forms[name] = form
            self._form_column.insertWidget(0, form)
        for other, form in self._forms.items():
            form.setVisible(other == name)
        self._forms[name].show_model(self.protocol)
        self.varying.show_protocol(self.protocol)
        self._purpose.setText(self.protocol.purpose)

    def come_forward(self, name: str) -> None:
        """Choose a protocol, and show the panel."""
        self.choose(name)
        bring_forward(self)
        self.run_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_drugs(self, actions: Iterable[QAction]) -> None:
        """Buttons for what is often put on a cell between two protocols."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setText(action.text().rpartition(" ")[2])  # Block with TTX
            button.setAccessibleName(action.text())
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            action.changed.connect(partial(button.setText, button.text()))  # Qt puts the action's there
            self._drugs.add(button)

    def run_or_stop(self) -> None:
        """Begin, or end what is under way."""
        if self._measuring.is_measuring():
            self._measuring.stop()
        else:
            self._start()

    def _start(self) -> None:
        if (protocol := self.varying.applied) is not None:
            self._measuring.start(protocol)

    def is_measuring(self) -> bool:
        """Whether a protocol is under way."""
        return self._measuring.is_measuring()

    def can_run_or_stop(self) -> bool:
        """Whether the button does something."""
        can_start = self._measuring.can_start() and not self.varying.refusal
        return self._measuring.is_measuring() or can_start

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _on_edited(self, model: Frozen, _field: str) -> None:
        assert isinstance(model, Protocol)
        self._settings[self.choice.currentData()] = model
        self.form.show_model(model)
        self.varying.show_protocol(model)
        self._refresh()

    def _show_result(self, measurement: Measurement | None) -> None:
        self.results.show_measurement(measurement)
        has_earlier = self.difference.show_measurement(measurement)
        self.tabs.setTabVisible(self.tabs.indexOf(self.difference), has_earlier)

    def _on_began(self, measurement: Measurement) -> None:
        self.sweeps.begin(measurement)
        self._show_result(measurement)
        self.tabs.setCurrentWidget(self.sweeps)
        self._refresh()

    def _on_swept(self, measurement: Measurement, outcome: Outcome) -> None:
        self.sweeps.add(measurement, outcome)

    def _on_ended(self, measurement: Measurement) -> None:
        self._show_result(measurement)
        if measurement.result is not None:
            self.tabs.setCurrentWidget(self.results)
        self._refresh()

    def _refresh(self, *_what: object) -> None:
        measuring, cell = self._measuring, self._measuring.cell
        is_measuring = measuring.is_measuring()
        if not self.isVisible():  # what nobody sees waits
            self._tell_actions()
            return
        self._subject.setText(self._subject_in_words(cell))
        self.run_button.setText("Stop protocol" if is_measuring else "Run protocol")
        self.run_button.setIcon(theme.icon("stop" if is_measuring else "run"))
        self.run_button.setEnabled(self.can_run_or_stop())
        self.choice.setEnabled(not is_measuring)
        self._state.setText(state_in_words(measuring.current, measuring.forecast))
        if not measuring.measurements and self.results.measurement is not None:
            self._show_result(None)
            self.sweeps.begin(None)
        self._tell_actions()

    def _tell_actions(self) -> None:
        """Not for each sweep: to look at all actions takes a while."""
        can = self._measuring.is_measuring(), self.can_run_or_stop(), self.results.has_result()
        if can != self._told:
            self._told = can
            self.actions_changed.emit()

    def _subject_in_words(self, cell: CellReference | None) -> str:
        """Which cell, and how much there is to compute."""
        protocol, forecast = self.varying.applied, self._measuring.forecast
        if cell is None:
            return _NOTHING
        if protocol is None or self._measuring.is_measuring():
            return f"of {cell}"
        forecast.want(protocol, self._session.document.experiment, cell)
        expected = forecast_in_words(forecast)
        return f"of {cell}: {expected}" if expected else f"of {cell}"

    def _connect(self) -> None:
        self.choice.activated.connect(lambda _index: self.choose(self.choice.currentData()))
        self.run_button.clicked.connect(self.run_or_stop)
        self.varying.changed.connect(self._refresh)
        measuring = self._measuring
        measuring.began.connect(self._on_began)
        measuring.swept.connect(self._on_swept)
        measuring.grew.connect(self._show_result)
        measuring.ended.connect(self._on_ended)
        measuring.changed.connect(self._refresh)
        measuring.forecast.changed.connect(self._refresh)
        self._session.selection.cells_changed.connect(self._refresh)
        self._session.selection.cells_changed.connect(self._surroundings.changed)
        self._session.document.experiment_changed.connect(self._refresh)
        theme.notifier().changed.connect(self._show_colours)

    def _show_colours(self) -> None:
        muted = f"color: {theme.colours().muted_text};"
        self._purpose.setStyleSheet(muted)
        self._state.setStyleSheet(muted)
        self._settings_column.setMinimumWidth(self.fontMetrics().averageCharWidth() * _FORM_LETTERS // 2)
        self.varying.dress()
        self.results.dress()
        self.sweeps.dress()
        self._refresh()

    def _lay_out(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form_column.setContentsMargins(0, 0, 0, 0)
        self._form_column.addWidget(self.varying)
        self._form_column.addStretch(1)
        inner = QWidget()
        inner.setLayout(self._form_column)
        self._area.setWidget(inner)
        head = FlowRow()
        head.add(self.run_button, grows=1)
        head.add(self._help)
        column = QVBoxLayout()
        column.setContentsMargins(4, 4, 4, 0)
        for widget in (self.choice, self._purpose, self._subject, self._drugs, head):
            column.addWidget(widget)
        column.addWidget(self._area, 1)
        column.addWidget(self._state)
        self._settings_column = QWidget()
        self._settings_column.setLayout(column)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.results, "Result")
        self.tabs.addTab(self.results.table, "Table")
        self.tabs.addTab(self.difference, "Difference")
        self.tabs.addTab(self.sweeps, "Sweeps")
        self.tabs.setTabVisible(self.tabs.indexOf(self.difference), False)
        self.tabs.setAccessibleName("What the protocol found, and its sweeps")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._settings_column)
        split.addWidget(self.tabs)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
