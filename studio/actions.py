"""Everything one can do in the studio, by name: menus, keys and the search field are made from this."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """One thing to do. ``id`` never changes (``file.save``); ``group`` is its menu; ``keys`` as Qt writes them.

    ``here`` keeps its keys to the canvas: elsewhere they type or move the caret.
    """

    id: str
    name: str
    summary: str
    group: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    enabled: Callable[[], bool] = _always
    here: bool = False


class Actions:
    """The registry of one window."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}

    def add(self, *actions: Action) -> None:
        """Register actions; raises ``ValueError`` for an id or a key that is taken."""
        for action in actions:
            if action.id in self._actions:
                raise ValueError(f"There are two actions called {action.id}.")
            for other in self._actions.values():
                shared = set(action.keys) & set(other.keys)
                if shared and action.here == other.here:
                    raise ValueError(f"{action.id} and {other.id} both want {shared.pop()}.")
            self._actions[action.id] = action

    def __iter__(self) -> Iterator[Action]:
        return iter(self._actions.values())

    def __getitem__(self, id: str) -> Action:
        return self._actions[id]

    def run(self, id: str) -> None:
        """Do it, if it can be done now."""
        action = self._actions[id]
        if action.enabled():
            action.run()

    def bind(self, window: QWidget, canvas: QWidget) -> None:
        """Give every action its keys."""
        for action in self:
            if not action.keys:
                continue
            holder = canvas if action.here else window
            shortcut = QAction(action.name, holder)
            shortcut.setShortcuts([QKeySequence(keys) for keys in action.keys])
            context = (
                Qt.ShortcutContext.WidgetWithChildrenShortcut
                if action.here
                else Qt.ShortcutContext.WindowShortcut
            )
            shortcut.setShortcutContext(context)
            shortcut.triggered.connect(lambda _=False, id=action.id: self.run(id))
            holder.addAction(shortcut)

    def menu(self, parent: QWidget) -> QMenu:
        """All of it as a menu with a sub-menu a group."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups: dict[str, QMenu] = {}
        for action in self:
            if action.group not in groups:
                groups[action.group] = menu.addMenu(action.group)
            entry = groups[action.group].addAction(action.name)
            if action.keys:
                entry.setShortcut(QKeySequence(action.keys[0]))
            entry.setEnabled(action.enabled())
            entry.setStatusTip(action.summary)
            entry.triggered.connect(lambda _=False, id=action.id: self.run(id))
        return menu

    def matching(self, text: str) -> list[Action]:
        """The actions whose name or summary holds every word of ``text``, the ones that begin with it first."""
        words = text.casefold().split()
        found = [a for a in self if all(w in a.name.casefold() or w in a.summary.casefold() for w in words)]
        start = text.casefold().strip()
        return sorted(found, key=lambda a: (not a.name.casefold().startswith(start), a.name))
