"""Deepgram on loopback: Nova and Flux streams, whole files, and the list of projects."""

import array
import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.engine.providers.emulators.emulator import Emulator, hang_up

LOUD = 200
PAUSE_MS = 400


class DeepgramEmulator(Emulator):
    """Hears the words of its script wherever there is sound; Flux ends a turn after 400 ms of silence."""

    def routes(self) -> list[web.RouteDef]:
        """Those of api.deepgram.com."""
        return [
            web.get("/v1/listen", self._nova),
            web.get("/v2/listen", self._flux),
            web.post("/v1/listen", self._file),
            web.get("/v1/projects", self._projects),
        ]

    async def _projects(self, request: web.Request) -> web.Response:
        await self.admit(request)
        return web.json_response({"projects": []})

    async def _file(self, request: web.Request) -> web.Response:
        trouble = await self.admit(request)
        await request.read()
        await self.think()
        if trouble == "garbage":
            return web.json_response({"results": {"channels": []}})
        if trouble in ("cut", "silent"):
            hang_up(request)
        found = _alternative(self.next_words())
        return web.json_response(
            {"metadata": {"request_id": "r"}, "results": {"channels": [{"alternatives": [found]}]}}
        )

    async def _nova(self, request: web.Request) -> web.WebSocketResponse:
        return await self.socket(request, _Nova(self, request).serve)

    async def _flux(self, request: web.Request) -> web.WebSocketResponse:
        return await self.socket(request, _Flux(self, request).serve)


class _Listening:
    def __init__(self, vendor: DeepgramEmulator, request: web.Request) -> None:
        self.vendor = vendor
        self.request = request
        self.rate = int(request.query["sample_rate"])
        self.trouble = ""
        self.socket: web.WebSocketResponse
        self.loud_ms = 0
        self.quiet_ms = 0
        self.answers = 0
        self.thinking: list[asyncio.Task[None]] = []

    async def serve(self, socket: web.WebSocketResponse, trouble: str) -> None:
        self.socket, self.trouble = socket, trouble
        await self.opened()
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                await self.vendor.note(message.data)
                await self.sound(message.data)
            elif message.type is WSMsgType.TEXT:
                order = json.loads(message.data)
                await self.vendor.note(order)
                await self.order(order)

    def measure(self, pcm: bytes) -> None:
        samples = array.array("h", pcm)
        milliseconds = len(samples) * 1000 // self.rate
        if max(samples, default=0) > LOUD:
            self.loud_ms += milliseconds
            self.quiet_ms = 0
        else:
            self.quiet_ms += milliseconds

    async def answer(self, message: Any) -> None:
        self.answers += 1
        if self.trouble == "silent":
            return
        if self.trouble == "cut" and self.answers >= self.vendor.script.cut_after:
            hang_up(self.request)
            return
        if self.vendor.script.latency and not self.trouble:
            # Who thinks goes on hearing; equal delays keep the order.
            self.thinking.append(asyncio.create_task(self.answer_late(message)))
            return
        await self.vendor.think()
        if self.trouble == "garbage":
            await self.socket.send_str("{not json")
            await self.socket.send_json(
                {"type": message["type"], "channel": {"alternatives": []}, "event": 7}
            )
            return
        await self.socket.send_json(message)

    async def answer_late(self, message: Any) -> None:
        await self.vendor.think()
        if not self.socket.closed:
            await self.socket.send_json(message)

    async def close(self) -> None:
        await asyncio.gather(*self.thinking, return_exceptions=True)
        await self.socket.close()

    async def opened(self) -> None:
        return

    async def sound(self, pcm: bytes) -> None:
        raise NotImplementedError

    async def order(self, order: dict[str, Any]) -> None:
        raise NotImplementedError


class _Nova(_Listening):
    words: str | None = None
    told_ms = 0

    async def sound(self, pcm: bytes) -> None:
        before = self.loud_ms
        self.measure(pcm)
        if self.loud_ms and not before:
            await self.answer({"type": "SpeechStarted", "channel": [0], "timestamp": 0.1})
            self.words = self.words or self.vendor.next_words()
        if self.words and self.loud_ms - self.told_ms >= 100:
            self.told_ms = self.loud_ms
            await self.answer(_results(self.words.split()[0], final=False))

    async def order(self, order: dict[str, Any]) -> None:
        if order["type"] in ("Finalize", "CloseStream"):
            words, self.words = self.words or "", None
            self.loud_ms = self.told_ms = 0
            if words or order["type"] == "Finalize":
                await self.answer(_results(words, final=True, asked=order["type"] == "Finalize"))
        if order["type"] == "CloseStream" and self.trouble != "silent":
            await self.close()


class _Flux(_Listening):
    words = ""
    sequence = 0
    eager = False
    last: dict[str, Any] | None = None

    async def opened(self) -> None:
        await self.answer({"type": "Connected", "request_id": "r", "sequence_id": 0})

    async def sound(self, pcm: bytes) -> None:
        before = self.loud_ms
        self.measure(pcm)
        if self.loud_ms and not before:
            self.words = self.vendor.next_words()
            await self.turn("StartOfTurn", self.words.split()[0] if self.words else "")
        elif self.eager and not self.quiet_ms:
            self.eager = False
            await self.turn("TurnResumed", self.words)
        elif self.loud_ms and not self.eager and self.quiet_ms >= PAUSE_MS / 2:
            self.eager = True
            await self.turn("EagerEndOfTurn", self.words)
        elif self.loud_ms and self.quiet_ms >= PAUSE_MS:
            await self.end()
        elif self.loud_ms and not self.quiet_ms:
            await self.turn("Update", self.words)

    async def end(self) -> None:
        words, self.words = self.words, ""
        self.loud_ms, self.eager = 0, False
        await self.turn("EndOfTurn", words)

    async def order(self, order: dict[str, Any]) -> None:
        if order["type"] == "Configure":
            await self.answer({"type": "ConfigureSuccess", "request_id": "r", "sequence_id": 0})
        elif order["type"] == "ForceEndTurn":
            await self.end()
        elif order["type"] == "CloseStream" and self.trouble != "silent":
            if self.words:
                await self.end()
            await self.close()

    async def turn(self, event: str, words: str) -> None:
        self.sequence += 1
        message = {
            "type": "TurnInfo",
            "request_id": "r",
            "sequence_id": self.sequence,
            "event": event,
            "turn_index": 0,
            "audio_window_start": 0.0,
            "audio_window_end": 1.0,
            "transcript": words,
            "words": [{"word": word, "confidence": 0.9} for word in words.split()],
            "end_of_turn_confidence": 0.9 if event == "EndOfTurn" else 0.2,
        }
        await self.answer(message)
        if self.trouble == "reordered" and self.last is not None:
            await self.answer(self.last)
        self.last = message


def _alternative(words: str) -> dict[str, Any]:
    said = words.split()
    return {
        "transcript": words,
        "confidence": 0.97 if words else 0.0,
        "words": [
            {"word": word, "start": 0.3 * at, "end": 0.3 * at + 0.25, "confidence": 0.97}
            for at, word in enumerate(said)
        ],
    }


def _results(words: str, *, final: bool, asked: bool = False) -> dict[str, Any]:
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "duration": 1.0,
        "start": 0.0,
        "is_final": final,
        "speech_final": final,
        "from_finalize": asked,
        "channel": {"alternatives": [_alternative(words)]},
        "metadata": {
            "request_id": "r",
            "model_info": {"name": "nova-3", "version": "1", "arch": "nova"},
            "model_uuid": "m",
        },
    }
