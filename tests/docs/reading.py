"""The pages of ``docs/``, taken apart: their fenced blocks and their links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^(?P<fence>```+)(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block. ``mark`` is the word of the comment before it (``<!-- run -->``), ``file`` the name of the
    file it shows, if it shows one, ``part`` whether it is only a part of one."""

    page: str
    line: int
    language: str
    file: str
    part: bool
    mark: str
    text: str

    @property
    def id(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Every page."""
    return sorted(DOCS.glob("*.md"))


def blocks(page: Path) -> Iterator[Block]:
    """Every fenced block of a page."""
    source = page.read_text("utf-8")
    for found in FENCE.finditer(source):
        language, *rest = found["info"].split() or [""]
        before = source[: found.start()].rstrip().splitlines()
        mark = re.fullmatch(r"<!-- (\w+) -->", before[-1]) if before else None
        yield Block(
            page.name,
            source.count("\n", 0, found.start()) + 1,
            language,
            next((word for word in rest if "." in word), ""),
            "part" in rest,
            mark[1] if mark else "",
            found["text"],
        )


def links(page: Path) -> list[str]:
    """Where a page leads, without what only looks like a link inside code."""
    source = FENCE.sub("", page.read_text("utf-8"))
    source = re.sub(r"`[^`\n]*`", "", source)
    return [found["target"] for found in LINK.finditer(source)]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made on the usual hosts."""
    source = FENCE.sub("", page.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(source))
    return {heading.strip().replace(" ", "-") for heading in plain}
