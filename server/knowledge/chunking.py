"""From blocks to chunks: what is found and shown as one piece.

A chunk stays under one heading and has about ``SIZE`` tokens. Rows of tables are not cut through unless they are
longer than that; a paragraph that is too long is cut between sentences, and the next piece begins with the last
sentence of the one before.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence

import msgspec

from server.knowledge.parsing.blocks import Block, BlockKind

SIZE = 160
"""Tokens. Small models see 256, headings included."""
SMALL = 40
"""A chunk of fewer tokens may take in what follows under the same heading."""
OVERLAP = 40
"""A sentence of more tokens is not said again."""
SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’)\]])\s+|(?<=[。！？])|\n")
WORD = re.compile(r"\w+|[^\w\s]")
LETTERS_A_TOKEN = 5
WINDOW = 40
"""Tokens of one vector, about."""


class Chunk(msgspec.Struct, frozen=True):
    """A piece of a document. ``title`` is its document's, ``origin`` its address or file name; ``answer`` is that of
    a frequent question."""

    text: str
    title: str
    headings: tuple[str, ...] = ()
    page: int = 0
    origin: str = ""
    answer: str = ""

    @property
    def digest(self) -> str:
        """The same for the same content, whenever it is cut: 32 hexadecimal digits."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:32]

    @property
    def meanings(self) -> list[str]:
        """What its vectors are made of: a sentence or a few each, under what they are about. A question asks for one
        of them, seldom for the whole. A frequent question stands for itself."""
        if self.answer:
            return self.text.split("\n")
        about = self.headings[-1] if self.headings else self.title
        return [f"{about}\n{text}".strip() for text in _windows(self.text)] or [self.text]


def tokens(text: str) -> int:
    """About how many tokens a model makes of the text; each ideograph is one."""
    return sum(_weight(word) for word in WORD.findall(text))


def _weight(word: str) -> int:
    if len(word) > 1 and ord(word[0]) >= 0x2E80:
        return len(word)
    return 1 + (len(word) - 1) // LETTERS_A_TOKEN


def cut(blocks: Sequence[Block], title: str, origin: str = "") -> list[Chunk]:
    """The chunks of a document, in its order, each once."""
    found: dict[str, Chunk] = {}
    for group in _groups(blocks):
        first = group[0]
        separator = "\n" if first.kind is BlockKind.ROW else "\n\n"
        text = separator.join(block.text for block in group)
        chunk = Chunk(text, title, first.headings, first.page, origin)
        found.setdefault(chunk.digest, chunk)
    return list(found.values())


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks that become one chunk: neighbours under one heading, as many as fit."""
    group: list[Block] = []
    size = 0
    for block in _pieces(blocks):
        weight = tokens(block.text)
        if group and (not _together(group[-1], block) or size + weight > SIZE):
            yield group
            group, size = [], 0
        group.append(block)
        size += weight
    if group:
        yield group


def _together(before: Block, after: Block) -> bool:
    near = before.page == after.page or tokens(before.text) < SMALL
    return before.headings == after.headings and before.kind is after.kind and near


def _pieces(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, those that are too long cut."""
    for block in blocks:
        if tokens(block.text) <= SIZE:
            yield block
            continue
        for text in _split(block.text):
            yield msgspec.structs.replace(block, text=text)


def _split(text: str) -> Iterator[str]:
    piece: list[str] = []
    size = 0
    for sentence in _sentences(text):
        weight = tokens(sentence)
        if piece and size + weight > SIZE:
            yield " ".join(piece)
            last = piece[-1]
            again = tokens(last)
            piece, size = ([last], again) if again <= OVERLAP and again + weight <= SIZE else ([], 0)
        piece.append(sentence)
        size += weight
    if piece:
        yield " ".join(piece)


def _windows(text: str) -> Iterator[str]:
    window: list[str] = []
    size = 0
    for sentence in _sentences(text):
        weight = tokens(sentence)
        if window and size + weight > WINDOW:
            yield " ".join(window)
            window, size = [], 0
        window.append(sentence)
        size += weight
    if window:
        yield " ".join(window)


def _sentences(text: str) -> Iterator[str]:
    """Sentences, those that are too long cut between words, words that are too long anywhere."""
    for sentence in SENTENCE.split(text):
        sentence = sentence.strip()
        if not sentence:
            continue
        if tokens(sentence) <= SIZE:
            yield sentence
        else:
            yield from _stretches(sentence)


def _stretches(sentence: str) -> Iterator[str]:
    part: list[str] = []
    size = 0
    longest = SIZE // 2
    for word in sentence.split():
        for start in range(0, len(word), longest):
            bit = word[start : start + longest]
            weight = tokens(bit)
            if part and size + weight > SIZE:
                yield " ".join(part)
                part, size = [], 0
            part.append(bit)
            size += weight
    if part:
        yield " ".join(part)
