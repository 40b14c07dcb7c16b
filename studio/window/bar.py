"""The bar: mark, where one is, the one search field, check, publish, rehearse."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from studio.theme import Look
from studio.theme.glyphs import glyph_icon

MARK = (7, 15, 20, 11, 16, 6)
REHEARSE = (6, 14, 9, 12)
HEIGHT = 52


class Bar(QWidget):
    """``menu`` asks for the menu, ``crumb`` for a flow of the document by its id."""

    menu = Signal()
    crumb = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.mark = self._mark()
        self._where = QLabel()
        self._where.setProperty("role", "crumb")
        self._where.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._where.linkActivated.connect(lambda link: self.crumb.emit(link.removeprefix("flow:")))
        self.search = self._search()
        self.connection = QLabel()
        self.connection.setProperty("role", "hint")
        self.check = self._pill("Check", "pill", "check")
        self.publish = self._pill("Publish…", "pill", "")
        self.rehearse = self._pill(" Rehearse", "go", "")
        self.rehearse.setIcon(QIcon(_bars(REHEARSE, 2.5, 2, 16, QColor("#FFFFFF"), QColor("#FFFFFF"))))
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(13, 0, 18, 0)
        row.setSpacing(14)
        row.addWidget(self.mark)
        row.addSpacing(-6)
        row.addWidget(self._where)
        row.addStretch(1)
        row.addWidget(self.search, 6)
        row.addStretch(1)
        for widget in (self.connection, self.check, self.publish, self.rehearse):
            row.addWidget(widget)

    def _mark(self) -> QToolButton:
        tokens = self._look.tokens
        button = QToolButton()
        button.setProperty("role", "mark")
        button.setIcon(QIcon(_bars(MARK, 3, 2, 22, QColor(tokens.violet), QColor(tokens.sunrise))))
        button.setIconSize(QSize(30, 22))
        button.setAccessibleName("Menu")
        button.setToolTip("Menu")
        button.clicked.connect(lambda _=False: self.menu.emit())
        return button

    def _search(self) -> QLineEdit:
        field = QLineEdit()
        field.setProperty("role", "field")
        field.setFixedHeight(32)
        field.setMaximumWidth(420)
        field.setMinimumWidth(180)
        field.setPlaceholderText("Find a node, a word, a command…")
        field.setAccessibleName("Find a node, a word, a command")
        hint = QLabel("Ctrl K")
        hint.setProperty("role", "kbd")
        row = QHBoxLayout(field)
        row.setContentsMargins(0, 0, 14, 0)
        row.addStretch()
        row.addWidget(hint)
        return field

    def _pill(self, text: str, role: str, glyph: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", role)
        if glyph:
            button.setIcon(glyph_icon(glyph, self._look.tokens.ink, 20))
            button.setIconSize(QSize(20, 20))
        return button

    def show_where(self, project: str, flow: str, part: str, *, dirty: bool) -> None:
        """Project / flow / sub-flow, with the dot of unsaved work."""
        t = self._look.tokens
        quiet = f"color:{t.ink3};text-decoration:none"
        steps = [f'<span style="{quiet}">{_plain(project)} / </span>'] if project else []
        if part:
            steps.append(f'<a href="flow:" style="{quiet}">{_plain(flow)} / </a><b>{_plain(part)}</b>')
        else:
            steps.append(f"<b>{_plain(flow)}</b>")
        # The dot is always there, so that nothing moves when it shows.
        dot = t.sunrise if dirty else t.paper
        steps.append(f'<span style="color:{dot};font-size:11px">&nbsp;&nbsp;●</span>')
        self._where.setText(f'<span style="font-weight:400">{"".join(steps)}</span>')
        self._where.setAccessibleName(f"{project} {flow} {part}{', not saved' if dirty else ''}")
        self._where.setToolTip("Not saved" if dirty else "")


def _plain(text: str) -> str:
    text = text if len(text) <= 40 else f"{text[:39]}…"
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _bars(
    heights: tuple[int, ...], width: float, gap: float, tall: int, top: QColor, bottom: QColor
) -> QPixmap:
    """A small wave, sharp up to three times its size."""
    scale = 3
    across = round(len(heights) * (width + gap) - gap)
    pixmap = QPixmap(across * scale, tall * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for i, height in enumerate(heights):
        bar = QRectF(i * (width + gap), (tall - height) / 2, width, height)
        gradient = QLinearGradient(bar.topLeft(), bar.bottomLeft())
        gradient.setColorAt(0, top)
        gradient.setColorAt(1, bottom)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, width / 2, width / 2)
    painter.end()
    return pixmap
