"""The window: one open document at a time, its files, and what may be lost when it closes."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QFileSystemWatcher, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QVBoxLayout, QWidget

from studio.client.connection import Connection
from studio.document import Document, OpenError, SaveError
from studio.document.subflows import add_subflow
from studio.operations.house import AgentHouse
from studio.panels.checking import Checker
from studio.simulator.keeping import keep
from studio.theme import Look
from studio.window.calls import Calls
from studio.window.commands import make_actions
from studio.window.desk import Desk
from studio.window.hearing import Hearing
from studio.window.keepsakes import Keepsakes
from studio.window.minding import Minding
from studio.window.publisher import Publisher
from studio.window.question import Question
from studio.window.services import ServerServices
from studio.window.tasks import Tasks
from studio.window.tidying import Tidying

HOME = (1440, 900)
SMALLEST = (1024, 640)
FRAME = 36
"""Pixels the desktop may put around a window, in height."""


class Window(QWidget):
    """``closed`` is set when it is gone for good."""

    def __init__(
        self,
        look: Look,
        document: Document,
        keepsakes: Keepsakes,
        connection: Connection,
        samples: Path | None = None,
    ) -> None:
        super().__init__()
        self._look = look
        self._samples = samples
        self.keepsakes = keepsakes
        self.connection = connection
        self.closed = asyncio.Event()
        self.tidying = Tidying(self)
        self.tidying.start()
        self.checker = Checker()
        self.actions_registry = make_actions(self)
        self.tasks = Tasks(self._tell_trouble)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._sure = False
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda _: QTimer.singleShot(150, self, self.look_outside))
        self.setMinimumSize(*SMALLEST)
        self.resize(*screen_size())
        self.desk: Desk
        self._show_document(document)
        connection.subscribe(self._show_connection)

    @property
    def document(self) -> Document:
        """The open document."""
        return self.desk.document

    def _show_document(self, document: Document) -> None:
        old = getattr(self, "desk", None)
        desk = Desk(self._look, document, self.actions_registry, self.checker)
        if old is not None:
            old.close_desk()
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.desk = desk
        self._column.addWidget(desk)
        self.actions_registry.bind(desk, desk.canvas)
        self.publisher = Publisher(self._look, desk, self.keepsakes, self.connection, self.tasks)
        self.services = ServerServices(desk.dock, self.connection, self.tasks)
        self.calls = Calls(desk, self.connection, self.tasks)
        self.hearing = Hearing(desk, self.connection, self.tasks)
        self.house = AgentHouse(self._look, desk, self.connection, self.keepsakes, self.tasks)
        self.minding = Minding(desk.dock, self.house.agency, self.tasks)
        desk.set_still(self.keepsakes.still)
        desk.bar.menu.connect(self._open_menu)
        desk.bar.check.clicked.connect(lambda _=False: self.check())
        desk.bar.publish.clicked.connect(lambda _=False: self.publish())
        desk.bar.rehearse.clicked.connect(lambda _=False: desk.rehearse())
        desk.dock.keep.connect(self.ask_keep)
        desk.renamed.connect(self._retitle)
        self._retitle()
        self._show_connection()
        self._watch()
        if document.path is not None:
            self.keepsakes.opened(document.path)
        QTimer.singleShot(0, desk, self._settle_in)

    def _settle_in(self) -> None:
        desk = self.desk
        desk.show_beginning()
        desk.canvas.setFocus()
        for words in desk.document.notices:
            desk.notices.tell(words)
        recovery = desk.document.recovery()
        if recovery is not None:
            desk.notices.ask(
                f"The studio ended without saving. {recovery.describe()}",
                [
                    ("Bring it back", lambda: desk.document.recover(recovery)),
                    ("Throw it away", recovery.discard),
                ],
            )

    def _tell_trouble(self, words: str) -> None:
        self.desk.notices.tell(words, grave=True)

    def _retitle(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] · Parley")
        self.setWindowModified(self.document.dirty)

    def _show_connection(self) -> None:
        self.desk.bar.connection.setText(self.connection.words)
        self.desk.dock.connected = self.connection.up
        self.calls.show_connection()
        self.hearing.show_connection()
        self.house.show_connection()

    def _open_menu(self) -> None:
        mark = self.desk.bar.mark
        self.actions_registry.menu(self).popup(mark.mapToGlobal(mark.rect().bottomLeft()))

    # Opening

    def new(self) -> None:
        """An empty flow."""
        self._leave(lambda: self._show_document(Document.new(journal_dir=self.keepsakes.journals)))

    def open(self, path: Path) -> None:
        """Open a flow; what cannot be opened is told, and the open document stays."""
        try:
            document = Document.open(path, self.keepsakes.journals)
        except OpenError as error:
            self.desk.notices.tell(str(error), grave=True)
            return
        self._leave(lambda: self._show_document(document))

    def ask_open(self) -> None:
        """Ask which flow to open."""
        dialog = self._file_dialog("Open a flow")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def _file_dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setNameFilter("Flows (flow.json *.json)")
        if self.document.path is not None:
            dialog.setDirectory(str(self.document.path.parent))
        return dialog

    def choose_recent(self) -> None:
        """Offer the flows that were open lately."""
        self._offer({f"{p.parent.name}   {p}": partial(self.open, p) for p in self.keepsakes.recent})

    def choose_sample(self) -> None:
        """Offer the sample flows; the chosen one is opened as a new document."""
        found = sorted(self._samples.glob("*/flow.json")) if self._samples is not None else []
        names = {p.parent.name.replace("-", " ").capitalize(): p for p in found}
        self._offer({name: partial(self.use_sample, p) for name, p in names.items()})

    def use_sample(self, path: Path) -> None:
        """A new document with the contents of a sample."""
        try:
            sample = Document.open(path)
        except OpenError as error:
            self.desk.notices.tell(str(error), grave=True)
            return
        fresh = Document.new(sample.flow, sample.layout, self.keepsakes.journals)
        self._leave(lambda: self._show_document(fresh))

    def _offer(self, choices: dict[str, Callable[[], None]]) -> None:
        menu = QMenu(self)
        for name, act in choices.items():
            menu.addAction(name, act)
        if not choices:
            menu.addAction("Nothing yet").setEnabled(False)
        mark = self.desk.bar.mark
        menu.popup(mark.mapToGlobal(mark.rect().bottomLeft()))

    # Saving and leaving

    def save(self) -> bool:
        """Save; without a place, ask for one. Says whether it is saved now."""
        if self.document.path is None:
            self.ask_save_as()
            return False
        return self.save_to(None)

    def save_to(self, path: Path | None) -> bool:
        """Save here (None) or elsewhere; what goes wrong is told and nothing is lost."""
        try:
            self.document.save(path)
        except SaveError as error:
            self.desk.notices.tell(str(error), grave=True)
            return False
        if self.document.path is not None:
            self.keepsakes.opened(self.document.path)
        self._watch()
        self._retitle()
        return True

    def ask_save_as(self) -> None:
        """Ask where to save."""
        self._ask_place(lambda: None)

    def _ask_place(self, then: Callable[[], None]) -> None:
        dialog = self._file_dialog("Save the flow as")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile("flow.json")
        dialog.fileSelected.connect(lambda name: then() if self.save_to(Path(name)) else None)
        dialog.open()

    def _leave(self, then: Callable[[], None]) -> None:
        """Go on when the open document may be left: at once, or after asking about unsaved work."""
        document = self.document
        if not document.dirty:
            document.close()
            then()
            return

        def save() -> None:
            if document.path is None:
                self._ask_place(leave)
            elif self.save_to(None):
                leave()

        def leave() -> None:
            document.close()
            then()

        self.question = Question(
            self,
            f"Save “{document.title}” before you go?",
            "What you did since the last save would be gone.",
            {"Save": save, "Don't save": leave, "Stay": lambda: None},
        )
        self.question.open()

    def ask_close(self) -> None:
        """Close the window."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Unsaved work is asked about first."""
        if self._sure or not self.document.dirty:
            self.document.close()
            self.desk.close_desk()
            self.checker.close()
            self.tidying.stop()
            event.accept()
            self.closed.set()
            return
        event.ignore()
        self._leave(self._close_for_good)

    def _close_for_good(self) -> None:
        self._sure = True
        self.close()

    def leave_to_journal(self) -> None:
        """Close at once; unsaved work stays in the journal and is offered at the next start."""
        self.document.close(discard=False)
        self._sure = True
        self.close()

    # Other programs

    def _watch(self) -> None:
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if self.document.path is not None:
            self._watcher.addPath(str(self.document.path))

    def changeEvent(self, event: QEvent) -> None:
        """Coming back to the window looks at the file."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and hasattr(self, "desk"):
            self.look_outside()

    def look_outside(self) -> None:
        """Ask what to do when something else has written the file."""
        document = self.document
        self._watch()
        if not document.changed_outside():
            return
        if not document.dirty:
            self._reload()
            return
        self.desk.notices.ask(
            "Something else has changed this flow's file, and there is work here that is not saved.",
            [("Keep mine", lambda: None), ("Read the file again", self._reload)],
            grave=True,
        )

    def _reload(self) -> None:
        try:
            self.document.reload()
        except OpenError as error:
            self.desk.notices.tell(str(error), grave=True)
            return
        self.desk.notices.tell("The file was changed by something else and was read again.")

    # Other commands

    def check(self) -> None:
        """Check, and open the list."""
        self.desk.check()
        if self.desk.problems.isHidden():
            self.desk.problems.toggle()

    def publish(self) -> None:
        """Open the publish sheet."""
        self.publisher.begin()

    def run_tests(self) -> None:
        """Run the flow's tests."""
        self.desk.side.turn_to("tests")
        self.desk.tests.run()

    def ask_keep(self) -> None:
        """Ask what to call the test."""
        talk = self.desk.dock.talk
        if talk is None:
            self.desk.notices.tell("There is no talk yet. Rehearse one first.")
            return
        if self.desk.folder() is None:
            self.desk.notices.tell("Save the flow first; its tests live beside it.")
            return
        outcome = talk.rehearsal.state.outcome
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Parley")
        dialog.setLabelText("What does this talk show?")
        dialog.setTextValue(f"Ends {outcome}" if outcome else "A talk")
        dialog.textValueSelected.connect(self.keep_talk)
        dialog.open()

    def keep_talk(self, name: str) -> None:
        """Save the talk as a test and show the tests."""
        talk, folder = self.desk.dock.talk, self.desk.folder()
        if talk is None or folder is None or not name.strip():
            return
        try:
            path = keep(talk, name.strip(), folder)
        except OSError as error:
            self.desk.notices.tell(f"The test could not be written: {error.strerror}.", grave=True)
            return
        self.desk.tests.show_tests()
        self.desk.notices.tell(f"Kept as tests/{path.name}.")

    def toggle_still(self) -> None:
        """Let things move by themselves, or not."""
        self.keepsakes.be_still(not self.keepsakes.still)
        self.desk.set_still(self.keepsakes.still)
        self.desk.notices.tell(
            "Nothing moves by itself now." if self.keepsakes.still else "Things may move again."
        )

    def add_subflow(self) -> None:
        """A new sub-flow, shown at once."""
        flows = self.document.flow.subflows
        id = next(n for n in ("part", *(f"part_{i}" for i in range(2, 1000))) if n not in flows)
        self.document.apply(add_subflow(self.document.state, id))
        self.document.show(id)

    def choose_part(self) -> None:
        """Offer the flows of the document."""
        names = {flow.name or id or "Flow": id for id, flow in self.document.flow.flows()}
        self._offer({name: partial(self.document.show, id) for name, id in names.items()})


def screen_size() -> tuple[int, int]:
    """A size that fits the screen."""
    screen = QGuiApplication.primaryScreen()
    room = screen.availableSize() if screen is not None else None
    if room is None:
        return HOME
    return min(HOME[0], room.width()), min(HOME[1], room.height() - FRAME)
