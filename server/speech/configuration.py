"""From the settings to how each speech provider is reached."""

import hashlib

from pydantic import SecretStr

from engine.providers.registry import ProviderConfig
from server.settings import Settings


def provider_configs(settings: Settings) -> dict[str, ProviderConfig]:
    """How each provider is reached."""

    def key(secret: SecretStr | None) -> str:
        return secret.get_secret_value() if secret is not None else ""

    return {
        "deepgram": ProviderConfig(
            key(settings.deepgram_api_key), settings.deepgram_url, settings.deepgram_model
        ),
        "openai": ProviderConfig(key(settings.openai_api_key), settings.openai_url),
        "cartesia": ProviderConfig(key(settings.cartesia_api_key), settings.cartesia_url),
        "local": ProviderConfig(voice=settings.local_voice),
    }


def orders(settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The order in which recognisers and voices are tried: as set, else those with a key, then ``local``."""
    configs = provider_configs(settings)

    def keyed(*names: str) -> tuple[str, ...]:
        return (*(name for name in names if configs[name].api_key), "local")

    return (
        settings.speech_to_text or keyed("deepgram", "openai"),
        settings.text_to_speech or keyed("cartesia", "openai"),
    )


def voice_key(settings: Settings) -> str:
    """A name for the voice that speaks first: sound prepared with another one is not its."""
    first = orders(settings)[1][0]
    config = provider_configs(settings).get(first, ProviderConfig())
    facts = "\0".join((first, config.model, config.voice, config.url))
    return hashlib.blake2b(facts.encode(), digest_size=8).hexdigest()
