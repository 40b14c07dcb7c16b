"""Findings about where wires lead: each is reported with a witness, and the engine meets the defect there."""

from engine.compiler import check
from engine.compiler.checks.l001_no_progress import FUEL
from engine.compiler.exploring import DEPTH
from engine.flow import Severity
from engine.protocol.script import Say
from engine.runtime import entering
from tests.engine.compiler.finding import faults, found, only, shown
from tests.engine.drawing import EN, ask, branch, draw, end, option, say


def test_a_good_flow_has_no_findings() -> None:
    nodes = {
        "hello": say("Hello.", "name"),
        "name": ask("name", "name", "Who is there?", {"understood": "bye", "gives_up": "sorry"}),
        "bye": end("done", "Goodbye, {{ name }}."),
        "sorry": end("gave_up", "Sorry."),
    }
    assert check(draw(nodes, variables={"name": "name"})) == []


def test_a_node_nobody_comes_to_is_named_with_what_follows_it() -> None:
    flow = draw(
        {"a": say("Hi.", "z"), "x": {**say("Lost.", "y"), "label": "Lost"}, "y": say("Too.", "z"), "z": end()}
    )
    finding = only(flow, "R001")
    assert finding.severity is Severity.WARNING
    assert finding.nodes == ("x", "y")
    assert finding.message == 'Nobody ever comes to "Lost", nor to the 1 node after it.'
    assert finding.fix


def test_an_unwired_port_breaks_the_conversation_off_where_the_finding_says() -> None:
    flow = draw({"a": {**say("Hi."), "label": "Greeting"}, "z": end()})
    finding = only(flow, "R002")
    assert (finding.nodes, finding.port, finding.severity) == (("a",), "then", Severity.ERROR)
    assert finding.message == 'After "Greeting" nothing follows: the conversation would break off there.'
    assert finding.repair is not None
    assert (finding.repair.wire.node, finding.repair.wire.port, finding.repair.wire.to) == ("a", "then", "z")
    assert faults(shown(flow, finding)) == ["R002"]


def test_a_branch_must_say_what_happens_else() -> None:
    nodes = {
        "n": ask("number", "n", "How many?", {"understood": "b", "gives_up": "z"}),
        "b": {
            "kind": "branch",
            "label": "Many?",
            "cases": [{"id": "many", "when": "n > 8"}],
            "out": {"many": "z"},
        },
        "z": end(),
    }
    flow = draw(nodes, variables={"n": "int"})
    finding = only(flow, "R002")
    assert finding.port == "else"
    assert finding.message == '"Many?" does not say what happens when none of its cases holds.'
    assert faults(shown(flow, finding)) == ["R002"]


def test_a_wire_to_a_node_that_is_not_there() -> None:
    flow = draw({"a": say("Hi.", "b"), "b": say("On.", "gone"), "z": end()})
    finding = only(flow, "R003")
    assert (finding.nodes, finding.port) == (("b",), "then")
    assert "gone" in finding.message
    assert faults(shown(flow, finding)) == ["R003"]


def test_a_jump_to_nowhere() -> None:
    flow = draw({"a": say("Hi.", "j"), "j": {"kind": "goto", "to": "gone"}})
    assert faults(shown(flow, only(flow, "R003"))) == ["R003"]


def test_a_wire_cannot_lead_into_a_handler() -> None:
    nodes = {
        "a": say("Hi.", "h"),
        "h": {"kind": "handler", "phrases": {EN: ["help"]}, "resume": False, "out": {"then": "z"}},
        "z": end(),
    }
    flow = draw(nodes)
    finding = only(flow, "R003")
    assert finding.nodes == ("a", "h")
    assert faults(shown(flow, finding)) == ["R003"]


def test_a_flow_without_a_first_node() -> None:
    flow = draw({"a": end()}, start="nowhere")
    finding = only(flow, "R003")
    assert finding.field == "start"
    assert faults(shown(flow, finding)) == ["R003"]


def test_a_call_of_a_sub_flow_that_is_not_there() -> None:
    flow = draw({"c": {"kind": "call", "flow": "gone"}})
    finding = only(flow, "R003")
    assert finding.field == "flow"
    assert faults(shown(flow, finding)) == ["R003"]


def test_a_wire_from_a_port_that_is_gone_is_a_warning() -> None:
    flow = draw({"a": {**say("Hi.", "z"), "out": {"then": "z", "old": "z"}}, "z": end()})
    assert only(flow, "R003").severity is Severity.WARNING


def test_names_of_the_flow_itself_must_exist() -> None:
    flow = draw({"z": end()}, defaults={"error": "gone", "sorrow": "z"}, inputs=["who"])
    assert {f.field for f in found(flow, "R003")} == {"defaults.error", "defaults.sorrow", "inputs.0"}


