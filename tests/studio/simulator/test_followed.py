"""A talk that is held elsewhere reads here like any other, and one may go on from any of its lines by text."""

import pytest

from engine.compiler import compile_flow
from engine.flow import Flow
from engine.protocol import BargeIn, Header, Record
from engine.protocol.script import Answer, Keys, Say
from engine.simulation import Rehearsal
from studio.simulator.followed import FollowedTalk, steps_of
from studio.simulator.keeping import case_of
from studio.simulator.lines import Voice
from tests.studio.table import booking

FREE = Answer("ok", 200, {"available": True})


@pytest.fixture
def flow() -> Flow:
    return booking()[0]


def held(flow: Flow) -> tuple[Header, list[Record]]:
    """A talk somewhere else."""
    rehearsal = Rehearsal(compile_flow(flow))
    rehearsal.start()
    rehearsal.play(Say("there will be four of us"))
    rehearsal.play(FREE)
    return rehearsal.run.header, rehearsal.records


def followed(flow: Flow, records: int = 99) -> FollowedTalk:
    header, log = held(flow)
    talk = FollowedTalk(flow, compile_flow(flow), header)
    for record in log[:records]:
        talk.take(record)
    return talk


def test_it_reads_like_a_play_and_lights_its_way(flow: Flow) -> None:
    talk = followed(flow)
    assert [line.text for line in talk.lines if line.voice is Voice.AGENT][-1] == "A table for 4, then."
    assert ("n_which", "yes") in talk.way.wires
    assert talk.ended
    assert {v.name: v.now for v in talk.values}["guests"] == 4


def test_a_record_that_was_seen_already_changes_nothing(flow: Flow) -> None:
    talk = followed(flow, 2)
    before = talk.lines
    talk.take(talk.records[0])
    assert talk.lines == before


def test_an_answer_says_how_long_the_caller_waited_for_it(flow: Flow) -> None:
    talk = followed(flow, 1)
    talk.took(640)
    assert [line.small for line in talk.lines if line.voice is Voice.AGENT] == ["0.6 s", ""]


def test_what_is_heard_so_far_stands_under_the_script(flow: Flow) -> None:
    talk = followed(flow, 1)
    talk.partial = "there will"
    assert talk.lines[-1].text == "there will …"


def test_going_back_to_a_line_begins_a_rehearsal_from_there(flow: Flow) -> None:
    talk = followed(flow)
    again = talk.up_to(0, talk.program)
    assert again.node == "n_many"
    again.do(Keys("6#"))
    assert again.steps == [Keys("6#")]


def test_it_can_be_kept_as_a_test(flow: Flow) -> None:
    talk = followed(flow)
    assert steps_of(talk.records) == [Say("there will be four of us"), FREE]
    assert case_of(talk, "a call").turns[1].say == "there will be four of us"


def test_what_was_cut_off_is_known_to_the_letter(flow: Flow) -> None:
    talk = followed(flow, 1)
    talk.take(Record(2, BargeIn(2000, 0, 900, "Good evening. For how")))
    agent = [(line.text, line.heard) for line in talk.lines if line.voice is Voice.AGENT]
    assert agent == [("Good evening.", -1), ("For how many?", 7)]
