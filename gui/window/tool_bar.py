"""The one toolbar: run, pause, step, stop, continue; how far the run is; layouts and the palette."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QLabel,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.actions import ActionSet
from gui.session.forecasting import seconds_in_words
from gui.session.session import Session

_STEPS: Final = 1000  # of the progress bar
_NO_ROOM_FOR_WORDS: Final = 1.5
_ICON_ONLY: Final = Qt.ToolButtonStyle.ToolButtonIconOnly
_USUAL_CONTINUATION_MS: Final = 100.0


class RunToolBar(QToolBar):
    """Buttons are the actions; the rest shows the run of the rig."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Run", parent)
        self.setObjectName("toolbar.run")
        self.setAccessibleName("Run")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._session = session
        self.duration = _Duration()
        self.duration.setRange(0.025, 1e6)
        self.duration.setValue(_USUAL_CONTINUATION_MS)
        self.duration.setSuffix(" ms")
        self.duration.setDecimals(3)
        self.duration.setKeyboardTracking(False)
        self.duration.setAccessibleName("How long to continue")
        self.duration.setToolTip("How much further “Continue for” lets the last run go")
        self.time = QLabel()
        self.time.setAccessibleName("Time of the run")
        self.progress = QProgressBar()
        self.progress.setRange(0, _STEPS)
        self.progress.setAccessibleName("How much of the run is done")
        self.temperature = QLabel()
        self.temperature.setAccessibleName("Temperature")
        self.temperature.setToolTip("Temperature of the run; it is one of its conditions")
        for signal in (session.runs.advanced, session.runs.ended, session.rig.state_changed):
            signal.connect(self._refresh)
        session.document.experiment_changed.connect(self._refresh)

    def fill(self, actions: ActionSet, layouts: QMenu, protocols: QMenu, exports: QMenu) -> None:
        """Put everything in its place."""
        self.addAction(actions.widget("run.start"))
        run = self.widgetForAction(actions.widget("run.start"))
        assert isinstance(run, QToolButton)
        run.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name in ("run.pause", "run.step", "run.stop"):
            self.addAction(actions.widget(name))
        self.addSeparator()
        further = actions.widget("run.continue")
        further.setIconText("Continue")
        self.addAction(further)
        continuation = self.widgetForAction(further)
        assert isinstance(continuation, QToolButton)
        protocol = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        protocol.setText("Protocol")
        protocol.setMenu(protocols)
        protocol.setToolTip("Measure the chosen cell: f–I curve, rheobase, voltage clamp…")
        protocol.setAccessibleName("Protocol")
        protocol.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.protocol_button = protocol
        export = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        export.setText("Export")
        export.setMenu(exports)
        export.setToolTip("Write the experiment and what came of it into files")
        export.setAccessibleName("Export")
        export.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.export_button = export
        for widget in (self.duration, self.time, self.progress, self.temperature, protocol, export):
            self.addWidget(widget)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        layout = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        layout.setText("Layout")
        layout.setMenu(layouts)
        layout.setToolTip("Which panels are shown")
        layout.setAccessibleName("Layout")
        layout.setIcon(theme.icon("layout"))
        self._layout_button = layout
        self._wordy = (continuation, layout, protocol, export)
        self.addWidget(layout)
        self.addAction(actions.widget("view.palette"))
        for action in self.actions():
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setAccessibleName(action.text() or button.text())
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.notifier().changed.connect(self._on_theme)
        self._on_theme()
        self._refresh()

    def _refresh(self, *_what: object) -> None:
        run = self._session.rig.current
        experiment = self._session.document.experiment
        tstop = (
            run.tstop if run is not None else experiment.conditions.tstop if experiment is not None else 0.0
        )
        time = run.time if run is not None else 0.0
        self.time.setText(f"{time:.1f} / {tstop:g} ms")
        done = round(min(time / tstop, 1.0) * _STEPS) if tstop > 0 else 0
        self.progress.setValue(done)
        left = self._session.rig.seconds_left()
        self.progress.setFormat("" if left is None else f"{seconds_in_words(left)} left")
        self.temperature.setText(f"{experiment.conditions.celsius:g} °C" if experiment is not None else "")

    def _on_theme(self) -> None:
        self.setIconSize(theme.icon_size())
        self._layout_button.setIcon(theme.icon("layout"))
        self.protocol_button.setIcon(theme.icon("protocol"))
        self.export_button.setIcon(theme.icon("export"))
        for button in self._wordy:  # large letters leave no room for words
            words = theme.zoom() < _NO_ROOM_FOR_WORDS
            style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else _ICON_ONLY
            button.setToolButtonStyle(style)
        metrics = self.fontMetrics()
        letter = metrics.averageCharWidth()
        self.progress.setFixedSize(QSize(12 * letter, metrics.height()))
        self.time.setMinimumWidth(metrics.horizontalAdvance("888.8 / 888 ms "))
        self.duration.setMaximumWidth(metrics.horizontalAdvance("8888.88 ms") + 4 * letter)
        self.setStyleSheet(f"QToolBar {{ spacing: {letter}px; }}")


class _Duration(QDoubleSpinBox):
    """Shows no zeros at the end."""

    @override
    def textFromValue(self, value: float, /) -> str:
        return f"{value:g}"
