"""What an agent does about models: what it says when none answers, and whether it asks them early."""

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from studio.client.speaking import SpeechSettings
from studio.operations.parts import Column, clear, label
from studio.panels.editors.boxes import Tick

LONGEST = 500
"""Characters the server takes."""
SAYS = "When no model answers, it says"
EMPTY = "Nothing: the node's way “failed” is taken"


class StandbyForm(Column):
    """A line for each language of the flow, and what else is said of models. ``edited`` tells of changes."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__(6)
        self.words: dict[str, QLineEdit] = {}
        self._lines = Column(4)
        self.remembers = Tick("Rather repeats an earlier answer")
        self.remembers.setToolTip("What a model answered to exactly the same before, if one did.")
        self.ahead = Tick("Thinks during a pause")
        self.ahead.setToolTip(
            "Models are asked while a caller may still go on. Answers come sooner; what was asked in vain is paid for."
        )
        self.column.addWidget(label(SAYS, "label"))
        for widget in (self._lines, self.remembers, self.ahead):
            self.column.addWidget(widget)
        for tick in (self.remembers, self.ahead):
            tick.toggled.connect(lambda _: self.edited.emit())

    def show_settings(self, settings: SpeechSettings, locales: Sequence[str]) -> None:
        """Show how the agent is set, in these languages and in those it has words for."""
        clear(self._lines.column)
        self.words = {}
        for locale in dict.fromkeys((*(_kept(settings, locale) for locale in locales), *settings.standby)):
            edit = QLineEdit(settings.standby.get(locale, ""))
            edit.setMaxLength(LONGEST)
            edit.setPlaceholderText(EMPTY)
            edit.setAccessibleName(f"{SAYS}, {locale}")
            edit.textEdited.connect(lambda _: self.edited.emit())
            self.words[locale] = edit
            if len(locales) > 1 or len(settings.standby) > 1:
                self._lines.column.addWidget(label(locale, "hint"))
            self._lines.column.addWidget(edit)
        self.remembers.setChecked(settings.remembers)
        self.ahead.setChecked(settings.thinks_ahead)

    def taken(self, settings: SpeechSettings) -> SpeechSettings:
        """The settings with what stands in the fields."""
        said = {locale: edit.text().strip() for locale, edit in self.words.items()}
        return replace(
            settings,
            standby={locale: words for locale, words in said.items() if words},
            remembers=self.remembers.isChecked(),
            thinks_ahead=self.ahead.isChecked(),
        )


def _kept(settings: SpeechSettings, locale: str) -> str:
    """Under what the words for a locale are kept: words for its language serve it too."""
    language = locale.partition("-")[0]
    return language if language in settings.standby and locale not in settings.standby else locale
