"""The server's API, as far as the studio needs it: agents, drafts, releases.

Plain asyncio; nothing here knows a window. Every failure is a `ServerTrouble` that says in plain words what
happened and what
to do.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import msgspec

TIMEOUT_SECONDS = 20.0
FILE_SECONDS = 120.0
"""A document may be large, and the line thin."""


class ServerTrouble(Exception):
    """Something did not work. ``code`` is the server's error code, or ``unreachable``; ``details`` what it told
    beside.
    """

    def __init__(self, message: str, code: str = "", status: int = 0, details: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.details = details

    @property
    def conflict(self) -> bool:
        """Whether somebody else changed the draft in the meantime."""
        return self.status in (409, 412)

    @property
    def unreachable(self) -> bool:
        """Whether nobody answered."""
        return self.code == "unreachable"


class Api:
    """One server, one token. Close it when done."""

    def __init__(self, address: str, token: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.address = address.rstrip("/")
        self.token = token
        self._http = httpx2.AsyncClient(
            base_url=self.address,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def ready(self) -> bool:
        """Whether the server answers and is ready."""
        try:
            return (await self._http.get("/health/ready", timeout=5.0)).status_code == 200
        except httpx2.HTTPError:
            return False

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Any, Mapping[str, str]]:
        """One call; answers with the decoded body and the headers. Raises `ServerTrouble`."""
        given = dict(headers or {})
        if content is not None:
            given["Content-Type"] = "application/json"
        try:
            response = await self._http.request(method, path, json=json, content=content, headers=given)
        except httpx2.HTTPError as error:
            raise ServerTrouble(
                f"The server at {self.address} does not answer. Your flow is safe here; try again when it is up.",
                "unreachable",
                details=str(error),
            ) from error
        body = _decoded(response.content)
        if response.status_code >= 400:
            raise _trouble(response.status_code, body, self.address)
        return body, response.headers

    async def send_file(self, path: str, name: str, data: bytes) -> Any:
        """Send a file as a form's ``file``; answers with the decoded body. Raises `ServerTrouble`."""
        try:
            response = await self._http.post(path, files={"file": (name, data)}, timeout=FILE_SECONDS)
        except httpx2.HTTPError as error:
            raise ServerTrouble(
                f"The server at {self.address} did not take {name}. Try again when it is up.", "unreachable"
            ) from error
        body = _decoded(response.content)
        if response.status_code >= 400:
            raise _trouble(response.status_code, body, self.address)
        return body

    async def fetch(self, path: str) -> bytes:
        """What is there, byte by byte. Raises `ServerTrouble`."""
        try:
            response = await self._http.get(path)
        except httpx2.HTTPError as error:
            raise ServerTrouble(
                f"The server at {self.address} does not answer. Try again when it is up.", "unreachable"
            ) from error
        if response.status_code >= 400:
            raise _trouble(response.status_code, _decoded(response.content), self.address)
        return response.content

    async def demo(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask one of the server's own small demo services; answers with status and body, whatever the status."""
        try:
            response = await self._http.request(method, f"/demo/api{path}", json=body)
        except httpx2.HTTPError as error:
            raise ServerTrouble(f"The server at {self.address} does not answer.", "unreachable") from error
        return response.status_code, _decoded(response.content)


def _decoded(content: bytes) -> Any:
    if not content:
        return None
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None


def _trouble(status: int, body: Any, address: str) -> ServerTrouble:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    code = str(error.get("code", ""))
    message = str(error.get("message", "")) or f"The server answered {status}."
    if status in (401, 403):
        message = (
            f"The server at {address} does not know this token. "
            "Start the studio with the token file that the server made at its first start."
        )
    return ServerTrouble(message, code, status, error.get("details"))


def read_token(path: Path) -> str:
    """The token in a file. Raises `ServerTrouble` when it cannot be read."""
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ServerTrouble(
            f"The token file {path} cannot be read ({error.strerror if isinstance(error, OSError) else error}).",
            "no_token",
        ) from error
    if not token:
        raise ServerTrouble(f"The token file {path} is empty.", "no_token")
    return token
