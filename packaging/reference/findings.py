"""The page of findings."""

from collections.abc import Iterator
from typing import Any

from examples import EXAMPLES
from markdown import intro, one_line, page

from engine.compiler import check
from engine.compiler.checks import all_checks
from engine.flow import canonical_json, load_flow

UNREADABLE = (
    "F001",
    "error",
    "Not readable",
    "A part of the file that is no flow: the rest loads, and the part is kept as it is.",
)


def findings_page() -> str:
    """Every finding: what it means, and an example with what the compiler says about it."""
    known = [(c.code, c.severity.value, c.title, one_line(c.meaning)) for c in all_checks()]
    parts = [intro("findings.md")]
    for code_, severity, title, meaning in sorted([*known, UNREADABLE]):
        parts.append(f"## {code_}: {title}")
        parts.append(f"*{severity.capitalize()}.* {meaning}")
        parts.extend(_example(code_))
    return page(*parts)


def _example(wanted: str) -> Iterator[str]:
    nodes = EXAMPLES.get(wanted)
    if nodes is None:
        return
    flow, diagnostics = load_flow(canonical_json({"format": "parley-flow", "schema": 1, **nodes}))
    everything: list[Any] = [*diagnostics, *check(flow)]
    found = [f for f in everything if f.code == wanted]
    if not found:
        raise ValueError(f"the example of {wanted} does not have it any more")
    shown = {key: value for key, value in nodes.items() if key not in ("start", "locales")}
    yield "For example:"
    yield f"```json part\n{canonical_json(shown).decode().strip()}\n```"
    yield f"> {found[0].message}"
    if found[0].fix:
        yield f"To mend it: {found[0].fix}"
