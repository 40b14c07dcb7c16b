"""No source file is longer than fits a head."""

from collections.abc import Iterator

from finding import Finding, Tree

MOST = 500
SUFFIXES = (".py", ".ts", ".mjs")


def check(tree: Tree) -> Iterator[Finding]:
    """Source files of more than 500 lines."""
    for path in tree.paths:
        if path.endswith(SUFFIXES):
            lines = tree.text(path).count("\n")
            if lines > MOST:
                yield Finding(path, MOST + 1, f"{lines} lines, {MOST} at most: split it by idea")
