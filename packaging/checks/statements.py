"""Statements stay where tenants are guarded.

Statements are written in repositories, the kit and the adapters; text statements only there and in what describes
tables; a session that sees every organisation, and a statement that is not narrowed to one, only where
``[tool.parley.unscoped]`` of ``pyproject.toml`` lists its reason.
"""

import ast
import tomllib
from collections.abc import Iterator

from finding import Finding, Tree

STATEMENTS = {"select", "insert", "update", "delete", "exists", "union", "union_all", "text"}
WRITTEN_IN = ("server/kit/", "server/adapters/")


def check(tree: Tree) -> Iterator[Finding]:
    """Statements outside repositories, and unlisted reasons to see beyond one organisation."""
    listed = listed_reasons(tree)
    used: set[tuple[str, str]] = set()
    for path in tree.under("server/", ".py"):
        yield from misplaced(tree, path)
        if path.startswith("server/kit/"):
            continue
        for call, name in tree.calls(path):
            for reason in reasons(call, name):
                used.add((path, reason))
                if not reason:
                    yield Finding(path, call.lineno, "say why, as a literal text")
                elif reason not in listed.get(path, []):
                    yield Finding(
                        path,
                        call.lineno,
                        f'sees every organisation ("{reason}"): if it must, list it in [tool.parley.unscoped]',
                    )
    for path, known in listed.items():
        for reason in known:
            if (path, reason) not in used:
                yield Finding("pyproject.toml", 1, f'[tool.parley.unscoped] lists "{reason}" in {path}: gone')


def listed_reasons(tree: Tree) -> dict[str, list[str]]:
    """The reasons that ``pyproject.toml`` allows, by file."""
    if "pyproject.toml" not in tree.paths:
        return {}
    tools = tomllib.loads(tree.text("pyproject.toml")).get("tool", {})
    return dict(tools.get("parley", {}).get("unscoped", {}))


def misplaced(tree: Tree, path: str) -> Iterator[Finding]:
    """Imports of SQLAlchemy's statements where statements do not belong."""
    if path.startswith(WRITTEN_IN) or path.endswith("/repository.py"):
        return
    for node in ast.walk(ast.parse(tree.text(path), path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
            for name in node.names:
                if name.name in STATEMENTS and not (name.name == "text" and path.endswith("/models.py")):
                    yield Finding(
                        path, node.lineno, f"{name.name}() belongs into the context's repository.py"
                    )


def reasons(call: ast.Call, name: str) -> Iterator[str]:
    """Why this call sees beyond one organisation, if it does; "" for a reason that is not written out."""
    if name.endswith(".system_session"):
        yield literal(call.args[0]) if call.args else ""
    if name.endswith("execution_options"):
        for keyword in call.keywords:
            if keyword.arg == "unscoped":
                yield literal(keyword.value)


def literal(node: ast.expr) -> str:
    """The text of a literal, else ""."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
