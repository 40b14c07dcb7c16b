"""Talking to an MCP server by the protocol's own library: what it offers, and a call of that."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2
import msgspec

from engine import VERSION
from server.kit.http_guard import GuardedClient
from server.tools.call import ToolFailed, plain
from server.tools.mcp_transport import Bounded

if TYPE_CHECKING:
    from mcp.client.client import Client

LARGEST = 1024 * 1024
"""Bytes of one answer."""
PAGES = 20
"""Pages of a list that are read."""
KEY = "parley/idempotency-key"
"""Where the key of a call stands in its ``_meta``."""
T = TypeVar("T")


class Place(msgspec.Struct, frozen=True):
    """Where a server is: its address, the headers it wants, and the version of the protocol it spoke last (empty: not
    known)."""

    address: str
    headers: Mapping[str, str] = {}
    protocol: str = ""


class Offer(msgspec.Struct, frozen=True):
    """What a server offers: the protocol's version it speaks, and its tools as it describes them."""

    protocol: str
    tools: tuple[dict[str, Any], ...]


async def offer(client: GuardedClient, place: Place, seconds: float) -> Offer:
    """Everything it lists; raises `ToolFailed`."""

    async def look(server: "Client") -> Offer:
        tools: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(PAGES):
            page = await server.list_tools(cursor=cursor)
            tools += [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in page.tools]
            cursor = page.next_cursor
            if not cursor:
                return Offer(server.protocol_version, tuple(tools))
        raise ToolFailed(f"The MCP server lists its tools on more than {PAGES} pages. Let it offer fewer.")

    return await _with(client, place, seconds, look)


async def call(
    client: GuardedClient,
    place: Place,
    seconds: float,
    name: str,
    arguments: dict[str, Any],
    key: str,
    sent: Callable[[bool], None],
) -> Any:
    """What a tool answers, as plain values. ``sent`` is told whether the server may have acted. Raises
    `ToolFailed`."""
    from mcp.shared.exceptions import MCPError
    from mcp_types import HEADER_MISMATCH, INVALID_PARAMS, METHOD_NOT_FOUND, CallToolRequest, CallToolResult

    refused = (HEADER_MISMATCH, INVALID_PARAMS, METHOD_NOT_FOUND)
    request = CallToolRequest.model_validate(
        {"method": "tools/call", "params": {"name": name, "arguments": arguments, "_meta": {KEY: key}}}
    )

    async def ask(server: "Client") -> CallToolResult:
        sent(True)
        try:
            # Not by the client's own method: it would read the output's schema, which may be hostile.
            return await server.session.send_request(request, CallToolResult)
        except MCPError as error:
            if error.code != HEADER_MISMATCH:
                if error.code in refused:
                    sent(False)
                raise
            # It wants arguments in headers as well, which its list says.
            await server.list_tools()
            return await server.session.send_request(request, CallToolResult)

    result = await _with(client, place, seconds, ask, lambda: sent(False))
    if result.is_error:
        sent(False)
        raise ToolFailed(f"The MCP server says: {_texts(result)[:300] or 'it failed, and not why'}")
    return _value(result)


async def _with(
    client: GuardedClient,
    place: Place,
    seconds: float,
    work: Callable[["Client"], Awaitable[T]],
    refused: Callable[[], None] = lambda: None,
) -> T:
    """Do something with a connected server within so many seconds; raises `ToolFailed`."""
    try:
        from mcp.client.client import Client
        from mcp.client.streamable_http import streamable_http_client
        from mcp_types import Implementation
    except ImportError as error:
        raise ToolFailed("MCP servers need the library `mcp`. Install it where this server runs.") from error
    bounded = Bounded(client.transport, LARGEST)
    done: list[T] = []
    try:
        async with (
            asyncio.timeout(seconds),
            # One limit for all of it: two would race for what the caller is told.
            httpx2.AsyncClient(
                transport=bounded, headers=dict(place.headers), timeout=None, trust_env=False
            ) as http,
            Client(
                streamable_http_client(place.address, http_client=http),
                mode=_mode(place.protocol),
                client_info=Implementation(name="Parley", version=VERSION),
                cache=None,
            ) as server,
        ):
            done.append(await work(server))
    except Exception as error:
        # What came before the farewell counts.
        if not done:
            if 400 <= bounded.status < 500:
                refused()
            raise _told(error, bounded) from error
    return done[0]


def _mode(protocol: str) -> str:
    """How to greet: by what it spoke last, else by asking."""
    from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

    if protocol in HANDSHAKE_PROTOCOL_VERSIONS:
        return "legacy"
    return protocol if protocol in MODERN_PROTOCOL_VERSIONS else "auto"


def _told(error: Exception, bounded: Bounded) -> ToolFailed:
    """A sentence for what went wrong."""
    from mcp.shared.exceptions import MCPError

    first = _first(error)
    if isinstance(first, ToolFailed):
        return first
    if bounded.trouble:
        return ToolFailed(bounded.trouble)
    if isinstance(first, TimeoutError | httpx2.TimeoutException):
        return ToolFailed("The MCP server did not answer in time.", "timeout")
    if bounded.status in (401, 403):
        return ToolFailed("The MCP server refused this agent. Enter its token again in the agent's tools.")
    if bounded.status == 404:
        return ToolFailed("There is no MCP server at this address. Check the address in the agent's tools.")
    if bounded.status >= 300:
        return ToolFailed(f"The MCP server answered with status {bounded.status}.")
    if isinstance(first, MCPError) and _own(first):
        return ToolFailed(f"The MCP server says: {first.message[:300]}")
    return ToolFailed("The MCP server's answer makes no sense. Check its address in the agent's tools.")


def _own(error: Any) -> bool:
    """Whether the other side said it, and not the library about it."""
    from mcp_types import CONNECTION_CLOSED, PARSE_ERROR

    return error.code not in (CONNECTION_CLOSED, PARSE_ERROR)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _texts(result: Any) -> str:
    return " ".join(block.text for block in result.content if block.type == "text")


def _value(result: Any) -> Any:
    """The answer as data where it has one, else its texts; of pictures and sounds only what they are."""
    if result.structured_content is not None:
        return result.structured_content
    parts = [_part(block) for block in result.content]
    return parts[0] if len(parts) == 1 else parts or None


def _part(block: Any) -> Any:
    if block.type != "text":
        return {"type": block.type, "mime_type": getattr(block, "mime_type", None) or ""}
    try:
        return plain.decode(block.text)
    except (msgspec.DecodeError, RecursionError):
        return block.text
