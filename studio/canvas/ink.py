"""What a canvas draws with: pens, brushes, fonts and metrics, made once from the look."""

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPen

from studio.canvas.geometry import WORDS_WIDTH
from studio.canvas.shadows import Halo
from studio.canvas.words import Words, lay_words
from studio.document import Card
from studio.theme import Look

REMEMBERED = 20_000
"""How many words' widths and cards' lines are kept."""


class Ink:
    """Pens, brushes, fonts and metrics of one look."""

    def __init__(self, look: Look) -> None:
        self.look = look
        t, faces = look.tokens, look.faces
        self.tokens = t
        self.name_font, self.small_font = faces.ui(13, 600), faces.ui(11)
        self.port_font, self.code_font = faces.ui(12), faces.code(12)
        self.tiny_font = faces.ui(10, 600)
        self.speech_font = faces.speech(16)
        self.name_metrics = QFontMetricsF(self.name_font)
        self.small_metrics = QFontMetricsF(self.small_font)
        self.port_metrics = QFontMetricsF(self.port_font)
        self.code_metrics = QFontMetricsF(self.code_font)
        self.tiny_metrics = QFontMetricsF(self.tiny_font)
        self.ink, self.ink2, self.ink3 = QColor(t.ink), QColor(t.ink2), QColor(t.ink3)
        self.paper, self.room = QColor(t.paper), QColor(t.room)
        self.violet, self.sunrise, self.bad = QColor(t.violet), QColor(t.sunrise), QColor(t.bad)
        self.violet_soft, self.variable = QColor(t.violet_soft), QColor(t.variable)
        self.wire_pen = _pen(t.wire, 2)
        self.live_pen = _pen(t.sunrise, 3)
        self.hover_pen = _pen(t.violet, 2.5)
        self.witness_pen = _pen(t.bad, 2.5)
        self.dot_pen = _pen(t.dot, 2)
        self.rule_pen = QPen(QColor(t.rule), 1)
        self.edge_pen = QPen(QColor(t.line), 1)
        self.paper_brush = QBrush(self.paper)
        self.shadow = Halo(t.shadow, ((2, 0.06, 1, 0), (20, 0.09, 6, -1)), t.radius, 28)
        self.glow = Halo(t.sunrise, ((34, 0.75, 0, 2),), t.radius, 40)
        self._speech_widths = _Widths(QFontMetricsF(self.speech_font))
        self._code_widths = _Widths(self.code_metrics)
        self.lay = lru_cache(maxsize=REMEMBERED)(self._lay)

    def words(self, card: Card) -> Words:
        """The words of a card in lines; remembered, because many cards say the same."""
        return self.lay(card.words, card.spoken)

    def _lay(self, words: str, spoken: bool) -> Words:
        return lay_words(words, spoken, self._speech_widths.of, self._code_widths.of, WORDS_WIDTH)


class _Widths:
    """Widths of texts as the sum of their letters' advances: near enough to break lines, and fast."""

    def __init__(self, metrics: QFontMetricsF) -> None:
        self._metrics = metrics
        self._advances: dict[str, float] = {}
        self._words: dict[str, float] = {}

    def of(self, text: str) -> float:
        known = self._words.get(text)
        if known is not None:
            return known
        total = 0.0
        for letter in text:
            advance = self._advances.get(letter)
            if advance is None:
                advance = self._advances[letter] = self._metrics.horizontalAdvance(letter)
            total += advance
        if len(self._words) < REMEMBERED:
            self._words[text] = total
        return total


def _pen(colour: str, width: float) -> QPen:
    return QPen(
        QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )
