"""The words on a card: broken into lines by hand, so that a card's height is known without drawing it. Free of Qt."""

import re
from collections.abc import Callable, Iterator

import msgspec

Measure = Callable[[str], float]
"""The width of a text in canvas units."""

HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
WORD = re.compile(r"^ | ?[^ ]+ ?| ")
CHIP_PADDING = 5
"""How far the tint of a variable reaches beyond its name, on either side."""


class Piece(msgspec.Struct, frozen=True):
    """A run of one line: spoken words, or the name of a variable on a tint."""

    text: str
    chip: bool = False


class Words(msgspec.Struct, frozen=True):
    """Lines of pieces; ``cut`` says that there was more."""

    lines: tuple[tuple[Piece, ...], ...] = ()
    cut: bool = False


def lay_words(
    words: str, quoted: bool, speech: Measure, code: Measure, width: float, limit: int = 3
) -> Words:
    """Break what a node says into at most ``limit`` lines of ``width``."""
    text = " ".join(words.split())
    if not text:
        return Words()
    pieces = list(_pieces(f"“{text}”" if quoted else text))
    lines: list[list[Piece]] = [[]]
    room = width
    for piece in pieces:
        wide = code(piece.text) + 2 * CHIP_PADDING if piece.chip else speech(piece.text.rstrip())
        if wide > room and lines[-1] and not _glued(lines[-1][-1], piece):
            if len(lines) == limit:
                return Words(_joined(lines), True)
            lines.append([])
            room = width
            piece = Piece(piece.text.lstrip(), piece.chip)
        lines[-1].append(piece)
        room -= (code(piece.text) + 2 * CHIP_PADDING) if piece.chip else speech(piece.text)
    return Words(_joined(lines))


def spoken_name(hole: str) -> str:
    """What stands for a hole on a card: its expression without the formatters."""
    return hole.partition("|")[0].strip() or "…"


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for hole in HOLE.finditer(text[:4000]):
        yield from _split(text[at : hole.start()])
        yield Piece(spoken_name(hole.group(1))[:40], True)
        at = hole.end()
    yield from _split(text[at:4000])


def _split(text: str) -> Iterator[Piece]:
    """Words, each with the spaces around it that the text has."""
    for word in WORD.findall(text):
        yield Piece(word)


def _glued(before: Piece, piece: Piece) -> bool:
    return before.text == "“" or (before.chip and piece.text[:1] in ".,;:!?”)’")


def _joined(lines: list[list[Piece]]) -> tuple[tuple[Piece, ...], ...]:
    joined = []
    for line in lines:
        runs: list[Piece] = []
        for piece in line:
            if runs and not piece.chip and not runs[-1].chip:
                runs[-1] = Piece(runs[-1].text + piece.text)
            else:
                runs.append(piece)
        joined.append(tuple(runs))
    return tuple(joined)
