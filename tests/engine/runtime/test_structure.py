"""Sub-flows, handlers, loops, chance, services, time, and defects."""

from typing import Any

import msgspec
import pytest

from engine.compiler import compile_flow
from engine.protocol import (
    BargeIn,
    Fault,
    Heard,
    HttpRequest,
    Reading,
    Result,
    SpeechFinished,
    StopSpeech,
    TimerFired,
)
from engine.protocol.script import Answer, Happen, Keys, Leave, Pass
from engine.runtime import Phase, decode_state, encode_state, fail, initial, replay, step
from engine.runtime.entering import FUEL
from engine.simulation import Rehearsal
from tests.engine.drawing import EN, ask, branch, draw, end, heard, rehearse, say

ASK = ask("number", "n", "A number?", {"understood": "thanks", "gives_up": "x"})
TAIL = {"thanks": end("thanked", "Thanks for {{ n }}."), "x": end("gave_up")}


def handler(phrase: str, then: str = "", *, resume: bool, **more: Any) -> dict[str, Any]:
    return {
        "kind": "handler",
        "phrases": {EN: [phrase]},
        "resume": resume,
        **more,
        "out": {"then": then} if then else {},
    }


def test_a_sub_flow_takes_values_in_gives_values_back_and_leaves_by_an_exit() -> None:
    inner = {
        "nodes": {
            "q": ask("number", "age", "{{ who }}, how old are you?", {"understood": "b", "gives_up": "old"}),
            "b": branch({"young": ("age < 18", "young")}, "old"),
            "young": {"kind": "return", "exit": "young"},
            "old": {"kind": "return", "exit": "old"},
        },
        "variables": {"who": "text", "age": {"type": "int", "initial": 99}},
        "inputs": ["who"],
        "outputs": ["age"],
    }
    nodes = {
        "c": {
            "kind": "call",
            "flow": "age",
            "inputs": {"who": '"Anna"'},
            "outputs": {"years": "age"},
            "out": {"young": "y", "old": "o"},
        },
        "y": end("young", "Only {{ years }}!"),
        "o": end("old"),
    }
    talk = rehearse(nodes, variables={"years": "int"}, subflows={"age": inner})
    talk.say("seven")
    assert heard(talk) == ["Anna, how old are you?", "Only 7!"]
    assert talk.variables == {"years": 7}


def test_sub_flows_that_call_each_other_forever_end_in_a_fault() -> None:
    inner = {"nodes": {"ic": {"kind": "call", "flow": "f", "out": {"done": "ir"}}, "ir": {"kind": "return"}}}
    talk = rehearse(
        {"c": {"kind": "call", "flow": "f", "out": {"done": "x"}}, "x": end()}, subflows={"f": inner}
    )
    assert talk.state.outcome == "fault"
    assert [e.code for r in talk.records for e in r.effects if isinstance(e, Fault)] == ["L004"]


def test_a_handler_resumes_where_it_interrupted() -> None:
    nodes = {
        "q": ASK,
        **TAIL,
        "h": handler("opening hours", "s", resume=True),
        "s": say("From nine.", "r"),
        "r": {"kind": "return"},
    }
    talk = rehearse(nodes, variables={"n": "int"})
    talk.say("banana")
    talk.say("opening hours")
    assert heard(talk)[-2:] == ["From nine.", "A number?"]
    assert talk.state.failures == 1
    talk.say("five")
    assert heard(talk)[-1] == "Thanks for 5."


def test_a_handler_without_a_way_on_says_the_question_again() -> None:
    talk = rehearse({"q": ASK, **TAIL, "h": handler("say that again", resume=True)}, variables={"n": "int"})
    talk.say("say that again")
    assert heard(talk) == ["A number?", "A number?"]


def test_a_handler_that_asks_something_itself_comes_back_with_its_answer() -> None:
    nodes = {
        "q": ASK,
        **TAIL,
        "h": handler("call me back", "p", resume=True),
        "p": ask("number", "m", "On which line?", {"understood": "r", "gives_up": "r"}),
        "r": {"kind": "return"},
    }
    talk = rehearse(nodes, variables={"n": "int", "m": "int"})
    for words in ("call me back", "two", "five"):
        talk.say(words)
    assert talk.variables == {"n": 5, "m": 2}
    assert talk.state.outcome == "thanked"


