"""A Parley server with an emulated Google Calendar and an MCP server on loopback, in a process of its own.

``python -m tests.studio.calendar_server FOLDER`` serves until its input ends; its first line says where all of it is.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from aiohttp import web

from studio.client.api import Api
from tests.loopback import on_loopback
from tests.server.running import WAIT, serving, settings_for
from tests.server.tools.google import Google, google
from tests.server.tools.mcp_peer import Peer, peer


class CalendarServer:
    """``api`` is the owner's; ``peer`` the address of the MCP server."""

    def __init__(self, said: str) -> None:
        facts = json.loads(said)
        self.api = Api(facts["url"], facts["token"])
        self.peer = facts["peer"]
        self._control = facts["control"]

    def allow(self, address: str) -> None:
        """What happens in the browser: somebody allows it, and is sent back to Parley."""
        query = httpx2.post(f"{self._control}/allow", json={"address": address}).json()
        httpx2.get(f"{self.api.address}/api/v1/tools/callback", params=query).raise_for_status()

    def answer(self, how: str) -> None:
        """How the MCP server answers from now on."""
        httpx2.post(f"{self._control}/how", json={"how": how}).raise_for_status()


@contextmanager
def calendar_server(folder: Path, checkout: Path) -> Iterator[CalendarServer]:
    """While it serves."""
    command = [sys.executable, "-m", "tests.studio.calendar_server", str(folder)]
    pipe = subprocess.PIPE
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=checkout, stdin=pipe, stdout=pipe, stderr=log, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        said = next((line for line in process.stdout if line.startswith('{"url"')), "")
        assert said, (folder / "server.log").read_text()
        yield CalendarServer(said)
    finally:
        process.stdin.close()
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            process.stdout.close()


def _control(there: Google, mcp: Peer) -> web.Application:
    async def allow(request: web.Request) -> web.Response:
        return web.json_response(there.allow((await request.json())["address"]))

    async def how(request: web.Request) -> web.Response:
        mcp.how = (await request.json())["how"]
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/allow", allow), web.post("/how", how)])
    return app


async def _serve(folder: Path) -> None:
    async with google() as there, peer() as mcp, on_loopback(_control(there, mcp)) as control:
        allow = (there.url.removeprefix("http://"), mcp.endpoint)
        settings = settings_for(folder, rest_limit=0, token_limit=0, http_allow=allow, voice=False)
        async with serving(settings) as running:
            running.parts.toolhouse.registry.add(there.tool())
            facts = {
                "url": running.url,
                "token": running.owner.token,
                "peer": f"{mcp.url}/mcp",
                "control": control,
            }
            print(json.dumps(facts), flush=True)
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
