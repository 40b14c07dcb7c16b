"""Headers that keep browsers careful."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
CLOSED = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
PRIVATE = (b"cache-control", b"private, no-store")
SECURE = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    """Adds what an answer has not set itself. ``secure`` says that people reach this server by https."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.defaults = (*ALWAYS, CLOSED, PRIVATE, *((SECURE,) if secure else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                message["headers"] = headers + [h for h in self.defaults if h[0] not in present]
            await send(message)

        await self.app(scope, receive, answer)
