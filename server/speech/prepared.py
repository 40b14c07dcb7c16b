"""Prepared sound: what a release will say, synthesised when it is published and kept by content.

It lies in ``sound/<voice>/<hash>.pcm`` of the data folder, 24 kHz 16-bit mono, and is served to workers.
"""

import asyncio
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from engine.compiler.prepared import PreparedText, coverage, prepared, recordings
from engine.kinds.program import Program
from engine.providers import sound
from engine.providers.speech import ProviderError, TextToSpeech
from server.speech.recordings import Recordings, Unfetchable
from server.workers.wire import Speaking, voice_of

RATE = 24_000
NAME = re.compile(r"[0-9a-f]{16}")
REMEMBERED = 256
"""Programs whose standing is remembered."""

log = structlog.get_logger()


class Standing(msgspec.Struct):
    """How far a program's sound is: ``ready`` of ``texts``; ``coverage`` is the share of its prompts (per mille)
    that then needs no provider, ``open`` the nodes of the others; ``fetched`` of the ``recordings`` it plays are
    there. ``trouble`` says why it does not get on."""

    texts: int = 0
    ready: int = 0
    coverage: int = 0
    open: tuple[str, ...] = ()
    recordings: int = 0
    fetched: int = 0
    trouble: str = ""


class PreparedSound:
    """One program after the other, in the background. ``voice`` gives a provider's voices by its name; it raises
    ``ValueError`` for one that cannot be had."""

    def __init__(self, folder: Path, voice: Callable[[str], TextToSpeech], recordings: Recordings) -> None:
        self._folder = folder
        self._voice = voice
        self.recordings = recordings
        self._standing: OrderedDict[tuple[str, str], Standing] = OrderedDict()
        self._queue: asyncio.Queue[tuple[Program, Speaking]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to prepare what is wanted."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Leave the rest for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def want(self, program: Program, speaking: Speaking) -> Standing:
        """Prepare a program's sound for a voice, once; answers with how far it is."""
        key = (speaking.voice_key, program.hash)
        known = self._standing.get(key)
        if known is None:
            share = coverage(program)
            played = len(recordings(program))
            known = Standing(len(prepared(program)), 0, share.per_mille, share.open, played)
            self._standing[key] = known
            while len(self._standing) > REMEMBERED:
                self._standing.popitem(last=False)
            self._queue.put_nowait((program, speaking))
        return known

    def path(self, key: str, name: str) -> Path | None:
        """Where a sound is; None when there is none."""
        if not NAME.fullmatch(key) or not NAME.fullmatch(name):
            return None
        path = self._folder / key / f"{name}.pcm"
        return path if path.is_file() else None

    async def _work(self) -> None:
        while True:
            program, speaking = await self._queue.get()
            standing = self._standing.get((speaking.voice_key, program.hash))
            if standing is None:
                continue
            await self._fetch(program, standing)
            for text in prepared(program):
                try:
                    await self._prepare(speaking, text)
                except (ProviderError, OSError, ValueError) as error:
                    standing.trouble = str(error)
                    log.warning("sound not prepared", program=program.hash, why=str(error))
                    break
                standing.ready += 1
            else:
                log.info("sound prepared", program=program.hash, texts=standing.ready)

    async def _fetch(self, program: Program, standing: Standing) -> None:
        """The recordings it plays; one that cannot be had is spoken instead."""
        for address in recordings(program):
            try:
                await self.recordings.keep(address)
                standing.fetched += 1
            except (Unfetchable, OSError) as error:
                standing.trouble = str(error)

    async def _prepare(self, speaking: Speaking, text: PreparedText) -> None:
        path = self._folder / speaking.voice_key / f"{text.hash}.pcm"
        if path.exists():
            return
        voice = self._voice(speaking.tts[0])
        pcm = await voice.synthesize_batch(text.text, voice_of(speaking, text.locale), RATE)
        await asyncio.to_thread(_keep, path, pcm)


def _keep(path: Path, pcm: bytes) -> None:
    """Of one loudness, without silence around it, there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pcm = sound.normalize(sound.trim(pcm, RATE), RATE)
    written = path.with_suffix(f".{os.getpid()}")
    written.write_bytes(pcm)
    written.replace(path)
