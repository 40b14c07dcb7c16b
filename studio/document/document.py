"""The open document: its state, its edits, its files."""

from collections.abc import Callable
from pathlib import Path

from engine.flow import Diagnostic, Flow, Layout
from engine.flow.document import MAIN
from studio.document.change import Change, Origin
from studio.document.files import Opened, SaveError, blank, digest, flow_path, read_document, write_document
from studio.document.history import History
from studio.document.journal import Header, Journal, JournalBusyError, Recovery, journal_path, read_journal
from studio.document.patch import Edit, Patch, State, apply_patch, compose, inverse, part_of
from studio.document.selection import Selection

Listener = Callable[[Change], None]


class Document:
    """A flow being edited. Free of Qt; whoever draws it subscribes.

    ``state`` is immutable: hand it to other threads as it is. ``revision`` grows with every change.
    """

    def __init__(
        self, state: State, *, path: Path | None = None, digest: str = "", journal_dir: Path | None = None
    ) -> None:
        self.state = state
        self.path = path
        self.revision = 0
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.notices: tuple[str, ...] = ()
        self.selection = Selection()
        self.shown = MAIN
        self._digest = digest
        self._history = History()
        self._saved: int | None = self._history.position
        self._listeners: list[Listener] = []
        self._journal_dir = journal_dir
        self._journal: Journal | None = None

    @classmethod
    def open(cls, path: Path, journal_dir: Path | None = None) -> "Document":
        """Open a flow's folder or file. Raises `OpenError` with a sentence for people."""
        opened = read_document(path)
        document = cls(opened.state, path=opened.path, digest=opened.digest, journal_dir=journal_dir)
        document.diagnostics, document.notices = opened.diagnostics, opened.notices
        return document

    @classmethod
    def new(
        cls, flow: Flow | None = None, layout: Layout | None = None, journal_dir: Path | None = None
    ) -> "Document":
        """A document that has no file yet."""
        state = State(flow, layout or Layout()) if flow is not None else blank()
        return cls(state, journal_dir=journal_dir)

    @property
    def flow(self) -> Flow:
        """The main flow."""
        return self.state.flow

    @property
    def layout(self) -> Layout:
        """Where things stand."""
        return self.state.layout

    @property
    def part(self) -> Flow:
        """The flow that is shown."""
        return part_of(self.state.flow, self.shown) or self.state.flow

    @property
    def title(self) -> str:
        """What to call it."""
        if self.flow.name:
            return self.flow.name
        return self.path.parent.name if self.path else "Untitled"

    @property
    def dirty(self) -> bool:
        """Whether there is work that was not saved."""
        return self._saved != self._history.position

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._history.last is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._history.next is not None

    @property
    def undo_label(self) -> str:
        """The words of the step undo takes back."""
        return self._history.last.label if self._history.last else ""

    @property
    def redo_label(self) -> str:
        """The words of the step redo does again."""
        return self._history.next.label if self._history.next else ""

    def history(self) -> tuple[tuple[str, ...], int]:
        """The words of every step, oldest first, and how many are done."""
        return self._history.labels()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every change; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, edit: Edit, merge: str = "") -> None:
        """Make an edit. With the merge key of the edit before it the two become one step (dragging, typing)."""
        if edit.patch.empty:
            return
        backward = inverse(self.state, edit.patch)
        if backward == edit.patch:
            return
        self._history.record(edit, backward, merge)
        self._change("edit", edit.label, edit.patch)

    def settle(self) -> None:
        """End a gesture: the next edit is a step of its own."""
        self._history.settle()

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        step = self._history.undo()
        if step is not None:
            self._change("undo", f"Undo {step.label}", step.backward)

    def redo(self) -> None:
        """Do the step that was taken back again, if there is one."""
        step = self._history.redo()
        if step is not None:
            self._change("redo", f"Redo {step.label}", step.forward)

    def show(self, part: str) -> None:
        """Show another flow of the document; one that is not there shows the main flow."""
        part = part if part_of(self.flow, part) is not None else MAIN
        if part != self.shown:
            self.shown = part
            self.selection.clear()
            self._tell(Change("show", "", Patch(), self.state, self.state))

    def save(self, path: Path | None = None) -> None:
        """Write the files, here or in another place. Raises `SaveError`; then nothing is lost and it stays unsaved."""
        target = flow_path(path) if path is not None else self.path
        if target is None:
            raise SaveError("This flow has no file yet. Choose where it shall live.")
        elsewhere = target != self.path
        self._digest = write_document(self.state, target, keep_copy=bool(self.diagnostics) and not elsewhere)
        if elsewhere:
            self._close_journal(discard=True)
            self.path = target
        elif self._journal is not None:
            self._journal.restart(self._header())
        self.diagnostics = ()
        self._history.settle()
        self._saved = self._history.position
        self._tell(Change("save", "Save", Patch(), self.state, self.state))

    def changed_outside(self) -> bool:
        """Whether something else has written the files since they were read or saved."""
        return self.path is not None and digest(self.path) != self._digest

    def reload(self) -> None:
        """Read the files again and forget unsaved work. Raises `OpenError`; then everything stays."""
        if self.path is None:
            return
        opened: Opened = read_document(self.path)
        before, self.state = self.state, opened.state
        self.diagnostics, self.notices = opened.diagnostics, opened.notices
        self._digest = opened.digest
        self._history = History()
        self._saved = self._history.position
        if self._journal is not None:
            self._journal.restart(self._header())
        self.revision += 1
        self._settle_view()
        self._tell(Change("load", "Reload", Patch(), before, self.state))

    def recovery(self) -> Recovery | None:
        """Work on this document that was never saved, from before it was opened."""
        place = journal_path(self.path, self._journal_dir)
        return read_journal(place, self._digest) if place is not None and self._journal is None else None

    def recover(self, recovery: Recovery) -> None:
        """Do the edits of a journal again, as one step that can be taken back."""
        patch = Patch()
        for line in recovery.lines:
            patch = compose(patch, line.patch)
        recovery.discard()
        self.apply(Edit("Recover unsaved work", patch))
        self.settle()

    def close(self, *, discard: bool = True) -> None:
        """Let go of the document. Without ``discard`` unsaved work is offered at the next start."""
        self._close_journal(discard=discard or not self.dirty)

    def _change(self, origin: Origin, label: str, patch: Patch) -> None:
        before, self.state = self.state, apply_patch(self.state, patch)
        self.revision += 1
        self._write_down(label, patch)
        self._settle_view()
        self._tell(Change(origin, label, patch, before, self.state))

    def _settle_view(self) -> None:
        if part_of(self.flow, self.shown) is None:
            self.show(MAIN)
        self.selection.keep(self.part.nodes, self.layout.groups)

    def _write_down(self, label: str, patch: Patch) -> None:
        place = journal_path(self.path, self._journal_dir)
        if place is None:
            return
        try:
            if self._journal is None:
                self._journal = Journal(place, self._header())
            self._journal.append(label, patch)
        except JournalBusyError:
            self._notice("This flow is open in another window; edits made here are safe only once saved.")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self._notice(f"Edits cannot be kept safe before saving ({reason}).")

    def _notice(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices = (*self.notices, sentence)

    def _header(self) -> Header:
        return Header(str(self.path or ""), self._digest)

    def _close_journal(self, *, discard: bool) -> None:
        if self._journal is not None:
            self._journal.close(discard=discard)
            self._journal = None

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)


def find_recovery(path: Path | None, journal_dir: Path | None = None) -> Recovery | None:
    """Work on a document (None: one that was never saved) that a crash left behind."""
    document = flow_path(path) if path is not None else None
    place = journal_path(document, journal_dir)
    return read_journal(place, digest(document) if document else "") if place is not None else None
