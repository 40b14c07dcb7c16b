"""Questions and answers: ladders, checks, confirmations, corrections, keys, silence."""

from typing import Any

from engine.protocol.script import Keys, Pass, Press, Silence
from engine.simulation import spoken
from tests.engine.drawing import EN, ask, end, heard, option, rehearse, say

GUESTS = ask(
    "number",
    "guests",
    "How many?",
    {"understood": "yes", "gives_up": "no"},
    minimum=1,
    maximum=12,
    invalid={EN: "One to twelve."},
    reprompts=[{EN: "Sorry, how many?"}, {EN: "A number, please."}],
    silences=[{EN: "Hello?"}],
)
ENDS: dict[str, Any] = {"yes": end("counted", "{{ guests }} it is."), "no": end("gave_up", "Never mind.")}


def guests(**more: Any) -> Any:
    return rehearse({"a": {**GUESTS, **more}, **ENDS}, variables={"guests": "int"})


def test_an_answer_is_kept_and_the_talk_goes_on() -> None:
    talk = guests()
    talk.say("there will be four of us")
    assert heard(talk) == ["How many?", "4 it is."]
    assert (talk.state.outcome, talk.variables) == ("counted", {"guests": 4})


def test_what_makes_no_sense_climbs_the_ladder_and_then_gives_up() -> None:
    talk = guests()
    for words in ("banana", "pineapple", "cherry"):
        talk.say(words)
    assert heard(talk) == ["How many?", "Sorry, how many?", "A number, please.", "Never mind."]
    assert talk.state.outcome == "gave_up"


def test_silence_has_a_ladder_of_its_own_and_counts_as_a_try() -> None:
    talk = guests()
    for step in (Silence(), Silence(), Silence()):
        talk.play(step)
    assert heard(talk) == ["How many?", "Hello?", "Hello?", "Never mind."]


def test_silence_and_nonsense_may_leave_by_ways_of_their_own() -> None:
    out = {"understood": "yes", "no_input": "quiet", "no_match": "odd", "gives_up": "no"}
    nodes = {"a": {**GUESTS, "tries": 1, "out": out}, **ENDS, "quiet": end("quiet"), "odd": end("odd")}
    silent = rehearse(nodes, variables={"guests": "int"})
    silent.play(Silence())
    odd = rehearse(nodes, variables={"guests": "int"})
    odd.say("banana")
    assert (silent.state.outcome, odd.state.outcome) == ("quiet", "odd")


def test_an_answer_out_of_bounds_is_told_so_and_is_not_kept() -> None:
    talk = guests()
    talk.say("thirteen")
    assert heard(talk)[-1] == "One to twelve."
    assert talk.variables == {"guests": None}


def test_a_rule_sees_the_answer_as_value_and_speaks_its_own_words() -> None:
    rules = [{"when": "value % 2 == 0", "say": {EN: "{{ value }} is odd."}}]
    talk = guests(rules=rules)
    talk.say("three")
    assert heard(talk)[-1] == "3 is odd."
    talk.say("four")
    assert talk.state.outcome == "counted"


def test_a_confirmation_takes_yes_no_and_another_value() -> None:
    talk = guests(confirm={EN: "{{ guests }}, right?"})
    talk.say("four")
    assert heard(talk)[-1] == "4, right?"
    talk.say("no, five")
    assert heard(talk)[-1] == "5, right?"
    talk.say("no")
    assert heard(talk)[-1] == "How many?"
    talk.say("six")
    talk.say("yes")
    assert heard(talk)[-1] == "6 it is."


def test_an_answer_denied_as_often_as_there_are_tries_gives_up() -> None:
    talk = guests(confirm={EN: "{{ guests }}, right?"})
    for words in ("four", "no", "five", "no", "six", "no"):
        talk.say(words)
    assert talk.state.outcome == "gave_up"


def test_the_answer_before_may_be_corrected_at_the_next_question() -> None:
    nodes = {
        "day": ask("date", "day", "Which day?", {"understood": "said", "gives_up": "x"}),
        "said": say("{{ day | say_date }}.", "count"),
        "count": ask("number", "guests", "How many?", {"understood": "x", "gives_up": "x"}),
        "x": end(),
    }
    talk = rehearse(nodes, variables={"day": "date", "guests": "int"})
    talk.say("Monday")
    talk.say("no, I meant Tuesday")
    assert talk.variables["day"] == "2026-11-24"
    assert heard(talk)[-1] == "How many?"
    assert len(heard(talk)) == 5
    talk.say("four")
    assert talk.state.outcome == "done"


def test_keys_make_a_number_ended_by_the_finish_key_or_a_pause() -> None:
    by_key = guests()
    by_key.play(Keys("1"))
    assert not by_key.ended
    by_key.play(Keys("2#"))
    by_pause = guests()
    by_pause.play(Keys("7"))
    by_pause.play(Pass(3_000))
    assert (by_key.variables, by_pause.variables) == ({"guests": 12}, {"guests": 7})


def test_a_menu_takes_words_keys_and_buttons() -> None:
    nodes = {
        "m": {
            "kind": "menu",
            "prompt": {EN: "Bar or garden?"},
            "options": [
                option("bar", "The bar", "counter", key="1"),
                option("garden", "The garden", key="2"),
            ],
            "out": {"bar": "b", "garden": "g", "gives_up": "x"},
        },
        "b": end("bar"),
        "g": end("garden"),
        "x": end(),
    }
    by_words, by_key, by_button = rehearse(nodes), rehearse(nodes), rehearse(nodes)
    by_words.say("at the counter please")
    by_key.play(Keys("2"))
    by_button.play(Press("garden"))
    assert [t.state.outcome for t in (by_words, by_key, by_button)] == ["bar", "garden", "garden"]
    shown = by_words.records[0].effects[0]
    assert [b.label for b in shown.buttons] == ["The bar", "The garden"]  # type: ignore[union-attr]


def test_a_menu_with_codes_of_two_keys_waits_for_the_second() -> None:
    options = [option("one", "One", key="1"), option("eleven", "Eleven", key="11")]
    nodes = {
        "m": {
            "kind": "menu",
            "prompt": {EN: "?"},
            "options": options,
            "out": {"one": "a", "eleven": "b", "gives_up": "x"},
        },
        "a": end("one"),
        "b": end("eleven"),
        "x": end(),
    }
    eleven, one = rehearse(nodes), rehearse(nodes)
    eleven.play(Keys("11"))
    eleven.play(Pass())
    one.play(Keys("1"))
    assert not one.ended
    one.play(Pass())
    assert (eleven.state.outcome, one.state.outcome) == ("eleven", "one")


def test_digits_are_as_many_as_were_asked_for() -> None:
    nodes = {
        "d": {
            "kind": "digits",
            "save": "pin",
            "minimum": 4,
            "maximum": 4,
            "prompt": {EN: "Your PIN?"},
            "out": {"understood": "ok", "gives_up": "x"},
        },
        "ok": end("pin"),
        "x": end(),
    }
    typed = rehearse(nodes, variables={"pin": "text"})
    typed.play(Keys("4071"))
    said = rehearse(nodes, variables={"pin": "text"})
    said.say("four oh seven")
    assert not said.ended
    said.say("four oh seven one")
    assert (typed.variables, said.variables) == ({"pin": "4071"}, {"pin": "4071"})


def test_only_what_was_said_last_is_heard_after_each_step() -> None:
    talk = guests()
    assert spoken(talk.say("banana")) == ["Sorry, how many?"]
