"""OpenAI on loopback: transcriptions, speech and the list of models."""

import asyncio

from aiohttp import web

from tests.engine.providers.emulators.emulator import Emulator, hang_up
from tests.engine.providers.emulators.spoken import spoken


class OpenAiEmulator(Emulator):
    """Hears the words of its script; speaks a tone as long as the text."""

    def routes(self) -> list[web.RouteDef]:
        """Those of api.openai.com, without the ``/v1`` that its SDK expects in the address."""
        return [
            web.post("/audio/transcriptions", self._transcribe),
            web.post("/audio/speech", self._speak),
            web.get("/models", self._models),
        ]

    async def _models(self, request: web.Request) -> web.Response:
        await self.admit(request)
        return web.json_response({"object": "list", "data": []})

    async def _transcribe(self, request: web.Request) -> web.Response:
        trouble = await self.admit(request)
        form = await request.post()
        for sent in form.values():
            if isinstance(sent, web.FileField):
                sent.file.close()
        await self.note({name: value for name, value in form.items() if isinstance(value, str)})
        await self.think()
        if trouble == "silent":
            await asyncio.Event().wait()
        if trouble == "cut":
            hang_up(request)
        if trouble == "garbage":
            return web.Response(text="{not json", content_type="application/json")
        said = self.next_words()
        tokens = [{"token": word, "logprob": -0.05, "bytes": []} for word in said.split()]
        return web.json_response({"text": said, "logprobs": tokens})

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        trouble = await self.admit(request)
        wanted = await request.json()
        await self.note(wanted)
        await self.think()
        answer = web.StreamResponse(headers={"Content-Type": "audio/pcm"})
        if trouble == "silent":
            await asyncio.Event().wait()
        await answer.prepare(request)
        pcm, piece = spoken(wanted["input"], 24000), 4800
        for number, at in enumerate(range(0, len(pcm), piece)):
            if trouble in ("cut", "garbage") and number == self.script.cut_after:
                hang_up(request)
                return answer
            await answer.write(pcm[at : at + piece])
            await asyncio.sleep(0)
        await answer.write_eof()
        return answer
