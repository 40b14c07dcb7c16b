"""A real softphone holds a call with us."""

from pathlib import Path

import pytest

from server.channels.phone.port import Trunk
from tests.phone.baresip import Baresip
from tests.phone.edges import House, until
from tests.phone.sounds import heard_ms, tone, write_wav


@pytest.fixture
def says(tmp_path: Path) -> Path:
    """What it says."""
    write_wav(tmp_path / "says.wav", tone(440, 4000))
    return tmp_path / "says.wav"


async def test_it_calls_talks_presses_keys_and_hears(house: House, tmp_path: Path, says: Path) -> None:
    house.tone_hz = 1000
    async with Baresip(tmp_path, says) as phone:
        await phone.dial(house.uri())
        await phone.event("CALL_ESTABLISHED")
        taken = await house.call()
        await until(lambda: heard_ms(bytes(taken.heard), 440) >= 1000)
        await phone.keys("42#")
        await until(lambda: taken.keys == "42#")
        await phone.hang_up()
        assert await taken.over() == "caller_hung_up"
        pcm, rate = phone.heard()
        assert heard_ms(pcm, 1000, rate) >= 500


async def test_it_is_called_and_hears_our_keys(house: House, tmp_path: Path, says: Path) -> None:
    async with Baresip(tmp_path, says) as phone:
        house.edge.trunks((Trunk(id="desk", address=f"127.0.0.1:{phone.sip_port}"),))
        taken = house.take(await house.edge.dial("desk", phone.uri))
        await taken.leg.answer()
        await until(lambda: heard_ms(bytes(taken.heard), 440) >= 500)
        await taken.leg.send_keys("159")
        await until(
            lambda: [e["param"] for e in phone.events if e["type"] == "CALL_DTMF_START"] == ["1", "5", "9"]
        )
        taken.leg.hang_up()
        await phone.event("CALL_CLOSED")


async def test_it_holds_and_comes_back(house: House, tmp_path: Path, says: Path) -> None:
    async with Baresip(tmp_path, says) as phone:
        await phone.dial(house.uri())
        await phone.event("CALL_ESTABLISHED")
        taken = await house.call()
        await phone.command("hold")
        await until(lambda: taken.holds == [True])
        await phone.command("resume")
        await until(lambda: taken.holds == [True, False])
        await phone.hang_up()
