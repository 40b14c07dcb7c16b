"""Web services that flows call, through the guarded client."""

import asyncio
import socket
import zlib
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2
import msgspec
import structlog

from engine.conversation import Outcome
from engine.protocol import HttpRequest
from server.kit.http_guard import Answer, Blocked, GuardedClient, TooLarge

DEMO = "demo:"
PASSING = (429, 502, 503, 504)
"""Statuses that may be gone a moment later."""
PAUSE = 0.2
LONGEST_TEXT = 64 * 1024
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, socket.gaierror)

log = structlog.get_logger()
_plain: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=str)


class DemoDoor:
    """Where ``demo:`` addresses lead: one place, by a client that may call no other private one. Closed at
    first."""

    def __init__(self) -> None:
        self.base = ""
        self.client: GuardedClient | None = None

    def open(self, server: str, prefix: str) -> None:
        """Lead to ``prefix`` on a server, given as scheme, host and port."""
        url = httpx2.URL(server)
        port = url.port or (443 if url.scheme == "https" else 80)
        self.base = f"{server}{prefix}"
        self.client = GuardedClient([(url.host, port)])

    async def close(self) -> None:
        """Close its connections."""
        if self.client is not None:
            await self.client.close()


class HttpTools:
    """`engine.conversation.Tools`."""

    def __init__(self, outside: GuardedClient, demo: DemoDoor) -> None:
        self._outside = outside
        self._demo = demo

    async def http(self, request: HttpRequest, key: str) -> Outcome:
        """Perform a request with its time limit and retries; never raises."""
        outcome = Outcome("error", None, "Nothing was sent.")
        for attempt in range(request.retries + 1):
            if attempt:
                await asyncio.sleep(PAUSE * 2 ** (attempt - 1) * _jitter(key))
            outcome, again = await self._attempt(request, key)
            if not again:
                break
        if outcome.outcome != "ok":
            log.info(
                "request of a flow failed", node=request.node, outcome=outcome.outcome, why=outcome.detail
            )
        return outcome

    async def _attempt(self, request: HttpRequest, key: str) -> tuple[Outcome, bool]:
        """One attempt, and whether another may do better."""
        once = request.replay == "never"
        try:
            client, url = self._client(request.url)
            answer = await client.request(
                request.method,
                url,
                headers=_headers(request, key),
                content=None if request.body is None else msgspec.json.encode(request.body),
                timeout=request.timeout / 1000,
            )
        except (Blocked, TooLarge, httpx2.InvalidURL, httpx2.UnsupportedProtocol, ValueError) as error:
            return Outcome("error", None, str(error)), False
        except NEVER_SENT as error:
            return Outcome("error", None, f"No connection: {error}"), True
        except (TimeoutError, httpx2.TimeoutException):
            late = f"No answer within {request.timeout} ms."
            return (Outcome("unknown", None, late), False) if once else (Outcome("timeout", None, late), True)
        except (httpx2.HTTPError, OSError) as error:
            broken = f"The connection broke: {error}"
            return (
                (Outcome("unknown", None, broken), False) if once else (Outcome("error", None, broken), True)
            )
        except Exception as error:  # the engine must get an answer, whatever a library thinks of
            log.exception("request of a flow failed oddly", node=request.node)
            return Outcome("error", None, f"{type(error).__name__}: {error}"), False
        value = {"status": answer.status, "body": _body(answer)}
        return Outcome("ok", value), answer.status in PASSING and not once

    def _client(self, url: str) -> tuple[GuardedClient, str]:
        if not url.startswith(DEMO):
            return self._outside, url
        if self._demo.client is None:
            raise Blocked(
                "demo: addresses work only where the demo is served. Start with `parley serve --demo`."
            )
        path = urlsplit(url).path
        if url.startswith(f"{DEMO}//") or not path.startswith("/") or ".." in unquote(path).split("/"):
            raise Blocked("A demo: address must be a plain path, like demo:/orders/100234.")
        return self._demo.client, f"{self._demo.base}{url.removeprefix(DEMO)}"


def _jitter(key: str) -> float:
    """0.5 to 1.5, by what is asked: many sessions do not ask again in step."""
    return 0.5 + zlib.crc32(key.encode()) / 2**32


def _headers(request: HttpRequest, key: str) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "Parley", "Idempotency-Key": key}
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    for name, value in request.headers.items():
        headers = {k: v for k, v in headers.items() if k.lower() != name.lower()}
        headers[name] = value
    return headers


def _body(answer: Answer) -> Any:
    """JSON as plain values (numbers with a point as text: nothing downstream knows floats), else text."""
    try:
        return _plain.decode(answer.body) if answer.body.strip() else None
    except (msgspec.DecodeError, RecursionError):
        return answer.body[:LONGEST_TEXT].decode("utf-8", "replace")
