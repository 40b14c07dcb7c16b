"""What observers are told when a document changes."""

from typing import Literal

import msgspec

from studio.document.patch import Patch, State

Origin = Literal["edit", "undo", "redo", "load", "show", "save"]


class Change(msgspec.Struct, frozen=True):
    """One change: where it came from, its words, what it touched and the state after it.

    ``whole`` says that everything is new (a file was opened, or another flow of the document is shown).
    """

    origin: Origin
    label: str
    patch: Patch
    before: State
    after: State

    @property
    def whole(self) -> bool:
        """Whether to look at everything anew."""
        return self.origin in ("load", "show")

    @property
    def places(self) -> frozenset[str]:
        """Ids of the nodes that moved, appeared or went."""
        return frozenset(self.patch.places)

    @property
    def groups(self) -> frozenset[str]:
        """Ids of the frames that changed."""
        return frozenset(self.patch.groups)

    def nodes(self, part: str) -> frozenset[str]:
        """Ids of the nodes of a flow that were added, changed or removed."""
        return frozenset(self.patch.parts[part].nodes) if part in self.patch.parts else frozenset()

    def variables(self, part: str) -> frozenset[str]:
        """Names of the variables of a flow that were added, changed or removed."""
        return frozenset(self.patch.parts[part].variables) if part in self.patch.parts else frozenset()

    def settings(self, part: str) -> frozenset[str]:
        """Which of a flow's own fields changed; ``defaults`` stands for any of its defaults."""
        if part not in self.patch.parts:
            return frozenset()
        changed = self.patch.parts[part]
        return frozenset((*changed.settings.values(), *(("defaults",) if changed.defaults else ())))
