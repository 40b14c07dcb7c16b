"""Small parts of a page."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

INTROS = Path(__file__).parent / "intros"


def intro(page: str) -> str:
    """What a page says before its tables, written by hand."""
    return (INTROS / page).read_text("utf-8").rstrip()


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold Markdown, bars in them are kept from ending the cell."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def code(value: Any) -> str:
    """A piece of code within a line; empty for nothing."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if not text:
        return ""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def page(*parts: str) -> str:
    """A whole page."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def one_line(text: str) -> str:
    """Words broken over lines, on one."""
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
