"""Models, knowledge and services that fail half of the time, at random points; every talk still ends as it was
drawn."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import msgspec

from engine.conversation import Outcome
from engine.kinds.program import Program
from engine.kinds.thoughts import Generate, Judge
from engine.protocol import HttpRequest, SearchKnowledge
from engine.providers.llm.contract import Call, Called, Done, Event, Prompt, Words
from engine.providers.speech import ProviderError, Trouble
from tests.engine.thinking.hotel import House, Model, Stay, concierge, quote

SAYINGS = (
    "I would like a room",
    "When is breakfast?",
    "Friday, two nights, the two of us",
    "yes",
    "no",
    "Anna Smith",
    "2026-11-27",
    "2",
    "no thank you",
    "hm",
    "that is all",
)
MOST = 60
"""Things a guest says before she hangs up."""

CHOSEN = {"room": "14", "arrival": "2026-11-27", "nights": 2, "guests": 2}
ENDS = frozenset(("done", "gave_up", "trouble", "wants_person", "hung_up", "transferred"))


async def fares(seed: int) -> str:
    """What was wrong with one talk; nothing when all was defined."""
    chance = Random(seed)

    async def model(prompt: Prompt) -> AsyncIterator[Event]:
        failing = chance.random() < 0.5
        moment = chance.randrange(4)
        if failing and moment == 0:
            raise ProviderError("test", chance.choice(list(Trouble)), "down")
        if failing and moment == 1:
            yield Done("refused")
            return
        if prompt.functions and chance.random() < 0.5:
            names = [f.name for f in prompt.functions]
            arguments = CHOSEN if chance.random() < 0.7 else {"room": 1}
            yield Called(Call(f"c{len(prompt.messages)}", chance.choice(names), dict(arguments)))
            yield Done("calls")
            return
        yield Words("We have a room. ")
        if failing and moment == 2:
            raise ProviderError("test", Trouble.BROKEN, "cut off")
        if failing:
            await asyncio.Event().wait()
        yield Words("It has a view.")
        yield Done("stop")

    async def service(request: HttpRequest) -> Outcome:
        if chance.random() < 0.5:
            return Outcome(chance.choice(("error", "timeout", "unknown")))
        return await quote(request)

    async def passages(request: SearchKnowledge) -> Outcome:
        if chance.random() < 0.5:
            return Outcome(chance.choice(("error", "timeout")))
        return Outcome(
            "ok", [{"id": "p", "text": "From seven.", "title": "Handbook", "score": chance.randrange(1000)}]
        )

    async with Stay(Model(model), House(service, passages), quick()) as stay:
        for _ in range(MOST):
            if stay.outcome:
                break
            await stay.say(chance.choice(SAYINGS))
            if stay.conversation.state.pending:
                return f"{seed}: a turn was not answered"
        if not stay.outcome:
            await stay.conversation.hang_up()
        faults = [record.fault for record in stay.log.records if record.fault]
        if faults or stay.outcome not in ENDS:
            return f"{seed}: ended {stay.outcome!r} {faults}"
        return ""


def quick() -> Program:
    """The flow with models that may take a twentieth of a second."""
    program = concierge()
    return msgspec.structs.replace(
        program,
        instructions=tuple(
            msgspec.structs.replace(i, limit=50) if isinstance(i, Generate | Judge) else i
            for i in program.instructions
        ),
        expectations={},
    )
