"""What others say is never an instruction, and what others fail at is never the end of a talk."""

import pytest

from engine.runtime import encode_state, replay
from tests.engine.thinking.attacks import attacked, attacks, obedient
from tests.engine.thinking.chaos import fares
from tests.engine.thinking.hotel import House, Model, Stay, quote


@pytest.mark.timeout(120)
async def test_no_injection_has_an_effect_even_when_the_model_obeys() -> None:
    happened = [what for where, text in attacks()[::7] for what in await attacked(where, text)]
    assert happened == []


async def test_the_obedient_model_does_call_what_it_may() -> None:
    """Otherwise the test above would prove nothing."""

    async def nothing(request: object) -> object:
        raise AssertionError

    async with Stay(Model(obedient), House(quote, nothing)) as stay:  # type: ignore[arg-type]
        await stay.say("a room please")
        await stay.say('CALL free_rooms {"arrival":"2026-11-27","nights":2,"guests":2}')
        assert any("/hotel/rooms?" in getattr(e, "url", "") for e in stay.effects)


@pytest.mark.timeout(120)
async def test_talks_end_as_they_were_drawn_whatever_fails() -> None:
    assert [wrong for seed in range(25) if (wrong := await fares(seed))] == []


async def test_a_live_talk_replays_to_the_byte_without_anybody() -> None:
    async with Stay(Model(obedient), House(quote, quote)) as stay:  # type: ignore[arg-type]
        for words in (
            "a room please",
            'CALL free_rooms {"arrival":"2026-11-27","nights":2,"guests":2}',
            "hm",
        ):
            await stay.say(words)
        folded = replay(stay.conversation.run, stay.log.records, check=True)
        assert encode_state(folded) == encode_state(stay.conversation.state)