def test_who_comes_to_a_place_without_an_end_can_only_hang_up() -> None:
    nodes = {
        "a": ask("yes_no", "", "Shall we?", {"understood": "b", "gives_up": "z"}),
        "b": ask("text", "", "And?", {"understood": "c", "gives_up": "c"}),
        "c": ask("text", "", "And then?", {"understood": "b", "gives_up": "b"}),
        "z": end(),
    }
    flow = draw(nodes)
    finding = only(flow, "R004")
    assert finding.severity is Severity.ERROR
    assert set(finding.nodes) == {"b", "c"}
    rehearsal = shown(flow, finding)
    assert rehearsal.node == "b"
    for _ in range(20):
        rehearsal.play(Say("anything"))
    assert not rehearsal.ended


def test_a_handler_that_leaves_is_a_way_out_worth_knowing_of() -> None:
    nodes = {
        "a": ask("text", "", "And?", {"understood": "a", "gives_up": "a"}),
        "h": {"kind": "handler", "phrases": {EN: ["goodbye"]}, "resume": False, "out": {"then": "z"}},
        "z": end(),
    }
    assert only(draw(nodes), "R004").severity is Severity.INFO


def test_a_circle_that_never_waits_uses_up_the_fuel() -> None:
    nodes = {
        "a": ask("yes_no", "", "Shall we?", {"understood": "b", "gives_up": "z"}),
        "b": say("Round.", "c"),
        "c": say("And round.", "b"),
        "z": end(),
    }
    flow = draw(nodes)
    finding = only(flow, "L001")
    assert finding.nodes == ("b", "c")
    assert faults(shown(flow, finding)) == ["L001"]
    assert FUEL == entering.FUEL


def test_a_way_longer_than_the_fuel() -> None:
    nodes = {f"s{i:03}": say("On.", f"s{i + 1:03}") for i in range(300)}
    flow = draw({**nodes, "s300": end()})
    finding = only(flow, "L001")
    assert len(finding.nodes) == 301
    assert faults(shown(flow, finding)) == ["L001"]


def test_a_loop_that_goes_round_too_often_without_waiting() -> None:
    nodes = {
        "loop": {"kind": "loop", "times": "900", "out": {"again": "s", "done": "z"}},
        "s": say("Again.", "loop"),
        "z": end(),
    }
    flow = draw(nodes)
    assert faults(shown(flow, only(flow, "L001"))) == ["L001"]
    nodes["loop"]["times"] = "9"
    assert found(draw(nodes), "L001") == []


def test_a_sub_flow_that_returns_at_once_does_not_make_a_circle_wait() -> None:
    inner = {"nodes": {"r": {"kind": "return"}}}
    flow = draw({"c": {"kind": "call", "flow": "f", "out": {"done": "c"}}}, subflows={"f": inner})
    assert faults(shown(flow, only(flow, "L001"))) == ["L001"]


def test_silence_that_leads_to_silence_is_never_counted() -> None:
    nodes = {
        "a": ask("number", "n", "How many?", {"understood": "z", "gives_up": "s"}),
        "s": say("Let us try again.", "a"),
        "z": end("done", "{{ n }}"),
    }
    flow = draw(nodes, variables={"n": "int"})
    finding = only(flow, "L003")
    assert finding.severity is Severity.ERROR
    assert finding.nodes == ("a", "s")
    rehearsal = shown(flow, finding)
    assert not rehearsal.ended
    assert sum("try again" in text for text in _said(rehearsal)) >= 3


def test_failures_that_are_counted_come_to_an_end() -> None:
    nodes = {
        "loop": {"kind": "loop", "times": "3", "out": {"again": "a", "done": "y"}},
        "a": ask("number", "n", "How many?", {"understood": "z", "gives_up": "loop"}),
        "y": end("gave_up"),
        "z": end("done", "{{ n }}"),
    }
    assert check(draw(nodes, variables={"n": "int"})) == []
    counted = {
        "a": ask("number", "n", "How many?", {"understood": "z", "gives_up": "count"}),
        "count": {"kind": "set", "assignments": [{"variable": "i", "value": "i + 1"}], "out": {"then": "b"}},
        "b": branch({"enough": ("i >= 3", "y")}, "a"),
        "y": end("gave_up"),
        "z": end("done", "{{ n }}"),
    }
    assert check(draw(counted, variables={"n": "int", "i": {"type": "int", "initial": 0}})) == []


def test_a_circle_in_which_people_answer_is_theirs_to_leave() -> None:
    nodes = {
        "day": ask("date", "day", "Which day?", {"understood": "free", "gives_up": "z"}),
        "free": {
            "kind": "http",
            "url": "https://example.com/{{ day }}",
            "cases": [{"id": "full", "status": "409"}],
            "out": {"ok": "z", "full": "sorry", "error": "z"},
        },
        "sorry": say("Nothing is left that day.", "day"),
        "z": end(),
    }
    assert check(draw(nodes, variables={"day": "date"})) == []


