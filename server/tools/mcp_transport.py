"""How the MCP library reaches a server: through the guard, and never for more bytes than allowed."""

import asyncio
from collections.abc import AsyncIterator

import httpx2

from server.kit.http_guard import Blocked, TooLarge

MESSAGES = 500
"""Messages in one answer: the library reads each, and that takes longer than to send it."""
FAREWELL = 1.0
"""Seconds to end a session on the other side; it ends by itself otherwise."""


_MESSAGE = b"\ndata:"


class Bounded(httpx2.AsyncBaseTransport):
    """``trouble`` says in a sentence what broke, because the library keeps that to itself; ``status`` is what the last
    message was answered with, 0 for no answer."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, most: int) -> None:
        self._inner, self._most = inner, most
        self.trouble = ""
        self.status = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request; raises what the inner one does, `Blocked` and `TooLarge`."""
        if request.method == "GET" and "last-event-id" not in request.headers:
            # Nobody here listens to what a server says unasked.
            return httpx2.Response(405, request=request)
        # A small answer could be a large one packed.
        request.headers["Accept-Encoding"] = "identity"
        if request.method == "DELETE":
            async with asyncio.timeout(FAREWELL):
                return await self._inner.handle_async_request(request)
        self.status = 0
        try:
            response = await self._inner.handle_async_request(request)
            self.status = response.status_code
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                await response.aclose()
                raise Blocked("The MCP server packs its answers although asked not to.")
        except (Blocked, OSError, httpx2.HTTPError) as error:
            self.trouble = _sentence(error)
            raise
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Counted(stream, self),
            extensions=response.extensions,
        )

    def failed(self, error: Exception) -> None:
        """Remember what broke in the middle of an answer."""
        self.trouble = _sentence(error)

    @property
    def most(self) -> int:
        """Bytes of one answer."""
        return self._most


class _Counted(httpx2.AsyncByteStream):
    """The body of an answer, up to its limits."""

    def __init__(self, inner: httpx2.AsyncByteStream, of: Bounded) -> None:
        self._inner, self._of = inner, of

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = messages = 0
        end = b"\n"
        try:
            async for chunk in self._inner:
                seen += len(chunk)
                if seen > self._of.most:
                    raise TooLarge(f"The answer is larger than {self._of.most} bytes. Ask for less.")
                # No line within a message begins so. What a line ends with may be in the chunk before.
                messages += (end + chunk).replace(b"\r", b"\n").count(_MESSAGE)
                if messages > MESSAGES:
                    raise TooLarge(f"The answer has more than {MESSAGES} messages. Ask for less.")
                end = (end + chunk)[1 - len(_MESSAGE) :]
                yield chunk
        except (TooLarge, OSError, httpx2.HTTPError) as error:
            self._of.failed(error)
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()


def _sentence(error: Exception) -> str:
    if isinstance(error, Blocked | TooLarge):
        return str(error)
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return f"The MCP server cannot be reached: {error}"
    return f"The connection broke: {error}"
