"""Lines that register at a provider: how they stand is in the trunk and in the server's health."""

from typing import Any

import pytest

from tests.e2e.switchboard import PROMPT
from tests.e2e.telephones import Line, hears
from tests.phone.caller import Phone
from tests.phone.registrar import Registrar

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def registers(line: Line, registrar: Registrar, number: str, password: str = "right") -> str:
    """A trunk to this registrar: its id."""
    return await line.number(
        number,
        await line.switchboard(),
        address=f"127.0.0.1:{registrar.port}",
        username=number,
        password=password,
        register=True,
        expires=60,
    )


async def stands(line: Line, trunk: str, state: str) -> Any:
    """Wait until the trunk stands so."""

    async def look() -> Any:
        view = await line.house.get(f"/trunks/{trunk}")
        return view if view["registration"] == state else None

    return await line.house.until(look, f"it never was {state}")


async def test_a_line_that_is_registered_can_be_called(line: Line) -> None:
    async with Registrar("right") as registrar, Phone() as phone:
        trunk = await registers(line, registrar, "720")
        await stands(line, trunk, "registered")
        health = (await line.health())["phone"]
        assert health["status"] == "healthy" and health["detail"].startswith("1 registered")
        call = await phone.call(line.uri("720"))
        await call.up()
        await hears(call, PROMPT)
        await call.hang_up()
        await line.house.client.delete(f"/trunks/{trunk}")
        await line.house.until(lambda: _last(registrar, "0"), "it never unregistered")


async def _last(registrar: Registrar, expires: str) -> bool:
    return registrar.expiries[-1] == expires


async def test_a_refused_line_says_what_to_do(line: Line) -> None:
    async with Registrar("right") as registrar:
        trunk = await registers(line, registrar, "721", password="wrong")
        view = await stands(line, trunk, "failed")
        assert view["detail"] == "403: the registrar refuses the username or the password."
        health = (await line.health())["phone"]
        assert health["status"] != "healthy" and trunk in health["detail"]
        await line.house.client.delete(f"/trunks/{trunk}")

        async def well() -> bool:
            return bool((await line.health())["phone"]["status"] == "healthy")

        await line.house.until(well, "a line that is gone still hurts")


async def test_a_registration_is_renewed_lost_and_won_again(line: Line) -> None:
    async with Registrar("right") as registrar:
        registrar.grants = 2
        trunk = await registers(line, registrar, "722")
        await stands(line, trunk, "registered")
        await line.house.until(lambda: _times(registrar, 6), "it was never renewed")
        assert (await line.house.get(f"/trunks/{trunk}"))["registration"] == "registered"
        registrar.refuses = 503
        view = await stands(line, trunk, "failed")
        assert view["detail"].startswith("503")
        assert (await line.health())["phone"]["status"] != "healthy"
        registrar.refuses = 0
        await stands(line, trunk, "registered")
        assert (await line.health())["phone"]["status"] == "healthy"
        await line.house.client.delete(f"/trunks/{trunk}")


async def _times(registrar: Registrar, times: int) -> bool:
    return len(registrar.came) >= times
