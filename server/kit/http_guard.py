"""Calls that flows make to the outside: only to public addresses, whatever a name resolves to.

The name is resolved once, every address it has is vetted, and the connection goes to a vetted address, so a
name that changes its mind between the look-up and the call gains nothing. Redirects are followed by hand,
each vetted again.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import httpcore2
import httpx2

PORTS = (80, 443)
MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
ENDPOINT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:/\s\[\]]+):(?P<port>\d{1,5})")

Resolver = Callable[[str, int], Awaitable[list[str]]]
Endpoint = tuple[str, int]


class Blocked(Exception):
    """The address may not be called; the message says why and what to set."""


class TooLarge(Exception):
    """The answer is larger than allowed."""


def parse_endpoint(text: str) -> Endpoint:
    """``host:port`` or ``[v6]:port``; raises ``ValueError``."""
    match = ENDPOINT.fullmatch(text)
    if match is None or not 0 < int(match["port"]) <= 65535:
        raise ValueError(f'"{text}" is no host:port pair; write it like crm.internal:8080')
    return match["host"].strip("[]").lower(), int(match["port"])


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: not ours, not a neighbour's, not a tunnel into
    either."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or any(ip in network for network in NAT64):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, in the system's order; raises ``OSError``."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens connections to vetted addresses only. TLS still checks the name that was asked for."""

    def __init__(
        self,
        inner: httpcore2.AsyncNetworkBackend,
        allow: Collection[Endpoint] = (),
        resolver: Resolver = resolve,
    ) -> None:
        self.inner = inner
        self.allow = frozenset(allow)
        self.resolver = resolver

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve, vet, connect; raises `Blocked`."""
        listed = (host.lower().strip("[]"), port) in self.allow
        if not listed and port not in PORTS:
            raise Blocked(
                f"Port {port} of {host} may not be called; only 80 and 443, or what PARLEY_HTTP_ALLOW lists."
            )
        addresses = await self.resolver(host, port)
        if not addresses:
            raise OSError(f"{host} has no address")
        if not listed and not all(is_public(address) for address in addresses):
            raise Blocked(
                f"{host} leads to a private address. If it is yours, add {host}:{port} to PARLEY_HTTP_ALLOW."
            )
        for address in addresses[:-1]:
            with suppress(httpcore2.ConnectError):
                return await self.inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self.inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Never."""
        raise Blocked("Unix sockets may not be called.")

    async def sleep(self, seconds: float) -> None:
        """Wait, as the inner one does."""
        await self.inner.sleep(seconds)


class Answer:
    """What came back: status, headers in lower case, and the body's bytes."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


@cache
def _trusted() -> ssl.SSLContext:
    """Whom we trust: the same for every client, because reading it takes long and holds a megabyte."""
    return httpx2.create_ssl_context(trust_env=False)


class GuardedClient:
    """An HTTP client for addresses that flows name. No proxies of the environment, no cookies, bounded size
    and time. ``transport`` is only guarded: who uses it sees to the bounds."""

    def __init__(
        self, allow: Collection[Endpoint] = (), resolver: Resolver = resolve, max_bytes: int = 1024 * 1024
    ) -> None:
        self.max_bytes = max_bytes
        transport = httpx2.AsyncHTTPTransport(verify=_trusted(), trust_env=False)
        self.transport: httpx2.AsyncBaseTransport = transport
        # The transport makes its own pool and offers no place for a backend (httpx2 2.16).
        pool: Any = transport._pool
        pool._network_backend = GuardedBackend(pool._network_backend, allow, resolver)
        self._client = httpx2.AsyncClient(
            transport=transport, trust_env=False, follow_redirects=False, timeout=None
        )

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None, timeout: float
    ) -> Answer:
        """One request within ``timeout`` seconds in all.

        Raises `Blocked`, `TooLarge`, ``TimeoutError``, ``httpx2.HTTPError`` or ``httpx2.InvalidURL``.
        """
        async with asyncio.timeout(timeout):
            for _ in range(MAX_REDIRECTS + 1):
                if httpx2.URL(url).scheme not in ("http", "https"):
                    raise Blocked(f"Only http and https addresses can be called, not {url[:100]}.")
                answer = await self._once(method, url, headers, content)
                target = answer.headers.get("location", "")
                if answer.status not in REDIRECTS or not target:
                    return answer
                joined = httpx2.URL(url).join(target)
                if joined.host != httpx2.URL(url).host:
                    headers = {k: v for k, v in headers.items() if k.lower() != "authorization"}
                if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                    method, content = "GET", None
                url = str(joined)
        raise Blocked(f"More than {MAX_REDIRECTS} redirects.")

    async def _once(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Answer:
        async with self._client.stream(method, url, headers=dict(headers), content=content) as response:
            claimed = response.headers.get("content-length", "")
            if method != "HEAD" and claimed.isdecimal() and int(claimed) > self.max_bytes:
                raise TooLarge(f"The answer is larger than {self.max_bytes} bytes.")
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self.max_bytes:
                    raise TooLarge(f"The answer is larger than {self.max_bytes} bytes.")
            self._client.cookies.clear()
            return Answer(
                response.status_code, {k.lower(): v for k, v in response.headers.items()}, bytes(body)
            )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
