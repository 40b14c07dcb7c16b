"""The driver: commit first, one consumer, nothing lost, nothing done twice."""

import asyncio
from typing import Any

import pytest

from engine.conversation import Busy, Closed, Fenced, Outcome
from engine.protocol import Result, Resumed, TimerFired
from engine.runtime import encode_state, replay
from tests.engine.conversation.world import REF, World, until
from tests.engine.drawing import EN, ask, end, option, program, say

QUESTION = ask(
    "number", "n", "A number?", {"understood": "look", "gives_up": "x"}, reprompts=[{EN: "A number, please."}]
)
NODES: dict[str, dict[str, Any]] = {
    "q": QUESTION,
    "look": {
        "kind": "http",
        "url": "https://example.com/{{ n }}",
        "response": [{"path": "word", "to": "word"}],
        "out": {"ok": "more", "error": "x"},
    },
    "more": ask("text", "t", "It is {{ word }}. What else?", {"understood": "bye", "gives_up": "x"}),
    "bye": end("done", "Bye."),
    "x": end("sorry", "Sorry."),
}
VARIABLES = {"n": "int", "word": "text", "t": "text"}


def world(**changes: Any) -> World:
    return World(program({**NODES, **changes}, variables=VARIABLES))


async def test_a_talk_from_beginning_to_end() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    await talk.say("four")
    w.tools.answer.set_result(Outcome("ok", {"status": 200, "body": {"word": "tea"}}))
    await until(lambda: len(w.channel.said) == 2)
    await talk.say("nothing")
    assert w.channel.said == ["A number?", "It is tea. What else?", "Bye."]
    assert talk.ended
    assert w.clock.running == 0


async def test_a_request_carries_a_key_that_names_session_event_and_place() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    await talk.say("four")
    await until(lambda: bool(w.tools.asked))
    request, key = w.tools.asked[0]
    assert key == f"s1:{request.id}"
    talk.close()


async def test_words_typed_while_a_service_is_asked_are_taken_when_the_talk_listens_again() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    await talk.say("four", "m1")
    assert await talk.say("and cake", "m2") is None
    w.tools.answer.set_result(Outcome("ok", {"status": 200, "body": {"word": "tea"}}))
    await until(lambda: talk.ended)
    assert [key for _, key in w.channel.delivered if key] == ["m1", "m2"]
    assert w.channel.said[-1] == "Bye."


async def test_what_comes_twice_with_the_same_key_counts_once() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    await talk.say("banana", "m1")
    before = encode_state(talk.state)
    assert await talk.say("banana", "m1") is None
    assert encode_state(talk.state) == before
    assert w.channel.said == ["A number?", "A number, please."]


async def test_many_at_once_are_taken_one_after_the_other() -> None:
    w = World(
        program(
            {"q": {**QUESTION, "tries": 50, "out": {"understood": "x", "gives_up": "x"}}, "x": end()},
            variables=VARIABLES,
        )
    )
    talk = w.conversation()
    await talk.start()
    await asyncio.gather(*(talk.say("banana", f"m{i}") for i in range(20)))
    assert [r.seq for r in w.log.records] == list(range(1, 22))
    assert talk.state.failures == 20


async def test_patience_that_runs_out_is_an_event_like_any_other() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    w.clock.advance(30 * 60_000)
    await until(lambda: len(w.channel.said) == 2)
    assert isinstance(w.log.records[-1].event, TimerFired)
    assert w.clock.running == 1
    talk.close()
    assert w.clock.running == 0


async def test_another_owner_goes_on_from_the_log_and_the_old_one_is_fenced() -> None:
    w = world()
    old = w.conversation()
    await old.start()
    await old.say("banana")
    w.log.epoch = 2
    new = w.conversation(2)
    await new.resume(await w.log.read(REF))
    assert isinstance(w.log.records[-1].event, Resumed)
    with pytest.raises(Fenced):
        await old.say("four")
    assert old.closed
    with pytest.raises(Closed):
        await old.say("five")
    await new.say("four")
    assert encode_state(replay(new.run, w.log.records, check=True)) == encode_state(new.state)
    new.close()


async def test_a_request_that_may_be_repeated_is_asked_again_with_the_same_key_after_a_crash() -> None:
    w = world()
    old = w.conversation()
    await old.start()
    await old.say("four")
    await until(lambda: len(w.tools.asked) == 1)
    old.close()
    w.log.epoch = 2
    new = w.conversation(2)
    await new.resume(await w.log.read(REF))
    await until(lambda: len(w.tools.asked) == 2)
    assert w.tools.asked[0][1] == w.tools.asked[1][1]
    new.close()


async def test_a_request_that_must_not_be_repeated_is_answered_unknown_after_a_crash() -> None:
    look = {**NODES["look"], "replay": "never", "out": {"ok": "more", "error": "x", "unknown": "u"}}
    w = world(look=look, u=end("unknown", "Nobody can say."))
    old = w.conversation()
    await old.start()
    await old.say("four")
    old.close()
    w.log.epoch = 2
    new = w.conversation(2)
    await new.resume(await w.log.read(REF))
    assert isinstance(w.log.records[-1].event, Result)
    assert w.channel.said[-1] == "Nobody can say."


async def test_a_session_nobody_began_begins_when_it_is_resumed() -> None:
    w = world()
    talk = w.conversation()
    await talk.resume([])
    assert w.channel.said == ["A number?"]
    talk.close()


async def test_a_log_that_is_full_says_so_and_nothing_has_happened() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    before = encode_state(talk.state)
    w.log.busy = True
    with pytest.raises(Busy):
        await talk.say("four", "m1")
    assert encode_state(talk.state) == before
    w.log.busy = False
    await talk.say("four", "m1")
    assert talk.state.pending
    talk.close()


async def test_a_button_said_earlier_says_its_label() -> None:
    buttons = [option("t", "Twelve")]
    nodes = {
        "s": say("Pick.", "q", buttons=buttons),
        "q": ask("number", "n", "A number?", {"understood": "x", "gives_up": "x"}),
        "x": end("done", "{{ n }}."),
    }
    w = World(program(nodes, variables=VARIABLES))
    talk = w.conversation()
    await talk.start()
    await talk.press("t")
    assert w.channel.said[-1] == "12."


async def test_hanging_up_ends_it_and_leaves_nothing_running() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    await talk.hang_up()
    assert (talk.state.outcome, w.clock.running) == ("hung_up", 0)


async def test_who_is_called_off_while_it_writes_lets_go_of_the_session() -> None:
    w = world()
    talk = w.conversation()
    await talk.start()
    writing = asyncio.ensure_future(talk.say("four", "m1"))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    with pytest.raises(Closed):
        await talk.say("five")
    again = w.conversation()
    await again.resume(await w.log.read(REF))
    await again.say("four", "m1")
    assert again.state.pending
    again.close()
