"""What a check finds, and the files it looks at."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BASELINES = "tests/bench/baselines/"


@dataclass(frozen=True, order=True)
class Finding:
    """A place that breaks a rule, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Tree:
    """The files of a checkout that are or will be committed, as paths relative to ``root``."""

    root: Path
    paths: tuple[str, ...]

    @classmethod
    def at(cls, root: Path) -> "Tree":
        """What git knows or would add; every file when ``root`` is no checkout."""
        if (root / ".git").exists():
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=root,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split("\0")
        else:
            listed = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
        there = sorted({path for path in listed if path and (root / path).is_file()})
        return cls(root, tuple(path for path in there if not path.startswith(BASELINES)))

    def under(self, folder: str, suffix: str) -> Iterator[str]:
        """The paths inside ``folder`` that end in ``suffix``."""
        return (path for path in self.paths if path.startswith(folder) and path.endswith(suffix))

    def text(self, path: str) -> str:
        """The words of a file; bytes that are no words are replaced."""
        return (self.root / path).read_text("utf-8", errors="replace")

    def calls(self, path: str) -> Iterator[tuple[ast.Call, str]]:
        """Every call in a Python file with the dotted name of what is called ("" when it has none)."""
        for node in ast.walk(ast.parse(self.text(path), path)):
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for a name or attribute; an unnamed root (a call, an index) is left out: ``.b.c``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
