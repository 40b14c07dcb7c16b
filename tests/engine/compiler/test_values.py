"""Findings about variables, expressions and words."""

from typing import Any

from engine.compiler import check
from engine.flow import Severity
from tests.engine.compiler.finding import faults, found, only, shown
from tests.engine.drawing import EN, ask, branch, draw, end, option, say

Nodes = dict[str, dict[str, Any]]


def web(out: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"kind": "http", "url": "https://example.com", **fields, "out": {"error": "z", **out}}


def test_a_value_that_is_missing_on_one_way() -> None:
    nodes: Nodes = {
        "a": ask("yes_no", "", "By name?", {"understood": "n", "gives_up": "hi"}),
        "n": ask("name", "name", "Who is there?", {"understood": "hi", "gives_up": "z"}),
        "hi": say("Hello, {{ name }}.", "z"),
        "z": end(),
    }
    flow = draw(nodes, variables={"name": "name"})
    finding = only(flow, "D001")
    assert finding.severity is Severity.ERROR
    assert (finding.nodes, finding.field) == (("hi",), "text.en-US")
    assert nodes["hi"]["text"][EN][finding.start : finding.end] == "name"
    assert faults(shown(flow, finding)) == ["D003"]


def test_asking_first_whether_it_has_a_value_is_enough() -> None:
    nodes: Nodes = {
        "a": ask("yes_no", "", "By name?", {"understood": "n", "gives_up": "b"}),
        "n": ask("name", "name", "Who is there?", {"understood": "b", "gives_up": "b"}),
        "b": branch({"known": ("has(name)", "hi")}, "z"),
        "hi": say("Hello, {{ name }}.", "z"),
        "z": end("done", '{{ has(name) ? name : "friend" }}'),
    }
    assert check(draw(nodes, variables={"name": "name"})) == []


def test_what_has_a_value_from_the_start_or_from_outside_is_known() -> None:
    nodes: Nodes = {"a": say("{{ n }} for {{ name }}.", "z"), "z": end()}
    variables = {"n": {"type": "int", "initial": 1}, "name": "name"}
    assert check(draw(nodes, variables=variables, inputs=["name"])) == []


def test_an_answer_may_be_used_where_it_is_confirmed() -> None:
    confirm = {EN: "{{ n }}, right?"}
    nodes: Nodes = {
        "a": ask("number", "n", "How many?", {"understood": "z", "gives_up": "z"}, confirm=confirm),
        "z": end(),
    }
    assert check(draw(nodes, variables={"n": "int"})) == []


def test_an_optional_value_of_an_answer_may_be_missing_afterwards() -> None:
    saves = [{"path": "a", "to": "a"}, {"path": "b", "to": "b", "optional": True}]
    nodes: Nodes = {
        "w": web({"ok": "s"}, response=saves),
        "s": say("{{ a }} and {{ b }}.", "z"),
        "z": end(),
    }
    flow = draw(nodes, variables={"a": "text", "b": {"type": "text", "initial": "x"}})
    finding = only(flow, "D001")
    assert "*b*" in finding.message
    assert faults(shown(flow, finding)) == ["D003"]


def test_what_a_sub_flow_gives_back_is_known_by_the_exits_where_it_is_sure() -> None:
    inner = {
        "nodes": {
            "ask": ask("name", "who", "Who?", {"understood": "yes", "gives_up": "no"}),
            "yes": {"kind": "return", "exit": "found"},
            "no": {"kind": "return", "exit": "lost"},
        },
        "variables": {"who": "name"},
        "outputs": ["who"],
    }
    nodes: Nodes = {
        "c": {"kind": "call", "flow": "f", "outputs": {"name": "who"}, "out": {"found": "hi", "lost": "z"}},
        "hi": say("Hello, {{ name }}.", "z"),
        "z": end(),
    }
    assert check(draw(nodes, variables={"name": "name"}, subflows={"f": inner})) == []
    nodes["c"]["out"]["lost"] = "hi"
    flow = draw(nodes, variables={"name": "name"}, subflows={"f": inner})
    assert faults(shown(flow, only(flow, "D001"))) == ["D003"]


