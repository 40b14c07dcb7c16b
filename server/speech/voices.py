"""The voices this server asks itself: to prepare sound, and to list them."""

import asyncio
import time

import structlog

from engine.providers.prices import load_prices
from engine.providers.registry import Health, build_text_to_speech, speakers
from engine.providers.speech import ProviderError, TextToSpeech, Trouble, VoiceFacts
from server.settings import Settings
from server.speech.configuration import provider_configs
from server.workers.reporting import reports
from server.workers.wire import ProviderReport

KEPT = 300.0
"""Seconds a list of voices is good for."""
WITHIN = 10.0
"""Seconds a provider has to list its voices."""

log = structlog.get_logger()


class OwnVoices:
    """Made when they are needed, and watched over as a worker's are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._configs = provider_configs(settings)
        self._health: Health | None = None
        self._made: dict[str, TextToSpeech] = {}
        self._lists: dict[str, tuple[float, tuple[VoiceFacts, ...]]] = {}

    @property
    def providers(self) -> tuple[str, ...]:
        """Those that can be asked: with a key, and the local one."""
        return tuple(n for n in speakers() if n == "local" or self._configs[n].api_key)

    def voice(self, provider: str) -> TextToSpeech:
        """One provider alone: another one would be another voice. Raises ``ValueError`` for one that is unknown or
        has no key."""
        if self._health is None:
            self._health = Health(prices=load_prices(self._settings.prices))
        if provider not in self._made:
            self._made[provider] = build_text_to_speech([provider], self._configs, health=self._health)
        return self._made[provider]

    async def list(self, provider: str) -> tuple[VoiceFacts, ...]:
        """The voices a provider has; raises `ProviderError`."""
        at, known = self._lists.get(provider, (0.0, ()))
        if known and time.monotonic() - at < KEPT:
            return known
        try:
            async with asyncio.timeout(WITHIN):
                found = await self.voice(provider).voices()
        except TimeoutError:
            raise ProviderError(provider, Trouble.TIMEOUT, "it lists no voices in time") from None
        self._lists[provider] = (time.monotonic(), found)
        return found

    def reports(self) -> tuple[ProviderReport, ...]:
        """How they do."""
        return reports(self._health) if self._health is not None else ()

    async def aclose(self) -> None:
        """Let connections go."""
        for voice in self._made.values():
            await voice.aclose()
