"""Lines to test with: each is closed when its test is over."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from server.channels.voice.offline import stay_offline
from server.channels.voice.session import VoiceSession
from server.workers.wire import Speaking
from tests.server.voice.fakes import Diary, HummingVoice, ScriptedEars, Shelf, TalkingLink, Tape
from tests.server.voice.loudness import LoudnessVad


@dataclass
class Line:
    session: VoiceSession
    link: TalkingLink
    diary: Diary
    ears: ScriptedEars
    voice: HummingVoice
    tape: Tape


Lines = Callable[..., Awaitable[Line]]


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Lines]:
    """Makes lines: ``await line("what is understood", ..., rate=..., voice=..., shelf=...)``."""
    import os

    stay_offline(os.environ)
    made: list[VoiceSession] = []

    async def make(*script: str | None, **wishes: Any) -> Line:
        link = TalkingLink(wishes.pop("rate", 16_000))
        diary = Diary()
        ears = wishes.pop("ears", None) or ScriptedEars(*script)
        voice = wishes.pop("voice", None) or HummingVoice()
        tape = Tape()
        session = VoiceSession(
            wishes.pop("speaking", Speaking()),
            wishes.pop("locale", "en-US"),
            ears,
            voice,
            wishes.pop("shelf", None) or Shelf(),
            diary,
            wishes.pop("vad", None) or LoudnessVad(),
            recorder=wishes.pop("recorder", tape),
            phone=wishes.pop("phone", True),
            **wishes,
        )
        made.append(session)
        await session.start_link(link)
        return Line(session, link, diary, ears, voice, tape)

    yield make
    for session in made:
        await session.aclose()