def test_a_handler_knows_only_what_is_known_wherever_it_may_interrupt() -> None:
    nodes: Nodes = {
        "a": ask("name", "name", "Who?", {"understood": "b", "gives_up": "z"}),
        "b": ask("text", "", "And, {{ name }}?", {"understood": "z", "gives_up": "z"}),
        "h": {"kind": "handler", "phrases": {EN: ["who am I"]}, "resume": True, "out": {"then": "s"}},
        "s": say("You are {{ name }}.", "r"),
        "r": {"kind": "return"},
        "z": end(),
    }
    flow = draw(nodes, variables={"name": "name"})
    finding = only(flow, "D001")
    assert finding.nodes == ("s",)
    assert faults(shown(flow, finding)) == ["D003"]


def test_conditions_that_belong_together_make_it_a_warning() -> None:
    nodes: Nodes = {
        "a": ask("yes_no", "vip", "A guest of the house?", {"understood": "b", "gives_up": "z"}),
        "b": branch({"yes": ("vip", "n")}, "c"),
        "n": ask("name", "name", "Who?", {"understood": "c", "gives_up": "z"}),
        "c": branch({"yes": ("vip", "hi")}, "z"),
        "hi": say("Hello, {{ name }}.", "z"),
        "z": end(),
    }
    finding = only(draw(nodes, variables={"vip": "yes_no", "name": "name"}), "D001")
    assert finding.severity is Severity.WARNING


def test_a_variable_nobody_reads() -> None:
    nodes: Nodes = {"a": ask("name", "name", "Who?", {"understood": "z", "gives_up": "z"}), "z": end()}
    finding = only(draw(nodes, variables={"name": "name"}), "D002")
    assert (finding.severity, finding.nodes) == (Severity.INFO, ("a",))
    assert check(draw(nodes, variables={"name": {"type": "name", "export": True}})) == []
    assert check(draw(nodes, variables={"name": "name"}, outputs=["name"])) == []


def test_a_value_that_is_replaced_before_anybody_reads_it() -> None:
    nodes: Nodes = {
        "one": {"kind": "set", "assignments": [{"variable": "n", "value": "1"}], "out": {"then": "two"}},
        "two": {"kind": "set", "assignments": [{"variable": "n", "value": "2"}], "out": {"then": "z"}},
        "z": end("done", "{{ n }}"),
    }
    finding = only(draw(nodes, variables={"n": "int"}), "D002")
    assert finding.nodes == ("one",)


def test_mistakes_in_expressions_have_a_place_and_a_hint() -> None:
    nodes: Nodes = {
        "b": branch({"many": ('n > "four"', "z")}, "s"),
        "s": say("{{ guest }} is late.", "z"),
        "z": end(),
    }
    variables = {"n": {"type": "int", "initial": 0}, "guests": {"type": "int", "initial": 0}}
    flow = draw(nodes, variables=variables)
    compared, unknown = found(flow, "D003")
    assert (compared.nodes, compared.field) == (("b",), "cases.0.when")
    assert compared.fix
    assert (unknown.nodes, unknown.field) == (("s",), "text.en-US")
    assert nodes["s"]["text"][EN][unknown.start : unknown.end] == "guest"
    assert "guests" in unknown.fix


def test_a_value_must_fit_the_variable_it_goes_to() -> None:
    nodes: Nodes = {
        "s": {"kind": "set", "assignments": [{"variable": "n", "value": '"four"'}], "out": {"then": "c"}},
        "c": {"kind": "call", "flow": "f", "inputs": {"m": "true"}, "out": {"done": "l"}},
        "l": {"kind": "loop", "over": "n", "out": {"again": "w", "done": "z"}},
        "w": {"kind": "wait", "out": {"then": "l"}},
        "z": end("done", "{{ n }}"),
    }
    inner = {
        "nodes": {"r": {"kind": "return"}},
        "variables": {"m": {"type": "int", "export": True}},
        "inputs": ["m"],
    }
    flow = draw(nodes, variables={"n": "int"}, subflows={"f": inner})
    assert [(f.nodes, f.field) for f in found(flow, "D003")] == [
        (("s",), "assignments.0.value"),
        (("c",), "inputs.m"),
        (("l",), "over"),
    ]


