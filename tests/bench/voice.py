"""Voice: how long an answer takes to sound, once the caller's turn is over."""

import asyncio
import importlib
import os
import statistics
import sys
import time
from array import array
from collections.abc import Iterator

from engine.conversation import Conversation
from engine.conversation.line import VoiceLine
from engine.protocol import Header
from engine.runtime import bind
from server.channels.voice.offline import stay_offline
from server.channels.voice.session import VoiceSession
from server.workers.wire import Speaking
from tests.bench.figures import REFERENCE, Figure, loop_speed
from tests.engine.conversation.world import REF, Channel, Clock, Log, Tools
from tests.engine.drawing import ask, end, program
from tests.server.voice.fakes import HummingVoice, ScriptedEars, Shelf, TalkingLink, tone
from tests.server.voice.loudness import LoudnessVad

PARTS = ("calls", "resumed", "barge_in", "edge", "cost", "answer")
"""What is measured of whole houses: a module each."""
TURNS = 31
LOUD = 500
"""A sample above this is speech."""


class ListeningLink(TalkingLink):
    """Knows when sound was first played after it was asked to listen."""

    heard: asyncio.Future[float] | None = None

    def play(self, pcm: bytes) -> None:
        """The next 20 ms."""
        if self.heard is not None and not self.heard.done() and max(array("h", pcm)) > LOUD:
            self.heard.set_result(time.perf_counter())


class Forwarder:
    """Tells the line what the session hears; the session is made before the line."""

    line: VoiceLine

    def __getattr__(self, name: str) -> object:
        return getattr(self.line, name)


async def say_to_audio(prepared: bool) -> float:
    """Median milliseconds from the words of a turn to the first sound of the answer, scaled to the reference core."""
    drawn = program(
        {
            "q": ask("number", "n", "A number?", {"understood": "again", "gives_up": "x"}),
            "again": ask("number", "n", "Another number?", {"understood": "q", "gives_up": "x"}),
            "x": end("sorry", "Sorry."),
        },
        variables={"n": "int"},
    )
    hashes = {text for i in drawn.instructions for text in getattr(getattr(i, "prompt", None), "hashes", ())}
    shelf = Shelf(**dict.fromkeys(hashes, tone(400, 24_000))) if prepared else Shelf()
    ears, link, forwarder = ScriptedEars(finds_turns=True), ListeningLink(8000), Forwarder()
    session = VoiceSession(
        Speaking(),
        "en-US",
        ears,
        HummingVoice(),
        shelf,
        forwarder,
        LoudnessVad(),
        phone=True,  # type: ignore[arg-type]
    )
    log, clock = Log(), Clock()
    header = Header("s1", drawn.hash, 1, 7, "2026-11-20T10:00", modality="voice")
    talk = Conversation(bind(drawn, header), REF, 1, log, Channel(log), Tools(), clock, 1_000_000)
    forwarder.line = VoiceLine(talk, session)
    await session.start_link(link)
    await forwarder.line.open()
    await ears.opened.wait()
    took = []
    for _ in range(TURNS):
        await asyncio.sleep(0.8)  # the question sounds
        speed = loop_speed(0.02)
        link.heard = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        ears.final("four", ends=True)
        took.append((await asyncio.wait_for(link.heard, 30) - began) * 1000 * speed / REFERENCE)
    talk.close()
    await session.aclose()
    return statistics.median(took)


def figures() -> Iterator[Figure]:
    """Every figure of voice; one that breaks does not keep the others from being measured."""
    stay_offline(os.environ)
    for name, prepared in (("static", True), ("generated", False)):
        took = asyncio.run(say_to_audio(prepared))
        what = "prepared sound" if prepared else "a provider that answers at once"
        yield Figure(f"say_to_audio_{name}_ref_ms", took, "ref_ms", f"median of {TURNS} turns, {what}")
    for name in PARTS:
        try:
            yield from importlib.import_module(f"tests.bench.voice_{name}").figures()
        except Exception as error:  # whatever a whole house may raise
            print(f"# voice {name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
