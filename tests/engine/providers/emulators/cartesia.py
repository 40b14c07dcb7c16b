"""Cartesia on loopback: contexts multiplexed on one socket, with the times of words, and the list of voices."""

import asyncio
import base64
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.engine.providers.emulators.emulator import Emulator, hang_up
from tests.engine.providers.emulators.spoken import MS_A_CHARACTER, spoken

PIECE_MS = 100


class CartesiaEmulator(Emulator):
    """Speaks a tone as long as the text; each word lasts 60 ms a character."""

    def routes(self) -> list[web.RouteDef]:
        """Those of api.cartesia.ai."""
        return [web.get("/tts/websocket", self._socket), web.get("/voices", self._voices)]

    def given_key(self, request: web.Request) -> str:
        """It is in a header of its own, or a bearer's."""
        return request.headers.get("X-API-Key") or super().given_key(request)

    async def _voices(self, request: web.Request) -> web.Response:
        await self.admit(request)
        voice = {"id": "v1", "name": "Ann", "language": "en", "is_owner": False, "description": ""}
        return web.json_response({"data": [voice], "has_more": False})

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        async def serve(socket: web.WebSocketResponse, trouble: str) -> None:
            speaking: dict[str, _Context] = {}
            try:
                async for message in socket:
                    if message.type is WSMsgType.TEXT:
                        order = json.loads(message.data)
                        await self.note(order)
                        self._order(order, speaking, socket, trouble, request)
            finally:
                for context in speaking.values():
                    context.task.cancel()

        return await self.socket(request, serve)

    def _order(
        self,
        order: dict[str, Any],
        speaking: dict[str, "_Context"],
        socket: web.WebSocketResponse,
        trouble: str,
        request: web.Request,
    ) -> None:
        name = order["context_id"]
        if order.get("cancel"):
            if name in speaking:
                speaking.pop(name).task.cancel()
            return
        if name not in speaking:
            speaking[name] = _Context(self, name, socket, trouble, request)
        speaking[name].orders.put_nowait(order)


class _Context:
    def __init__(
        self,
        vendor: CartesiaEmulator,
        name: str,
        socket: web.WebSocketResponse,
        trouble: str,
        request: web.Request,
    ) -> None:
        self.vendor = vendor
        self.name = name
        self.socket = socket
        self.trouble = trouble
        self.request = request
        self.orders: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.at_ms = 0
        self.pieces = 0
        self.task = asyncio.create_task(self._speak())

    async def _speak(self) -> None:
        try:
            while True:
                order = await self.orders.get()
                if order["transcript"].strip():
                    await self._say(order)
                if not order.get("continue"):
                    await self._send({"type": "done", "done": True, "status_code": 200})
                    return
        except ConnectionResetError:
            return

    async def _say(self, order: dict[str, Any]) -> None:
        rate = order["output_format"]["sample_rate"]
        await self.vendor.think()
        words = order["transcript"].split()
        starts, at = [], self.at_ms
        for word in words:
            starts.append(at)
            at += MS_A_CHARACTER * (len(word) + 1)
        times = {
            "words": words,
            "start": [start / 1000 for start in starts],
            "end": [
                (start + MS_A_CHARACTER * len(word)) / 1000 for start, word in zip(starts, words, strict=True)
            ],
        }
        await self._send({"type": "timestamps", "done": False, "status_code": 206, "word_timestamps": times})
        pcm, size = spoken(order["transcript"], rate), rate * PIECE_MS // 1000 * 2
        self.at_ms += len(pcm) // 2 * 1000 // rate
        for begin in range(0, len(pcm), size):
            self.pieces += 1
            if self.trouble == "cut" and self.pieces > self.vendor.script.cut_after:
                hang_up(self.request)
                raise ConnectionResetError
            data = base64.b64encode(pcm[begin : begin + size]).decode()
            await self._send(
                {"type": "chunk", "data": data, "done": False, "status_code": 206, "step_time": 1.0}
            )
            await asyncio.sleep(0)

    async def _send(self, message: dict[str, Any]) -> None:
        if self.trouble == "silent":
            return
        if self.trouble == "garbage":
            await self.socket.send_str("{not json")
            return
        await self.socket.send_json({**message, "context_id": self.name})
