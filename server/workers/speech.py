"""What all lines of a worker share: providers, voice activity, the clock, prepared sound."""

from collections.abc import Mapping

from engine.providers.prices import load_prices
from engine.providers.registry import (
    Health,
    ProviderConfig,
    build_speech_to_text,
    build_text_to_speech,
)
from engine.providers.speech import SpeechToText, TextToSpeech
from server.channels.voice.apology import Apology
from server.channels.voice.clock import Clock
from server.settings import Settings
from server.speech.configuration import provider_configs
from server.workers.wire import Speaking

SILENCE = 0.25
"""Seconds of silence after which somebody no longer speaks."""


class SpeechHouse:
    """Providers are built once for each order in which they are tried, and shared by all lines."""

    def __init__(self, settings: Settings) -> None:
        from livekit.plugins import silero

        self.configs: Mapping[str, ProviderConfig] = provider_configs(settings)
        self.prices = load_prices(settings.prices)
        self.health = Health(prices=self.prices)
        self.vad = silero.VAD.load(min_silence_duration=SILENCE)
        self.clock = Clock()
        self.apology = Apology()
        self._ears: dict[tuple[str, ...], SpeechToText] = {}
        self._mouths: dict[tuple[str, ...], TextToSpeech] = {}

    def ears(self, speaking: Speaking) -> SpeechToText:
        """The recognisers of a line; names this worker has no key for are passed over."""
        names = self._able(speaking.stt)
        if names not in self._ears:
            self._ears[names] = build_speech_to_text(names, self.configs, health=self.health)
        return self._ears[names]

    def mouth(self, speaking: Speaking) -> TextToSpeech:
        """The voices of a line."""
        names = self._able(speaking.tts)
        if names not in self._mouths:
            self._mouths[names] = build_text_to_speech(names, self.configs, health=self.health)
        return self._mouths[names]

    def _able(self, names: tuple[str, ...]) -> tuple[str, ...]:
        able = tuple(n for n in names if n == "local" or self.configs.get(n, ProviderConfig()).api_key)
        return able or ("local",)

    async def aclose(self) -> None:
        """Let connections go."""
        for ears in self._ears.values():
            await ears.aclose()
        for mouth in self._mouths.values():
            await mouth.aclose()
