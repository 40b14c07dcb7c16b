"""OpenAI's embeddings on loopback: texts that share words lie close together."""

import asyncio
import base64
import hashlib

import numpy as np
from aiohttp import web

from tests.engine.providers.emulators.emulator import Emulator, hang_up

DIMENSIONS = 1536


class EmbeddingsEmulator(Emulator):
    """Bags of hashed words. ``troubled`` scripts may also say ``fewer`` (a vector is missing) and ``nan``."""

    plain = False
    """Answers with numbers, as servers do that do not know base64."""

    def routes(self) -> list[web.RouteDef]:
        """Those of api.openai.com, without the ``/v1`` that its SDK expects in the address."""
        return [web.post("/embeddings", self._embed), web.get("/models", self._models)]

    async def _models(self, request: web.Request) -> web.Response:
        await self.admit(request)
        return web.json_response({"object": "list", "data": []})

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        trouble = await self.admit(request)
        wanted = await request.json()
        await self.note(wanted)
        await self.think()
        if trouble == "silent":
            await asyncio.Event().wait()
        if trouble == "cut":
            hang_up(request)
        if trouble == "garbage":
            return web.Response(text="{not json", content_type="application/json")
        rows = [bag(text, wanted.get("dimensions", DIMENSIONS)) for text in wanted["input"]]
        if trouble == "nan":
            rows[0][:] = np.nan
        if trouble == "fewer":
            rows.pop()
        data = [
            {
                "object": "embedding",
                "index": at,
                "embedding": row.tolist() if self.plain else base64.b64encode(row.tobytes()).decode(),
            }
            for at, row in enumerate(rows)
        ]
        usage = {"prompt_tokens": 7, "total_tokens": 7}
        # In any order: the index counts.
        return web.json_response(
            {"object": "list", "data": data[::-1], "model": wanted["model"], "usage": usage}
        )


def bag(text: str, dimensions: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """One hashed place a word."""
    row = np.zeros(dimensions, np.float32)
    for word in text.lower().split() or [""]:
        row[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % dimensions] += 1
    return row
