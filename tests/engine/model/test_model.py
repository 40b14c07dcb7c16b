"""The engine against the naive one, on the sample flows and on drawn ones, whatever happens in whatever order."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.flow import Flow, load_flow
from tests.engine.drawing import EN, ask, branch, draw, end, option, say
from tests.engine.model.machine import machine_of

# They run the same lines thousands of times, which coverage makes four times slower.
pytestmark = pytest.mark.no_cover

FLOWS = Path(__file__).parents[3] / "flows"
SETTINGS = settings(
    max_examples=150,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def samples() -> list[Flow]:
    return [load_flow((folder / "flow.json").read_bytes())[0] for folder in sorted(FLOWS.iterdir())]


def corners() -> Flow:
    """A flow that has every kind in it, wired so that all of them meet."""
    inner = {
        "nodes": {
            "iask": ask(
                "choice",
                "pick",
                "Inner {{ given }}?",
                {"understood": "iset", "gives_up": "iout"},
                choices=[option("a", "Apple"), option("b", "Banana", key="2")],
            ),
            "iset": {
                "kind": "set",
                "assignments": [{"variable": "made", "value": "made + size(pick)"}],
                "out": {"then": "iwait"},
            },
            "iwait": {"kind": "wait", "duration": 500, "out": {"then": "ibranch"}},
            "ibranch": branch({"again": ("made < 3", "iask")}, "iok"),
            "iok": {"kind": "return", "exit": "fine"},
            "iout": {"kind": "return", "exit": "out"},
        },
        "variables": {"pick": "text", "made": {"type": "int", "initial": 0}, "given": "int"},
        "inputs": ["given"],
        "outputs": ["made"],
    }
    nodes = {
        "hello": say("Hello.", "split"),
        "split": {
            "kind": "split",
            "arms": [{"id": "l", "weight": 1}, {"id": "r", "weight": 2}],
            "out": {"l": "count", "r": "count"},
        },
        "count": ask(
            "number",
            "n",
            "How many?",
            {"understood": "loop", "gives_up": "menu", "no_input": "quiet"},
            minimum=0,
            maximum=9,
            confirm={EN: "{{ n }}?"},
            rules=[{"when": "value != 7", "say": {EN: "Not {{ value }}."}}],
            reprompts=[{EN: "Again?"}],
            tries=2,
        ),
        "quiet": say("So quiet.", "menu"),
        "loop": {"kind": "loop", "times": "n", "out": {"again": "tick", "done": "call"}},
        "tick": {
            "kind": "set",
            "assignments": [{"variable": "sum", "value": "sum + 10 / n"}],
            "out": {"then": "mark", "error": "menu"},
        },
        "mark": {"kind": "checkpoint", "name": "tick", "out": {"then": "loop"}},
        "call": {
            "kind": "call",
            "flow": "inner",
            "inputs": {"given": "n"},
            "outputs": {"sum": "made"},
            "out": {"fine": "web", "out": "menu"},
        },
        "web": {
            "kind": "http",
            "url": "https://example.com/{{ sum }}",
            "replay": "never",
            "response": [{"path": "value", "to": "n"}],
            "cases": [{"id": "gone", "status": "4xx"}],
            "out": {"ok": "day", "gone": "menu", "error": "menu", "unknown": "bye"},
        },
        "day": ask(
            "date",
            "d",
            "Which day?",
            {"understood": "pin", "gives_up": "menu"},
            rules=[{"when": "value > today()", "say": {EN: "Later, please."}}],
        ),
        "pin": {
            "kind": "digits",
            "save": "p",
            "minimum": 2,
            "maximum": 4,
            "prompt": {EN: "PIN?"},
            "out": {"understood": "menu", "gives_up": "menu"},
        },
        "menu": {
            "kind": "menu",
            "prompt": {EN: "What now?"},
            "options": [option("a", "Again", key="1"), option("b", "Bye", key="12")],
            "out": {"a": "jump", "b": "bye", "gives_up": "bye"},
        },
        "jump": {"kind": "goto", "to": "count"},
        "bye": end("bye", "Bye, {{ sum }}."),
        "oops": end("oops", "Oops."),
        "h_back": {"kind": "handler", "phrases": {EN: ["say that again"]}, "keys": ["*"], "resume": True},
        "h_ask": {
            "kind": "handler",
            "phrases": {EN: ["one more thing"]},
            "signals": ["fire"],
            "resume": True,
            "out": {"then": "more"},
        },
        "more": ask("text", "t", "Yes?", {"understood": "noted", "gives_up": "noted"}),
        "noted": {
            "kind": "set",
            "assignments": [{"variable": "sum", "value": "sum + 100"}],
            "out": {"then": "back"},
        },
        "back": {"kind": "return"},
        "h_away": {
            "kind": "handler",
            "phrases": {EN: ["start over"]},
            "keys": ["0"],
            "resume": False,
            "out": {"then": "hello"},
        },
        "h_gone": {"kind": "handler", "hang_up": True, "resume": False, "out": {"then": "gone"}},
        "gone": {"kind": "set", "assignments": [{"variable": "sum", "value": "0"}], "out": {"then": "count"}},
    }
    variables = {"n": "int", "sum": {"type": "int", "initial": 1}, "d": "date", "p": "text", "t": "text"}
    return draw(nodes, variables=variables, subflows={"inner": inner}, defaults={"fault": "oops"})


def calls() -> Flow:
    """A flow of the kinds that come with voice, round and round."""
    nodes = {
        "may": {
            "kind": "consent",
            "prompt": {EN: "May we?"},
            "save": "agreed",
            "tries": 2,
            "reprompts": [{EN: "Yes or no?"}],
            "out": {"given": "on", "refused": "menu", "no_answer": "menu"},
        },
        "on": {"kind": "record_control", "action": "on", "out": {"then": "menu"}},
        "menu": {
            "kind": "menu",
            "prompt": {EN: "What now?"},
            "options": [option("box", "Leave a message", key="1"), option("desk", "The desk", key="2")],
            "out": {"box": "box", "desk": "desk", "gives_up": "tone"},
        },
        "box": {
            "kind": "record",
            "prompt": {EN: "After the tone."},
            "save": "note",
            "out": {"recorded": "kept", "silent": "menu", "error": "may"},
        },
        "kept": say("Kept {{ note }}.", "menu"),
        "desk": {
            "kind": "transfer",
            "to": "sip:{{ note }}@example.com",
            "manner": "warm",
            "briefing": {EN: "About {{ note }}."},
            "text": {EN: "One moment."},
            "out": {"busy": "menu", "no_answer": "menu", "failed": "may", "refused": "tone"},
        },
        "tone": {
            "kind": "play",
            "audio": "https://example.com/a.wav",
            "keys": "1w{{ note }}",
            "out": {"then": "bye", "error": "menu"},
        },
        "bye": end("bye"),
        "h_back": {"kind": "handler", "phrases": {EN: ["say that again"]}, "keys": ["*"], "resume": True},
        "h_desk": {"kind": "handler", "phrases": {EN: ["the boss"]}, "resume": True, "out": {"then": "boss"}},
        "boss": {
            "kind": "transfer",
            "to": "+4930123456",
            "out": {"busy": "back", "no_answer": "back", "failed": "back", "transferred": "bye"},
        },
        "back": {"kind": "return"},
        "h_gone": {"kind": "handler", "hang_up": True, "resume": False, "out": {"then": "desk"}},
    }
    variables = {"agreed": "yes_no", "note": "text"}
    return draw(nodes, variables=variables, defaults={"fault": "bye"})


def minds() -> Flow:
    """A flow that thinks at every node: each way out leads to another kind."""
    failing = {"failed": "route", "refused": "said", "off_limits": "route", "timeout": "looked"}
    nodes = {
        "route": {
            "kind": "route",
            "prompt": {EN: "What may it be?"},
            "silences": [{EN: "Hello?"}],
            "tries": 2,
            "save": "wish",
            "intents": [
                {"id": "room", "examples": {EN: ["a room"]}},
                {"id": "house", "examples": {EN: ["a question"]}},
            ],
            "out": {"room": "talk", "house": "known", "else": "data", "no_input": "bye"},
        },
        "talk": {
            "kind": "converse",
            "opening": {EN: "Let us talk, {{ wish }}."},
            "goal": "Find {{ wish }}.",
            "functions": ["look"],
            "turns": 2,
            "exits": [{"id": "done", "outputs": [{"to": "n"}]}, {"id": "nothing"}],
            "out": {"done": "said", "nothing": "route", "too_long": "data", "no_input": "known", **failing},
        },
        "known": {
            "kind": "answer",
            "question": "wish",
            "save": "wish",
            "quote": True,
            "out": {"answered": "route", "not_known": "data", **failing},
        },
        "data": {
            "kind": "extract",
            "instructions": "The number of {{ n }}.",
            "outputs": [{"to": "n"}, {"to": "wish", "optional": True}],
            "tries": 3,
            "out": {"found": "looked", "missing": "talk", **failing},
        },
        "looked": {
            "kind": "tool",
            "function": "look",
            "arguments": {"n": "n"},
            "response": [{"path": "value", "to": "n"}],
            "out": {"ok": "said", "error": "route", "timeout": "talk"},
        },
        "said": {"kind": "reply", "instructions": "Say {{ n }}.", "out": {"then": "how", **failing}},
        "how": ask("number", "n", "How many?", {"understood": "begin", "gives_up": "bye"}, tries=4),
        "begin": {
            "kind": "converse",
            "goal": "Begin.",
            "functions": ["look", "book"],
            "turns": 3,
            "exits": [{"id": "done", "outputs": [{"to": "n"}, {"to": "wish", "optional": True}]}],
            "silences": [{EN: "Are you there?"}],
            "out": {"done": "route", "too_long": "bye", "no_input": "route", **failing},
        },
        "bye": end("bye"),
        "h": {"kind": "handler", "signals": ["not_understood"], "resume": False, "out": {"then": "route"}},
    }
    functions = {
        "look": {"inputs": {"n": {"type": "int"}}, "url": "http://x.test/{{ n }}"},
        "book": {"inputs": {"n": {"type": "int"}}, "tool": "x.book", "replay": "never"},
    }
    return draw(
        nodes,
        variables={"wish": {"type": "text", "initial": "x"}, "n": {"type": "int", "initial": 1}},
        functions=functions,
        escalate_after=2,
        never=["discount"],
        defaults={"fault": "bye", "unknown": "route"},
    )


@pytest.mark.timeout(300)
def test_models_and_tools_are_held_alike_by_both_engines() -> None:
    run_state_machine_as_test(machine_of([minds()]), settings=SETTINGS)


@pytest.mark.timeout(300)
def test_calls_are_held_alike_by_both_engines() -> None:
    run_state_machine_as_test(machine_of([calls()]), settings=SETTINGS)


@pytest.mark.timeout(300)
def test_the_sample_flows_are_held_alike_by_both_engines() -> None:
    run_state_machine_as_test(machine_of(samples()), settings=SETTINGS)


@pytest.mark.timeout(300)
def test_a_flow_with_every_kind_in_it_is_held_alike_by_both_engines() -> None:
    run_state_machine_as_test(machine_of([corners()]), settings=SETTINGS)
