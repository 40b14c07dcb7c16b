"""Sockets go straight to what serves them: thousands stay open, and every layer around one would stay with it."""

from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from server.kit.ids import new_id


class Sockets:
    """Hands WebSockets to the application of their path, or of the beginning of it where that ends with a slash;
    refuses others. Everything else passes."""

    def __init__(self, app: ASGIApp, routes: Mapping[str, ASGIApp]) -> None:
        self.app = app
        self.routes = routes
        self.prefixes = [(path, app) for path, app in routes.items() if path.endswith("/")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        serve = self.routes.get(path)
        if serve is None:
            serve = next((app for begins, app in self.prefixes if path.startswith(begins)), None)
        if serve is None:
            await receive()
            await send({"type": "websocket.close"})
            return
        structlog.contextvars.bind_contextvars(request_id=new_id("req"))
        await serve(scope, receive, send)
