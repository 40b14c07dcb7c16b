"""The voices this server prepares sound with."""

from engine.providers.prices import load_prices
from engine.providers.registry import Health, build_text_to_speech
from engine.providers.speech import TextToSpeech
from server.settings import Settings
from server.speech.configuration import orders, provider_configs
from server.workers.reporting import reports
from server.workers.wire import ProviderReport


class OwnVoices:
    """Made when something is to be prepared, and watched over as a worker's are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._health: Health | None = None

    def make(self) -> TextToSpeech:
        """The voice that speaks first: another one would be another voice. Raises ``ValueError``."""
        settings = self._settings
        if self._health is None:
            self._health = Health(prices=load_prices(settings.prices))
        first = orders(settings)[1][:1]
        return build_text_to_speech(first, provider_configs(settings), health=self._health)

    def reports(self) -> tuple[ProviderReport, ...]:
        """How it does."""
        return reports(self._health) if self._health is not None else ()
