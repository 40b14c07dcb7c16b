"""Against the protocol's own server, of both generations of the protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from server.kit.http_guard import GuardedClient
from server.serving import bind
from server.tools import mcp_client
from server.tools.call import ToolFailed
from server.tools.mcp_client import Offer, Place
from tests.server.running import WAIT


def shop() -> MCPServer:
    """A server with two tools."""
    server = MCPServer("shop")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def price(article: str, pieces: int = 1) -> dict[str, int]:
        """What it costs."""
        return {"price": len(article) * pieces}

    @server.tool()
    def order(article: str) -> str:
        """Orders it."""
        raise ToolError(f"{article} is sold out")

    return server


@asynccontextmanager
async def up(**how: Any) -> AsyncIterator[Place]:
    listening = bind("127.0.0.1", 0)
    app = shop().streamable_http_app(**how)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    task = asyncio.create_task(server.serve([listening]))
    try:
        async with asyncio.timeout(WAIT):
            while not server.started:
                await asyncio.sleep(0.01)
        yield Place(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp")
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, WAIT)
        listening.close()


@pytest.mark.parametrize("how", [{}, {"json_response": True}, {"stateless_http": True}])
async def test_it_is_asked_and_called(how: dict[str, Any]) -> None:
    told: list[bool] = []
    async with up(**how) as place:
        port = int(place.address.split(":")[2].removesuffix("/mcp"))
        client = GuardedClient([("127.0.0.1", port)])
        try:
            offer: Offer = await mcp_client.offer(client, place, WAIT)
            assert [tool["name"] for tool in offer.tools] == ["price", "order"]
            assert offer.tools[0]["annotations"]["readOnlyHint"] is True
            # As it spoke last, as one that only shakes hands, and not known.
            for protocol in (offer.protocol, "2025-06-18", ""):
                there = Place(place.address, {}, protocol)
                args = {"article": "tea", "pieces": 4}
                assert await mcp_client.call(client, there, WAIT, "price", args, "k", told.append) == {
                    "price": 12
                }
                with pytest.raises(ToolFailed, match="sold out"):
                    await mcp_client.call(client, there, WAIT, "order", {"article": "tea"}, "k", told.append)
                assert told[-1] is False, "it said that it was not done"
        finally:
            await client.close()
