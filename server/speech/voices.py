"""The voices this server prepares sound with."""

from engine.providers.prices import load_prices
from engine.providers.registry import Health, build_text_to_speech
from engine.providers.speech import TextToSpeech
from server.settings import Settings
from server.speech.configuration import orders, provider_configs


def voices_of(settings: Settings) -> TextToSpeech:
    """The chain of voices. Only the first one may prepare sound: another would be another voice."""
    first = orders(settings)[1][:1]
    return build_text_to_speech(
        first, provider_configs(settings), health=Health(prices=load_prices(settings.prices))
    )
