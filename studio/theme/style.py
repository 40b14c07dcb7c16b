"""The style sheet and the palette, from the tokens.

Widgets say what they are by the dynamic property ``role``: ``pill``, ``go`` (the one primary action), ``link``,
``quiet`` (a round icon button), ``tab``, ``field``, ``card``, ``hint``, ``name``, ``speech``, ``code``, ``problem``.
"""

from PySide6.QtGui import QColor, QPalette

from studio.theme.fonts import Typefaces
from studio.theme.tokens import Tokens


def stylesheet(tokens: Tokens, faces: Typefaces) -> str:
    """QSS for the whole application."""
    return "\n".join(
        (_base(tokens, faces), _buttons(tokens), _fields(tokens, faces), _lists(tokens), _chrome(tokens))
    )


def palette(tokens: Tokens) -> QPalette:
    """The palette for what no style sheet reaches."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: tokens.room,
        roles.Base: tokens.paper,
        roles.AlternateBase: tokens.room,
        roles.WindowText: tokens.ink,
        roles.Text: tokens.ink,
        roles.ButtonText: tokens.ink,
        roles.Button: tokens.paper,
        roles.ToolTipBase: tokens.ink,
        roles.ToolTipText: tokens.paper,
        roles.Highlight: tokens.violet_soft,
        roles.HighlightedText: tokens.ink,
        roles.PlaceholderText: tokens.ink3,
        roles.Link: tokens.violet_text,
        roles.Accent: tokens.violet,
    }
    result = QPalette()
    for role, colour in colours.items():
        result.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.ink3))
    return result


def _base(t: Tokens, faces: Typefaces) -> str:
    return f"""
* {{ font-family: "{faces.sans}"; font-size: 13px; color: {t.ink}; }}
QMainWindow, QDialog {{ background: {t.room}; }}
QLabel {{ background: transparent; }}
QLabel[role="hint"] {{ color: {t.ink3}; font-size: 11px; }}
QLabel[role="second"] {{ color: {t.ink2}; font-size: 12px; }}
QLabel[role="name"] {{ font-weight: 600; }}
QLabel[role="section"] {{ color: {t.ink3}; font-size: 11px; font-weight: 600; }}
QLabel[role="problem"] {{ color: {t.bad}; font-weight: 600; font-size: 12px; }}
QLabel[role="good"] {{ color: {t.good}; font-weight: 600; font-size: 12px; }}
QLabel[role="speech"] {{ font-family: "{faces.serif}"; font-size: 16px; font-style: italic; }}
QLabel[role="code"] {{ font-family: "{faces.mono}"; font-size: 12px; color: {t.violet_text}; }}
QFrame[role="card"] {{ background: {t.paper}; border: 1px solid {t.line};
  border-radius: {t.radius}px; border-bottom-left-radius: {t.radius_tight}px; }}
QWidget[role="panel"] {{ background: {t.paper}; }}
QToolTip {{ background: {t.ink}; color: {t.paper}; border: 0; padding: 5px 9px; border-radius: 8px; font-size: 12px; }}
"""


def _buttons(t: Tokens) -> str:
    return f"""
QPushButton, QToolButton {{ background: transparent; border: 0; padding: 4px 10px; }}
QPushButton[role="pill"] {{ background: {t.paper}; border: 1px solid {t.line}; border-radius: 17px;
  min-height: 32px; padding: 0 18px; font-weight: 600; }}
QPushButton[role="pill"]:hover {{ background: {t.violet_soft}; border-color: {t.violet_line}; }}
QPushButton[role="pill"]:pressed {{ background: {t.violet_line}; }}
QPushButton[role="pill"]:disabled {{ color: {t.ink3}; background: {t.room}; }}
QPushButton[role="go"] {{ color: #FFFFFF; border: 0; border-radius: 17px; min-height: 34px;
  padding: 0 18px; font-weight: 600;
  background: qlineargradient(x1:0, y1:0, x2:1, y2:0.4, stop:0 {t.gradient_from}, stop:1 {t.gradient_to}); }}
QPushButton[role="go"]:hover {{
  background: qlineargradient(x1:0, y1:0, x2:0.8, y2:0.3, stop:0 {t.gradient_from}, stop:1 {t.gradient_to}); }}
QPushButton[role="go"]:disabled {{ background: {t.line}; color: {t.ink3}; }}
QPushButton[role="link"] {{ color: {t.violet_text}; font-weight: 600; font-size: 12px;
  padding: 2px 6px; border-radius: 8px; }}
