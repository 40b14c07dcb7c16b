"""Google for tests, on loopback: allowing, tokens, and a calendar."""

import asyncio
import base64
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from server.tools.google_calendar import GoogleCalendar
from tests.loopback import on_loopback

CLIENT, SECRET = "client-1", "secret of the client"


class Google:
    """``seen`` counts requests by method and path; ``events`` are the calendar's. ``held`` keeps renewals waiting,
    ``cuts`` ends the connection after an event was made, ``silent`` never answers, ``garbled``
    answers with something else."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: Counter[str] = Counter()
        self.events: dict[str, dict[str, Any]] = {}
        self.busy: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.access: set[str] = set()
        self.refresh = ""
        self.life = 3600
        self.made = 0
        self.held: asyncio.Event | None = None
        self.cuts = False
        self.silent = False
        self.garbled = False

    def tool(self) -> GoogleCalendar:
        """The tool, led here."""
        return GoogleCalendar(f"{self.url}/auth", f"{self.url}/token", f"{self.url}/calendar/v3")

    def allow(self, address: str) -> dict[str, str]:
        """Somebody follows the address and allows it; answers with the query they come back with."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["code_challenge_method"] == "S256" and query["client_id"] == CLIENT
        assert query["response_type"] == "code" and query["access_type"] == "offline"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def revoke(self) -> None:
        """The account's owner takes it all back."""
        self.access.clear()
        self.refresh = ""

    async def token(self, request: web.Request) -> web.Response:
        """Tokens for a code or for a token that renews."""
        form = dict(await request.post())
        if self.held is not None:
            await self.held.wait()
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(str(form["code"]), None)
            digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
            proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if (
                asked is None
                or asked["code_challenge"] != proof
                or asked["redirect_uri"] != form["redirect_uri"]
            ):
                return web.json_response({"error": "invalid_grant"}, status=400)
            self.refresh = "refresh-1"
        elif not self.refresh or form["refresh_token"] != self.refresh:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.made += 1
        self.access.add(f"access-{self.made}")
        body = {"access_token": f"access-{self.made}", "expires_in": self.life, "token_type": "Bearer"}
        return web.json_response(body | {"refresh_token": self.refresh})

    async def free_busy(self, request: web.Request) -> web.Response:
        """What is taken."""
        asked = await request.json()
        return web.json_response({"calendars": {asked["items"][0]["id"]: {"busy": self.busy}}})

    async def insert(self, request: web.Request) -> web.Response:
        """A new event, unless its id is taken."""
        event = await request.json()
        if event["id"] in self.events:
            return web.json_response(
                {"error": {"message": "The requested identifier already exists."}}, status=409
            )
        self.events[event["id"]] = event | {"status": "confirmed"}
        if self.cuts:
            assert request.transport is not None
            request.transport.abort()
        if self.silent:
            await asyncio.Event().wait()
        if self.garbled:
            return web.Response(text="<p>Welcome!")
        return web.json_response(self.events[event["id"]])

    async def event(self, request: web.Request) -> web.Response:
        """Reads, changes or cancels one."""
        event = self.events.get(request.match_info["id"])
        if event is None:
            return web.json_response({"error": {"message": "Not Found"}}, status=404)
        if request.method == "DELETE":
            if event["status"] == "cancelled":
                return web.json_response({"error": {"message": "Resource has been deleted"}}, status=410)
            event["status"] = "cancelled"
            return web.Response(status=204)
        if request.method == "PATCH":
            event.update(await request.json())
        return web.json_response(event)

    @web.middleware
    async def gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Counts, and lets in only who has a token."""
        self.seen[f"{request.method} {request.path.rpartition('/calendar/v3')[2]}"] += 1
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path != "/token" and bearer not in self.access:
            return web.json_response({"error": {"message": "Invalid Credentials"}}, status=401)
        answer: web.StreamResponse = await handler(request)
        return answer


@asynccontextmanager
async def google() -> AsyncIterator[Google]:
    """While it is up."""
    here = Google()
    app = web.Application(middlewares=[here.gate])
    app.router.add_post("/token", here.token)
    app.router.add_post("/calendar/v3/freeBusy", here.free_busy)
    app.router.add_post("/calendar/v3/calendars/primary/events", here.insert)
    app.router.add_route("*", "/calendar/v3/calendars/primary/events/{id}", here.event)
    async with on_loopback(app) as here.url:
        yield here
