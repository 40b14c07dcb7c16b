"""From names in the settings to chains of providers."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.providers.prices import Price, list_prices
from engine.providers.resilience.fallback_hearing import FallbackSpeechToText
from engine.providers.resilience.fallback_speaking import FallbackTextToSpeech
from engine.providers.resilience.link import Clock, Link, Watch
from engine.providers.speech import SpeechToText, TextToSpeech


@dataclass(frozen=True)
class ProviderConfig:
    """How to reach a provider. ``voice`` is for the local voice; an empty ``model`` is the provider's first."""

    api_key: str = field(default="", repr=False)
    url: str = ""
    model: str = ""
    voice: str = ""


class Health:
    """The watches of all providers of a process, so that all its calls share what one of them learned.

    There is one for each kind, provider, model and organisation: another organisation has another key.
    """

    def __init__(self, clock: Clock = time.monotonic, prices: dict[str, Price] | None = None) -> None:
        self._clock = clock
        self._prices = list_prices() if prices is None else prices
        self._watches: dict[tuple[str, str, str, str], Watch] = {}

    def watch(self, kind: str, provider: str, model: str, organization: str) -> Watch:
        """The same for the same names."""
        found = self._watches.get((kind, provider, model, organization))
        if found is None:
            found = Watch(provider, model, self._clock, self._prices)
            self._watches[kind, provider, model, organization] = found
        return found

    def watches(self) -> dict[tuple[str, str], list[Watch]]:
        """All of them by kind (``hearing``, ``voice``) and provider."""
        found: dict[tuple[str, str], list[Watch]] = {}
        for (kind, provider, _, _), watch in self._watches.items():
            found.setdefault((kind, provider), []).append(watch)
        return found


def _deepgram(config: ProviderConfig) -> SpeechToText:
    from engine.providers.deepgram import Deepgram

    return Deepgram(config.api_key, config.model, config.url)


def _openai_transcription(config: ProviderConfig) -> SpeechToText:
    from engine.providers.openai_speech import OpenAiTranscription

    return OpenAiTranscription(config.api_key, config.model, config.url)


def _local_grammar(config: ProviderConfig) -> SpeechToText:
    from engine.providers.local_grammar import LocalGrammar

    return LocalGrammar()


def _cartesia(config: ProviderConfig) -> TextToSpeech:
    from engine.providers.cartesia import Cartesia

    return Cartesia(config.api_key, config.model, config.url)


def _openai_voice(config: ProviderConfig) -> TextToSpeech:
    from engine.providers.openai_speech import OpenAiVoice

    return OpenAiVoice(config.api_key, config.model, config.url)


def _local_voice(config: ProviderConfig) -> TextToSpeech:
    from engine.providers.local_voice import LocalVoice

    return LocalVoice(config.voice or "en-us")


def recognisers() -> dict[str, Callable[[ProviderConfig], SpeechToText]]:
    """What there is to hear with, by name, in the order in which they are tried when nobody says otherwise."""
    return {"deepgram": _deepgram, "openai": _openai_transcription, "local": _local_grammar}


def speakers() -> dict[str, Callable[[ProviderConfig], TextToSpeech]]:
    """What there is to speak with."""
    return {"cartesia": _cartesia, "openai": _openai_voice, "local": _local_voice}


def chosen(
    names: Sequence[str], configs: Mapping[str, ProviderConfig], known: Sequence[str]
) -> tuple[str, ...]:
    """The names, checked; without any, those with a key, then ``local``. Raises ``ValueError`` that says what
    there is and what is missing."""
    keyed = [name for name in known if name == "local" or configs.get(name, ProviderConfig()).api_key]
    if not names:
        return tuple(keyed)
    for name in names:
        if name not in known:
            raise ValueError(f"There is no speech provider {name!r}. There are: {', '.join(known)}.")
        if name not in keyed:
            raise ValueError(
                f"The speech provider {name!r} needs a key: set PARLEY_{name.upper()}_API_KEY, or leave it out."
            )
    return tuple(dict.fromkeys(names))


def build_speech_to_text(
    names: Sequence[str],
    configs: Mapping[str, ProviderConfig],
    *,
    health: Health,
    organization: str = "",
    chance: Callable[[], float] = random.random,
) -> FallbackSpeechToText:
    """A chain of recognisers, in the order of the names. Raises ``ValueError`` for a name there is not."""
    makers = recognisers()
    links = []
    for name in chosen(names, configs, tuple(makers)):
        provider = makers[name](configs.get(name, ProviderConfig()))
        links.append(Link(provider, health.watch("hearing", name, provider.model, organization)))
    return FallbackSpeechToText(links, chance)


def build_text_to_speech(
    names: Sequence[str],
    configs: Mapping[str, ProviderConfig],
    *,
    health: Health,
    organization: str = "",
) -> FallbackTextToSpeech:
    """A chain of voices, in the order of the names. Raises ``ValueError`` for a name there is not."""
    makers = speakers()
    links = []
    for name in chosen(names, configs, tuple(makers)):
        provider = makers[name](configs.get(name, ProviderConfig()))
        links.append(Link(provider, health.watch("voice", name, provider.model, organization)))
    return FallbackTextToSpeech(links)
