"""Recording and consent, and transfers that fail: what the checks say of them."""

from typing import Any

import pytest

from engine.compiler import check, compile_flow
from engine.flow import Flow, load_flow, parse_flow
from engine.flow.canonical import dump_flow
from engine.simulation import Rehearsal
from tests.engine.drawing import EN, draw, end, say

ON = {"kind": "record_control", "action": "on", "out": {"then": "bye"}}
CONSENT = {
    "kind": "consent",
    "prompt": {EN: "May we record this?"},
    "out": {"given": "on", "refused": "bye", "no_answer": "bye"},
}


def codes(flow: Flow, code: str) -> list[tuple[str, ...]]:
    return [f.nodes for f in check(flow) if f.code == code]


def drawn(rule: str, nodes: dict[str, Any], **parts: Any) -> Flow:
    return draw({**nodes, "bye": end()}, recording=rule, **parts)


def test_recording_behind_a_yes_is_no_finding() -> None:
    assert codes(drawn("consent", {"c": CONSENT, "on": ON}), "P002") == []


@pytest.mark.parametrize("way", ["refused", "no_answer"])
def test_recording_past_a_no_is_one_and_the_witness_goes_there(way: str) -> None:
    asked = {**CONSENT, "out": {"given": "on", "refused": "bye", "no_answer": "bye", way: "on"}}
    flow = drawn("consent", {"c": asked, "on": ON})
    (finding,) = [f for f in check(flow) if f.code == "P002"]
    assert finding.nodes == ("on",) and finding.witness is not None
    talk = Rehearsal(compile_flow(flow), finding.witness).play_all()
    marks = [e for r in talk.records for e in r.effects if type(e).__name__ == "Mark"]
    assert [type(e).__name__ for r in talk.records for e in r.effects].count("Recording") == 1
    assert not any(m.value is True for m in marks)


def test_consent_to_something_else_is_no_consent_to_be_recorded() -> None:
    asked = {**CONSENT, "purpose": "marketing"}
    assert codes(drawn("consent", {"c": asked, "on": ON}), "P002") == [("on",)]


def test_what_a_sub_flow_records_is_found_where_it_is_called_unasked() -> None:
    inner = {"nodes": {"i_on": {**ON, "out": {"then": "i_end"}}, "i_end": {"kind": "return"}}}
    call = {"kind": "call", "flow": "f", "out": {"done": "bye"}}
    asked = {**CONSENT, "out": {**CONSENT["out"], "given": "call"}}  # type: ignore[dict-item]
    assert codes(drawn("consent", {"call": call}, subflows={"f": inner}), "P002") == [("call",)]
    assert codes(drawn("consent", {"c": asked, "call": call}, subflows={"f": inner}), "P002") == []


def test_consent_may_be_asked_for_in_a_sub_flow() -> None:
    inner = {
        "nodes": {
            "i_c": {**CONSENT, "out": {"given": "i_yes", "refused": "i_no", "no_answer": "i_no"}},
            "i_yes": {"kind": "return", "exit": "yes"},
            "i_no": {"kind": "return", "exit": "no"},
        }
    }
    call = {"kind": "call", "flow": "f", "out": {"yes": "on", "no": "bye"}}
    assert codes(drawn("consent", {"call": call, "on": ON}, subflows={"f": inner}), "P002") == []
    past = {**call, "out": {"yes": "on", "no": "on"}}
    assert codes(drawn("consent", {"call": past, "on": ON}, subflows={"f": inner}), "P002") == [("on",)]


def test_a_flow_that_forbids_recordings_records_nothing_anywhere() -> None:
    box = {"kind": "record", "out": {"recorded": "bye", "silent": "bye", "error": "bye"}}
    flow = drawn("forbidden", {"c": CONSENT, "on": {**ON, "out": {"then": "box"}}, "box": box})
    assert sorted(codes(flow, "P002")) == [("box",), ("on",)]
    stops = {**ON, "action": "off"}
    assert codes(drawn("forbidden", {"off": stops}), "P002") == []


def test_without_a_rule_recording_is_the_drawers_business() -> None:
    assert codes(drawn("", {"on": ON}), "P002") == []


def test_consent_that_may_be_cut_in_on_is_a_warning() -> None:
    assert codes(drawn("", {"c": CONSENT, "on": ON}), "E003") == []
    assert codes(drawn("", {"c": {**CONSENT, "interruptible": True}, "on": ON}), "E003") == [("c",)]


@pytest.mark.parametrize("port", ["busy", "no_answer", "failed"])
def test_a_transfer_that_fails_must_lead_somewhere(port: str) -> None:
    out = {"busy": "bye", "no_answer": "bye", "failed": "bye"}
    transfer = {"kind": "transfer", "to": "+4930123456", "out": out}
    assert check(draw({"t": transfer, "bye": end()})) == []
    del out[port]
    flow = draw({"t": transfer, "bye": end()})
    (finding,) = check(flow)
    assert (finding.code, finding.port) == ("E001", port)
    assert finding.witness is not None
    talk = Rehearsal(compile_flow(flow), finding.witness).play_all()
    assert talk.state.outcome == "fault"
    default = {"failed": "error"}.get(port, port)
    assert check(draw({"t": transfer, "bye": end()}, defaults={default: "bye"})) == []


def test_a_transfer_may_be_the_end_of_a_talk() -> None:
    back = {"busy": "hello", "no_answer": "hello", "failed": "hello"}
    nodes = {"hello": say("Hello.", "t"), "t": {"kind": "transfer", "to": "sip:a@example.com", "out": back}}
    assert "R004" not in {f.code for f in check(draw(nodes))}


def test_the_rule_and_the_notices_survive_a_file() -> None:
    flow = drawn("consent", {"c": CONSENT, "on": ON}, notices={"hold": {EN: "Just a second."}})
    again, wrong = load_flow(dump_flow(flow))
    assert not wrong and again == flow
    assert compile_flow(flow).notices["hold"].texts == ("Just a second.",)


@pytest.mark.parametrize(
    "parts", [{"recording": "perhaps"}, {"notices": {"shout": {EN: "Hey"}}}, {"notices": {"hold": "Hey"}}]
)
def test_nonsense_in_the_rule_or_the_notices_is_named(parts: dict[str, Any]) -> None:
    flow, wrong = parse_flow({"start": "b", "nodes": {"b": end()}, **parts})
    assert [d.field for d in wrong] == [*parts]
    assert flow.recording == "" and flow.notices == {}


def test_a_sub_flow_has_no_rule_of_its_own() -> None:
    inner = {"start": "r", "nodes": {"r": {"kind": "return"}}, "recording": "always"}
    flow, wrong = parse_flow({"start": "b", "nodes": {"b": end()}, "subflows": {"f": inner}})
    assert [(d.flow, d.field) for d in wrong] == [("f", "recording")]
    assert flow.subflows["f"].recording == ""
