"""How an agent hears, speaks and thinks: providers, voices, and the models that answered lately."""

from typing import Any
from urllib.parse import quote

import msgspec

from studio.client.api import Api
from studio.client.sessions import newest_sessions

TALKS = 5
"""Talks that are looked through for the model that answered last."""


class SpeechSettings(msgspec.Struct, frozen=True):
    """An agent's own; empty lists mean: as the server is set. ``languages`` are kept as they came. ``standby`` is what
    is said when no model answers, by language or locale."""

    speech_to_text: tuple[str, ...] = ()
    text_to_speech: tuple[str, ...] = ()
    voices: dict[str, str] = {}
    speed: int = 100
    languages: dict[str, Any] = {}
    resumes: bool = True
    standby: dict[str, str] = {}
    remembers: bool = False
    thinks_ahead: bool = True


class ProviderState(msgspec.Struct, frozen=True):
    """A provider and how it does. ``kind`` is ``hearing`` or ``voice``, ``state`` ``working``, ``failing``,
    ``not_asked`` or ``unused``."""

    kind: str
    provider: str
    state: str = "unused"
    words: str = ""


class VoiceFacts(msgspec.Struct, frozen=True):
    """Somebody who can speak."""

    provider: str
    id: str
    name: str
    locales: tuple[str, ...] = ()


class ModelSeen(msgspec.Struct, frozen=True):
    """A language model as the agent's newest talks were answered by it."""

    model: str
    turns: int
    tokens: int
    cost_micros: int


async def read_speech(api: Api, agent: str) -> SpeechSettings:
    """The agent's own settings. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", f"/api/v1/agents/{agent}")
    return msgspec.convert(body["speech"], SpeechSettings)


async def save_speech(api: Api, agent: str, settings: SpeechSettings) -> SpeechSettings:
    """Keep them; the next release has them. Raises `ServerTrouble`."""
    wanted = {"speech": msgspec.to_builtins(settings)}
    body, _ = await api.call("PATCH", f"/api/v1/agents/{agent}", json=wanted)
    return msgspec.convert(body["speech"], SpeechSettings)


async def list_providers(api: Api) -> list[ProviderState]:
    """The providers of speech, in the order the server tries them. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", "/api/v1/operations/providers")
    found: dict[tuple[str, str], ProviderState] = {}
    for item in body["items"]:
        state = msgspec.convert(item, ProviderState)
        found.setdefault((state.kind, state.provider), state)
    return list(found.values())


async def list_voices(api: Api, locale: str = "") -> tuple[list[VoiceFacts], dict[str, str]]:
    """Who can speak this locale, and what is wrong with providers that did not say. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", f"/api/v1/voices?locale={quote(locale)}")
    return [msgspec.convert(item, VoiceFacts) for item in body["items"]], dict(body["troubles"])


async def models_seen(api: Api, agent: str) -> list[ModelSeen]:
    """The language models that answered in the agent's newest talks. Raises `ServerTrouble`."""
    seen: dict[str, ModelSeen] = {}
    for session in await newest_sessions(api, agent, TALKS):
        body, _ = await api.call("GET", f"/api/v1/sessions/{session.id}/turns")
        for turn in body["items"]:
            if not turn["model"]:
                continue
            old = seen.get(turn["model"], ModelSeen(turn["model"], 0, 0, 0))
            tokens = turn["tokens_read"] + turn["tokens_written"]
            seen[turn["model"]] = ModelSeen(
                old.model, old.turns + 1, old.tokens + tokens, old.cost_micros + turn["cost_micros"]
            )
    return list(seen.values())
