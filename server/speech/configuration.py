"""From the settings to how each speech provider is reached, and how an agent hears and speaks."""

import hashlib

import msgspec
from pydantic import SecretStr

from engine.providers.registry import ProviderConfig
from server.settings import Settings
from server.speech.settings import SpeechSettings
from server.workers.wire import Speaking


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


def speaking_of(settings: Settings, speech: SpeechSettings) -> Speaking:
    """How an agent hears and speaks: as it says, else as this server is set."""
    stt, tts = orders(settings)
    speaking = Speaking(
        speech.speech_to_text or stt,
        speech.text_to_speech or tts,
        speech.voices,
        speed=speech.speed,
        tongues=speech.languages,
        resumes=speech.resumes,
    )
    return msgspec.structs.replace(speaking, voice_key=voice_key(settings, speaking))


def voice_key(settings: Settings, speaking: Speaking) -> str:
    """A name for the voice that speaks first: sound prepared with another one is not its."""
    first = speaking.tts[0]
    config = provider_configs(settings).get(first, ProviderConfig())
    facts = [first, config.model, config.voice, config.url]
    own = speaking.voices.get(first, "")
    tongues = [
        f"{key}={tongue.voices.get(first, '')}={tongue.speed}"
        for key, tongue in sorted(speaking.tongues.items())
    ]
    if own or speaking.speed != 100 or tongues:
        facts += [own, str(speaking.speed), *tongues]
    return hashlib.blake2b("\0".join(facts).encode(), digest_size=8).hexdigest()
