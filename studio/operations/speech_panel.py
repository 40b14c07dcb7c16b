"""The speech panel: who speaks and hears for the agent, how fast, and which models answered lately."""

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QLineEdit

from studio.client.speaking import ModelSeen, ProviderState, SpeechSettings, VoiceFacts
from studio.operations.agency import Agency
from studio.operations.page import AgentPage
from studio.operations.parts import Column, Inset, button, clear, label, restyle, row
from studio.operations.provider_list import ProviderList
from studio.operations.standby_form import StandbyForm
from studio.panels.editors.boxes import Tick
from studio.simulator.usage import cost_words
from studio.theme import Look

SLOWEST, FASTEST = 50, 200
LATER = "The next release has it; talks under way keep what they began with."
MODELS = "Models are set for the whole server: PARLEY_LANGUAGE_MODELS names them in the order they are tried."
NONE_SEEN = "No model answered in the newest talks of this agent."


class SpeechPanel(AgentPage):
    """``saved`` brings the settings."""

    saved = Signal(object)

    def __init__(self, look: Look, agency: Agency) -> None:
        super().__init__("Voice and models", agency)
        self.settings = SpeechSettings()
        self.edited = False
        """Whether something was changed and not saved."""
        self.speaking = ProviderList(look, speaks=True)
        self.hearing = ProviderList(look, speaks=False)
        self.speed = QLineEdit()
        self.speed.setAccessibleName("Speed in per cent")
        self.speed.setValidator(QIntValidator(1, 999, self.speed))
        self.resumes = Tick("Goes on after mere noise")
        self.resumes.setToolTip("What mere noise has paused is spoken to its end.")
        self.standby = StandbyForm()
        self.status = label(LATER, "hint")
        self.go = button("Save", "small-go", self.save)
        self._models = Column(6)
        for words, widget in (("Speaks with", self.speaking), ("Hears with", self.hearing)):
            self.column.addWidget(label(words, "section"))
            self.column.addWidget(widget)
        self.column.addWidget(label("Speed, in per cent", "label"))
        self.column.addWidget(self.speed)
        self.column.addWidget(self.resumes)
        self.column.addWidget(label("Thinks with", "section"))
        self.column.addWidget(self._models)
        self.column.addWidget(label(MODELS, "hint"))
        self.column.addWidget(self.standby)
        self.column.addLayout(row(self.go))
        self.column.addWidget(self.status)
        self.column.addStretch()
        for source in (self.speaking, self.hearing):
            source.edited.connect(self._edited)
        self.speed.textEdited.connect(lambda _: self._edited())
        self.resumes.toggled.connect(lambda _: self._edited())
        self.standby.edited.connect(self._edited)

    def show_settings(
        self,
        settings: SpeechSettings,
        providers: Sequence[ProviderState],
        voices: Sequence[VoiceFacts],
        troubles: Mapping[str, str],
        locales: Sequence[str],
    ) -> None:
        """Show how the agent is set; ``locales`` are those of its flow."""
        self.settings = settings
        speaks = [state for state in providers if state.kind == "voice"]
        hears = [state for state in providers if state.kind == "hearing"]
        self.speaking.show_providers(speaks, settings.text_to_speech, voices, settings.voices, troubles)
        self.hearing.show_providers(hears, settings.speech_to_text)
        self.speed.setText(str(settings.speed))
        self.resumes.setChecked(settings.resumes)
        self.standby.show_settings(settings, locales)
        self.edited = False
        self.tell(LATER, "hint")

    def show_models(self, seen: Sequence[ModelSeen]) -> None:
        """Show who answered lately."""
        clear(self._models.column)
        if not seen:
            self._models.column.addWidget(label(NONE_SEEN, "second"))
        for model in seen:
            card = Inset(2)
            card.column.addWidget(label(model.model, "row-name"))
            cost = f" · {cost_words(model.cost_micros)}" if model.cost_micros else ""
            turns = "1 turn" if model.turns == 1 else f"{model.turns} turns"
            card.column.addWidget(label(f"{turns} · {model.tokens:,} tokens{cost}", "hint"))
            self._models.column.addWidget(card)

    @property
    def models(self) -> list[str]:
        """What is said of models, line by line."""
        return [part.accessibleName() or part.text() for part in self._models.findChildren(type(self.status))]

    def _edited(self) -> None:
        self.edited = True
        self.tell("Not saved yet.", "hint-warm")

    def tell(self, words: str, role: str = "trouble") -> None:
        """Say how it stands."""
        self.status.setText(words)
        restyle(self.status, role)

    def save(self) -> None:
        """Hand over what stands in the fields."""
        speed = int(self.speed.text() or 100)
        if not SLOWEST <= speed <= FASTEST:
            self.tell(
                f"The speed is between {SLOWEST} and {FASTEST} per cent; 100 is as the voice speaks by itself."
            )
            return
        for source, what in ((self.speaking, "speak"), (self.hearing, "hear")):
            if not source.as_set.isChecked() and not source.order:
                self.tell(f"Tick somebody to {what} with, or leave it as the server is set.")
                return
        self.saved.emit(
            msgspec.structs.replace(
                self.standby.taken(self.settings),
                text_to_speech=self.speaking.order,
                speech_to_text=self.hearing.order,
                voices=self.speaking.chosen,
                speed=speed,
                resumes=self.resumes.isChecked(),
            )
        )
