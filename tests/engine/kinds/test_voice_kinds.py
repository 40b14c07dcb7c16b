"""The kinds that come with voice: transfer, record, consent, record_control and play."""

from typing import Any

import pytest

from engine.protocol import (
    Mark,
    PressKeys,
    Record,
    Recording,
    Result,
    Speak,
    Switched,
    TakeMessage,
    Transfer,
    Trouble,
)
from engine.protocol.script import Answer, CutIn, Keys, Leave, Pass, Say, Silence
from engine.simulation import Rehearsal, spoken
from tests.engine.drawing import EN, ask, end, heard, rehearse, say

DESK = {
    "t": {
        "kind": "transfer",
        "to": "sip:desk@example.com",
        "text": {EN: "One moment."},
        "out": {"busy": "busy", "no_answer": "nobody", "failed": "failed"},
    },
    "busy": end("busy", "They are busy."),
    "nobody": end("nobody", "Nobody is there."),
    "failed": end("failed", "That failed."),
}


def effects(rehearsal: Rehearsal, kind: type) -> list[Any]:
    return [e for r in rehearsal.records for e in r.effects if isinstance(e, kind)]


@pytest.mark.parametrize("voice", [False, True])
@pytest.mark.parametrize(
    ("outcome", "ends"),
    [
        ("ok", "transferred"),
        ("busy", "busy"),
        ("no_answer", "nobody"),
        ("refused", "failed"),
        ("unknown", "failed"),
        ("error", "failed"),
        ("timeout", "failed"),
    ],
)
def test_a_transfer_leaves_by_what_came_of_it(outcome: str, ends: str, voice: bool) -> None:
    talk = rehearse(DESK, voice=voice)
    (transfer,) = effects(talk, Transfer)
    assert (transfer.to, transfer.manner, transfer.node) == ("sip:desk@example.com", "cold", "t")
    assert transfer.id == f"1:{talk.records[0].effects.index(transfer)}"
    talk.play(Answer(outcome))
    assert talk.state.outcome == ends


def test_a_transfer_may_go_on_where_it_succeeded_and_tell_what_it_is_about() -> None:
    warm = {
        **DESK["t"],
        "to": "{{ number }}",
        "manner": "warm",
        "briefing": {EN: "Anna about {{ what }}."},
        "out": {**DESK["t"]["out"], "transferred": "done"},  # type: ignore[dict-item]
    }
    variables = {
        "number": {"type": "text", "initial": "+4930123456"},
        "what": {"type": "text", "initial": "a bill"},
    }
    talk = rehearse({**DESK, "t": warm, "done": end("handed_over")}, variables=variables)
    (transfer,) = effects(talk, Transfer)
    assert (transfer.to, transfer.manner, transfer.briefing) == ("+4930123456", "warm", "Anna about a bill.")
    talk.play(Answer("ok"))
    assert talk.state.outcome == "handed_over"


def test_a_transfer_to_nobody_fails_without_calling() -> None:
    nodes = {**DESK, "t": {**DESK["t"], "to": "{{ number }}"}}
    talk = rehearse(nodes, variables={"number": {"type": "text", "initial": " "}})
    assert effects(talk, Transfer) == [] and talk.state.outcome == "failed"


def test_a_telephone_rings_until_nobody_answers() -> None:
    talk = rehearse(DESK, voice=True)
    before = talk.at
    talk.play(Pass())
    assert talk.state.outcome == "nobody" and talk.at - before == 30_000


def test_an_answer_that_comes_twice_changes_nothing() -> None:
    nodes = {**DESK, "busy": ask("text", "", "What else?", {"understood": "failed", "gives_up": "failed"})}
    talk = rehearse(nodes)
    (transfer,) = effects(talk, Transfer)
    talk.play(Answer("busy"))
    before = talk.state.pc
    talk._bring(Result(talk.at, transfer.id, "ok"))
    assert talk.state.pc == before and not talk.ended


BOX = {
    "r": {
        "kind": "record",
        "prompt": {EN: "Leave a message."},
        "save": "message",
        "longest": 60_000,
        "out": {"recorded": "kept", "silent": "silent", "error": "failed"},
    },
    "kept": end("kept", "Thank you."),
    "silent": end("silent"),
    "failed": end("failed"),
}
MESSAGE = {"message": {"type": "text", "export": True}}


