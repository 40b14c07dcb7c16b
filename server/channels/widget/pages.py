"""The widget's script, and the demo page that embeds it."""

import hashlib
import html
import json
from pathlib import Path
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.kit.errors import ApiError, ErrorCode

FOLDER = Path(__file__).parents[2] / "widget"
DIST = FOLDER / "dist"
PARTS = ("voice-media.js", "voice-livekit.js", "voice-worklet.js")
"""What `widget.js` loads when a visitor talks; asked for with a mark of the content (`?v=`)."""
PAGE = FOLDER / "demo" / "index.html"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:;"
    " font-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)

router = APIRouter(include_in_schema=False)


class Asset:
    """A built file, read once and again when it has changed."""

    def __init__(self, path: Path, missing: str) -> None:
        self.path = path
        self.missing = missing
        self._stamp = -1
        self._body = b""
        self._etag = ""

    def read(self) -> tuple[bytes, str]:
        """The bytes and their ETag; raises `ApiError` when the file is not built."""
        try:
            stamp = self.path.stat().st_mtime_ns
            if stamp != self._stamp:
                self._body = self.path.read_bytes()
                self._etag = f'"{hashlib.sha256(self._body).hexdigest()[:32]}"'
                self._stamp = stamp
        except OSError:
            raise ApiError(ErrorCode.NOT_FOUND, self.missing) from None
        return self._body, self._etag


class WidgetFiles:
    """What the pages are made of. ``agents`` are the demo's: (public id, name)."""

    def __init__(self) -> None:
        missing = "The widget is not built. Run `make setup`."
        self.script = Asset(DIST / "widget.js", missing)
        self.parts = {name: Asset(DIST / name, missing) for name in PARTS}
        self.page = Asset(PAGE, "The demo page is missing from this installation.")
        self.agents: list[tuple[str, str]] = []


@router.get("/widget.js")
async def widget_script(request: Request) -> Response:
    """The widget. Pages keep it and ask whether it has changed."""
    files = cast(WidgetFiles, request.app.state.widget_files)
    return _script(request, files.script, "public, max-age=300, stale-while-revalidate=86400")


@router.get("/widget/{name}")
async def widget_part(request: Request, name: str) -> Response:
    """A part of the widget that is loaded on demand. Its address changes with its content."""
    part = cast(WidgetFiles, request.app.state.widget_files).parts.get(name)
    if part is None:
        raise ApiError(ErrorCode.NOT_FOUND)
    marked = "v" in request.query_params
    return _script(request, part, "public, max-age=31536000, immutable" if marked else "no-cache")


def _script(request: Request, asset: Asset, caching: str) -> Response:
    body, etag = asset.read()
    headers = {
        "ETag": etag,
        "Cache-Control": caching,
        "Cross-Origin-Resource-Policy": "cross-origin",
        # Modules and worklets of another origin are loaded by the rules of CORS; there is nothing secret in them.
        "Access-Control-Allow-Origin": "*",
    }
    if etag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/demo")
async def demo_page(request: Request, agent: str = "") -> HTMLResponse:
    """A page with the widget on it."""
    files = cast(WidgetFiles, request.app.state.widget_files)
    if not files.agents:
        raise ApiError(
            ErrorCode.NOT_FOUND, "The demo is not served here. Start the server with `parley serve --demo`."
        )
    body, _ = files.page.read()
    known = [public_id for public_id, _ in files.agents]
    chosen = agent if agent in known else known[0]
    origin = f"{request.url.scheme}://{request.url.netloc}"
    agents = [{"id": public_id, "name": name} for public_id, name in files.agents]
    text = body.decode()
    for name, value in (("agent_id", chosen), ("origin", origin), ("agents", json.dumps(agents))):
        text = text.replace("{{" + name + "}}", html.escape(value))
    return HTMLResponse(text, headers={"Content-Security-Policy": PAGE_POLICY})
