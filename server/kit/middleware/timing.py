"""How long requests take, told by the route's template: addresses hold ids, and those have no end."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNROUTED = "none"
METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))


class Timing:
    """``observe`` is called with method, route, status and seconds of each request. ``prefix`` is what routers
    were included under: the framework leaves it out of a route's path."""

    def __init__(
        self, app: ASGIApp, observe: Callable[[str, str, int, float], None], prefix: str = ""
    ) -> None:
        self.app = app
        self.prefix = prefix
        self.observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            route = self._route(scope)
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.observe(method, route, status, time.perf_counter() - started)

    def _route(self, scope: Scope) -> str:
        path = getattr(scope.get("route"), "path", None)
        if path is None:
            return UNROUTED
        included = scope["path"].startswith(self.prefix) and not path.startswith(self.prefix)
        return f"{self.prefix}{path}" if included else str(path)
