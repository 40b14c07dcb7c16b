"""Providers in the order they are tried, each with a voice where it speaks."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal

from studio.client.speaking import ProviderState, VoiceFacts
from studio.operations.parts import Column, Inset, clear, label, quiet, row
from studio.panels.editors.boxes import ChoiceBox, Tick
from studio.theme import Look

AS_SET = "As the server is set"
NAMES = {
    "local": "On this machine",
    "openai": "OpenAI",
    "deepgram": "Deepgram",
    "cartesia": "Cartesia",
}
FIRST_VOICE = "Its own first voice"


class ProviderList(Column):
    """``edited`` says that somebody changed something."""

    edited = Signal()

    def __init__(self, look: Look, *, speaks: bool) -> None:
        super().__init__(6)
        self._look = look
        self._speaks = speaks
        self._states: dict[str, ProviderState] = {}
        self._own: list[str] = []
        self._all: list[str] = []
        self._quiet = False
        self.as_set = Tick(AS_SET)
        self.as_set.toggled.connect(lambda on: self._turn(as_set=on))
        self._rows = Column(6)
        self.ticks: dict[str, Tick] = {}
        self.voices: dict[str, ChoiceBox] = {}
        self.column.addWidget(self.as_set)
        self.column.addWidget(self._rows)

    def show_providers(
        self,
        states: Sequence[ProviderState],
        own: Sequence[str],
        voices: Sequence[VoiceFacts] = (),
        chosen: Mapping[str, str] | None = None,
        troubles: Mapping[str, str] | None = None,
    ) -> None:
        """Show these; ``own`` is the agent's order, empty for the server's; ``chosen`` its voices by provider."""
        self._states = {state.provider: state for state in states}
        self._own = list(own)
        self._all = [*own, *(name for name in self._states if name not in own)]
        self._quiet = True
        self.as_set.setChecked(not own)
        self._build(voices, chosen or {}, troubles or {})
        self._quiet = False

    def _build(
        self, voices: Sequence[VoiceFacts], chosen: Mapping[str, str], troubles: Mapping[str, str]
    ) -> None:
        clear(self._rows.column)
        self.ticks, self.voices = {}, {}
        for i, name in enumerate(self._all):
            card = Inset(4)
            tick = Tick(NAMES.get(name, name.capitalize()))
            tick.setChecked(name in self._own or not self._own)
            tick.setEnabled(bool(self._own))
            tick.toggled.connect(lambda _: self._changed())
            self.ticks[name] = tick
            up = quiet(self._look, "up", f"Try {tick.text()} earlier", lambda i=i: self._earlier(i))  # type: ignore[misc]
            up.setVisible(bool(self._own) and i > 0)
            card.column.addLayout(row(tick, up, stretch=0))
            state = self._states.get(name)
            words = troubles.get(name) or (
                state.words if state is not None else "The server has no key for it."
            )
            bad = name in troubles or state is None or state.state in ("failing", "not_asked")
            card.column.addWidget(label(words, "trouble" if bad else "hint"))
            if self._speaks:
                card.column.addWidget(self._voice(name, voices, chosen.get(name, "")))
            self._rows.column.addWidget(card)

    def _voice(self, name: str, voices: Sequence[VoiceFacts], chosen: str) -> ChoiceBox:
        box = ChoiceBox()
        box.setAccessibleName(f"Voice of {NAMES.get(name, name)}")
        options: list[tuple[str, str]] = [(FIRST_VOICE, "")]
        options += [(voice_words(v), v.id) for v in voices if v.provider == name]
        if chosen and chosen not in {id for _, id in options}:
            options.append((chosen, chosen))
        now = next(option for option in options if option[1] == chosen)
        box.offer_later(now, lambda: options)
        box.activated.connect(lambda _: self._changed())
        self.voices[name] = box
        return box

    def _turn(self, *, as_set: bool) -> None:
        if self._quiet:
            return
        self._own = [] if as_set else list(self._states) or list(self._all)
        for name, tick in self.ticks.items():
            tick.setEnabled(not as_set)
            self._quiet = True
            tick.setChecked(as_set or name in self._own)
            self._quiet = False
        self.edited.emit()

    def _changed(self) -> None:
        if not self._quiet:
            self.edited.emit()

    def _earlier(self, i: int) -> None:
        self._all[i - 1], self._all[i] = self._all[i], self._all[i - 1]
        self._own = [name for name in self._all if self.ticks[name].isChecked()]
        cards = self._rows.column
        item = cards.takeAt(i)
        if item is not None and (widget := item.widget()) is not None:
            cards.insertWidget(i - 1, widget)
        self.edited.emit()

    @property
    def order(self) -> tuple[str, ...]:
        """The agent's own order; empty for the server's."""
        if self.as_set.isChecked():
            return ()
        return tuple(name for name in self._all if self.ticks[name].isChecked())

    @property
    def chosen(self) -> dict[str, str]:
        """The voices that were chosen, by provider."""
        return {name: str(box.currentData()) for name, box in self.voices.items() if box.currentData()}


def voice_words(voice: VoiceFacts) -> str:
    """A voice's name, with the languages it speaks."""
    shown = ", ".join(voice.locales[:3])
    return f"{voice.name} ({shown})" if shown and shown not in voice.name else voice.name
