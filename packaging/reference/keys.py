"""The page of the studio's actions and keys."""

from collections.abc import Iterator
from typing import Any

from markdown import code, intro, page, table
from PySide6.QtGui import QKeySequence

from studio.canvas.keys import KEYS
from studio.window.commands import make_actions


class Nobody:
    """Stands where a window would: the actions are read, and never done."""

    def __getattr__(self, name: str) -> Any:
        return Nobody()

    def __call__(self, *arguments: Any) -> None:
        raise RuntimeError("There is no window here.")


def keys_page() -> str:
    """Every action by its menu, then the keys of the canvas."""
    actions: Any = make_actions(Nobody())  # type: ignore[arg-type]
    groups: dict[str, list[Any]] = {}
    for action in actions:
        groups.setdefault(action.group, []).append(action)
    parts = [intro("keys.md")]
    for group, members in groups.items():
        rows = ((a.name, ", ".join(code(key) for key in a.keys), a.summary, code(a.id)) for a in members)
        parts += [f"## {group}", table(("action", "keys", "what it does", "id"), rows)]
    parts += ["## On the canvas", table(("keys", "what they do"), _canvas())]
    return page(*parts)


def _canvas() -> Iterator[tuple[str, str]]:
    by_name: dict[str, list[str]] = {}
    for (modifiers, key), name in KEYS.items():
        written = QKeySequence(modifiers.value | key.value).toString()
        by_name.setdefault(name, []).append(written)
    for name, keys in by_name.items():
        yield ", ".join(code(key) for key in keys), name.replace("_", " ")