def test_a_handler_of_the_main_flow_works_in_a_sub_flow_on_the_main_variables() -> None:
    inner = {
        "nodes": {
            "q": ask("number", "n", "Inner?", {"understood": "ir", "gives_up": "ir"}),
            "ir": {"kind": "return"},
        },
        "variables": {"n": {"type": "int", "initial": 0}},
        "outputs": ["n"],
    }
    nodes = {
        "c": {"kind": "call", "flow": "f", "outputs": {"n": "n"}, "out": {"done": "x"}},
        "x": end("done", "{{ n }} and {{ times }}."),
        "h": handler("count me", "s", resume=True),
        "s": {
            "kind": "set",
            "assignments": [{"variable": "times", "value": "times + 1"}],
            "out": {"then": "r"},
        },
        "r": {"kind": "return"},
        "away": handler("start over", "again", resume=False),
        "again": say("Again, {{ times }}.", "c"),
    }
    variables = {"n": "int", "times": {"type": "int", "initial": 0}}
    talk = rehearse(nodes, variables=variables, subflows={"f": inner})
    for words in ("count me", "count me", "start over", "four"):
        talk.say(words)
    assert heard(talk) == ["Inner?", "Inner?", "Inner?", "Again, 2.", "Inner?", "4 and 2."]


def test_a_key_a_signal_and_a_hang_up_set_handlers_off() -> None:
    nodes = {
        "q": ask("text", "t", "Well?", {"understood": "x", "gives_up": "x"}),
        "x": end(),
        "k": {"kind": "handler", "keys": ["0"], "resume": False, "out": {"then": "key"}},
        "s": {"kind": "handler", "signals": ["fire"], "resume": False, "out": {"then": "signal"}},
        "h": {"kind": "handler", "hang_up": True, "resume": False, "out": {"then": "gone"}},
        "key": end("key"),
        "signal": end("signal"),
        "gone": end("gone"),
    }
    outcomes = []
    for action in (Keys("0"), Happen("fire"), Leave()):
        talk = rehearse(nodes, variables={"t": "text"})
        talk.play(action)
        outcomes.append(talk.state.outcome)
    assert outcomes == ["key", "signal", "gone"]


def test_who_hung_up_is_asked_nothing_any_more() -> None:
    nodes = {
        "q": ASK,
        **TAIL,
        "h": {"kind": "handler", "hang_up": True, "resume": False, "out": {"then": "q"}},
    }
    talk = rehearse(nodes, variables={"n": "int"})
    talk.play(Leave())
    assert talk.state.outcome == "hung_up"


def test_a_loop_goes_round_as_often_as_it_says_and_may_be_entered_again() -> None:
    nodes = {
        "l": {"kind": "loop", "over": "[3, 5]", "item": "n", "out": {"again": "s", "done": "q"}},
        "s": say("{{ n }}", "l"),
        "q": ask("yes_no", "more", "More?", {"understood": "b", "gives_up": "x"}),
        "b": branch({"yes": ("more", "l")}, "x"),
        "x": end(),
    }
    talk = rehearse(nodes, variables={"n": "int", "more": "yes_no"})
    talk.say("yes")
    talk.say("no")
    assert heard(talk) == ["3", "5", "More?", "3", "5", "More?"]


def test_chance_is_fair_and_replays() -> None:
    arms = [{"id": "a", "weight": 3}, {"id": "b", "weight": 1}]
    nodes = {"s": {"kind": "split", "arms": arms, "out": {"a": "a", "b": "b"}}, "a": end("a"), "b": end("b")}
    outcomes = [rehearse(nodes, seed=seed).state.outcome for seed in range(400)]
    assert outcomes == [rehearse(nodes, seed=seed).state.outcome for seed in range(400)]
    assert 260 < outcomes.count("a") < 340


SERVICE = {
    "kind": "http",
    "method": "POST",
    "url": "https://example.com/{{ n }}",
    "query": {"q": "n + 1"},
    "body": {"n": "n"},
    "response": [{"path": "items.0.name", "to": "name"}, {"path": "price", "to": "price", "optional": True}],
    "cases": [{"id": "gone", "status": "410"}, {"id": "refused", "status": "4xx"}],
    "replay": "never",
    "out": {p: p for p in ("ok", "gone", "refused", "error", "timeout", "unknown")},
}
PORTS = {p: end(p) for p in ("ok", "gone", "refused", "error", "timeout", "unknown")}


