"""The outermost layer: gives the request its id, writes its line into the log, answers what nobody caught."""

import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kit.envelope import send_error
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id

GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUIET = ("/health",)

log = structlog.get_logger()


class RequestContext:
    """Sets ``scope["state"]["request_id"]`` (the caller's ``X-Request-ID`` when it is a plain word) and
    answers with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _given(scope) or new_id("req")
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._http(scope, receive, send, request_id)

    async def _http(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:
            log.exception("request failed", method=scope["method"], path=scope["path"])
            if status:
                raise
            await send_error(scope, answer, ApiError(ErrorCode.INTERNAL_ERROR))
        if not scope["path"].startswith(QUIET):
            took = round((time.perf_counter() - started) * 1000, 1)
            log.info("request", method=scope["method"], path=scope["path"], status=status, ms=took)


def _given(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            return text if GIVEN.fullmatch(text) else ""
    return ""
