"""Origins of web pages: compared whole, never by prefix or suffix."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def parse_origin(text: str) -> str | None:
    """The origin in the one form browsers serialise it (RFC 6454, 6.2): lower case, default port left out.

    None for what is no http(s) origin: ``null``, a path, a user, a wildcard, spaces, letters outside ASCII (a
    browser sends punycode).
    """
    if not text.isascii() or len(text) > 300 or any(c <= " " or c == "\x7f" for c in text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    scheme, host = (
        parts.scheme.lower(),
        (parts.netloc.rsplit(":", 1)[0] if port is not None else parts.netloc).lower(),
    )
    if scheme not in DEFAULT_PORTS or not HOST.fullmatch(host) or ".." in host:
        return None
    if text.lower() != f"{scheme}://{parts.netloc.lower()}":
        return None
    return f"{scheme}://{host}" + ("" if port is None or port == DEFAULT_PORTS[scheme] else f":{port}")


def origin_allowed(origin: str | None, allowed: Collection[str]) -> bool:
    """Whether a page's ``Origin`` header is on the list (of `parse_origin` forms). A missing one is not."""
    parsed = parse_origin(origin) if origin else None
    return parsed is not None and parsed in allowed


def own_origin(scheme: str, host: str, public_url: str) -> str | None:
    """The origin of this server's own pages, as the request's ``Host`` header names it.

    Without a ``public_url`` only addresses and ``localhost`` are believed: a page that makes its own name
    lead here (DNS rebinding) sends that name.
    """
    if public_url:
        return parse_origin(public_url)
    origin = parse_origin(f"{scheme}://{host}")
    if origin is None:
        return None
    name = urlsplit(origin).hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return origin
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return None
    return origin
