"""One worker process from its start to its death."""

import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QSocketNotifier, Qt, QTimer, Signal

from engine.launch import WorkerCommand
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.conversation import BrokenStreamError, Conversation, Received
from engine.messages.framing import encode
from engine.messages.obituary import NO_NEURON, Ending, obituary
from gui.session.patience import Patience

PATIENCE_MS = 60_000
STOP_DEADLINE_MS = 2_000
_GOODBYE_MS = 1_000
_NOT_STARTED = 127  # as a shell has it
_LONGEST_TURN_S = 0.008  # of the event loop: half of what lets an animation stumble


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait for a worker: without any event while one is due, and for a stop to be obeyed."""

    patience_ms: int = PATIENCE_MS
    stop_deadline_ms: int = STOP_DEADLINE_MS


USUAL_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker ended, and what it still owed, said in its place."""

    what: str
    hint: str
    detail: str
    answers: tuple[e.AnyEvent, ...]
    greeted: bool  # it lived long enough to say Hello
    cannot_work: bool  # nor will another: it could not be started, or has no NEURON


class WorkerProcess(QObject):
    """Owns one process and the conversation with it.

    Whatever is asked of it is answered exactly once, by `said` or in the `answers` of its Death. It tells for
    a few milliseconds in a turn of the event loop, and reads what a pipe holds when that is told: a busy
    window makes the worker wait, and never the worker the window.
    """

    said = Signal(object, object)  # AnyEvent, its body in bytes
    printed = Signal(object)  # tuple of lines of the worker's stderr
    ended = Signal(object)  # Death; nothing comes after it

    def __init__(
        self, command: WorkerCommand, parent: QObject | None = None, *, limits: Limits = USUAL_LIMITS
    ) -> None:
        super().__init__(parent)
        self.alive = True
        self._limits = limits
        self._conversation = Conversation()
        self._unread: deque[Iterator[Received]] = deque()
        self._condemned: tuple[str, str] | None = None
        self._is_garbled = False
        self._is_held = False
        self._rest = QTimer(self)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._deliver)
        self._silence = Patience(limits.patience_ms, self)
        self._silence.ran_out.connect(self._on_silence)
        self._deafness = Patience(limits.stop_deadline_ms, self)
        self._deafness.ran_out.connect(self._on_deafness)
        self._process = self._make(command)

    @property
    def hello(self) -> e.Hello | None:
        """What it said of itself, once it can take requests."""
        return self._conversation.hello

    @property
    def run_id(self) -> str | None:
        """The run that has not had its last word."""
        return self._conversation.run_id

    @property
    def pending(self) -> tuple[str, ...]:
        """Ids of requests that are not answered yet."""
        return self._conversation.pending

    def start(self) -> None:
        """Start the process; its Hello comes later."""
        self._silence.start()
        self._process.start()

    def ask(self, request: r.AnyRequest) -> None:
        """Send a request; before Hello, too. One run at a time."""
        assert self.alive, "a dead worker cannot be asked"
        self._conversation.asked(request)
        if (
            self._process.state() != QProcess.ProcessState.NotRunning
        ):  # else it failed to start: see _on_error
            self._process.write(encode(request))
        if isinstance(request, r.Stop):
            self._deafness.start()
        self._silence.refresh()
        self._watch()

    def kill(self, what: str, hint: str = "") -> None:
        """End it at once, and let this be the reason that is told."""
        self._condemned = self._condemned or (what, hint)
        self._process.kill()

    def hang_up(self) -> None:
        """Let it end by itself: a worker that nobody can ask any more exits."""
        self._condemned = self._condemned or ("The simulator was closed.", "")
        self._process.closeWriteChannel()

    def wait_for_end(self) -> None:
        """Return when it is gone, after a moment of grace by force. What it still says is not read."""
        if not self.alive:
            return
        self._process.closeReadChannel(QProcess.ProcessChannel.StandardOutput)  # else a flood fills memory
        if not self._process.waitForFinished(_GOODBYE_MS):
            self._process.kill()
            self._process.waitForFinished(_GOODBYE_MS)

    def _make(self, command: WorkerCommand) -> QProcess:
        process = QProcess(self)
        process.setProgram(command.program)
        process.setArguments(list(command.arguments))
        process.setWorkingDirectory(str(command.folder))
        environment = QProcessEnvironment.systemEnvironment()
        for name, value in command.environment.items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        if sys.platform != "win32":
            parameters = QProcess.UnixProcessParameters()
            # a session of its own: Ctrl-C in the terminal of the window is not meant for it
            parameters.flags = QProcess.UnixProcessFlag.CreateNewSession
            process.setUnixProcessParameters(parameters)
        # queued: QProcess says nothing new while a slot of its readyRead runs, say, a dialog
        process.readyReadStandardOutput.connect(self._on_frames, Qt.ConnectionType.QueuedConnection)
        process.readyReadStandardError.connect(self._on_prints, Qt.ConnectionType.QueuedConnection)
        process.errorOccurred.connect(self._on_error, Qt.ConnectionType.QueuedConnection)
        process.finished.connect(self._on_exit)
        return process

    def _on_frames(self) -> None:
        data = bytes(self._process.readAllStandardOutput().data())
        if not self._is_garbled:
            self._unread.append(self._conversation.heard(data))
        self._deliver()

    def _deliver(self) -> None:
        """Say what was read, and what takes too long in the next turns of the event loop.

        A slot may open a dialog: then the rest comes in the turns of its loop.
        """
        self._rest.start()
        until = time.perf_counter() + _LONGEST_TURN_S
        while self._unread and time.perf_counter() < until:
            self._deliver_next()
        self._hold(wait=bool(self._unread))
        self._watch()

    def _deliver_all(self) -> None:
        while self._unread:
            self._deliver_next()
        self._rest.stop()

    def _hold(self, *, wait: bool) -> None:
        """Let QProcess read no more while there is a rest, so that the pipe fills and the worker waits.

        QProcess has no limit for its buffer; its notifiers of pipes, and of the end, are its children.
        """
        if not wait:
            self._rest.stop()
        if wait != self._is_held:
            self._is_held = wait
            for notifier in self._process.findChildren(QSocketNotifier):
                if notifier.type() == QSocketNotifier.Type.Read:
                    notifier.setEnabled(not wait)

    def _deliver_next(self) -> None:
        try:
            event, body = next(self._unread[0])
        except StopIteration:
            self._unread.popleft()
        except BrokenStreamError as error:
            self._is_garbled = True
            self._unread.clear()
            self.kill(str(error), error.hint)
        else:
            self._silence.refresh()
            if isinstance(event, e.LastWord):
                self._deafness.stop()
            self.said.emit(event, body)

    def _watch(self) -> None:
        if self.alive and self._conversation.expecting:
            self._silence.start()
        else:
            self._silence.stop()

    def _on_prints(self) -> None:
        if lines := self._conversation.printed(bytes(self._process.readAllStandardError().data())):
            self.printed.emit(tuple(lines))

    def _on_silence(self) -> None:
        self.kill(
            f"The simulator has said nothing for {self._limits.patience_ms / 1000:g} s and was ended.",
            "Its code may loop for ever; a large circuit may need more patience, which is a setting.",
        )

    def _on_deafness(self) -> None:
        self.kill("The simulator did not obey a stop and was ended.")

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._condemned = (
                f"The simulator could not be started: {self._process.errorString()}.",
                f"Tried {self._process.program()!r}. `somascope doctor` says what is missing.",
            )
            self._bury(Ending(_NOT_STARTED))

    def _on_exit(self, code: int, status: QProcess.ExitStatus) -> None:
        self._on_frames()
        self._deliver_all()
        self._on_prints()
        self._bury(Ending(code, by_signal=status == QProcess.ExitStatus.CrashExit))

    def _bury(self, ending: Ending) -> None:
        self.alive = False
        self._silence.stop()
        self._deafness.stop()
        detail = self._conversation.tail
        what, hint = self._condemned or obituary(ending, detail.splitlines())
        greeted = self.hello is not None
        answers = tuple(self._conversation.died(what, hint))
        cannot_work = not ending.by_signal and not greeted and ending.code in (NO_NEURON, _NOT_STARTED)
        self.ended.emit(Death(what, hint, detail, answers, greeted, cannot_work))