def test_a_service_that_is_asked_again_whenever_it_fails() -> None:
    nodes = {
        "web": {"kind": "http", "url": "https://example.com", "out": {"ok": "z", "error": "wait"}},
        "wait": {"kind": "wait", "duration": 500, "out": {"then": "web"}},
        "z": end(),
    }
    finding = only(draw(nodes), "L003")
    assert finding.severity is Severity.ERROR
    assert finding.witness is not None
    nodes["web"]["out"] = {"ok": "wait", "error": "z"}
    assert only(draw(nodes), "L003").severity is Severity.WARNING


def test_sub_flows_that_call_each_other_in_a_circle_fill_the_stack() -> None:
    def part(other: str) -> dict[str, object]:
        return {
            "nodes": {
                "a": ask("yes_no", "", "Again?", {"understood": f"c_{other}", "gives_up": "r"}),
                f"c_{other}": {"kind": "call", "flow": other, "out": {"done": "r"}},
                "r": {"kind": "return"},
            }
        }

    one, two = part("two"), part("one")
    nodes = {"c": {"kind": "call", "flow": "one", "out": {"done": "z"}}, "z": end()}
    for flow_part, prefix in ((one, "p"), (two, "q")):
        renamed = {f"{prefix}{id}": node for id, node in flow_part["nodes"].items()}  # type: ignore[attr-defined]
        for node in renamed.values():
            node["out"] = {port: f"{prefix}{to}" for port, to in node.get("out", {}).items()}
        flow_part["nodes"] = renamed
    flow = draw(nodes, subflows={"one": one, "two": two})
    findings = found(flow, "L004")
    assert [f.flow for f in findings] == ["one", "two"]
    for finding in findings:
        assert faults(shown(flow, finding)) == ["L004"]
    assert DEPTH == entering.DEPTH


def test_a_failure_nobody_answers() -> None:
    nodes = {
        "a": {**ask("number", "n", "How many?", {"understood": "z"}), "label": "How many?"},
        "z": end("x", "{{ n }}"),
    }
    flow = draw(nodes, variables={"n": "int"})
    finding = only(flow, "E001")
    assert (finding.port, finding.severity) == ("gives_up", Severity.ERROR)
    assert finding.message.startswith('"How many?" has no answer for *gives up*')
    assert faults(shown(flow, finding)) == ["E001"]
    mended = draw(nodes, variables={"n": "int"}, defaults={"gives_up": "z"})
    assert found(mended, "E001") == []


def test_a_port_that_answers_instead_of_another_is_enough() -> None:
    nodes = {
        "a": ask("number", "", "How many?", {"understood": "z", "no_input": "z", "no_match": "z"}),
        "web": {"kind": "http", "url": "https://example.com", "out": {"ok": "z", "error": "z"}},
        "z": end(),
    }
    assert found(draw(nodes), "E001") == []


def test_a_request_that_must_not_be_repeated_needs_an_answer_for_not_knowing() -> None:
    nodes = {
        "web": {
            "kind": "http",
            "url": "https://example.com",
            "replay": "never",
            "out": {"ok": "z", "error": "z"},
        },
        "z": end(),
    }
    flow = draw(nodes)
    finding = only(flow, "E001")
    assert finding.port == "unknown"
    assert faults(shown(flow, finding)) == ["E001"]


def test_equal_keys_and_keys_that_begin_others() -> None:
    def menu(one: str, two: str) -> dict[str, dict[str, object]]:
        options = [option("a", "Apples", key=one), option("b", "Pears", key=two)]
        out = {"a": "z", "b": "z", "gives_up": "z"}
        return {"m": {"kind": "menu", "prompt": {EN: "Which?"}, "options": options, "out": out}, "z": end()}

    assert only(draw(menu("1", "1")), "K001").severity is Severity.ERROR
    assert only(draw(menu("1", "12")), "K001").severity is Severity.WARNING
    assert found(draw(menu("1", "2")), "K001") == []


def test_a_key_of_a_handler_that_the_listening_node_takes_for_itself() -> None:
    nodes = {
        "n": ask("number", "", "How many?", {"understood": "z", "gives_up": "z"}),
        "h": {"kind": "handler", "keys": ["0"], "resume": False, "out": {"then": "z"}},
        "z": end(),
    }
    finding = only(draw(nodes), "K001")
    assert finding.severity is Severity.WARNING
    nodes["h"]["keys"] = ["*"]
    assert found(draw(nodes), "K001") == []


def test_a_finding_that_was_accepted_keeps_its_reason() -> None:
    suppress = [{"code": "R002", "reason": "being drawn", "nodes": ["a"]}]
    flow = draw({"a": say("Hi.", "b"), "b": say("On."), "z": end()}, suppress=suppress)
    assert only(flow, "R002").suppressed == ""
    flow = draw({"a": say("Hi.")}, suppress=suppress)
    assert only(flow, "R002").suppressed == "being drawn"


def _said(rehearsal: object) -> list[str]:
    from engine.simulation import spoken

    return spoken(rehearsal.records)  # type: ignore[attr-defined]
