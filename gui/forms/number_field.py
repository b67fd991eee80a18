"""A field for one number that understands units, prefixes and arithmetic."""

from decimal import Decimal
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget
from typing_extensions import override

from gui.forms.limits import Limits
from gui.forms.number_text import NumberTextError, exact_text, parsed, parsed_whole, short_text

_WIDEST: Final = "\u2212100.0000 nA"
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NumberField(QAbstractSpinBox):
    """Holds a number exactly as it was shown, until another one is typed or stepped to.

    What is typed counts on Enter or when the focus leaves; Escape takes it back. Never holds what the limits
    do not allow.
    """

    edited = Signal()  # `value` is another, by the user
    complained = Signal(str)  # a sentence: why what is typed does not count; "" when it does
    finished = Signal()  # Enter, or the focus has left

    def __init__(
        self,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        step: float = 1.0,
        whole: bool = False,
        may_be_empty: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._limits = limits
        self._step = step
        self._whole = whole
        self._may_be_empty = may_be_empty
        self._symbol = ""
        self._value: float | None = None
        self._shown = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lineEdit().textEdited.connect(self._on_typed)

    @property
    def value(self) -> float | None:
        """The number, in the unit of the field; None if it is empty."""
        return self._value

    @property
    def symbol(self) -> str:
        """The unit that is shown."""
        return self._symbol

    @property
    def warning(self) -> str:
        """Why the number is surprising, "" if it is not."""
        return "" if self._value is None else self._limits.warning(self._value, self._symbol)

    @property
    def is_pending(self) -> bool:
        """Whether something is typed that does not count yet."""
        return self.lineEdit().text() != self._shown

    def show_unit(self, symbol: str) -> None:
        """Display another unit; the number stays."""
        if symbol != self._symbol:
            self._symbol = symbol
            self._show()

    def show_limits(self, limits: Limits) -> None:
        """Allow other numbers from now on."""
        self._limits = limits
        self.update()

    def show_value(self, value: float | None) -> None:
        """Display another number. Never emits; what is being typed stays if the number is the same."""
        if value != self._value or (self._shown == "" and value is not None):
            self._value = value
            self._show()

    def restore(self) -> None:
        """Take back what is typed."""
        self._show()
        self.complained.emit("")

    def commit(self) -> bool:
        """Let what is typed count, if it can."""
        if not self.is_pending:
            return True
        text = self.lineEdit().text()
        try:
            value = None if self._may_be_empty and not text.strip() else self._allowed(self._parsed(text))
        except NumberTextError as error:
            self.complained.emit(str(error))
            return False
        self._take(value)
        return True

    @override
    def stepBy(self, steps: int) -> None:
        if not self.commit():
            return
        present = Decimal(repr(self._value or 0))
        stepped = present + Decimal(repr(self._step_from(self._value or 0.0))) * steps
        value = int(stepped) if self._whole else float(stepped)
        if self._limits.allow(value):
            self._take(value)
        elif (nearest := self._nearest_limit(steps)) is not None and self._limits.allow(nearest):
            self._take(nearest)
        self.lineEdit().selectAll()

    @override
    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        value = self._value or 0
        if self._limits.high is None or value < self._limits.high:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self._limits.low is None or value > self._limits.low:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return flags

    @override
    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(
                QKeySequence.StandardKey.Redo
            )
            if is_undo and not self.is_pending:
                event.ignore()  # nothing typed to take back: the window undoes the last edit
                return False
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            if self.commit():
                self.lineEdit().selectAll()
            self.finished.emit()
            event.accept()
        elif event.key() == Qt.Key.Key_Escape and self.is_pending:
            self.restore()
            self.lineEdit().selectAll()
            event.accept()
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # scrolls the form

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.is_pending:
            self._show(exactly=True)
        super().focusInEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        self.commit()
        self._show()  # what was refused is gone; why is still said
        self.finished.emit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._width(_WIDEST), super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._width("0.00"), super().minimumSizeHint().height())

    def _width(self, text: str) -> int:
        height = super().sizeHint().height()
        return self.fontMetrics().horizontalAdvance(text) + height + self.fontMetrics().averageCharWidth() * 2

    def _on_typed(self, _text: str) -> None:
        self.complained.emit("")

    def _parsed(self, text: str) -> float:
        if self._whole:
            return parsed_whole(text, self._value)
        return parsed(text, self._symbol, self._value)

    def _allowed(self, value: float) -> float:
        if refusal := self._limits.refusal(value, self._symbol):
            raise NumberTextError(refusal)
        return value

    def _take(self, value: float | None) -> None:
        is_another = value != self._value
        self._value = value
        self._show()
        self.complained.emit("")
        if is_another:
            self.edited.emit()

    def _show(self, *, exactly: bool = False) -> None:
        text = ""
        if self._value is not None:
            number = exact_text(self._value) if exactly or self.hasFocus() else short_text(self._value)
            text = f"{number} {self._symbol}".strip()
        self._shown = text
        line = self.lineEdit()
        if line.text() != text:
            position = line.cursorPosition()
            line.setText(text)
            line.setCursorPosition(min(position, len(text)) if self.hasFocus() else 0)
        self.update()  # which of the arrows can be pressed

    def _step_from(self, value: float) -> float:
        """The step of the unit, or for much smaller numbers a decade that fits them."""
        if self._whole or value == 0 or abs(value) >= self._step / 2:
            return 1 if self._whole else self._step
        return float(Decimal(1).scaleb(Decimal(repr(value)).adjusted()))

    def _nearest_limit(self, steps: int) -> float | None:
        return self._limits.high if steps > 0 else self._limits.low
