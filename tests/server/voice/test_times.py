"""The clock of turns: what is said and heard between the end of one's words and the answer."""

from server.channels.voice.times import TurnClock


def told(clock: TurnClock) -> bool:
    return clock.sounds(1, "ears", "mouth", False, 5) is not None


def test_noise_while_an_answer_is_made_takes_nothing_from_the_turn() -> None:
    clock = TurnClock()
    clock.transcribed(500)
    clock.turn_over()
    clock.decided()
    clock.nothing_understood()
    assert told(clock)


def test_words_that_are_not_understood_are_a_turn() -> None:
    clock = TurnClock()
    clock.transcribed(500)
    clock.nothing_understood()
    clock.decided()
    assert told(clock) and not told(clock)


def test_what_answers_nobody_is_no_turn() -> None:
    clock = TurnClock()
    clock.decided()
    assert not told(clock)
