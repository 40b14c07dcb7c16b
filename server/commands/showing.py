"""What the server answered, for people: a line each; or for programs, as JSON."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any


def show(rows: Iterable[Any], as_json: bool, line: Callable[[Any], str], nothing: str) -> int:
    """Print the rows, or that there are none; always 0."""
    shown = [json.dumps(row, ensure_ascii=False) if as_json else line(row) for row in rows]
    if shown:
        print("\n".join(shown))
    elif not as_json:
        print(nothing, file=sys.stderr)
    return 0


def base_line(base: Any) -> str:
    """A knowledge base."""
    return f"{base['id']}  {base['name']}  {base['sources']} sources, {base['chunks']} passages"


def source_line(source: Any) -> str:
    """A source, with what is worth knowing of it below."""
    much = f"{source['chunks']} passages"
    state = f"{source['state']}, {source['progress'] // 10} %" if _busy(source) else source["state"]
    line = f"{source['id']}  {state:<10}  {much:>13}  {source['origin']}"
    told = [source["problem"], *source["problems"], source["note"]]
    return "\n".join([line, *(f"    {text}" for text in told if text)])


def _busy(source: Any) -> bool:
    return source["state"] in ("reading", "embedding")


def passage_lines(passage: Any) -> str:
    """A passage below where it stands, with how well it fits."""
    place = " › ".join(text for text in (passage["title"], passage["where"]) if text)
    where = f"{place}  {passage['url']}".rstrip()
    text = str(passage["answer"] or passage["text"])
    return f"{passage['score'] / 1000:.2f}  {where}\n    " + text.replace("\n", "\n    ")
