"""Accounts that people connect to an agent's tool: OAuth 2, authorization code with PKCE (RFC 7636), renewed when
due."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import httpx2
import msgspec

from server.kit.clock import Clock
from server.kit.crypto import Keys
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.kit.http_guard import Blocked, GuardedClient, TooLarge
from server.kit.sealing import Seal, Unreadable
from server.tools.call import Reply, ToolFailed, read
from server.tools.models import AgentTool, ToolState, ToolToken
from server.tools.registry import OAuth
from server.tools.repository import ToolRepository

STATE_LIFE = 15 * 60 * 1000
"""Milliseconds somebody has to allow it."""
EARLY = 60 * 1000
"""Milliseconds before its end that a token is renewed."""
LONGEST = 15.0
"""Seconds for one request for tokens."""
TAKEN_BACK = "invalid_grant"
"""What a renewal is answered with when there is nothing to renew any more (RFC 6749, 5.2)."""
AGAIN = "Connect the account again in the agent's tools."


class Client(msgspec.Struct, frozen=True):
    """How the other side knows this server."""

    id: str
    secret: str


class Connections:
    """Makes them, and gives their tokens."""

    def __init__(self, database: Database, keys: Keys, clock: Clock, client: GuardedClient) -> None:
        self._database, self._keys, self._clock, self._client = database, keys, clock, client
        self._seal = Seal(keys, "tool tokens")
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._renewing: set[asyncio.Task[str]] = set()

    async def begin(
        self, organization_id: str, id: str, oauth: OAuth, client: Client, redirect: str
    ) -> tuple[str, int]:
        """Where to send somebody so that they allow it, and until when (ms since 1970)."""
        # The organisation is part of the state: whoever comes back has no token of ours.
        state = f"{organization_id}.{secrets.token_urlsafe(32)}"
        verifier = secrets.token_urlsafe(48)
        now = self._clock.now_ms()
        digest = self._keys.digest(state)
        async with self._database.write(organization_id) as session:
            repository = ToolRepository(session)
            await repository.forget_states(now)
            repository.add(
                ToolState(
                    digest=digest, agent_tool_id=id, verifier=self._seal.seal(verifier, digest),
                    redirect=redirect, expires_at=now + STATE_LIFE,
                )
            )  # fmt: skip
        query = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": redirect,
            "scope": " ".join(oauth.scopes),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            **oauth.extra,
        }
        return f"{oauth.authorize}?{urlencode(query)}", now + STATE_LIFE

    async def take(self, text: str) -> tuple[str, ToolState]:
        """The organisation and the connection that a state belongs to, used up by this. Raises `ApiError`."""
        organization_id = text.partition(".")[0]
        async with self._database.write(organization_id) as session:
            state = await ToolRepository(session).take_state(self._keys.digest(text))
        if state is None or state.expires_at < self._clock.now_ms():
            raise ApiError(
                ErrorCode.BAD_REQUEST, "This link was used already, or it is too old. Start to connect anew."
            )
        return organization_id, state

    async def finish(
        self, organization_id: str, state: ToolState, oauth: OAuth, client: Client, code: str
    ) -> None:
        """Turn the code into tokens and keep them; raises `ToolFailed`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": state.redirect,
            "code_verifier": self._seal.open(state.verifier, state.digest),
        }
        answer = await self._ask(oauth, client, form)
        if not _granted(answer):
            raise ToolFailed(f"The account could not be connected ({_why(answer)}). Start to connect anew.")
        async with self._database.write(organization_id) as session:
            repository = ToolRepository(session)
            await repository.get(state.agent_tool_id)
            token = await repository.token(state.agent_tool_id)
            if token is None:
                token = ToolToken(agent_tool_id=state.agent_tool_id, refresh="")
                repository.add(token)
            self._keep(token, answer.body)

    async def token(
        self, organization_id: str, row: AgentTool, oauth: OAuth, client: Client, refused: str
    ) -> str:
        """An access token that is good for a while, another than ``refused``. Many who ask at once renew it once.
        Raises `ToolFailed`."""
        token = await self._load(organization_id, row.id)
        access = self._good(token, refused)
        if access:
            return access
        # Who asked may give up; a renewal under way must still be kept, it may have made the old one worthless.
        return await asyncio.shield(self._spawn(self._renew(organization_id, row.id, oauth, client, refused)))

    async def _renew(self, organization_id: str, id: str, oauth: OAuth, client: Client, refused: str) -> str:
        lock = self._locks.setdefault(id, asyncio.Lock())
        async with lock:
            token = await self._load(organization_id, id)
            access = self._good(token, refused)
            if access:
                return access
            refresh = self._opened(token.refresh, id)
            if not refresh:
                await self._revoke(organization_id, token)
                raise ToolFailed(f"The account's access has ended. {AGAIN}")
            answer = await self._ask(oauth, client, {"grant_type": "refresh_token", "refresh_token": refresh})
            if _why(answer) == TAKEN_BACK:
                await self._revoke(organization_id, token)
                raise ToolFailed(f"The account's access was taken back ({_why(answer)}). {AGAIN}")
            if not _granted(answer):
                raise ToolFailed(
                    f"The account's access could not be renewed ({_why(answer)}). Try again later."
                )
            async with self._database.write(organization_id) as session:
                kept = await ToolRepository(session).token(id)
                # Somebody may have connected another account meanwhile: that one stays.
                if kept is not None and kept.refresh == token.refresh:
                    self._keep(kept, answer.body)
            return str(answer.body["access_token"])

    async def _load(self, organization_id: str, id: str) -> ToolToken:
        async with self._database.read(organization_id) as session:
            token = await ToolRepository(session).token(id)
        if token is None:
            raise ToolFailed("No account is connected. Connect one in the agent's tools.")
        if token.revoked:
            raise ToolFailed(f"The account's access was taken back. {AGAIN}")
        return token

    def _good(self, token: ToolToken, refused: str) -> str:
        if token.expires_at - EARLY <= self._clock.now_ms():
            return ""
        access = self._opened(token.access, token.agent_tool_id)
        return "" if access == refused else access

    def _opened(self, sealed: str, id: str) -> str:
        try:
            return self._seal.open(sealed, id)
        except Unreadable as error:
            raise ToolFailed(f"{error} {AGAIN}") from error

    def _keep(self, token: ToolToken, body: dict[str, Any]) -> None:
        now = self._clock.now_ms()
        try:
            seconds = int(body.get("expires_in", 3600))
        except (TypeError, ValueError):
            seconds = 3600
        token.access = self._seal.seal(str(body["access_token"]), token.agent_tool_id)
        if body.get("refresh_token"):
            token.refresh = self._seal.seal(str(body["refresh_token"]), token.agent_tool_id)
        token.expires_at, token.revoked, token.updated_at = now + seconds * 1000, False, now

    async def _revoke(self, organization_id: str, dead: ToolToken) -> None:
        async with self._database.write(organization_id) as session:
            token = await ToolRepository(session).token(dead.agent_tool_id)
            if token is not None and token.refresh == dead.refresh:
                token.revoked = True

    async def _ask(self, oauth: OAuth, client: Client, form: dict[str, str]) -> Reply:
        content = urlencode({**form, "client_id": client.id, "client_secret": client.secret}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            answer = await self._client.request(
                "POST", oauth.token, headers=headers, content=content, timeout=LONGEST
            )
        except (Blocked, TooLarge, ValueError) as error:
            raise ToolFailed(str(error)) from error
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise ToolFailed("The account's service cannot be reached. Try again later.") from error
        return Reply(answer.status, read(answer))

    def _spawn(self, work: Coroutine[Any, Any, str]) -> asyncio.Task[str]:
        task = asyncio.create_task(work)
        self._renewing.add(task)
        task.add_done_callback(self._renewed)
        return task

    def _renewed(self, task: asyncio.Task[str]) -> None:
        self._renewing.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits is told; nobody else needs to be

    async def aclose(self) -> None:
        """Let renewals under way be kept."""
        await asyncio.gather(*self._renewing, return_exceptions=True)


def challenge(verifier: str) -> str:
    """S256 of RFC 7636, 4.2."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _granted(answer: Reply) -> bool:
    return answer.status == 200 and isinstance(answer.body, dict) and bool(answer.body.get("access_token"))


def _why(answer: Reply) -> str:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return str(error)[:100] if isinstance(error, str) and error else f"status {answer.status}"
