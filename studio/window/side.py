"""The right side: Rehearse, Node, Tests."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

TABS = (("rehearse", "Rehearse"), ("node", "Node"), ("tests", "Tests"))


class Side(QWidget):
    """One page at a time."""

    turned = Signal(str)

    def __init__(self, pages: dict[str, QWidget]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(300)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(14, 12, 14, 6)
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        self._tabs: dict[str, QPushButton] = {}
        self._stack = QStackedWidget()
        for name, words in TABS:
            tab = QPushButton(words)
            tab.setProperty("role", "tab")
            tab.setCheckable(True)
            tab.setAccessibleName(words)
            tab.clicked.connect(lambda _=False, name=name: self.turn_to(name))
            self._group.addButton(tab)
            self._tabs[name] = tab
            row.addWidget(tab)
            self._stack.addWidget(pages[name])
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self._pages = pages
        self.turn_to("rehearse")

    @property
    def page(self) -> str:
        """The page that is shown."""
        return next(name for name, page in self._pages.items() if page is self._stack.currentWidget())

    def turn_to(self, name: str) -> None:
        """Show a page."""
        self._tabs[name].setChecked(True)
        self._stack.setCurrentWidget(self._pages[name])
        self.turned.emit(name)
