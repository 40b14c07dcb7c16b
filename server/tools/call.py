"""One call of a function: what it works with, and how it reaches its service."""

import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2
import msgspec

from server.kit.http_guard import Answer, Blocked, GuardedClient, TooLarge

NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, socket.gaierror)
REFUSED, UNAUTHORIZED, CONFLICT = 300, 401, 409
plain: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=str)
"""Reads JSON; numbers with a point become text, because nothing downstream knows floats."""


class ToolFailed(Exception):
    """A function came to nothing; the message says why. ``outcome`` is one of `engine.conversation.Outcome`'s."""

    def __init__(self, message: str, outcome: str = "error") -> None:
        super().__init__(message)
        self.outcome = outcome


class Reply(msgspec.Struct, frozen=True):
    """What a service answered; ``body`` is plain, or text when it was no JSON."""

    status: int
    body: Any


class Call:
    """What a function works with.

    ``config`` is the agent's, secrets included. ``key`` is the same when the same call is made again. ``token`` gives
    an access token, a new one when told that the last was refused. ``sent`` says that the service may have acted upon
    a request.
    """

    def __init__(
        self,
        client: GuardedClient,
        config: Any,
        key: str,
        seconds: float,
        token: Callable[[bool], Awaitable[str]],
    ) -> None:
        self.client, self.config, self.key, self.seconds = client, config, key, seconds
        self.token = token
        self.sent = False

    async def authorized(
        self, method: str, url: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> Reply:
        """A request in the name of the account that was connected. A refused token is renewed once."""
        reply = await self.http(method, url, query, body, bearer=await self.token(False))
        if reply.status == UNAUTHORIZED:
            reply = await self.http(method, url, query, body, bearer=await self.token(True))
        if reply.status == UNAUTHORIZED:
            raise ToolFailed("The account's access was refused. Connect it again in the agent's tools.")
        return reply

    async def http(
        self,
        method: str,
        url: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        bearer: str = "",
    ) -> Reply:
        """A request; raises `ToolFailed` when there is no answer."""
        headers = {"Accept": "application/json", "User-Agent": "Parley", "Idempotency-Key": self.key}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        address = f"{url}?{urlencode(query)}" if query else url
        content = None if body is None else msgspec.json.encode(body)
        before, self.sent = self.sent, self.sent or method != "GET"
        try:
            answer = await self.client.request(
                method, address, headers=headers, content=content, timeout=self.seconds
            )
        except (Blocked, httpx2.InvalidURL, httpx2.UnsupportedProtocol, ValueError) as error:
            self.sent = before
            raise ToolFailed(str(error)) from error
        except NEVER_SENT as error:
            self.sent = before
            raise ToolFailed(f"The service cannot be reached: {error}") from error
        except TooLarge as error:
            raise ToolFailed(f"{error} Ask for less.") from error
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise ToolFailed("The service did not answer in time.", "timeout") from error
        except (httpx2.HTTPError, OSError) as error:
            raise ToolFailed(f"The connection broke: {error}", "broken") from error
        # It has answered: what it refused was not done, unless it was there already.
        if answer.status >= REFUSED and answer.status != CONFLICT:
            self.sent = before
        return Reply(answer.status, read(answer))


def read(answer: Answer) -> Any:
    """The body as plain values, else as text."""
    try:
        return plain.decode(answer.body) if answer.body.strip() else None
    except (msgspec.DecodeError, RecursionError):
        return answer.body[:2000].decode("utf-8", "replace")
