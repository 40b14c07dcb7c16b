"""A telephone caller whom the edge brings into a LiveKit room: sipp on one side, `parley serve` on the other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from livekit.protocol import models, room

from tests.e2e.ear import recognised
from tests.e2e.room_house import SENTENCES, RoomHouse, room_house, until
from tests.phone import pcap
from tests.phone.pcap import Capture
from tests.phone.sipp import Sipp
from tests.phone.sounds import silence
from tests.ports import free_port

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(480),
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
]
RATE = 8000
LONG = 17_000
"""Milliseconds the caller stays."""


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[RoomHouse]:
    """A server with LiveKit, and the worker beside it, which has the telephone too."""
    port = str(free_port())
    made = room_house(tmp_path, PARLEY_VOICE="1", PARLEY_SIP_HOST="127.0.0.1", PARLEY_SIP_PORT=port)
    house = await asyncio.to_thread(made.__enter__)
    try:
        await asyncio.to_thread(until, house.present, "the worker beside the server")
        yield house
    finally:
        await asyncio.to_thread(made.__exit__, None, None, None)


async def callers(house: RoomHouse) -> list[models.ParticipantInfo]:
    """Who is in LiveKit's rooms as a telephone caller, and has been answered."""
    found = []
    async with house.livekit.api() as lives:
        for there in (await lives.room.list_rooms(room.ListRoomsRequest())).rooms:
            wanted = room.ListParticipantsRequest(room=there.name)
            people = (await lives.room.list_participants(wanted)).participants
            found += [p for p in people if p.kind == models.ParticipantInfo.Kind.SIP]
    return [person for person in found if person.attributes["sip.callStatus"] == "active"]


async def test_a_caller_in_a_room_hears_the_greeting_and_keys_an_answer(
    house: RoomHouse, tmp_path: Path
) -> None:
    said = pcap.write(tmp_path / "said.pcap", silence(7000), "2", silence(LONG - 7500))
    at = f"sip:clinic@127.0.0.1:{house.server.environment['PARLEY_SIP_PORT']}"
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("caller", tmp_path, at=at, sound=said, ms=LONG) as sipp,
    ):
        async with asyncio.timeout(60):
            while not (there := await callers(house)):
                await asyncio.sleep(0.1)
        assert there[0].attributes["sip.trunkPhoneNumber"] == "clinic"
        assert await sipp.over() == 0, sipp.troubles()
    heard, _ = pcap.heard(wire.path, sipp.media_port)
    for sentence in ("would you like tea or coffee", "your coffee is on its way"):
        understood = await recognised(heard + bytes(2 * RATE), SENTENCES, RATE, sentence)
        assert any(sentence in words for words in understood), understood
    session = await asyncio.to_thread(house.session, "phone")
    [call] = await asyncio.to_thread(until, lambda: _ended(house), "the end of the call")
    assert (call["session_id"], call["reason"]) == (session, "caller_hung_up")
    kinds = await asyncio.to_thread(until, lambda: _whole(house, session), "the end of the session")
    assert "digit" in kinds and kinds[-1] == "hung_up", kinds


def _whole(house: RoomHouse, session: str) -> list[str]:
    """The kinds of a session's events, once it is over."""
    over = house.ask(f"/sessions/{session}")["status"] == "ended"
    return [record["event"]["type"] for record in house.events(session)] if over else []


def _ended(house: RoomHouse) -> list[dict[str, str]]:
    calls: list[dict[str, str]] = house.ask("/calls")["items"]
    return [call for call in calls if call["state"] == "ended"]
