"""``parley tools`` against a server that runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.server import flows
from tests.server.running import Running, serving, settings_for
from tests.server.tools.mcp_peer import TOKEN, Peer, peer


class House:
    """A server, an agent of it, an MCP server, and the command."""

    def __init__(self, running: Running, there: Peer, folder: Path, capsys: Any) -> None:
        self.running, self.peer, self.folder, self.capsys = running, there, folder, capsys
        self.agent = ""

    async def says(self, action: str, *arguments: str) -> tuple[int, str, str]:
        """Run it; answers the exit code, what was printed, and what was complained of."""
        given = ["tools", action, *arguments]
        given += ["--server", self.running.url, "--data", str(self.folder / "data")]
        code = await asyncio.to_thread(main, given)
        said = self.capsys.readouterr()
        return code, said.out, said.err

    async def orders(self) -> None:
        """The MCP server is set up, its token read from a file."""
        (self.folder / "token").write_text(f"{TOKEN}\n")
        address = f"address={self.peer.url}/mcp"
        code, out, err = await self.says(
            "configure", self.agent, "mcp_orders", address, f"token=@{self.folder / 'token'}"
        )
        assert (code, err) == (0, "") and "mcp_orders: on" in out and "look_up: on. Looks an order up." in out
        assert TOKEN not in out


@pytest.fixture
async def house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[House]:
    async with peer() as there:
        settings = settings_for(tmp_path, rest_limit=0, token_limit=0, http_allow=(there.endpoint,))
        async with serving(settings) as running:
            house = House(running, there, tmp_path, capsys)
            house.agent = (await running.owner.agent(flows.asking(), publish=False))["id"]
            yield house


async def test_a_tool_is_set_up_switched_called_and_forgotten(house: House) -> None:
    await house.orders()
    code, out, err = await house.says("call", house.agent, "mcp_orders.look_up", "number=7", "weight=1.5")
    assert (code, err, json.loads(out)) == (0, "", {"state": "sent", "weight": "1.5"})
    assert house.peer.calls[-1]["arguments"] == {"number": 7, "weight": 1.5}

    _, out, _ = await house.says("disable", house.agent, "mcp_orders.cancel")
    assert "cancel: off" in out and "look_up: on" in out
    _, out, _ = await house.says("configure", house.agent, "mcp_orders", "headers=X-Shop: north")
    assert "cancel: off" in out, "what is not named stays"
    _, out, _ = await house.says("disable", house.agent, "mcp_orders")
    assert "mcp_orders: off" in out
    _, out, _ = await house.says("enable", house.agent, "mcp_orders.cancel")
    assert "mcp_orders: off" in out and "cancel: on" in out

    house.peer.tools = house.peer.tools[:1]
    _, out, _ = await house.says("list", house.agent, "--refresh")
    assert "cancel: no longer there" in out and "google_calendar: not set up" in out
    _, out, _ = await house.says("list", house.agent, "--json")
    assert [json.loads(line)["tool"] for line in out.splitlines()] == ["google_calendar", "mcp", "mcp_orders"]
    assert (await house.says("configure", house.agent, "mcp_orders", "--forget"))[0] == 0
    assert "mcp_orders" not in (await house.says("list", house.agent))[1]


async def test_an_account_is_connected_at_an_address(house: House) -> None:
    given = ["client_id=c", "client_secret=s", "time_zone=Europe/Berlin"]
    _, out, _ = await house.says("configure", house.agent, "google_calendar", *given)
    assert "google_calendar: on, no account" in out
    code, out, _ = await house.says("connect", house.agent, "google_calendar")
    assert code == 0 and "https://accounts.google.com/o/oauth2/v2/auth?" in out


async def test_what_goes_wrong_is_told(house: House) -> None:
    await house.orders()
    code, _, err = await house.says("call", house.agent, "mcp_orders.look_up", "number=0")
    assert code == 1 and err.startswith("error: The arguments do not fit")
    for arguments, words in (
        (("call", house.agent, "mcp_orders"), "name a function too"),
        (("call", house.agent, "mcp_orders.look_up", "7"), "no name=value"),
        (("enable", house.agent, "google_calendar"), "is not set up"),
        (("disable", house.agent, "mcp_orders.paint"), "It has: look_up, cancel"),
        (("configure", house.agent, "mcp_orders", "token=@nowhere"), "cannot be read"),
        (("configure", house.agent, "mcp_orders", "adress=x"), "adress"),
        (("connect", house.agent, "mcp_orders"), "needs no account"),
        (("list", "agt_nobody"), "no such agent"),
    ):
        code, _, err = await house.says(*arguments)
        assert code == 2 and words in err, (arguments, err)


@pytest.mark.parametrize("action", ["", "list", "enable", "disable", "configure", "connect", "call"])
def test_every_action_has_help(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tools", *([action] if action else []), "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0 and ("--server" in said if action else "examples:" in said)


async def test_without_an_agent_it_lists_what_there_is(house: House) -> None:
    _, out, _ = await house.says("list")
    assert "\ngoogle_calendar: Google Calendar." in out and "\nmcp: MCP server." in out
