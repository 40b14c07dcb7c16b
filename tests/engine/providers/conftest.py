"""Every provider there is, each with a vendor on loopback or, for the local ones, with none."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from engine.providers.cartesia import Cartesia
from engine.providers.deepgram import FLUX_ENGLISH, NOVA, Deepgram
from engine.providers.local_grammar import LocalGrammar
from engine.providers.local_voice import LocalVoice
from engine.providers.openai_speech import OpenAiTranscription, OpenAiVoice
from engine.providers.speech import SpeechToText, TextToSpeech, Voice
from tests.engine.providers.emulators.cartesia import CartesiaEmulator
from tests.engine.providers.emulators.deepgram import DeepgramEmulator
from tests.engine.providers.emulators.emulator import RIGHT_KEY, Emulator, Script
from tests.engine.providers.emulators.openai import OpenAiEmulator
from tests.engine.providers.emulators.spoken import silence, tone

GRAMMAR = "#JSGF V1.0; grammar test; public <said> = four people | tomorrow at eight thirty | yes | no;"


@dataclass(frozen=True)
class Case:
    """A provider, and the vendor it asks (None: it asks nobody)."""

    name: str
    make: Callable[[str, str], Any]
    vendor: type[Emulator] | None

    @contextlib.asynccontextmanager
    async def against(
        self, script: Script | None = None, key: str = RIGHT_KEY
    ) -> AsyncIterator[tuple[Any, Any]]:
        """The provider and its vendor."""
        async with contextlib.AsyncExitStack() as stack:
            emulator = await stack.enter_async_context(self.vendor(script)) if self.vendor else None
            provider = self.make(key, emulator.url if emulator else "")
            stack.push_async_callback(provider.aclose)
            yield provider, emulator

    async def said(self, words: str, rate: int) -> bytes:
        """Somebody saying it, with silence before and after."""
        if self.vendor is None:
            pcm = await LocalVoice().synthesize_batch(words, Voice(), rate)
        else:
            pcm = tone(600, rate)
        return silence(200, rate) + pcm + silence(200, rate)


def recognisers() -> list[Case]:
    """All that hear."""
    made: dict[str, tuple[Callable[[str, str], SpeechToText], type[Emulator] | None]] = {
        "deepgram nova": (lambda key, url: Deepgram(key, NOVA, url), DeepgramEmulator),
        "deepgram flux": (lambda key, url: Deepgram(key, FLUX_ENGLISH, url), DeepgramEmulator),
        "openai": (lambda key, url: OpenAiTranscription(key, "", url, patience=0.5), OpenAiEmulator),
        "local": (lambda key, url: LocalGrammar(), None),
    }
    return [Case(name, make, vendor) for name, (make, vendor) in made.items()]


def speakers() -> list[Case]:
    """All that speak."""
    made: dict[str, tuple[Callable[[str, str], TextToSpeech], type[Emulator] | None]] = {
        "cartesia": (lambda key, url: Cartesia(key, "", url, patience=0.5), CartesiaEmulator),
        "openai": (lambda key, url: OpenAiVoice(key, "", url, patience=0.5), OpenAiEmulator),
        "local": (lambda key, url: LocalVoice(), None),
    }
    return [Case(name, make, vendor) for name, (make, vendor) in made.items()]


def of_vendors(cases: list[Case]) -> list[Case]:
    """Without those that ask nobody."""
    return [case for case in cases if case.vendor is not None]