QPushButton[role="link"]:hover {{ background: {t.violet_soft}; }}
QToolButton[role="quiet"], QPushButton[role="quiet"] {{ border-radius: 14px; padding: 6px; color: {t.ink2}; }}
QToolButton[role="quiet"]:hover, QPushButton[role="quiet"]:hover {{ background: {t.room}; }}
QToolButton[role="quiet"]:checked {{ background: {t.violet_soft}; color: {t.violet}; }}
QPushButton[role="tab"] {{ padding: 6px 14px; border-radius: 15px; color: {t.ink2}; font-weight: 600; }}
QPushButton[role="tab"]:checked {{ background: {t.family("Listen").tint}; color: {t.ink}; }}
QPushButton[role="pill"]:focus, QPushButton[role="go"]:focus, QPushButton[role="tab"]:focus,
QPushButton[role="link"]:focus, QToolButton:focus {{ border: 2px solid {t.violet}; }}
QPushButton[role="link"]:focus {{ padding: 0 4px; }}
QToolButton[role="quiet"]:focus {{ padding: 4px; }}
"""


def _fields(t: Tokens, faces: Typefaces) -> str:
    edits = "QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox"
    focused = ", ".join(f"{name.strip()}:focus" for name in edits.split(","))
    edge = t.line if t.room == t.paper else t.room  # without a tint of its own a field needs a line
    return f"""
{edits} {{ background: {t.paper}; border: 1px solid {t.line}; border-radius: 10px; padding: 5px 9px;
  selection-background-color: {t.violet_line}; selection-color: {t.ink}; }}
{focused} {{ border: 2px solid {t.violet}; padding: 4px 8px; }}
QLineEdit[role="field"] {{ background: {t.room}; border: 1px solid {edge}; border-radius: 16px; min-height: 30px;
  padding: 0 16px; }}
QLineEdit[role="field"]:focus {{ border: 2px solid {t.violet}; background: {t.paper}; padding: 0 15px; }}
QPlainTextEdit[role="speech"], QTextEdit[role="speech"], QLineEdit[role="speech"] {{
  font-family: "{faces.serif}"; font-size: 16px; font-style: italic; }}
QPlainTextEdit[role="code"], QLineEdit[role="code"] {{ font-family: "{faces.mono}"; font-size: 12px; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QTextEdit[wrong="true"] {{ border-color: {t.bad}; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox QAbstractItemView {{ background: {t.paper}; border: 1px solid {t.line}; border-radius: 10px;
  selection-background-color: {t.violet_soft}; selection-color: {t.ink}; outline: 0; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator {{ width: 16px; height: 16px; border-radius: 5px;
  border: 1px solid {t.ink3}; background: {t.paper}; }}
QCheckBox::indicator:checked {{ background: {t.violet}; border-color: {t.violet}; }}
QCheckBox:focus {{ color: {t.violet_text}; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; }}
"""


def _lists(t: Tokens) -> str:
    return f"""
QListView, QTreeView, QTableView {{ background: {t.paper}; border: 0; outline: 0; show-decoration-selected: 1; }}
QListView::item, QTreeView::item {{ padding: 5px 8px; border-radius: 10px; }}
QListView::item:hover, QTreeView::item:hover {{ background: {t.room}; }}
QListView::item:selected, QTreeView::item:selected {{ background: {t.violet_soft}; color: {t.ink}; }}
QListView:focus, QTreeView:focus {{ border: 1px solid {t.violet_line}; border-radius: 10px; }}
QHeaderView::section {{ background: {t.paper}; border: 0; color: {t.ink3}; font-size: 11px;
  font-weight: 600; padding: 4px 8px; }}
QMenu {{ background: {t.paper}; border: 1px solid {t.line}; border-radius: 12px; padding: 6px; }}
QMenu::item {{ padding: 6px 22px 6px 12px; border-radius: 8px; }}
QMenu::item:selected {{ background: {t.violet_soft}; }}
QMenu::item:disabled {{ color: {t.ink3}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 5px 8px; }}
"""


def _chrome(t: Tokens) -> str:
    return f"""
QScrollArea {{ background: transparent; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle {{ background: {t.line}; border-radius: 3px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {t.wire}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none; border: 0;
  width: 0; height: 0; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QMenuBar {{ background: {t.paper}; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 8px; }}
QMenuBar::item:selected {{ background: {t.violet_soft}; }}
"""
