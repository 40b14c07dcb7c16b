"""Checks while one edits: off the interface thread, the newest state only, with the compiler's memory kept
between them.
"""

import threading
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.compiler import Finding, Memory, check, compile_flow
from engine.flow import Flow
from engine.kinds.program import Program

DEBOUNCE_MS = 30


class Checked(msgspec.Struct, frozen=True):
    """What is known of a flow: its findings, worst first, and its program. ``generation`` counts requests."""

    generation: int
    flow: Flow
    findings: tuple[Finding, ...] = ()
    program: Program | None = None
    trouble: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that forbid publishing."""
        return tuple(f for f in self.findings if f.severity == "error" and not f.suppressed)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look and forbids nothing."""
        return tuple(f for f in self.findings if f.severity != "error" and not f.suppressed)


Check = Callable[[Flow], list[Finding]]


def remembering() -> Check:
    """The compiler's check, with the facts of what did not change kept from one flow to the next."""
    memory = Memory()
    return lambda flow: check(flow, memory)


class Checker(QObject):
    """Takes flows, gives `Checked` in ``done``, always for the newest flow it was given; older ones are dropped
    unseen.
    """

    done = Signal(object)
    _arrived = Signal(object)

    def __init__(self, work: Check | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._check: Check = work or remembering()
        self._wanted: tuple[int, Flow] | None = None
        self._generation = 0
        self._closing = False
        self._condition = threading.Condition()
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._debounce.timeout.connect(self._hand_over)
        self._flow: Flow | None = None
        self._arrived.connect(self._arrive, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name="checks", daemon=True)
        self._thread.start()

    @property
    def generation(self) -> int:
        """How many flows it was given."""
        return self._generation

    def request(self, flow: Flow) -> None:
        """Check this flow soon; a later request replaces it."""
        self._generation += 1
        self._flow = flow
        self._debounce.start()

    def _hand_over(self) -> None:
        if self._flow is not None:
            with self._condition:
                self._wanted = (self._generation, self._flow)
                self._condition.notify()

    def _run(self) -> None:
        while True:
            with self._condition:
                while self._wanted is None and not self._closing:
                    self._condition.wait()
                if self._closing or self._wanted is None:
                    return
                generation, flow = self._wanted
                self._wanted = None
            result = self._examine(generation, flow)
            if not self._closing:
                self._arrived.emit(result)

    def _examine(self, generation: int, flow: Flow) -> Checked:
        """The flow can be rehearsed even when a check of it breaks: that must not end the checks of the window."""
        trouble = ""
        program: Program | None = None
        findings: tuple[Finding, ...] = ()
        try:
            program = compile_flow(flow)
            findings = tuple(self._check(flow))
        except Exception as error:
            trouble = f"The check itself failed: {type(error).__name__}: {error}"
        return Checked(generation, flow, findings, program, trouble)

    def _arrive(self, checked: Checked) -> None:
        if checked.generation == self._generation:
            self.done.emit(checked)

    def close(self) -> None:
        """End the thread."""
        self._debounce.stop()
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join()