def test_a_message_is_recorded_and_its_name_is_kept() -> None:
    talk = rehearse(BOX, voice=True, variables=MESSAGE)
    (message,) = effects(talk, TakeMessage)
    assert (message.longest, message.finish, message.beep) == (60_000, "#", True)
    talk.play(Say("please call me back"))
    assert talk.variables["message"] == "message-1" and talk.state.outcome == "kept"


def test_on_a_screen_a_message_is_typed() -> None:
    talk = rehearse(BOX, variables=MESSAGE)
    assert effects(talk, TakeMessage) == [] and heard(talk) == ["Leave a message."]
    talk.play(Say("please call me back"))
    assert talk.variables["message"] == "please call me back" and talk.state.outcome == "kept"


@pytest.mark.parametrize("voice", [False, True])
def test_who_says_nothing_leaves_no_message(voice: bool) -> None:
    talk = rehearse(BOX, voice=voice, variables=MESSAGE)
    talk.play(Silence())
    assert talk.state.outcome == "silent" and talk.variables["message"] is None


def test_the_finish_key_at_once_leaves_no_message() -> None:
    talk = rehearse(BOX, voice=True, variables=MESSAGE)
    talk.play(Keys("12#"))
    assert talk.state.outcome == "silent"


@pytest.mark.parametrize("value", [None, {}, {"recording": ""}, {"recording": 5}, "m"])
def test_a_recording_without_a_name_is_a_failure(value: Any) -> None:
    talk = rehearse(BOX, voice=True, variables=MESSAGE)
    (message,) = effects(talk, TakeMessage)
    talk._bring(Result(talk.at, message.id, "ok", value))
    assert talk.state.outcome == "failed"


def test_who_goes_over_to_the_screen_types_her_message() -> None:
    talk = rehearse(BOX, voice=True, variables=MESSAGE)
    talk._bring(Switched(talk.at, "text"))
    assert talk.state.pending == () and not talk.ended
    talk.play(Say("call me"))
    assert talk.variables["message"] == "call me"


def test_a_line_that_is_lost_takes_the_message_and_the_transfer_with_it() -> None:
    for nodes, variables in ((BOX, MESSAGE), (DESK, {})):
        talk = rehearse(nodes, voice=True, variables=variables)
        talk._bring(Switched(talk.at, "voice"))
        assert talk.state.outcome == "failed"


CONSENT = {
    "c": {
        "kind": "consent",
        "prompt": {EN: "May we record this call?"},
        "save": "agreed",
        "tries": 2,
        "out": {"given": "on", "refused": "off", "no_answer": "off"},
    },
    "on": {"kind": "record_control", "action": "on", "out": {"then": "bye"}},
    "off": {"kind": "record_control", "action": "off", "out": {"then": "bye"}},
    "bye": end("done"),
}
AGREED = {"agreed": {"type": "yes_no", "export": True}}


@pytest.mark.parametrize(
    ("steps", "action", "kept"),
    [
        ([Say("yes, that's fine")], "on", True),
        ([Keys("1")], "on", True),
        ([Say("no thanks")], "off", False),
        ([Keys("2")], "off", False),
        ([Say("blue"), Say("yes")], "on", True),
        ([Silence(), Silence()], "off", None),
        ([Say("blue"), Say("blue")], "off", None),
    ],
)
@pytest.mark.parametrize("voice", [False, True])
def test_consent_is_a_yes_and_is_kept(steps: list[Any], action: str, kept: bool | None, voice: bool) -> None:
    talk = rehearse(CONSENT, voice=voice, variables=AGREED)
    for step in steps:
        talk.play(step)
    assert [r.action for r in effects(talk, Recording)] == [action]
    assert talk.variables["agreed"] is kept
    marks = [(m.name, m.value) for m in effects(talk, Mark)]
    assert marks == ([] if kept is None else [("consent:recording", kept)])


def test_what_one_agrees_to_is_heard_to_its_end() -> None:
    talk = rehearse(CONSENT, voice=True, variables=AGREED)
    (question,) = effects(talk, Speak)
    assert question.interruptible is False
    talk.play(CutIn("yes"))
    assert talk.variables["agreed"] is True
    assert [type(r.event).__name__ for r in talk.records] == ["Started", "SpeechFinished", "Heard"]


