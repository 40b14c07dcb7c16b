"""A recorded talk: where one listens says which line is heard, which way was gone, and what was known."""

import pytest
from pytestqt.qtbot import QtBot

from engine.compiler import compile_flow
from engine.protocol.script import Answer, Say
from engine.simulation import Rehearsal
from studio.client.recordings import Moment, Pause, Recorded, SpokenLine, Tape, Transcript
from studio.panels.recordings import words_of
from studio.simulator.lines import Voice
from studio.simulator.player import QuietPlayer
from studio.simulator.replay import RecordedTalk, clock
from tests.studio.table import booking

RECORDED = Recorded(
    "ses_1", "call-2.ogg", "call", 65_000, 0, "rel_1", "phone", "booked", "2026-11-21T09:30:00Z"
)


@pytest.fixture
def talk() -> RecordedTalk:
    flow = booking()[0]
    rehearsal = Rehearsal(compile_flow(flow))
    rehearsal.start()
    rehearsal.play(Say("four"))
    rehearsal.play(Answer("ok", 200, {"available": True}))
    transcript = Transcript(
        (
            SpokenLine(1, "agent", "Good evening.", -500, 900),
            SpokenLine(1, "agent", "For how many?", 900, 2_000),
            SpokenLine(2, "caller", "four", 5_000, 5_600),
            SpokenLine(3, "agent", "A table for 4, then.", 7_000, 9_000),
        ),
        (Moment(1, -500), Moment(2, 5_600), Moment(3, 7_000)),
        (Pause(3_000, 4_000),),
    )
    log = tuple(rehearsal.records)
    return RecordedTalk(Tape(RECORDED, flow, rehearsal.program, rehearsal.run.header, log, transcript, b""))


def at(talk: RecordedTalk, ms: int) -> tuple[str, str]:
    talk.at_ms = ms
    return talk.lines[talk.row].text, talk.way.current


def test_the_line_and_the_way_follow_the_sound(talk: RecordedTalk) -> None:
    assert at(talk, 0) == ("Good evening.", "n_many")
    assert at(talk, 1_000) == ("For how many?", "n_many")
    assert at(talk, 5_100) == ("four", "n_many")
    assert at(talk, 5_700) == ("four", "n_free")
    assert at(talk, 60_000) == ("A table for 4, then.", "n_booked")
    assert ("n_which", "yes") in talk.way.wires


def test_what_was_known_then_is_shown(talk: RecordedTalk) -> None:
    talk.at_ms = 1_000
    assert {v.name: v.now for v in talk.values}["guests"] is None
    talk.at_ms = 6_000
    assert {v.name: v.now for v in talk.values}["guests"] == 4


def test_a_line_is_found_and_one_before_the_recording_is_its_beginning(talk: RecordedTalk) -> None:
    said = next(line for line in talk.lines if line.voice is Voice.YOU)
    assert talk.start_of(said) == 5_000
    assert talk.start_of(talk.lines[0]) == 0


def test_a_pause_is_known(talk: RecordedTalk) -> None:
    talk.at_ms = 3_500
    assert talk.paused
    talk.at_ms = 4_000
    assert not talk.paused


def test_without_a_loudspeaker_the_position_goes_on_and_stops_at_the_end(qtbot: QtBot) -> None:
    player = QuietPlayer(300)
    at: list[int] = []
    player.moved.connect(at.append)
    with qtbot.waitSignal(player.turned, timeout=30_000, check_params_cb=lambda on: not on):
        player.play()
    assert at[-1] == 300
    player.seek(9_000)
    assert at[-1] == 300, "nothing is behind the end"


def test_a_recording_is_named_for_people() -> None:
    assert words_of(RECORDED).endswith("telephone, part 2\n1:05 · booked")
    assert clock(59_999) == "0:59"
