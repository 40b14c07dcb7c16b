"""Plain text, Markdown and CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from server.knowledge.parsing.blocks import Collector, Parsed, Unparsable

UNDERLINE = re.compile(r"(={3,}|-{3,})\s*")
FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n(?:---|\.\.\.)\r?\n", re.DOTALL)
TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
DELIMITERS = ",;\t|"


def decode(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else what Windows writes in the West."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def parse_text(data: bytes) -> Parsed:
    """Paragraphs between blank lines; underlined lines are headings."""
    found = Collector()
    for paragraph in re.split(r"\n[ \t]*\n", decode(data).replace("\r\n", "\n").replace("\r", "\n")):
        lines = paragraph.strip("\n").split("\n")
        if len(lines) > 1 and UNDERLINE.fullmatch(lines[1]) and lines[0].strip():
            found.heading(1 if lines[1].startswith("=") else 2, lines[0])
            lines = lines[2:]
        found.add("\n".join(lines))
    return Parsed("", tuple(found.blocks))


def parse_markdown(data: bytes) -> Parsed:
    """CommonMark with tables; a front matter gives the title."""
    from markdown_it import MarkdownIt

    text, title = decode(data), ""
    front = FRONT.match(text)
    if front:
        named = TITLE.search(front[1])
        title, text = (named[1] if named else ""), text[front.end() :]
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    found = Collector()
    reading = _Markdown(found)
    for token in tokens:
        reading.take(token)
    return Parsed(title or reading.title, tuple(found.blocks))


class _Markdown:
    """What the tokens of a Markdown document say, one after the other."""

    def __init__(self, found: Collector) -> None:
        self.found = found
        self.title = ""
        self._heading = 0
        self._names: list[str] = []
        self._cells: list[str] | None = None
        self._items: list[str] = []
        self._depth = 0

    def take(self, token: Any) -> None:
        """The next token."""
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1])
            case "inline":
                self._inline(shown(token.children or ()))
            case "fence" | "code_block":
                self.found.add(token.content)
            case "bullet_list_open" | "ordered_list_open":
                self._depth += 1
            case "bullet_list_close" | "ordered_list_close":
                self._depth -= 1
                if self._depth == 0:
                    self.found.add("\n".join(self._items))
                    self._items = []
            case "table_open":
                self._names = []
            case "tr_open":
                self._cells = []
            case "thead_close":
                pass
            case "tr_close":
                self._row()

    def _inline(self, text: str) -> None:
        if self._heading:
            self.found.heading(self._heading, text)
            self.title = self.title or text
            self._heading = 0
        elif self._cells is not None:
            self._cells.append(text)
        elif self._depth:
            self._items.append("- " + " ".join(text.split()))
        else:
            self.found.add(text)

    def _row(self) -> None:
        cells, self._cells = self._cells or [], None
        if not self._names:
            self._names = cells
        else:
            self.found.row(self._names, cells)


def shown(children: Iterable[Any]) -> str:
    """What a reader sees of inline tokens: no marks, no addresses."""
    parts = []
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return "".join(parts)


def parse_csv(data: bytes) -> Parsed:
    """A block a row, each cell with the name of its column. Raises `Unparsable` when it is no table."""
    text = decode(data)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) if any(row)
        ]
    except csv.Error as error:
        raise Unparsable(f"It is no table that can be read ({error}). Save it as CSV in UTF-8.") from error
    if not rows:
        raise Unparsable("It has no rows. Give a table with a row of names first.")
    names, body = (rows[0], rows[1:]) if _named(rows) else ([], rows)
    found = Collector()
    for row in body:
        found.row(names, row)
    return Parsed("", tuple(found.blocks))


def _delimiter(text: str) -> str:
    """The sign that divides the first lines most evenly."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    best, most = ",", (0, 0)
    for sign in DELIMITERS:
        counts = [line.count(sign) for line in lines] or [0]
        score = (min(counts), sum(counts))
        if score > most:
            best, most = sign, score
    return best


def _named(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: several rows, and no number in it."""
    return len(rows) > 1 and not any(re.search(r"^\W*\d", cell) for cell in rows[0])
