"""Measures of a card, in canvas units (pixels at 100 %), and where its ports stand. Free of Qt."""

from collections.abc import Callable, Collection

import msgspec

from studio.canvas.words import Words
from studio.document import Card, CardPort

WIDTH = 226
HEADER = 44
INPUT_Y = 24
TILE = 26
TILE_X, TILE_Y = 13, 9
WORDS_X = 14
WORDS_WIDTH = WIDTH - 2 * WORDS_X
LINE = 21
WORDS_BELOW = 10
PORTS_ABOVE = 7
PORT = 23
PORTS_BELOW = 7
DOT = 5.5
REACH = 13
"""How far from the middle of a port's dot the pointer still catches it."""

MARGIN = (34, 28, 34, 46)
"""How far a card's shadow and badges reach beyond it: left, top, right, bottom."""


class Box(msgspec.Struct, frozen=True):
    """A card measured: its words in lines, the ports that are drawn, and how high it is."""

    card: Card
    words: Words
    ports: tuple[CardPort, ...]
    hidden: int
    height: int

    @property
    def ports_top(self) -> int:
        """Where the line above the ports is."""
        return self.height - PORTS_BELOW - PORT * len(self.ports) - PORTS_ABOVE

    def outline(self) -> tuple[int, str, tuple[str, ...]]:
        """What wires and the overview see of it: height, family, ports."""
        return self.height, self.card.family, tuple(port.id for port in self.ports)

    def port_y(self, port: str) -> float:
        """The height of a port's dot; a port that is not drawn leaves at the card's lower edge."""
        for row, candidate in enumerate(self.ports):
            if candidate.id == port:
                return self.ports_top + PORTS_ABOVE + PORT * (row + 0.5)
        return self.height - PORT / 2


def measure(card: Card, wired: Collection[str], expanded: bool, lay: Callable[[Card], Words]) -> Box:
    """Measure a card. Rare ports that lead nowhere are hidden unless the card is expanded."""
    words = lay(card)
    ports = tuple(port for port in card.ports if expanded or not port.rare or port.id in wired)
    height = HEADER
    if words.lines:
        height += LINE * len(words.lines) + WORDS_BELOW
    if ports:
        height += PORTS_ABOVE + PORT * len(ports) + PORTS_BELOW
    elif not words.lines:
        height += 4
    return Box(card, words, ports, len(card.ports) - len(ports), height)
