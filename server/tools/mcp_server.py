"""MCP servers: their tools are functions of an agent (Model Context Protocol, over streamable HTTP)."""

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from server.kit.http_guard import GuardedClient
from server.tools import mcp_client
from server.tools.call import Call
from server.tools.mcp_client import Place
from server.tools.mcp_schema import held, unfit
from server.tools.registry import Auth, Tool, ToolConfig, ToolFunction

LISTING = 15.0
"""Seconds to list what a server offers."""
MOST = 100
"""Functions of one server that are kept."""
ROOM = 256 * 1024
"""Characters of all its schemas together, as JSON: they are read with each call."""
WORDS = 2000
"""Characters of a description that are kept."""
NAME = re.compile(r"[A-Za-z0-9_./-]{1,100}")
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]*?)[ \t]*")
OURS = (
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "accept",
    "accept-encoding",
)


class McpConfig(ToolConfig):
    """Where the server is, and what it wants to see."""

    address: str = Field(
        pattern=r"^https?://[^\s@]+$",
        max_length=2000,
        title="Address",
        description="Where it speaks streamable HTTP, such as https://example.com/mcp.",
    )
    token: SecretStr | None = Field(
        None, title="Token", description="Sent as Authorization: Bearer. Left out when it needs none."
    )
    headers: SecretStr | None = Field(
        None, title="Headers", description="Further ones it wants, one a line, such as X-Api-Key: 1234."
    )

    @field_validator("headers")
    @classmethod
    def _readable(cls, headers: SecretStr | None) -> SecretStr | None:
        _headers(headers)
        return headers

    @field_validator("token")
    @classmethod
    def _one_line(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(r"[\x21-\x7e]*", token.get_secret_value()):
            raise ValueError("a token is one word")
        return token

    def sent(self) -> dict[str, str]:
        """The headers of each request."""
        headers = _headers(self.headers)
        if self.token is not None and self.token.get_secret_value():
            headers["Authorization"] = f"Bearer {self.token.get_secret_value()}"
        return headers


class McpServer(Tool):
    """One MCP server, or another of the same agent."""

    id = "mcp"
    title = "MCP server"
    description = "Whatever an MCP server offers. Name further ones mcp_ and a word, such as mcp_orders."
    auth: ClassVar[Auth] = "secret"
    config = McpConfig
    listed = True

    def functions(self, offered: Mapping[str, Any] | None = None) -> dict[str, ToolFunction]:
        """What it offered when it was asked last."""
        kept = (offered or {}).get("functions", [])
        protocol = str((offered or {}).get("protocol", ""))
        return {entry["name"]: _function(entry, protocol) for entry in kept if not entry.get("gone")}

    async def offer(self, client: GuardedClient, config: McpConfig) -> dict[str, Any]:
        """Ask it; raises `ToolFailed`."""
        found = await mcp_client.offer(client, Place(config.address, config.sent()), LISTING)
        functions: dict[str, dict[str, Any]] = {}
        left_out: list[str] = []
        room = ROOM
        for tool in found.tools:
            name, schema = str(tool.get("name", "")), tool.get("inputSchema")
            why = "its name cannot be used" if not NAME.fullmatch(name) else unfit(schema)
            if not why and (name in functions or len(functions) == MOST):
                why = f"only {MOST} with different names are kept"
            if not why and len(json.dumps(schema)) > room:
                why = f"all schemas together may have {ROOM // 1024} KB"
            if why:
                left_out.append(f'"{name[:100]}": {why}')
                continue
            room -= len(json.dumps(schema))
            functions[name] = {
                "name": name,
                "description": str(tool.get("description") or tool.get("title") or name)[:WORDS],
                "schema": schema,
                "changes": (tool.get("annotations") or {}).get("readOnlyHint") is not True,
            }
        return {"protocol": found.protocol, "functions": list(functions.values()), "left_out": left_out[:20]}


def _function(entry: Mapping[str, Any], protocol: str) -> ToolFunction:
    name, schema = str(entry["name"]), dict(entry["schema"])

    def read(given: dict[str, Any]) -> dict[str, Any]:
        return {"arguments": held(schema, given)}

    async def run(call: Call, arguments: dict[str, Any]) -> Any:
        def sent(whether: bool) -> None:
            call.sent = whether

        place = Place(call.config.address, call.config.sent(), protocol)
        return await mcp_client.call(call.client, place, call.seconds, name, arguments, call.key, sent)

    return ToolFunction(name, str(entry["description"]), schema, bool(entry["changes"]), read, run)


def _headers(text: SecretStr | None) -> dict[str, str]:
    """One header a line; raises ``ValueError``, which repeats no value."""
    found: dict[str, str] = {}
    for number, line in enumerate((text.get_secret_value() if text else "").splitlines(), 1):
        if not line.strip():
            continue
        match = HEADER.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {number} is no header; write it like X-Api-Key: 1234")
        if match[1].lower() in OURS or match[1].lower().startswith("mcp-"):
            raise ValueError(f"{match[1]} is set by itself; leave it out")
        found[match[1]] = match[2]
    return found