def test_keys_are_sent_and_recordings_are_played() -> None:
    nodes = {
        "p": {
            "kind": "play",
            "audio": "https://example.com/jingle.wav",
            "text": {EN: "A jingle."},
            "keys": "1ww{{ pin }}#",
            "out": {"then": "bye"},
        },
        "bye": end("done"),
    }
    talk = rehearse(nodes, voice=True, variables={"pin": {"type": "text", "initial": "20 0x"}})
    (jingle,) = effects(talk, Speak)
    assert (jingle.audio, jingle.text) == ("https://example.com/jingle.wav", "A jingle.")
    assert [p.keys for p in effects(talk, PressKeys)] == ["1ww200#"]


# A talk that changes its ways.

TABLE = {
    "q": ask("number", "n", "For how many?", {"understood": "bye", "gives_up": "bye"}),
    "bye": end("done", "Bye."),
    "h": {"kind": "handler", "signals": ["hearing_lost"], "resume": True, "out": {"then": "hs"}},
    "hs": say("Type it, please.", "hr"),
    "hr": {"kind": "return"},
}
N = {"n": {"type": "int", "export": True}}


def records(talk: Rehearsal, event: Any) -> list[Record]:
    return talk._bring(event)


def test_a_talk_that_goes_over_to_voice_asks_again_aloud_and_back_in_silence() -> None:
    talk = rehearse({k: TABLE[k] for k in ("q", "bye")}, variables=N)
    assert spoken(records(talk, Switched(10, "voice"))) == ["For how many?"]
    assert spoken(records(talk, Switched(20, "text"))) == []
    talk.play(Say("4"))
    assert talk.variables["n"] == 4 and talk.state.outcome == "done"


def test_a_line_that_was_lost_is_bridged_in_the_flows_words() -> None:
    nodes = {k: TABLE[k] for k in ("q", "bye")}
    talk = rehearse(nodes, voice=True, variables=N)
    said = spoken(records(talk, Switched(10, "voice")))
    assert said == ["Sorry, the line was gone for a moment. I am back.", "For how many?"]
    own = rehearse(nodes, voice=True, variables=N, notices={"resumed": {EN: "There you are."}})
    assert spoken(records(own, Switched(10, "voice"))) == ["There you are.", "For how many?"]


def test_keys_half_entered_on_a_lost_line_are_forgotten() -> None:
    talk = rehearse({k: TABLE[k] for k in ("q", "bye")}, voice=True, variables=N)
    talk.play(Keys("1"))
    records(talk, Switched(talk.at, "voice"))
    talk.play(Keys("2#"))
    assert talk.variables["n"] == 2


def test_who_cannot_be_heard_is_asked_for_keys_or_the_flow_knows_better() -> None:
    plain = rehearse({k: TABLE[k] for k in ("q", "bye")}, voice=True, variables=N)
    assert "keys" in spoken(records(plain, Trouble(10, "hearing")))[0]
    plain.play(Keys("3#"))
    assert plain.variables["n"] == 3
    wise = rehearse(TABLE, voice=True, variables=N)
    assert spoken(records(wise, Trouble(10, "hearing"))) == ["Type it, please.", "For how many?"]


def test_who_cannot_speak_takes_the_failure_path() -> None:
    nodes = {**{k: TABLE[k] for k in ("q", "bye")}, "sorry": end("sorry")}
    talk = rehearse(nodes, voice=True, variables=N, defaults={"fault": "sorry"})
    records(talk, Trouble(10, "voice", "nobody answers"))
    assert talk.state.outcome == "sorry"


def test_where_every_call_is_recorded_the_recording_begins_with_the_line() -> None:
    nodes = {k: TABLE[k] for k in ("q", "bye")}
    assert [
        e.action for e in effects(rehearse(nodes, voice=True, variables=N, recording="always"), Recording)
    ] == ["on"]
    talk = rehearse(nodes, variables=N, recording="always")
    assert effects(talk, Recording) == []
    records(talk, Switched(10, "voice"))
    assert [e.action for e in effects(talk, Recording)] == ["on"]


def test_who_hangs_up_while_it_rings_is_gone() -> None:
    talk = rehearse(DESK, voice=True)
    talk.play(Leave())
    assert talk.state.outcome == "hung_up" and talk.calls == {}
