"""A server that speaks the widget's protocol and does what a test tells it: for states that the real one
reaches only by accident (slow, cut, refusing, ended)."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.widget.calls import Calls

WIDGET = Path(__file__).parents[2] / "server" / "widget"
AT = "2026-11-20T18:30:00Z"
Frame = dict[str, Any]
Answer = Callable[["Script", Frame], list[Frame]]


def agent(text: str, **more: Any) -> Frame:
    """Words of the agent, without their place in the log."""
    return {"type": "message", "role": "agent", "text": text, "at": AT, **more}


def buttons(*labels: str) -> list[Frame]:
    """Choices; an id is its label in lower case."""
    return [{"id": label.lower(), "label": label} for label in labels]


def polite(_: "Script", said: Frame) -> list[Frame]:
    """Answers anything with what it heard."""
    return [agent(f"You said: {said.get('text') or said.get('label')}")]


@dataclass
class Script:
    """What the server knows and how it behaves; tests read and change it while the server runs."""

    greeting: list[Frame] = field(
        default_factory=lambda: [agent("Buona sera! For which day, and what time?")]
    )
    answer: Answer = polite
    widget: Frame = field(default_factory=dict)
    voice: Frame = field(default_factory=lambda: {"enabled": False, "pushToTalk": False})
    refuse: tuple[int, str, str] | None = None
    """Status, code and message for requests of a session."""
    deaf: bool = False
    """Takes words and never says that it did."""
    log: list[Frame] = field(default_factory=list)
    requests: list[Frame] = field(default_factory=list)
    hellos: list[Frame] = field(default_factory=list)
    heard: list[Frame] = field(default_factory=list)
    sessions: int = 0
    ended: bool = False
    sockets: list[WebSocket] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)

    def write(self, frame: Frame) -> Frame:
        """Put a frame into the log."""
        kept = {**frame, "seq": len(self.log) + 1}
        self.log.append(kept)
        return kept

    def begin(self) -> None:
        """A new session with an empty log."""
        self.sessions += 1
        self.ended = False
        self.log.clear()
        for frame in self.greeting:
            self.write(frame)


class Peer:
    """The script's server, on a port of the kernel's choice, in a thread of its own."""

    def __init__(self) -> None:
        self.script = Script()
        self.loop: asyncio.AbstractEventLoop | None = None
        routes = [
            Route("/widget.js", self._widget),
            Route("/page", self._page),
            Route("/api/v1/widget/sessions", self._session, methods=["POST"]),
            WebSocketRoute("/api/v1/widget/socket", self._socket),
            Route("/widget/{name}", self._part),
            Route("/api/v1/widget/sessions/{session}/voice", self._voice, methods=["POST"]),
            WebSocketRoute("/api/v1/media", self._media),
        ]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["retry-after"],
        )
        config = uvicorn.Config(
            Starlette(routes=routes, middleware=[cors]), port=0, log_level="warning", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._server.serve()

    def start(self) -> "Peer":
        """Serve; returns when the port is open."""
        self._thread.start()
        for _ in range(3000):
            if self._server.started:
                return self
            threading.Event().wait(0.01)
        raise RuntimeError("the peer did not start within 30 s")

    def stop(self) -> None:
        """Close every socket and the port."""
        self._server.force_exit = True
        self._server.should_exit = True
        self._thread.join(30)

    @property
    def origin(self) -> str:
        """Where it serves, by name: pages of another origin use the number."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://localhost:{port}"

    @property
    def elsewhere(self) -> str:
        """The same pages under another origin."""
        return self.origin.replace("localhost", "127.0.0.1")

    # What tests do to those connected.

    def push(self, *frames: Frame) -> None:
        """Send frames; messages and ends go into the log first."""
        for frame in frames:
            logged = frame["type"] in ("message", "ended")
            self._everywhere("send_json", self.script.write(frame) if logged else frame)

    def cut(self, code: int) -> None:
        """Close every socket with a code."""
        self._everywhere("close", code)

    def _everywhere(self, act: str, value: Any) -> None:
        async def each() -> None:
            for socket in list(self.script.sockets):
                await getattr(socket, act)(value)

        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(each(), self.loop).result(30)

    # The protocol.

    async def _widget(self, _: Request) -> Response:
        return Response((WIDGET / "dist" / "widget.js").read_bytes(), media_type="text/javascript")

    async def _part(self, request: Request) -> Response:
        part = WIDGET / "dist" / request.path_params["name"]
        return Response(part.read_bytes(), media_type="text/javascript")

    async def _voice(self, request: Request) -> Response:
        return await self.script.calls.grant(request)

    async def _media(self, socket: WebSocket) -> None:
        await self.script.calls.serve(socket)

    async def _page(self, request: Request) -> Response:
        style = "body{background:#EDE9E3;margin:0;min-height:100vh;font:16px sans-serif}"
        options = " ".join(f'data-{name}="{value}"' for name, value in request.query_params.items())
        return HTMLResponse(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{style} p{{color:red;font-size:40px}}</style></head><body><main><h1>A page</h1>"
            f'<button id="own">Its own button</button></main>'
            f'<script src="{self.origin}/widget.js" {options}></script></body></html>'
        )

    async def _session(self, request: Request) -> Response:
        script, body = self.script, await request.json()
        script.requests.append(body)
        if script.refuse is not None:
            status, code, message = script.refuse
            error = {"code": code, "message": message, "details": {}, "timestamp": AT, "request_id": "r"}
            return JSONResponse({"error": error}, status)
        current = f"s{script.sessions}"
        if script.sessions == 0 or (body.get("session_id"), body.get("session_secret")) != (
            current,
            "resume",
        ):
            script.begin()
        return JSONResponse(
            {
                "session_id": f"s{script.sessions}",
                "token": f"token-{len(script.requests)}",
                "resume_secret": "resume",
                "expires_at": AT,
                "agent": {"name": "Luna", "locale": "en-GB"},
                "widget": script.widget,
                "voice": script.voice,
                "socket": "/api/v1/widget/socket",
            },
            201,
        )

    async def _socket(self, socket: WebSocket) -> None:
        script = self.script
        await socket.accept()
        try:
            hello = await socket.receive_json()
            script.hellos.append(hello)
            status = "ended" if script.ended else "active"
            welcome = {"type": "welcome", "session_id": f"s{script.sessions}", "status": status}
            await socket.send_json({**welcome, "seq": len(script.log)})
            for frame in [f for f in script.log if f["seq"] > hello["last_seq"]]:
                await socket.send_json(frame)
            script.sockets.append(socket)
            while True:
                await self._take(socket, await socket.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if socket in script.sockets:
                script.sockets.remove(socket)

    async def _take(self, socket: WebSocket, frame: Frame) -> None:
        script = self.script
        if frame["type"] == "ping":
            return await socket.send_json({"type": "pong"})
        script.heard.append(frame)
        if script.deaf:
            return None
        key = frame["client_msg_id"]
        known = next((one for one in script.log if one.get("client_msg_id") == key), None)
        text = frame.get("text") or frame.get("label")
        said = known or script.write(
            {"type": "message", "role": "visitor", "text": text, "client_msg_id": key, "at": AT}
        )
        await socket.send_json({"type": "ack", "client_msg_id": key, "seq": said["seq"]})
        if known is None:
            for answer in script.answer(script, frame):
                await socket.send_json(script.write(answer) if answer["type"] != "typing" else answer)
        return None
