"""What was said, on a recording's time."""

from engine.protocol import (
    BargeIn,
    Digit,
    Heard,
    Record,
    Recording,
    Speak,
    SpeechFinished,
    Started,
)
from server.recordings.transcript import paused, spoken

GREETING = Speak("Good evening.", "n_welcome")
QUESTION = Speak("For how many people is it?", "n_many")


def test_what_the_agent_says_fills_the_time_its_speech_took() -> None:
    lines = spoken([Record(1, Started(0), (GREETING, QUESTION)), Record(2, SpeechFinished(3_900, 0))])
    assert [(line.text, line.start, line.end) for line in lines] == [
        ("Good evening.", 0, 1_300),
        ("For how many people is it?", 1_300, 3_900),
    ]


def test_a_caller_began_before_she_was_understood_and_not_before_the_agent_was_silent() -> None:
    records = [
        Record(1, Started(0), (GREETING,)),
        Record(2, SpeechFinished(1_000, 0)),
        Record(3, Heard(9_000, "four of us", spoken=True)),
        Record(4, Heard(9_200, "please", spoken=True)),
        Record(5, Heard(12_000, "typed words")),
        Record(6, Digit(13_000, "4")),
    ]
    caller = [(line.start, line.end) for line in spoken(records) if line.who == "caller"]
    assert caller == [(7_850, 9_000), (9_000, 9_200), (12_000, 12_000), (13_000, 13_000)]


def test_what_was_cut_off_ends_where_it_was_cut() -> None:
    records = [
        Record(1, Started(0), (GREETING, QUESTION)),
        Record(2, BargeIn(2_000, 0, 1_900, "Good evening. For how")),
    ]
    lines = spoken(records)
    assert [(line.heard, line.end) for line in lines] == [(-1, 1_300), (7, 2_000)]


def test_speech_nobody_saw_the_end_of_ends_about_when_it_would() -> None:
    lines = spoken([Record(1, Started(0), (GREETING,))])
    assert 500 < lines[0].end < 2_000


def test_pauses_are_known_as_far_as_the_recording_goes() -> None:
    records = [
        Record(1, Started(0), (Recording("n_on", "on"),)),
        Record(2, Heard(5_000, "my card"), (Recording("n_off", "pause"),)),
        Record(3, Heard(9_000, "done"), (Recording("n_on", "on"),)),
        Record(4, Heard(12_000, "wait"), (Recording("n_off", "pause"),)),
    ]
    assert paused(records, 1_000, 15_000) == [(5_000, 9_000), (12_000, 15_000)]
    assert paused(records, 6_000, 8_000) == [(6_000, 8_000)]
