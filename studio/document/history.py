"""Undo and redo: a stack of patches with their inverses, neighbours of one gesture merged."""

import msgspec

from studio.document.patch import Edit, Patch, compose


class Step(msgspec.Struct, frozen=True):
    """One undoable step. ``serial`` is never reused, so that a saved position is recognised again."""

    serial: int
    label: str
    forward: Patch
    backward: Patch
    merge: str = ""


class History:
    """The steps done and undone. Merging goes by an explicit key and ends with `settle`, never by the clock."""

    def __init__(self, limit: int = 2000) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._serial = 0
        self._floor = 0
        self._limit = limit
        self._open = False

    @property
    def position(self) -> int:
        """The serial of the last step done; the same number means the same document."""
        return self._done[-1].serial if self._done else self._floor

    @property
    def last(self) -> Step | None:
        """The step undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Step | None:
        """The step redo would do again."""
        return self._undone[-1] if self._undone else None

    def labels(self) -> tuple[tuple[str, ...], int]:
        """The words of all steps, oldest first, and how many of them are done."""
        steps = [*self._done, *reversed(self._undone)]
        return tuple(step.label for step in steps), len(self._done)

    def record(self, edit: Edit, backward: Patch, merge: str = "") -> None:
        """Remember an edit that was just applied; it joins the last step when both carry the same merge key."""
        self._serial += 1
        self._undone.clear()
        last = self.last
        if merge and self._open and last is not None and last.merge == merge:
            forward, backward = compose(last.forward, edit.patch), compose(backward, last.backward)
            self._done[-1] = Step(self._serial, edit.label, forward, backward, merge)
        else:
            self._done.append(Step(self._serial, edit.label, edit.patch, backward, merge))
        self._open = True
        if len(self._done) > self._limit:
            self._floor = self._done.pop(0).serial

    def settle(self) -> None:
        """End the gesture: the next edit is a step of its own."""
        self._open = False

    def undo(self) -> Step | None:
        """Take the last step back; the caller applies its ``backward`` patch."""
        self._open = False
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1]

    def redo(self) -> Step | None:
        """Do the next step again; the caller applies its ``forward`` patch."""
        self._open = False
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1]
