"""A caller is given to a colleague, who is told first what it is about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.channels.phone.link import LegLink
from server.channels.phone.port import Trunk
from server.channels.voice.clock import Clock
from server.workers import wire
from server.workers.calls import Telephone
from tests.phone.caller import Call, Phone
from tests.phone.edges import edge_house, until
from tests.phone.sounds import heard_ms, tone
from tests.server.voice.fakes import HummingVoice

SPEAKING = wire.Speaking()
HUM = 440
"""What the voice hums, in hertz."""


class Speakers:
    """A voice that hums, and the clock of all lines."""

    def __init__(self, fails: int = 0) -> None:
        self.clock = Clock()
        self.voice = HummingVoice(ms_a_word=100, fails=fails)

    def mouth(self, speaking: wire.Speaking) -> HummingVoice:
        return self.voice


class Desk:
    """A caller who is spoken to, and a colleague's telephone."""

    def __init__(self, telephone: Telephone, caller: Call, link: LegLink, colleague: Phone) -> None:
        self.telephone = telephone
        self.caller = caller
        self.link = link
        self.colleague = colleague
        self.said: list[wire.FromWorker] = []
        telephone.send = self.said.append

    def consult(self, ring_ms: int = 20_000) -> None:
        """The server wants the caller given away."""
        call = self.telephone.calls()[0]
        self.telephone.told(
            wire.Consult(call, "fx", "+15550199", "Anna wants a table.", "en-US", SPEAKING, ring_ms)
        )

    async def rings(self) -> Call:
        """The colleague's telephone."""
        async with asyncio.timeout(30):
            return await self.colleague.rang.get()

    async def outcome(self) -> str:
        """What the server is told came of it."""
        await until(lambda: any(isinstance(m, wire.Referred) for m in self.said))
        return next(m.outcome for m in self.said if isinstance(m, wire.Referred))

    def end(self) -> str:
        """What the server is told the caller's call ended by."""
        ends = [m.reason for m in self.said if isinstance(m, wire.CallState) and m.state == "ended"]
        return ends[0] if ends else ""


@asynccontextmanager
async def desk(speakers: Speakers | None = None, thinks: float = 5.0) -> AsyncIterator[Desk]:
    async with Phone() as phone, Phone(user="colleague") as colleague:
        trunk = Trunk(
            id="home",
            numbers=("*",),
            allowed=("127.0.0.0/8",),
            address=f"127.0.0.1:{colleague.port}",
        )
        async with edge_house(trunk) as house:
            telephone = Telephone(house.edge, thinks)
            telephone.house = speakers or Speakers()
            caller = await phone.call(house.uri())
            await until(telephone.calls)
            link = telephone.link(telephone.calls()[0])
            await telephone.answer(link.leg)
            await caller.up()
            yield Desk(telephone, caller, link, colleague)


async def test_she_takes_the_call_and_both_talk() -> None:
    async with desk() as at:
        at.consult()
        colleague = await at.rings()
        await colleague.answer()
        # She is told what it is about; the caller hears nothing of it.
        await colleague.hears(HUM, 300)
        assert heard_ms(at.caller.heard, HUM) == 0
        await colleague.press("1")
        assert await at.outcome() == "ok"
        at.caller.say(tone(700, 1500))
        await colleague.hears(700, 400)
        colleague.say(tone(1000, 1500))
        await at.caller.hears(1000, 400)
        await at.caller.press("5")
        await colleague.until(lambda: colleague.keys == "5")
        # The session that had the caller says goodbye, and nobody is cut off.
        at.link.hang_up("transferred")
        assert await at.link.closed() == ("agent", "transferred")
        at.caller.say(tone(1300, 1500))
        await colleague.hears(1300, 300)
        await colleague.hang_up()
        assert await at.caller.over() == "bye"
        assert at.end() == "transferred"


async def test_the_caller_hangs_up_on_her() -> None:
    async with desk() as at:
        at.consult()
        colleague = await at.rings()
        await colleague.answer()
        await colleague.hears(HUM, 100)
        await colleague.press("1")
        assert await at.outcome() == "ok"
        await at.caller.hang_up()
        assert await colleague.over() == "bye"
        assert at.end() == "caller_hung_up"


@pytest.mark.parametrize(
    ("code", "outcome"), [(486, "busy"), (480, "no_answer"), (603, "refused"), (500, "error")]
)
async def test_she_cannot_be_had_and_the_caller_stays(code: int, outcome: str) -> None:
    async with desk() as at:
        at.consult()
        (await at.rings()).reply(code)
        assert await at.outcome() == outcome
        assert not at.caller.ended
        at.link.play(tone(1000, 20))
        await at.caller.hears(1000, 20)


async def test_she_declines() -> None:
    async with desk() as at:
        at.consult()
        colleague = await at.rings()
        await colleague.answer()
        await colleague.hears(HUM, 100)
        pressing = asyncio.create_task(colleague.press("2"))
        assert await at.outcome() == "refused"
        assert await colleague.over() == "bye"
        pressing.cancel()
        assert not at.caller.ended


async def test_she_hangs_up_while_being_told() -> None:
    async with desk() as at:
        at.consult()
        colleague = await at.rings()
        await colleague.answer()
        await colleague.hears(HUM, 100)
        await colleague.hang_up()
        assert await at.outcome() == "refused"


async def test_a_machine_presses_no_key() -> None:
    speakers = Speakers()
    async with desk(speakers, thinks=0.05) as at:
        at.consult()
        colleague = await at.rings()
        await colleague.answer()
        assert await at.outcome() == "no_answer"
        assert await colleague.over() == "bye"
        briefing, *again = speakers.voice.asked
        assert briefing == "Anna wants a table. Press 1 to take the call, or 2 to decline it."
        assert again == ["Press 1 to take the call, or 2 to decline it."] * 2


async def test_nobody_answers_in_time() -> None:
    async with desk() as at:
        at.consult(ring_ms=300)
        colleague = await at.rings()
        colleague.reply(180)
        assert await at.outcome() == "no_answer"
        assert await colleague.over() == "cancel"


async def test_the_caller_leaves_before_she_answers() -> None:
    async with desk() as at:
        at.consult()
        colleague = await at.rings()
        colleague.reply(180)
        await at.caller.hang_up()
        assert await colleague.over() == "cancel"


async def test_nothing_can_be_said_to_her() -> None:
    async with desk(Speakers(fails=9)) as at:
        at.consult()
        colleague = await at.rings()
        await colleague.answer()
        assert await at.outcome() == "error"
        assert await colleague.over() == "bye"
        assert not at.caller.ended