@pytest.mark.parametrize(
    ("answer", "port"),
    [
        (Answer("ok", 200, {"items": [{"name": "tea"}]}), "ok"),
        (Answer("ok", 201, {"items": [{"name": "tea"}], "price": "2.50"}), "ok"),
        (Answer("ok", 200, {"items": []}), "error"),
        (Answer("ok", 200, {"items": [{"name": 3}]}), "error"),
        (Answer("ok", 200, {"items": [{"name": "tea"}], "price": "much"}), "error"),
        (Answer("ok", 200, "hello"), "error"),
        (Answer("ok", 410, None), "gone"),
        (Answer("ok", 404, None), "refused"),
        (Answer("ok", 503, None), "error"),
        (Answer("error"), "error"),
        (Answer("timeout"), "timeout"),
        (Answer("unknown"), "unknown"),
    ],
)
def test_a_service_answers_through_typed_values_or_a_port_of_its_own(answer: Answer, port: str) -> None:
    variables = {"n": {"type": "int", "initial": 4}, "name": "text", "price": "decimal"}
    talk = rehearse({"h": SERVICE, **PORTS}, variables=variables)
    request = next(e for e in talk.records[0].effects if isinstance(e, HttpRequest))
    assert (request.url, request.body, request.id) == ("https://example.com/4?q=5", {"n": 4}, "1:0")
    talk.play(answer)
    assert talk.state.outcome == port
    assert (talk.variables["name"] == "tea") is (port == "ok")


def test_a_result_that_comes_twice_or_for_nothing_changes_nothing() -> None:
    variables = {"n": {"type": "int", "initial": 4}, "name": "text", "price": "decimal"}
    nodes = {"h": {**SERVICE, "out": {**SERVICE["out"], "ok": "q"}}, "q": ASK, **TAIL, **PORTS}
    talk = rehearse(nodes, variables=variables)
    talk.play(Answer("ok", 200, {"items": [{"name": "tea"}]}))
    before = talk.state
    for event in (Result(9, "1:0", "ok", {"status": 410, "body": None}), Result(9, "7:7", "error")):
        state, effects = step(talk.run, before, event)
        assert effects == []
        assert msgspec.structs.replace(state, seq=before.seq) == before


def test_words_while_a_service_is_asked_change_nothing() -> None:
    variables = {"n": {"type": "int", "initial": 4}, "name": "text", "price": "decimal"}
    talk = rehearse({"h": SERVICE, **PORTS}, variables=variables)
    state, effects = step(talk.run, talk.state, Heard(5, "hello?", Reading("here", 3, 900)))
    assert effects == []
    assert state.pending == talk.state.pending


def test_waiting_takes_its_time() -> None:
    talk = rehearse({"w": {"kind": "wait", "duration": 60_000, "out": {"then": "x"}}, "x": end("waited")})
    talk.play(Pass(59_999))
    assert not talk.ended
    talk.play(Pass(1))
    assert talk.state.outcome == "waited"


def test_a_timer_that_was_cancelled_fires_into_nothing() -> None:
    talk = rehearse({"q": ASK, **TAIL}, variables={"n": "int"})
    old = talk.state.timer
    talk.say("banana")
    state, effects = step(talk.run, talk.state, TimerFired(99_999, old))
    assert effects == []
    assert state.failures == talk.state.failures


def test_a_caller_who_cuts_in_silences_us_once_and_late_news_of_old_speech_is_stale() -> None:
    talk = rehearse({"q": ASK, **TAIL}, variables={"n": "int"}, voice=True)
    assert talk.state.phase == Phase.SPEAKING
    state, effects = step(talk.run, talk.state, BargeIn(400, 0, 300, "A num"))
    assert effects == [StopSpeech(0)]
    assert (state.phase, state.epoch) == (Phase.LISTENING, 1)
    for late in (BargeIn(500, 0), SpeechFinished(600, 0)):
        again, effects = step(talk.run, state, late)
        assert effects == []
        assert (again.phase, again.epoch) == (Phase.LISTENING, 1)


