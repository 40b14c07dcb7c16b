"""What is selected: nodes of the shown flow, in the order they were chosen, and the current one."""

from collections.abc import Callable, Iterable


class Selection:
    """Node ids and frame ids. The current node is the one chosen last; forms show it."""

    def __init__(self) -> None:
        self._nodes: dict[str, None] = {}
        self._groups: dict[str, None] = {}
        self._listeners: list[Callable[[], None]] = []

    @property
    def nodes(self) -> tuple[str, ...]:
        """The selected nodes, the current one last."""
        return tuple(self._nodes)

    @property
    def groups(self) -> tuple[str, ...]:
        """The selected frames."""
        return tuple(self._groups)

    @property
    def current(self) -> str | None:
        """The node chosen last, or None."""
        return next(reversed(self._nodes), None)

    def __contains__(self, id: object) -> bool:
        return id in self._nodes or id in self._groups

    def set(self, nodes: Iterable[str] = (), groups: Iterable[str] = ()) -> None:
        """Select exactly these; the last node becomes the current one."""
        chosen, frames = dict.fromkeys(nodes), dict.fromkeys(groups)
        if list(chosen) != list(self._nodes) or list(frames) != list(self._groups):
            self._nodes, self._groups = chosen, frames
            self._tell()

    def add(self, *nodes: str) -> None:
        """Select these as well."""
        self.set((*(n for n in self._nodes if n not in nodes), *nodes), self._groups)

    def toggle(self, node: str) -> None:
        """Select what was not, and the other way round."""
        if node in self._nodes:
            self.set((n for n in self._nodes if n != node), self._groups)
        else:
            self.add(node)

    def clear(self) -> None:
        """Select nothing."""
        self.set()

    def keep(self, nodes: Iterable[str], groups: Iterable[str]) -> None:
        """Let go of what is no longer there."""
        there, frames = frozenset(nodes), frozenset(groups)
        self.set((n for n in self._nodes if n in there), (g for g in self._groups if g in frames))

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after every change; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
