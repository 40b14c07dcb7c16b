"""What the window adds to the style sheet of the theme."""

from studio.theme import Look


def window_sheet(look: Look) -> str:
    """QSS for bar, rail, panels and the rehearsal."""
    t, faces = look.tokens, look.faces
    return f"""
QWidget#bar {{ background: {t.paper}; border-bottom: 1px solid {t.line}; }}
QWidget#rail {{ background: {t.paper}; border-right: 1px solid {t.line}; }}
QWidget#drawer, QWidget#side, QDialog {{ background: {t.paper}; }}
QWidget#problem-line {{ background: {t.paper}; border-top: 1px solid {t.line}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: {t.paper}; }}
QToolButton[role="rail"] {{ border: 0; border-radius: 14px; min-width: 40px; max-width: 40px; min-height: 40px;
  max-height: 40px;
  padding: 0; }}
QToolButton[role="rail"]:hover {{ background: {t.room}; }}
QToolButton[role="rail"]:checked {{ background: {t.violet_soft}; }}
QToolButton[role="rail"]:focus {{ border: 2px solid {t.violet}; }}
QToolButton[role="mark"] {{ border: 0; border-radius: 12px; padding: 4px; }}
QToolButton[role="mark"]:hover {{ background: {t.room}; }}
QToolButton[role="mark"]:focus {{ border: 2px solid {t.violet}; }}
QToolButton[role="mark"]::menu-indicator {{ image: none; }}
QToolButton[role="mic"] {{ border: 0; border-radius: 21px; padding: 0;
  background: qlineargradient(x1:0, y1:0, x2:1, y2:0.8, stop:0 {t.gradient_from}, stop:1 {t.violet}); }}
QToolButton[role="mic"][alive="true"] {{ background: {t.sunrise}; }}
QPushButton[role="go"]:focus {{ padding: 0 16px; min-height: 30px; }}
QPushButton[role="pill"]:focus {{ padding: 0 17px; min-height: 30px; }}
QPushButton[role="tab"] {{ min-height: 18px; max-height: 18px; padding: 6px 14px; border-radius: 15px; }}
QPushButton[role="tab"]:focus {{ padding: 4px 12px; }}
QPushButton[role="count"] {{ font-size: 12px; font-weight: 600; padding: 2px 8px; border-radius: 9px;
  color: {t.ink2}; }}
QPushButton[role="count"]:hover {{ background: {t.room}; }}
QPushButton[role="count"]:focus {{ border: 2px solid {t.violet}; padding: 0 6px; }}
QPushButton[role="count"][tone="bad"] {{ color: {t.bad}; }}
QPushButton[role="count"][tone="doubt"] {{ color: {t.sunrise_text}; }}
QPushButton[role="count"][tone="good"] {{ color: {t.good}; }}
QPushButton[role="row"] {{ text-align: left; font-size: 12px; padding: 4px 8px; border-radius: 8px; }}
QPushButton[role="row"]:hover {{ background: {t.room}; }}
QPushButton[role="row"]:focus {{ border: 2px solid {t.violet}; padding: 2px 6px; }}
QSlider[role="position"]::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.line}; }}
QSlider[role="position"]::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {t.violet}; }}
QSlider[role="position"]::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
  background: {t.violet}; }}
QSlider[role="position"]:focus::handle:horizontal {{ border: 2px solid {t.ink}; width: 10px; height: 10px; }}
QLabel[role="question"] {{ font-size: 16px; font-weight: 600; }}
QLabel[role="problem-text"] {{ color: {t.bad}; font-size: 12px; }}
QFrame[role="line"] {{ background: {t.line}; border: 0; }}
QFrame[role="inset"] {{ background: {t.paper}; border: 1px solid {t.line};
  border-radius: 14px; border-bottom-left-radius: 5px; }}
QLabel[role="label"] {{ color: {t.ink2}; font-size: 11px; font-weight: 600; }}
QLabel[role="row-name"] {{ font-size: 12px; font-weight: 600; }}
QLabel[role="hint-warm"] {{ color: {t.sunrise_text}; font-size: 11px; }}
QLabel[role="said"] {{ font-family: "{faces.serif}"; font-size: 15px; }}
QLabel[role="trouble"] {{ color: {t.bad}; font-size: 11px; }}
QLabel[role="variable"] {{ font-size: 12px; }}
QLabel[role="value"] {{ font-family: "{faces.mono}"; font-size: 12px; color: {t.violet_text}; }}
QLabel[role="value-none"] {{ font-family: "{faces.mono}"; font-size: 12px; color: {t.ink3}; }}
QLabel[role="value-new"] {{ font-family: "{faces.mono}"; font-size: 12px; color: {t.violet_text};
  background: {t.sunrise_soft}; border-radius: 6px; padding: 0 6px; }}
QLabel[role="parting"] {{ background: {t.sunrise_soft}; color: {t.sunrise_text}; border-radius: 12px;
  padding: 6px 12px;
  font-size: 12px; }}
QLineEdit QLabel[role="kbd"] {{ color: {t.ink3}; background: {t.paper}; border: 1px solid {t.line};
  border-radius: 6px;
  padding: 0 6px; font-size: 11px; max-height: 18px; min-height: 0; }}
QLabel[role="crumb"] {{ font-size: 13px; }}
QLineEdit[role="title"] {{ font-size: 15px; font-weight: 600; border: 1px solid transparent; padding: 4px 6px; }}
QLineEdit[role="title"]:hover {{ background: {t.room}; }}
QLineEdit[role="title"]:focus {{ background: {t.paper}; border: 2px solid {t.violet}; padding: 3px 5px; }}
QPushButton[role="choice"] {{ border: 1px solid {t.violet_line}; color: {t.violet_text}; border-radius: 15px;
  min-height: 28px;
  padding: 0 14px; font-weight: 600; background: {t.paper}; }}
QPushButton[role="choice"]:hover {{ background: {t.violet_soft}; }}
QPushButton[role="choice"]:focus, QPushButton[role="key"]:focus, QPushButton[role="small"]:focus,
QPushButton[role="small-go"]:focus {{ border: 2px solid {t.violet}; }}
QPushButton[role="key"] {{ border: 1px solid {t.line}; border-radius: 12px; min-height: 30px; font-weight: 600; }}
QPushButton[role="key"]:hover {{ background: {t.violet_soft}; }}
QPushButton[role="small"] {{ border: 1px solid {t.line}; border-radius: 13px; min-height: 24px;
  padding: 0 12px; font-size: 12px; }}
QPushButton[role="small"]:hover {{ background: {t.room}; }}
QPushButton[role="small-go"] {{ border: 0; border-radius: 13px; min-height: 26px; padding: 0 14px;
  font-size: 12px; font-weight: 600;
  color: #FFFFFF; background: {t.gradient_to}; }}
QPushButton[role="small-go"]:hover {{ background: {t.gradient_from}; }}
QPushButton[role="small-go"]:disabled {{ background: {t.line}; color: {t.ink3}; }}
QFrame#notice {{ background: {t.paper}; border: 1px solid {t.violet_line}; border-radius: 16px;
  border-bottom-left-radius: 6px; }}
QFrame#notice[grave="true"] {{ border-color: {t.bad}; }}
QListWidget[role="suggestions"] {{ border: 1px solid {t.line}; border-radius: 10px; padding: 3px; }}
QListWidget[role="suggestions"]::item {{ padding: 3px 8px; border-radius: 7px; }}
QFrame#popup {{ background: {t.paper}; border: 1px solid {t.line}; border-radius: 16px; }}
QComboBox[role="code"] {{ font-family: "{faces.mono}"; font-size: 12px; }}
QFrame#problems {{ background: {t.paper}; border-top: 1px solid {t.line}; }}
"""
