"""A passage that a search found: its words, how near they are, and where they stand."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from studio.client.knowledge import FoundPassage
from studio.operations.parts import Bar, Inset, button, label, row
from studio.theme import Look

LONGEST = 320
"""Letters of a passage that are shown; the tool tip has all of them."""


class PassageCard(Inset):
    """Shows one."""

    def __init__(self, look: Look, passage: FoundPassage) -> None:
        super().__init__(5)
        self.passage = passage
        score = label(f"{passage.score / 10:.0f} %", "code", wrap=False)
        bar = Bar(look)
        bar.show_value(passage.score)
        head = row(bar, score, stretch=0)
        self.column.addLayout(head)
        words = label(shortened(passage.answer or passage.text), "said")
        words.setToolTip(passage.text)
        self.column.addWidget(words)
        where = " · ".join(part for part in (passage.title, passage.where) if part)
        source = label(where, "hint")
        self.column.addWidget(source)
        if passage.url:
            url = QUrl(passage.url)
            self.column.addLayout(row(button("Open the page", "link", lambda: QDesktopServices.openUrl(url))))
        self.setAccessibleName(f"{where}, {passage.score / 10:.0f} per cent: {words.text()}")


def shortened(text: str) -> str:
    """The beginning of a text, in one paragraph."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
