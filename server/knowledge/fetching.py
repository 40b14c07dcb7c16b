"""Pages from addresses: only public ones, of limited size, within a limited time."""

import asyncio
from urllib.parse import urldefrag, urlsplit

import httpx2
import msgspec

from server.kit.http_guard import Blocked, GuardedClient, TooLarge

LONGEST = 30.0
"""Seconds for one page, redirects included."""
AGENT = "Parley (knowledge)"
ACCEPT = "text/html,application/pdf,text/markdown,text/plain,text/csv,application/xml;q=0.9,*/*;q=0.5"
LATER = (408, 425, 429, 500, 502, 503, 504)


class Unfetchable(Exception):
    """The address gave nothing; the message says why. ``passing``: it may do so later."""

    def __init__(self, message: str, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class Fetched(msgspec.Struct, frozen=True):
    """A page. ``unchanged``: it is what ``etag`` named before, and ``data`` is empty."""

    data: bytes
    media: str = ""
    charset: str = ""
    etag: str = ""
    unchanged: bool = False


class Fetcher:
    """Fetches over the guarded client, whose largest answer is the largest page."""

    def __init__(self, client: GuardedClient) -> None:
        self.client = client

    async def fetch(self, url: str, etag: str = "") -> Fetched:
        """The page at the address; raises `Unfetchable`."""
        headers = {"User-Agent": AGENT, "Accept": ACCEPT}
        if etag:
            headers["If-None-Match"] = etag
        try:
            answer = await self.client.request("GET", url, headers=headers, content=None, timeout=LONGEST)
        except (Blocked, TooLarge) as error:
            raise Unfetchable(str(error)) from error
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise Unfetchable(f"It did not answer within {LONGEST:.0f} seconds.", passing=True) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, ValueError) as error:
            raise Unfetchable(
                "It is no address that can be fetched. Write it like https://a.example/page."
            ) from error
        except (httpx2.HTTPError, OSError) as error:
            raise Unfetchable("It cannot be reached. Check the address.", passing=True) from error
        if answer.status == 304:
            return Fetched(b"", etag=etag, unchanged=True)
        if answer.status != 200:
            raise Unfetchable(f"It answered with HTTP {answer.status}.", answer.status in LATER)
        media, _, more = answer.headers.get("content-type", "").partition(";")
        charset = more.partition("charset=")[2].strip().strip("\"'")
        return Fetched(answer.body, media.strip(), charset, answer.headers.get("etag", ""))


def tidy_address(text: str) -> str:
    """The address without a fragment; raises ``ValueError`` for what is none."""
    url = urldefrag(text.strip()).url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ValueError("must be an address like https://a.example/page, without a password")
    if any(ord(letter) <= 32 for letter in url):
        raise ValueError("must have no blanks")
    return url


def neighbours(links: tuple[str, ...], url: str, most: int) -> list[str]:
    """Those of a sitemap's addresses that are of its own host, each once."""
    host = urlsplit(url).hostname
    found: dict[str, None] = {}
    for link in links:
        try:
            address = tidy_address(link)
        except ValueError:
            continue
        if urlsplit(address).hostname == host and address != url:
            found.setdefault(address)
    return list(found)[:most]


async def pause() -> None:
    """Between two pages of one host."""
    await asyncio.sleep(0.2)