def test_variables_themselves_must_make_sense() -> None:
    flow = draw({"z": end()}, variables={"a": "banana", "b": {"type": "int", "initial": "many"}})
    assert [f.field for f in found(flow, "D003")] == ["variables.a.type", "variables.b.initial"]


def test_a_condition_that_decides_nothing() -> None:
    cases = {"a": ("n > 8", "z"), "b": ("n > 12", "y"), "c": ("n < 3 && n > 5", "y")}
    nodes: Nodes = {
        "n": ask("number", "n", "How many?", {"understood": "b", "gives_up": "z"}),
        "b": branch(cases, "y"),
        "y": end("few"),
        "z": end("many"),
    }
    findings = found(draw(nodes, variables={"n": "int"}), "D004")
    assert [f.port for f in findings] == ["b", "c"]
    assert all(f.severity is Severity.WARNING for f in findings)


def test_a_case_that_always_holds_hides_those_after_it() -> None:
    cases = {"a": ("n > 8 || n <= 8", "z"), "b": ("n == 3", "y")}
    nodes: Nodes = {"b": branch(cases, "y"), "y": end("few"), "z": end("many")}
    findings = found(draw(nodes, variables={"n": {"type": "int", "initial": 1}}), "D004")
    assert [f.port for f in findings] == ["b"]


def test_every_choice_named_and_an_else_besides_is_no_finding() -> None:
    cases = {"bar": ('seat == "bar"', "y"), "garden": ('seat == "garden"', "z")}
    nodes: Nodes = {
        "s": ask("choice", "seat", "Where?", {"understood": "b", "gives_up": "z"}, choices=[]),
        "b": branch(cases, "z"),
        "y": end("inside"),
        "z": end("outside"),
    }
    nodes["s"]["choices"] = [option("bar", "The bar"), option("garden", "The garden")]
    assert check(draw(nodes, variables={"seat": {"type": {"enum": ["bar", "garden"]}}})) == []


def test_words_that_are_hard_to_hear() -> None:
    long = " ".join(["word"] * 60)
    nodes: Nodes = {
        "a": say(long, "b"),
        "b": say("See https://example.com for more.", "c"),
        "c": ask("text", "", "Who are you? And when will you come?", {"understood": "d", "gives_up": "z"}),
        "d": say("Your order_id, please.", "z"),
        "z": end(),
    }
    findings = found(draw(nodes), "V001")
    assert [f.nodes[0] for f in findings] == ["a", "b", "c", "d"]
    assert all(f.severity is Severity.WARNING and f.fix for f in findings)
    second = nodes["c"]["prompt"][EN]
    assert second[findings[2].start : findings[2].end] == "?"


def test_a_menu_that_reads_out_too_many_choices() -> None:
    options = [option(f"o{i}", fruit) for i, fruit in enumerate(("Apples", "Pears", "Plums", "Cherries"))]
    prompt = {EN: "Would you like apples, pears, plums or cherries?"}
    out = {**{o["id"]: "z" for o in options}, "gives_up": "z"}
    nodes: Nodes = {"m": {"kind": "menu", "prompt": prompt, "options": options, "out": out}, "z": end()}
    assert "4 choices" in only(draw(nodes), "V001").message
    nodes["m"]["prompt"] = {EN: "Which fruit would you like?"}
    assert check(draw(nodes)) == []


def test_speech_that_adds_up() -> None:
    words = " ".join(["word"] * 30)
    nodes: Nodes = {
        "a": say(words, "b"),
        "b": say(words, "q"),
        "q": ask("text", "", "And?", {"understood": "z"}),
    }
    flow = draw({**nodes, "z": end()}, defaults={"gives_up": "z"})
    assert only(flow, "V001").nodes == ("q",)


def test_an_unknown_kind_and_a_wrong_field_are_met_by_the_run() -> None:
    flow = draw({"a": {"kind": "teleport", "out": {}}})
    assert faults(shown(flow, only(flow, "F002"))) == ["F002"]
    flow = draw({"a": {**say("Hi.", "z"), "loudness": 9}, "z": end()})
    assert faults(shown(flow, only(flow, "F003"))) == ["F003"]
