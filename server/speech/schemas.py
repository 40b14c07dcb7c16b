"""Prepared sound and voices, as the API shows them."""

import asyncio

from pydantic import BaseModel, Field

from engine.providers.speech import ProviderError, VoiceFacts
from server.speech.voices import OwnVoices


class SoundView(BaseModel):
    """How much of a release is prepared: ``prepared`` of ``texts``. Of a thousand prompts ``coverage`` can then be
    spoken without a provider; ``open`` are the nodes of the others. ``fetched`` of the ``recordings`` it plays are
    here."""

    texts: int
    prepared: int
    coverage: int
    open: list[str]
    recordings: int
    fetched: int
    trouble: str


class VoiceView(BaseModel):
    """Somebody who can speak. ``locales`` is empty for one who speaks every language."""

    provider: str
    id: str
    name: str
    locales: list[str]


class VoicesView(BaseModel):
    """Who can speak. ``troubles`` say which provider did not list its voices, and why."""

    items: list[VoiceView]
    troubles: dict[str, str] = Field(description="By provider.")


async def voices_view(voices: OwnVoices, locale: str = "", provider: str = "") -> VoicesView:
    """Of all providers that can be asked, or of one of them."""
    names = [name for name in voices.providers if provider in ("", name)]
    found = await asyncio.gather(*(_listed(voices, name) for name in names))
    language = locale.lower().partition("-")[0]
    return VoicesView(
        items=[
            VoiceView(
                provider=name, id=one.id, name=one.name, locales=[tongue for tongue in one.locales if tongue]
            )
            for name, listed in zip(names, found, strict=True)
            if not isinstance(listed, str)
            for one in listed
            if speaks(one, language)
        ],
        troubles={name: said for name, said in zip(names, found, strict=True) if isinstance(said, str)},
    )


def speaks(voice: VoiceFacts, language: str) -> bool:
    """Whether a voice knows a language; one that names none knows all."""
    known = [locale.lower().partition("-")[0] for locale in voice.locales if locale]
    return not language or not known or language in known


async def _listed(voices: OwnVoices, provider: str) -> tuple[VoiceFacts, ...] | str:
    try:
        return await voices.list(provider)
    except ProviderError as error:
        return str(error)
