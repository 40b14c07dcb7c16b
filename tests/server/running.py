"""A server for tests: the real application, in this process, with or without a real socket."""

import asyncio
import contextlib
import json
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import websockets

from server.kit.migrating import migrate
from server.main import create_app
from server.serving import Serving, bind
from server.settings import Settings

WAIT = 30
"""Seconds a test waits for what must happen, on a slow day."""

Frame = dict[str, Any]


@cache
def _migrated() -> bytes:
    """An empty database of the newest schema: migrations are tested elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parley.db"
        migrate(path)
        return path.read_bytes()


def settings_for(folder: Path, **given: Any) -> Settings:
    """Settings that depend on nothing outside of the test, and a data folder with an empty database."""
    data = folder / "data"
    if not data.exists():
        data.mkdir()
        (data / "parley.db").write_bytes(_migrated())
    return Settings(_env_file=None, **{"data": folder / "data", "http_port": 0, **given})


class Owner:
    """The API, asked by the owner."""

    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self.client = client
        self.token = token

    async def ask(self, method: str, path: str, **kwargs: Any) -> httpx2.Response:
        """One request with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **kwargs)

    async def agent(self, flow: Frame, name: str = "Test", publish: bool = True) -> Frame:
        """An agent with this flow."""
        agent: Frame = (await self.ask("POST", "/agents", json={"name": name})).json()
        await self.save(agent["id"], flow)
        if publish:
            published = await self.ask("POST", f"/agents/{agent['id']}/publish")
            assert published.status_code == 200, published.text
        return agent

    async def save(self, agent_id: str, flow: Frame, revision: str = "*") -> httpx2.Response:
        """Save the draft."""
        return await self.ask(
            "PUT", f"/agents/{agent_id}/flow", json={"flow": flow}, headers={"If-Match": revision}
        )


@asynccontextmanager
async def application(settings: Settings, own_url: str = "") -> AsyncIterator[tuple[Any, Owner]]:
    """The application without a socket, and its owner."""
    app = create_app(settings, own_url)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield app, Owner(client, (settings.data / "owner-token").read_text().strip())


class InProcess(Serving):
    """The web server of `parley serve`, leaving the test runner's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """No signals."""
        yield


class Running:
    """A server on a real socket."""

    def __init__(self, serving: Serving, owner: Owner) -> None:
        self.serving = serving
        self.owner = owner
        self.url = serving.own_url
        self.app = serving.app
        self.parts = serving.app.state.server

    async def begin(self, public_id: str, origin: str = "", **more: Any) -> httpx2.Response:
        """A visitor's request for a session."""
        body = {"agent_id": public_id, "visitor_id": "v-1", **more}
        headers = {"Origin": origin or self.url}
        return await self.owner.client.post("/api/v1/widget/sessions", json=body, headers=headers)

    @asynccontextmanager
    async def visitor(self, public_id: str, **more: Any) -> AsyncIterator["Visitor"]:
        """A visitor who has said hello to a new session."""
        session = (await self.begin(public_id, **more)).json()
        async with self.connect(session) as visitor:
            yield visitor

    @asynccontextmanager
    async def connect(
        self, session: Frame, last_seq: int = 0, origin: str | None = None, hello: bool = True
    ) -> AsyncIterator["Visitor"]:
        """A socket for a session."""
        address = self.url.replace("http", "ws", 1) + session["socket"]
        given = self.url if origin is None else origin
        async with websockets.connect(
            address,
            origin=websockets.Origin(given) if given else None,
            compression=None,
        ) as ws:
            visitor = Visitor(ws, session)
            if hello:
                await visitor.send({"type": "hello", "token": session["token"], "last_seq": last_seq})
                visitor.welcome = await visitor.next()
            yield visitor


class Visitor:
    """The widget's end of the socket."""

    def __init__(self, ws: Any, session: Frame) -> None:
        self.ws = ws
        self.session = session
        self.welcome: Frame = {}

    async def send(self, frame: Frame | str) -> None:
        """One frame."""
        await self.ws.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def text(self, id: str, text: str) -> None:
        """Words."""
        await self.send({"type": "text", "client_msg_id": id, "text": text})

    async def next(self) -> Frame:
        """The next frame."""
        frame: Frame = json.loads(await asyncio.wait_for(self.ws.recv(), WAIT))
        return frame

    async def until(self, type: str, **facts: Any) -> list[Frame]:
        """Frames up to one of this type with these facts, that one included."""
        frames = []
        while True:
            frame = await self.next()
            frames.append(frame)
            if frame["type"] == type and all(frame.get(k) == v for k, v in facts.items()):
                return frames

    async def says(self, words: str) -> list[Frame]:
        """Frames up to the message with exactly these words."""
        return await self.until("message", text=words)

    async def closed(self) -> int:
        """Wait for the close; answers with its code."""
        await asyncio.wait_for(self.ws.wait_closed(), WAIT)
        return int(self.ws.close_code)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Running]:
    """A server on a real socket, and its owner."""
    listening: socket.socket = bind("127.0.0.1", settings.http_port)
    server = InProcess(settings, listening)
    task = asyncio.create_task(server.serve([listening]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    if task.done():
        task.result()
    try:
        token = (settings.data / "owner-token").read_text().strip()
        async with httpx2.AsyncClient(base_url=server.own_url, timeout=WAIT) as client:
            yield Running(server, Owner(client, token))
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, WAIT)
        listening.close()
