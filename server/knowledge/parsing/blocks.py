"""What a parser finds: blocks of text, each with where it stands."""

from enum import StrEnum

import msgspec

LARGEST_TEXT = 8_000_000
"""Letters one document may have: some four thousand pages."""
MOST_BLOCKS = 200_000


class Unparsable(Exception):
    """The document cannot be read; the message says why, and what to do."""


class BlockKind(StrEnum):
    """``ROW`` stands alone: a row of a table, or a question with its answer. ``TEXT`` flows on."""

    TEXT = "text"
    ROW = "row"


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph, an item, a row. ``headings`` lead to it, outermost first; ``page`` counts from 1, 0 where there
    are no pages."""

    text: str
    headings: tuple[str, ...] = ()
    page: int = 0
    kind: BlockKind = BlockKind.TEXT


class Parsed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document. ``title`` is empty when it has none; ``links`` are the addresses of a sitemap."""

    title: str = ""
    blocks: tuple[Block, ...] = ()
    pages: int = 0
    links: tuple[str, ...] = ()


class Collector:
    """Gathers blocks under the headings that stand above them; raises `Unparsable` when there is too much."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.letters = 0
        self._headings: list[tuple[int, str]] = []

    @property
    def headings(self) -> tuple[str, ...]:
        """Those above what comes next."""
        return tuple(text for _, text in self._headings)

    def heading(self, level: int, text: str) -> None:
        """A heading: it ends those of its level and below."""
        text = " ".join(text.split())[:200]
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        if text:
            self._headings.append((level, text))

    def add(self, text: str, page: int = 0, kind: BlockKind = BlockKind.TEXT) -> None:
        """A block; nothing when it is blank."""
        text = tidy(text)
        if not text:
            return
        self.letters += len(text)
        if self.letters > LARGEST_TEXT or len(self.blocks) >= MOST_BLOCKS:
            raise Unparsable(
                f"It has more than {LARGEST_TEXT:,} letters of text. Split it into several documents."
            )
        self.blocks.append(Block(text, self.headings, page, kind))

    def row(self, names: list[str], cells: list[str], page: int = 0) -> None:
        """A row of a table, each cell with the name of its column."""
        parts = []
        for at, cell in enumerate(cells):
            cell = " ".join(cell.split())
            name = " ".join(names[at].split()) if at < len(names) else ""
            if cell:
                parts.append(f"{name}: {cell}" if name and name != cell else cell)
        self.add("; ".join(parts), page, BlockKind.ROW)


def tidy(text: str) -> str:
    """Without what cannot be shown, and with single blanks; lines stay."""
    text = text.replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "")
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)
