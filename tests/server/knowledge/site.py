"""A web site for tests, on loopback."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.loopback import on_loopback

SWELLS = gzip.compress(b"<p>and so on</p>" * 4_000_000)
"""A small page that unpacks to 64 MB."""

Page = tuple[str, str]
"""Its media type and its body."""


class Site:
    """``pages`` may change at any time. ``asked`` are the paths that were fetched."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.moved: dict[str, str] = {}
        self.etags = True
        self.asked: list[str] = []
        self.url = ""

    @property
    def host(self) -> str:
        """Its host and port."""
        return self.url.removeprefix("http://")

    def page(self, path: str, text: str, title: str = "Page") -> None:
        """A page with one paragraph."""
        body = f"<!doctype html><html><head><title>{title}</title></head><body><p>{text}</p></body></html>"
        self.pages[path] = ("text/html", body)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        self.asked.append(request.path)
        if request.path in self.moved:
            raise web.HTTPFound(self.moved[request.path])
        if request.path == "/endless":
            return await self._endless(request)
        if request.path == "/claims":
            return await self._claims(request)
        if request.path == "/swells":
            return web.Response(body=SWELLS, content_type="text/html", headers={"Content-Encoding": "gzip"})
        if request.path not in self.pages:
            raise web.HTTPNotFound
        media, body = self.pages[request.path]
        etag = f'"{hash(body)}"'
        if self.etags and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=body, content_type=media, headers={"ETag": etag} if self.etags else {})

    async def _claims(self, request: web.Request) -> web.StreamResponse:
        """Says it is a gigabyte, and sends a little of it."""
        answer = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": str(1 << 30)})
        await answer.prepare(request)
        await answer.write(b"<p>a little</p>")
        return answer

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html"})
        await answer.prepare(request)
        try:
            while True:
                await answer.write(b"<p>and so on</p>" * 4096)
        except ConnectionResetError:
            return answer


@asynccontextmanager
async def visited() -> AsyncIterator[Site]:
    """The site while it is up."""
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    async with on_loopback(app) as site.url:
        yield site