def test_speech_that_ends_passes_the_floor() -> None:
    talk = rehearse({"q": ASK, **TAIL}, variables={"n": "int"}, voice=True)
    state, _ = step(talk.run, talk.state, SpeechFinished(900, 0))
    assert state.phase == Phase.LISTENING


def test_going_round_without_waiting_runs_out_of_fuel_and_ends() -> None:
    talk = rehearse({"a": say("again", "b"), "b": say("and again", "a")})
    assert len(heard(talk)) == FUEL
    assert talk.state.outcome == "fault"


def test_a_defect_takes_the_failure_path_of_the_flow_once() -> None:
    nodes = {"a": say("Hello."), "sorry": end("sorry", "Something broke.")}
    talk = rehearse(nodes, defaults={"fault": "sorry"})
    assert heard(talk) == ["Hello.", "Something broke."]
    assert talk.state.outcome == "sorry"


def test_a_failure_path_that_fails_ends_the_session() -> None:
    talk = rehearse({"a": say("Hello."), "sorry": say("Oh dear.")}, defaults={"fault": "sorry"})
    assert heard(talk) == ["Hello.", "Oh dear."]
    assert talk.state.outcome == "fault"


def test_arithmetic_that_fails_leaves_by_the_error_port() -> None:
    nodes = {
        "s": {
            "kind": "set",
            "assignments": [{"variable": "n", "value": "7 / (n - n)"}],
            "out": {"then": "x", "error": "e"},
        },
        "x": end("fine"),
        "e": end("cannot"),
    }
    assert rehearse(nodes, variables={"n": {"type": "int", "initial": 1}}).state.outcome == "cannot"


def test_an_event_that_broke_a_step_takes_the_failure_path() -> None:
    talk = rehearse(
        {"q": ASK, **TAIL, "sorry": end("sorry", "Oh.")}, variables={"n": "int"}, defaults={"fault": "sorry"}
    )
    state, effects = fail(talk.run, talk.state, Heard(5, "x"), "ValueError: x")
    assert state.outcome == "sorry"
    assert any(isinstance(e, Fault) and e.message == "ValueError: x" for e in effects)


def test_a_step_leaves_the_state_it_was_given_as_it_was() -> None:
    talk = rehearse({"q": ASK, **TAIL}, variables={"n": "int"})
    before = encode_state(talk.state)
    step(talk.run, talk.state, Heard(5, "four", Reading("here", 4, 1000)))
    assert encode_state(talk.state) == before


def test_replaying_the_log_gives_the_same_state_and_snapshots_come_back() -> None:
    talk = rehearse({"q": ASK, **TAIL}, variables={"n": "int"})
    for words in ("banana", "four"):
        talk.say(words)
    folded = replay(talk.run, talk.records, check=True)
    assert encode_state(folded) == encode_state(talk.state)
    assert encode_state(decode_state(talk.run, encode_state(talk.state))) == encode_state(talk.state)
    with pytest.raises(ValueError, match="Event 2 is missing"):
        replay(talk.run, [talk.records[0], talk.records[2]])


def test_nothing_happens_before_the_start_and_after_the_end() -> None:
    talk = rehearse({"q": ASK, **TAIL}, variables={"n": "int"})
    early, effects = step(talk.run, initial(talk.run), Heard(1, "four", Reading("here", 4, 1000)))
    assert (early.phase, effects) == (Phase.IDLE, [])
    talk.say("four")
    after, effects = step(talk.run, talk.state, Heard(9, "five", Reading("here", 5, 1000)))
    assert (after.vars[2], effects) == (4, [])


def test_a_node_id_that_stands_in_two_flows_leads_to_the_node_of_its_own_flow() -> None:
    inner = {"nodes": {"s": say("Inner.", "r"), "r": {"kind": "return"}}}
    nodes = {"c": {"kind": "call", "flow": "f", "out": {"done": "s"}}, "s": say("Outer.", "x"), "x": end()}
    flow = draw(nodes)
    flow = msgspec.structs.replace(flow, subflows={"f": draw(inner["nodes"])})
    talk = Rehearsal(compile_flow(flow))
    talk.start()
    assert heard(talk) == ["Inner.", "Outer."]
