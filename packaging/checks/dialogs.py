"""The studio never blocks its event loop: asyncio runs on it, and a nested one stops every task."""

from collections.abc import Iterator

from finding import Finding, Tree

STATIC = {
    "QMessageBox": {"about", "aboutQt", "critical", "information", "question", "warning"},
    "QFileDialog": {
        "getExistingDirectory",
        "getExistingDirectoryUrl",
        "getOpenFileName",
        "getOpenFileNames",
        "getOpenFileUrl",
        "getOpenFileUrls",
        "getSaveFileName",
        "getSaveFileUrl",
    },
    "QInputDialog": {"getDouble", "getInt", "getItem", "getMultiLineText", "getText"},
    "QColorDialog": {"getColor"},
    "QFontDialog": {"getFont"},
}


def check(tree: Tree) -> Iterator[Finding]:
    """Calls of ``exec`` and of dialogs that wait for their answer."""
    for path in tree.under("studio/", ".py"):
        for call, name in tree.calls(path):
            last = name.rpartition(".")[2]
            if last in ("exec", "exec_"):
                yield Finding(
                    path, call.lineno, f"{last}() blocks the event loop: use open() and its signals"
                )
            for dialog, calls in STATIC.items():
                if last in calls and name.split(".")[-2:-1] == [dialog]:
                    yield Finding(
                        path, call.lineno, f"{dialog}.{last}() blocks: make the dialog and open() it"
                    )
