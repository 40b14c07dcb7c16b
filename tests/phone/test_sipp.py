"""sipp calls us and is called: each story is judged by what was heard, too."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.channels.phone.port import Ended, State, Trunk
from server.channels.phone.server_transactions import Timers
from tests.phone import pcap
from tests.phone.edges import FAST, House, Taken, edge_house, until
from tests.phone.pcap import Capture
from tests.phone.sipp import Sipp
from tests.phone.sounds import heard_ms, silence, tone
from tests.phone.test_admission import GUARDED

pytestmark = pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """An edge with the patience of the standard: sipp loses its place when something is repeated after 50 ms."""
    async with edge_house(timers=Timers()) as house:
        yield house


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """What sipp says: a tone, keys, the tone."""
    return pcap.write(tmp_path / "said.pcap", tone(440, 800), "12#", tone(440, 800), silence(200))


async def test_it_talks_presses_keys_and_hears_us(house: House, tmp_path: Path, sound: Path) -> None:
    house.tone_hz = 1000
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("caller", tmp_path, at=house.uri(), sound=sound, ms=2800) as sipp,
    ):
        assert await sipp.over() == 0, sipp.troubles()
    taken = house.calls[0]
    assert await taken.over() == "caller_hung_up"
    assert taken.keys == "12#"
    assert heard_ms(bytes(taken.heard), 440) >= 1200
    said, _ = pcap.heard(wire.path, sipp.media_port)
    assert heard_ms(said, 1000) >= 1000


async def test_it_is_hung_up_on(house: House, tmp_path: Path, sound: Path) -> None:
    async with Sipp("caller_waits", tmp_path, at=house.uri(), sound=sound) as sipp:
        taken = await house.call()
        await until(lambda: taken.keys == "12#")
        taken.leg.hang_up()
        assert await sipp.over() == 0, sipp.troubles()


@pytest.mark.parametrize(("password", "code"), [("p1", 200), ("wrong", 401)])
async def test_it_proves_who_it_is(tmp_path: Path, password: str, code: int) -> None:
    async with edge_house(GUARDED, timers=FAST) as house:
        scenario, given = (
            ("caller_proves_and_talks", {"ms": 300}) if code == 200 else ("caller_proves", {"code": code})
        )
        async with Sipp(scenario, tmp_path, at=house.uri(), password=password, **given) as sipp:  # type: ignore[arg-type]
            assert await sipp.over() == 0, sipp.troubles()
        assert len(house.calls) == (code == 200)


async def test_an_unknown_number(tmp_path: Path) -> None:
    trunk = Trunk(id="t", numbers=("100",), allowed=("127.0.0.1",))
    async with (
        edge_house(trunk) as house,
        Sipp("caller_is_refused", tmp_path, at=house.uri("777"), code=404) as sipp,
    ):
        assert await sipp.over() == 0, sipp.troubles()


async def test_it_gives_up(house: House, tmp_path: Path) -> None:
    house.answers = False
    async with Sipp("caller_cancels", tmp_path, at=house.uri()) as sipp:
        assert await sipp.over() == 0, sipp.troubles()
    assert await house.calls[0].over() == "caller_gave_up"


async def test_it_holds_and_comes_back(house: House, tmp_path: Path) -> None:
    house.tone_hz = 1000
    stream = pcap.write(tmp_path / "said.pcap", tone(440, 2600))
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("caller_holds", tmp_path, at=house.uri(), sound=stream, ms=500) as sipp,
    ):
        assert await sipp.over() == 0, sipp.troubles()
    assert house.calls[0].holds == [True, False]
    said, _ = pcap.heard(wire.path, sipp.media_port)
    assert heard_ms(said, 1000) >= 800
    assert heard_ms(said, 1000) <= len(said) // 16 - 700


async def test_fifteen_at_once(house: House, tmp_path: Path, sound: Path) -> None:
    house.tone_hz = 1000
    async with Sipp("caller", tmp_path, at=house.uri(), sound=sound, ms=2800, calls=15) as sipp:
        assert await sipp.over() == 0, sipp.troubles()
    assert [t.keys for t in house.calls] == ["12#"] * 15
    for taken in house.calls:
        assert await taken.over() == "caller_hung_up"
        assert heard_ms(bytes(taken.heard), 440) >= 1000


@pytest.mark.parametrize(("outcome", "expected"), [("200 OK", "ok"), ("486 Busy Here", "busy")])
async def test_it_is_transferred(
    house: House, tmp_path: Path, sound: Path, outcome: str, expected: str
) -> None:
    async with Sipp("caller_is_referred", tmp_path, at=house.uri(), sound=sound, outcome=outcome) as sipp:
        taken = await house.call()
        # It gives a call up when it is referred before it has begun to talk.
        await until(lambda: heard_ms(bytes(taken.heard), 440))
        result = await taken.leg.transfer("sip:desk@127.0.0.1", 20)
        assert result.outcome == expected, (result, sipp.troubles())
        if expected != "ok":
            taken.leg.hang_up()
        assert await sipp.over() == 0, sipp.troubles()


async def call(house: House, sipp: Sipp, username: str = "", password: str = "") -> Taken:
    """We call it."""
    trunk = Trunk(id="out", address=f"127.0.0.1:{sipp.port}", username=username, password=password)
    house.edge.trunks((trunk,))
    return house.take(await house.edge.dial("out", "+15550199", ring=2.0))


async def test_we_call_it_and_hang_up(house: House, tmp_path: Path, sound: Path) -> None:
    house.tone_hz = 1000
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("callee", tmp_path, sound=sound) as sipp,
    ):
        taken = await call(house, sipp)
        await taken.leg.answer()
        await until(lambda: taken.keys == "12#")
        await taken.leg.send_keys("1159#")
        await asyncio.sleep(0.2)
        taken.leg.hang_up()
        assert await sipp.over() == 0, sipp.troubles()
    assert State.RINGING in taken.states
    assert heard_ms(bytes(taken.heard), 440) >= 700
    said, keys = pcap.heard(wire.path, sipp.media_port)
    assert keys == "1159#"
    assert heard_ms(said, 1000) >= 700


async def test_we_call_it_and_it_hangs_up(house: House, tmp_path: Path, sound: Path) -> None:
    async with Sipp("callee_hangs_up", tmp_path, sound=sound, ms=500) as sipp:
        taken = await call(house, sipp)
        await taken.leg.answer()
        assert await taken.over() == "callee_hung_up"
        assert await sipp.over() == 0, sipp.troubles()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (404, "no_such_number"),
        (480, "unavailable"),
        (486, "busy"),
        (503, "trunk_unavailable"),
        (603, "declined"),
    ],
)
async def test_it_refuses(house: House, tmp_path: Path, code: int, reason: str) -> None:
    async with Sipp("callee_refuses", tmp_path, code=code) as sipp:
        taken = await call(house, sipp)
        assert await taken.over() == reason
        assert await sipp.over() == 0, sipp.troubles()


@pytest.mark.parametrize(("code", "asks"), [(401, "WWW-Authenticate"), (407, "Proxy-Authenticate")])
async def test_it_asks_who_we_are(house: House, tmp_path: Path, code: int, asks: str) -> None:
    async with Sipp("callee_asks", tmp_path, code=code, asks=asks) as sipp:
        taken = await call(house, sipp, username="u1", password="p1")
        await taken.leg.answer()
        taken.leg.hang_up()
        assert await sipp.over() == 0, sipp.troubles()
        assert 'username="u1"' in sipp.messages()


async def test_nobody_comes(house: House, tmp_path: Path) -> None:
    async with Sipp("callee_rings", tmp_path) as sipp:
        taken = await call(house, sipp)
        with pytest.raises(Ended, match="no_answer"):
            await taken.leg.answer()
        assert await sipp.over() == 0, sipp.troubles()
