"""The card that asks what a web service would answer, when nobody else can say."""

from urllib.parse import unquote

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout

from engine.protocol import HttpRequest
from engine.protocol.script import Answer
from studio.theme import Look

MOST = 8
"""Lines of an answer in sight at once."""
FRAME = 24
"""Pixels around the lines of a text field."""


class ServiceCard(QFrame):
    """Shows a request; ``answered`` brings the answer. The server may be asked instead when one is connected
    (``ask_server``).
    """

    answered = Signal(object)
    ask_server = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self.setAccessibleName("A service is asked")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        self._title = QLabel()
        self._title.setProperty("role", "name")
        self._title.setWordWrap(True)
        self._address = QLabel()
        self._address.setProperty("role", "hint")
        self._address.setWordWrap(True)
        self._status = QLineEdit("200")
        self._status.setFixedWidth(64)
        self._status.setAccessibleName("Status")
        self._body = QPlainTextEdit("{}")
        self._body.setProperty("role", "code")
        self._body.document().blockCountChanged.connect(self._fit)
        self._body.setTabChangesFocus(True)
        self._body.setAccessibleName("Body of the answer, as JSON")
        self._wrong = QLabel()
        self._wrong.setProperty("role", "trouble")
        self._wrong.setWordWrap(True)
        self._wrong.hide()
        for widget in (self._title, self._address):
            column.addWidget(widget)
        line = QHBoxLayout()
        line.addWidget(QLabel("It answers"))
        line.addWidget(self._status)
        line.addStretch()
        column.addLayout(line)
        column.addWidget(self._body)
        column.addWidget(self._wrong)
        column.addLayout(self._buttons())
        self.hide()

    def _fit(self, lines: int) -> None:
        self._body.setFixedHeight(min(lines, MOST) * self._body.fontMetrics().lineSpacing() + FRAME)

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        for text, role, act in (
            ("Answer", "small-go", self._answer),
            ("Fails", "small", lambda: self.answered.emit(Answer("error"))),
            ("Too slow", "small", lambda: self.answered.emit(Answer("timeout"))),
        ):
            button = QPushButton(text)
            button.setProperty("role", role)
            button.clicked.connect(act)
            line.addWidget(button)
        self._server = QPushButton("Ask the server")
        self._server.setProperty("role", "link")
        self._server.clicked.connect(self.ask_server)
        line.addStretch()
        line.addWidget(self._server)
        return line

    def show_request(self, request: HttpRequest, name: str, *, server: bool, body: str = "") -> None:
        """Ask for the answer to a request of the node called ``name``; ``body`` is a sketch of what it wants."""
        self._title.setText(f"“{name}” asks a service")
        self._address.setText(f"{request.method} {unquote(request.url)}")
        self._body.setPlainText(body or "{}")
        self._status.setText("200")
        self._server.setVisible(server)
        self._wrong.hide()
        self.show()

    def show_trouble(self, message: str) -> None:
        """Say why the server could not be asked."""
        self._wrong.setText(message)
        self._wrong.show()

    def fill(self, status: int, body: str) -> None:
        """As if it had been typed."""
        self._status.setText(str(status))
        self._body.setPlainText(body)

    def _answer(self) -> None:
        text = self._body.toPlainText().strip()
        try:
            body = msgspec.json.decode(text) if text else None
            status = int(self._status.text())
        except (msgspec.DecodeError, ValueError) as error:
            self.show_trouble(f"The answer is not readable: {error}. Write JSON, and a status such as 200.")
            return
        self.answered.emit(Answer("ok", status, body))


def sketch(paths: list[str]) -> str:
    """A body that holds every path a node takes from the answer, with null for each value."""
    body: dict[str, object] = {}
    for path in paths:
        at: object = body
        steps = path.split(".")
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            fresh: object = None if following is None else [] if following.isdigit() else {}
            if isinstance(at, dict):
                at = at.setdefault(step, fresh)
            elif isinstance(at, list):
                if not at:
                    at.append(fresh)
                at = at[0]
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
