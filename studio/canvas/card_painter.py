"""Draws a node's card, as it stands at 100 %."""

from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen

from studio.canvas import geometry as g
from studio.canvas.ink import Ink
from studio.canvas.words import CHIP_PADDING, Piece
from studio.document import CardPort
from studio.theme.glyphs import arch, paint_tile

NAME_X = g.TILE_X + g.TILE + 9
RIGHT = 14
LABEL_RIGHT = g.WIDTH - 16
BADGE_WIDTH, BADGE_LEAST = 92, 40
"""What a header's small text may take, and what it gets when the name needs the room."""


class CardState:
    """What changes on a card without changing the node: life, problems, the start."""

    __slots__ = ("expanded", "live_in", "live_ports", "problems", "start")

    def __init__(self) -> None:
        self.live_in = False
        self.live_ports: frozenset[str] = frozenset()
        self.problems = 0
        self.start = False
        self.expanded = False


class CardPainter:
    """Draws cards with one ink. The origin is the card's upper left corner."""

    def __init__(self, ink: Ink) -> None:
        self.ink = ink
        self._outlines: dict[int, QPainterPath] = {}

    def outline(self, height: int) -> QPainterPath:
        """The arch of a card of that height."""
        path = self._outlines.get(height)
        if path is None:
            tokens = self.ink.tokens
            rect = QRectF(0, 0, g.WIDTH, height)
            path = self._outlines[height] = arch(rect, tokens.radius, tokens.radius_tight)
        return path

    def paint(self, painter: QPainter, box: g.Box, state: CardState, wired: Collection[str]) -> None:
        """Draw a card with everything on it."""
        ink = self.ink
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink.shadow.paint_whole(painter, g.WIDTH, box.height)
        contrast = ink.tokens.scheme == "contrast"
        painter.setPen(ink.edge_pen if contrast or not box.card.known else Qt.PenStyle.NoPen)
        painter.setBrush(ink.paper_brush)
        painter.drawPath(self.outline(box.height))
        self._header(painter, box, state)
        self._words(painter, box)
        self._ports(painter, box, state)
        self.paint_dots(painter, box, state)
        if state.problems:
            self._problems(painter, state.problems)

    def paint_dots(self, painter: QPainter, box: g.Box, state: CardState) -> None:
        """The dots wires begin and end at; drawn again over a ring."""
        if box.card.enters:
            self._dot(painter, QPointF(0, g.INPUT_Y), live=state.live_in, start=state.start)
        for port in box.ports:
            at = QPointF(g.WIDTH, box.port_y(port.id))
            self._dot(painter, at, live=port.id in state.live_ports)

    def _header(self, painter: QPainter, box: g.Box, state: CardState) -> None:
        ink, card = self.ink, box.card
        tile = QRectF(g.TILE_X, g.TILE_Y, g.TILE, g.TILE)
        paint_tile(painter, tile, card.kind, card.family, ink.tokens)
        spare = g.WIDTH - RIGHT - NAME_X - 10 - ink.name_metrics.horizontalAdvance(card.title)
        limit = min(BADGE_WIDTH, max(BADGE_LEAST, spare))
        badge = ink.small_metrics.elidedText(card.badge, Qt.TextElideMode.ElideRight, limit)
        wide = ink.small_metrics.horizontalAdvance(badge) if badge else 0.0
        top, height = g.TILE_Y, g.TILE
        if badge:
            painter.setFont(ink.small_font)
            painter.setPen(ink.ink3)
            painter.drawText(
                QRectF(g.WIDTH - RIGHT - wide - 2, top, wide + 2, height),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                badge,
            )
        room = g.WIDTH - RIGHT - NAME_X - (wide + 10 if badge else 0)
        name = ink.name_metrics.elidedText(card.title, Qt.TextElideMode.ElideRight, room)
        painter.setFont(ink.name_font)
        painter.setPen(ink.ink)
        painter.drawText(QRectF(NAME_X, top, room + 2, height), Qt.AlignmentFlag.AlignVCenter, name)

    def _words(self, painter: QPainter, box: g.Box) -> None:
        words = box.words
        last = len(words.lines) - 1
        for row, line in enumerate(words.lines):
            fading = words.cut and row == last
            self._line(painter, line, g.HEADER + row * g.LINE, fading)

    def _line(self, painter: QPainter, line: tuple[Piece, ...], top: float, fading: bool) -> None:
        ink = self.ink
        x = float(g.WORDS_X)
        for piece in line:
            if piece.chip:
                wide = ink.code_metrics.horizontalAdvance(piece.text)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink.violet_soft)
                painter.drawRoundedRect(QRectF(x, top + 2, wide + 2 * CHIP_PADDING - 2, 17), 6, 6)
                painter.setFont(ink.code_font)
                painter.setPen(ink.variable)
                painter.drawText(QPointF(x + CHIP_PADDING - 1, top + 15), piece.text)
                x += wide + 2 * CHIP_PADDING - 1
                continue
            painter.setFont(ink.speech_font)
            painter.setPen(QPen(_fade(ink.ink), 1) if fading else ink.ink)
            painter.drawText(QPointF(x, top + 16), piece.text)
            x += painter.fontMetrics().horizontalAdvance(piece.text)

    def _ports(self, painter: QPainter, box: g.Box, state: CardState) -> None:
        if box.ports:
            painter.setPen(self.ink.rule_pen)
            painter.drawLine(QPointF(0, box.ports_top + 0.5), QPointF(g.WIDTH, box.ports_top + 0.5))
        for port in box.ports:
            y = box.port_y(port.id)
            self._port_label(painter, port, y)
        if box.hidden and box.ports:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.ink.dot_pen.color())
            for i in range(3):
                painter.drawEllipse(more_rect(box).center() + QPointF(5 * i - 5, 0), 1.4, 1.4)

    def _port_label(self, painter: QPainter, port: CardPort, y: float) -> None:
        ink = self.ink
        right = float(LABEL_RIGHT)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if port.saves:
            saves = ink.code_metrics.elidedText(port.saves, Qt.TextElideMode.ElideRight, 96)
            wide = ink.code_metrics.horizontalAdvance(saves)
            painter.setFont(ink.code_font)
            painter.setPen(ink.variable)
            painter.drawText(QRectF(right - wide - 1, y - 11, wide + 1, 22), align, saves)
            right -= wide + 7
        label = f"{port.label} →" if port.saves else port.label
        label = ink.port_metrics.elidedText(label, Qt.TextElideMode.ElideRight, right - 30)
        painter.setFont(ink.port_font)
        painter.setPen(ink.ink3 if port.rare or port.failure else ink.ink2)
        painter.drawText(QRectF(28, y - 11, right - 28, 22), align, label)

    def _dot(self, painter: QPainter, at: QPointF, *, live: bool, start: bool = False) -> None:
        ink = self.ink
        radius = g.DOT - 1
        if live:
            painter.setPen(QPen(ink.sunrise, 2))
            painter.setBrush(ink.sunrise)
        elif start:
            painter.setPen(QPen(ink.violet, 2))
            painter.setBrush(ink.violet)
        else:
            painter.setPen(ink.dot_pen)
            painter.setBrush(ink.paper_brush)
        painter.drawEllipse(at, radius, radius)

    def _problems(self, painter: QPainter, count: int) -> None:
        """A count of problems, red for what a caller would suffer, else quiet."""
        ink = self.ink
        text = str(abs(count))
        wide = max(20.0, ink.small_metrics.horizontalAdvance(text) + 14)
        rect = QRectF(g.WIDTH - wide + 8, -8, wide, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.bad if count > 0 else QColor(ink.tokens.sunrise_soft))
        painter.drawRoundedRect(rect, 9, 9)
        painter.setFont(ink.tiny_font)
        painter.setPen(ink.paper if count > 0 else QColor(ink.tokens.sunrise_text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def more_rect(box: g.Box) -> QRectF:
    """Where the three dots are that show the rare ports."""
    return QRectF(8, box.height - g.PORTS_BELOW - g.PORT, 26, g.PORT)


def _fade(ink: QColor) -> QBrush:
    gradient = QLinearGradient(g.WIDTH * 0.35, 0, g.WIDTH - g.WORDS_X, 0)
    gradient.setColorAt(0, ink)
    clear = QColor(ink)
    clear.setAlpha(0)
    gradient.setColorAt(1, clear)
    return QBrush(gradient)
