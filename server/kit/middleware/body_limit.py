"""Bodies have a size: counted as they arrive, whatever Content-Length claims."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kit.envelope import send_error
from server.kit.errors import ApiError, ErrorCode


class BodyLimit:
    """Refuses bodies of more than ``limit(path)`` bytes."""

    def __init__(self, app: ASGIApp, limit: Callable[[str], int]) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit, seen = self.limit(scope["path"]), 0
        refusal = ApiError(
            ErrorCode.PAYLOAD_TOO_LARGE,
            f"The body is larger than {limit} bytes. Send less at a time.",
            {"limit_bytes": limit},
            {"Connection": "close"},
        )
        if _claimed(scope) > limit:
            await send_error(scope, send, refusal)
            return

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise refusal
            return message

        await self.app(scope, counted, send)


def _claimed(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
