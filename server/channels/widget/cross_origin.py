"""Cross-origin answers: pages on which some agent is embedded may read the widget's routes, and no others."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kit.origin import own_origin, parse_origin


class CrossOrigin:
    """Answers preflights under ``prefix`` and adds the headers that let a listed page read the answer, errors
    too."""

    def __init__(self, app: ASGIApp, prefix: str, listed: Callable[[str], bool], public_url: str) -> None:
        self.app = app
        self.prefix = prefix
        self.listed = listed
        self.public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"])
        page = parse_origin(given.get(b"origin", b"").decode("latin-1"))
        own = own_origin(scope["scheme"], given.get(b"host", b"").decode("latin-1"), self.public_url)
        allowed = page is not None and (page == own or self.listed(page))
        extra = [(b"vary", b"origin")]
        if allowed and page:
            extra += [
                (b"access-control-allow-origin", page.encode()),
                (b"access-control-expose-headers", b"retry-after, x-request-id"),
            ]
        if scope["method"] == "OPTIONS":
            if allowed:
                extra += [
                    (b"access-control-allow-methods", b"POST"),
                    (b"access-control-allow-headers", b"authorization, content-type"),
                    (b"access-control-max-age", b"600"),
                ]
            await send({"type": "http.response.start", "status": 204, "headers": extra})
            await send({"type": "http.response.body", "body": b""})
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        await self.app(scope, receive, answer)
