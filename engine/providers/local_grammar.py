"""Recognition without a vendor: pocketsphinx against a grammar, in processes of its own.

It hears what a grammar allows and nothing else; where anything may be said it hears nothing, and the
conversation asks for keys. English only.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import msgspec

from engine.providers.decoding import Reply, Request
from engine.providers.hearing import CollectedStream
from engine.providers.sound import duration_ms
from engine.providers.speech import (
    Hints,
    ProviderError,
    SttAbilities,
    Transcript,
    TranscriptStream,
    Trouble,
)

PATIENCE = 30.0
"""Seconds for one utterance, the start of the process included; it needs a fiftieth of the sound's length."""


class LocalGrammar:
    """pocketsphinx as a `SpeechToText`, shared by all calls. Each of the ``processes`` holds some 60 MB."""

    name = "local"
    model = "pocketsphinx en-us"
    abilities = SttAbilities(
        streaming=False, partials=False, finds_turns=False, keyterms=False, grammar=True, languages=("en",)
    )

    def __init__(self, processes: int = 1) -> None:
        self._count = processes
        self._idle: asyncio.LifoQueue[_Decoder] | None = None
        self._decoders: list[_Decoder] = []

    async def transcribe_stream(self, rate: int, hints: Hints) -> TranscriptStream:
        """Collects until ``flush``."""
        self._refuse(hints)
        return CollectedStream(rate, hints, self.transcribe_batch)

    async def transcribe_batch(self, pcm: bytes, rate: int, hints: Hints) -> Transcript:
        """What of the grammar was said, nothing when it was something else. Raises `ProviderError`."""
        self._refuse(hints)
        if not hints.grammar or not pcm:
            return Transcript("")
        reply = await self._ask(Request(hints.grammar, pcm, rate))
        if reply.error:
            raise ProviderError(self.name, Trouble.REJECTED, reply.error)
        return Transcript(
            reply.text, reply.sure, language="en-US", words=reply.words, billed_ms=duration_ms(pcm, rate)
        )

    async def check(self) -> None:
        """Whether the recogniser can be started."""
        await self._ask(Request("#JSGF V1.0; grammar check; public <check> = yes;", b"", 16000))

    async def aclose(self) -> None:
        """End the processes."""
        await asyncio.gather(*(decoder.aclose() for decoder in self._decoders))
        self._decoders.clear()
        self._idle = None

    def processes(self) -> list[int]:
        """The ids of those that run."""
        return [decoder.process for decoder in self._decoders if decoder.process]

    def _refuse(self, hints: Hints) -> None:
        if hints.locale and hints.locale.partition("-")[0].lower() != "en":
            raise ProviderError(
                self.name,
                Trouble.UNSUPPORTED,
                f"understands English only, not {hints.locale}. Choose a vendor for this language.",
            )

    async def _ask(self, request: Request) -> Reply:
        if self._idle is None:
            self._idle = asyncio.LifoQueue()
            self._decoders = [_Decoder() for _ in range(self._count)]
            for each in self._decoders:
                self._idle.put_nowait(each)
        idle = self._idle
        decoder = await idle.get()
        try:
            return await decoder.ask(request)
        finally:
            idle.put_nowait(decoder)


class _Decoder:
    """One process; it is started when it is needed, and again when it died."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    @property
    def process(self) -> int:
        """Its id, 0 while it does not run."""
        return self._process.pid if self._process is not None else 0

    async def ask(self, request: Request) -> Reply:
        """Its answer. Raises `ProviderError`; an utterance at which it dies is tried once more."""
        data = msgspec.msgpack.encode(request)
        for attempt in (1, 2):
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._exchange(data)
            except TimeoutError as error:
                raise ProviderError(
                    "local", Trouble.TIMEOUT, "the recogniser did not answer in time"
                ) from error
            except (OSError, asyncio.IncompleteReadError) as error:
                if attempt == 2:
                    raise ProviderError(
                        "local",
                        Trouble.BROKEN,
                        "the recogniser ended. Is pocketsphinx installed (the extra parley[voice])?",
                    ) from error
        raise AssertionError("unreachable")

    async def aclose(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await process.wait()
            # The transport is closed now, not when the loop is already gone.
            process._transport.close()  # type: ignore[attr-defined]

    async def _exchange(self, data: bytes) -> Reply:
        complete = False
        try:
            process = await self._running()
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(len(data).to_bytes(4, "big") + data)
            await process.stdin.drain()
            size = int.from_bytes(await process.stdout.readexactly(4), "big")
            reply = msgspec.msgpack.decode(await process.stdout.readexactly(size), type=Reply)
            complete = True
            return reply
        finally:
            # Half an exchange, ours or its: what it says next would answer somebody else.
            if not complete:
                await self.aclose()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            await self.aclose()
            root = str(Path(__file__).parents[2])
            path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "engine.providers.decoding",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={
                    **{k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")},
                    "PYTHONPATH": path,
                },
            )
        return self._process
