"""The engine beside the naive one: the same events to both, and what must hold after each of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.compiler import compile_flow
from engine.conversation import hear
from engine.flow import Flow
from engine.kinds import instructions as op
from engine.kinds import thoughts
from engine.kinds.instructions import Listen, Message, Request, Wait
from engine.kinds.program import FIRST_SLOT
from engine.kinds.samples import NONSENSE, spoken, typical
from engine.kinds.values import to_plain
from engine.protocol import (
    AskModel,
    BargeIn,
    CallTool,
    Digit,
    Event,
    Header,
    Heard,
    HttpRequest,
    HungUp,
    JudgeIntent,
    Pressed,
    Reading,
    Record,
    Result,
    SearchKnowledge,
    Signal,
    Speak,
    SpeechFinished,
    Started,
    TakeMessage,
    TimerFired,
    Transfer,
    Wrote,
    decode_effects,
    decode_event,
    encode_effects,
    encode_event,
)
from engine.runtime import Phase, Run, bind, decode_state, encode_state, expectation, initial, replay, step
from tests.engine.model.naive import Talk

NOW = "2026-11-20T10:00"
NOISE = (
    "",
    "yes",
    "no",
    "4",
    "no, I meant Tuesday",
    "Friday at eight",
    "the second one",
    NONSENSE,
    "0",
    "speak to someone",
)
BODIES: tuple[Any, ...] = (
    None,
    {},
    {"available": True},
    {"available": False, "alternative": "2026-11-27T20:30"},
    {"available": False},
    {"reference": "L-1"},
    {"match": True},
    {"match": False},
    {"status": "shipped", "eta": "2026-11-22"},
    {"status": "delivered"},
    {"slots": ["2026-11-24T09:00", "2026-11-24T11:30"]},
    {"slots": []},
    {"value": 4},
    {"value": "four"},
)


PASSAGES = [{"id": "p", "text": "From 7 to 10.", "title": "Handbook", "score": 800}]
THOUGHTS: tuple[dict[str, Any], ...] = (
    {"text": "Good day."},
    {"intent": "room"},
    {"intent": "house", "data": {"n": 4}},
    {"data": {"n": 4, "was_said": True}},
    {"data": {"was_said": False}},
    {
        "calls": [
            {
                "id": "a",
                "name": "free_rooms",
                "arguments": {"arrival": "2026-11-27", "nights": 2, "guests": 2},
            }
        ]
    },
    {
        "calls": [
            {"id": "b", "name": "look", "arguments": {"n": 4}},
            {"id": "c", "name": "look", "arguments": {"n": "x"}},
            {"id": "d", "name": "look", "arguments": {"n": 5}},
            {"id": "e", "name": "unheard_of"},
        ]
    },
    {"calls": [{"id": "f", "name": "leave_by_done", "arguments": {"n": 4}}]},
    {"calls": [{"id": "g", "name": "leave_by_done", "arguments": {}}]},
    {"calls": [{"id": "h", "name": "leave_by_nothing", "arguments": {}}]},
    {"calls": ["what"]},
)
ANSWERED = HttpRequest | Transfer | TakeMessage | AskModel | SearchKnowledge | JudgeIntent | CallTool
WAITING = (
    Listen
    | Request
    | Wait
    | Message
    | op.Transfer
    | thoughts.Generate
    | thoughts.Search
    | thoughts.Judge
    | thoughts.Use
)


class Pair:
    """One talk held by both engines."""

    def __init__(self, document: Flow, seed: int = 0, modality: str = "text") -> None:
        self.program = compile_flow(document)
        header = Header("s", self.program.hash, 1, seed, NOW, self.program.locales[0], modality=modality)
        self.run: Run = bind(self.program, header)
        self.state = initial(self.run)
        self.naive = Talk(document, header)
        self.records: list[Record] = []
        self.requests: list[str] = []
        self.writing: list[str] = []
        self.timers: list[int] = []
        self.at = 0

    def send(self, event: Event) -> None:
        """One event to both; what they say, where they stand and what they know must be the same."""
        event = decode_event(encode_event(event))
        self.state, effects = step(self.run, self.state, event)
        assert decode_effects(encode_effects(tuple(effects))) == tuple(effects)
        self.records.append(Record(self.state.seq, event, tuple(effects)))
        made = [e.id for e in effects if isinstance(e, ANSWERED)]
        self.requests += made
        self.writing += [e.id for e in effects if isinstance(e, AskModel)]
        self.naive.request = self.requests[-1] if self.requests else ""
        self.naive.made = made
        self.timers.append(self.state.timer)
        self.naive.send(event)
        said = [e.text for e in effects if isinstance(e, Speak)]
        assert said == self.naive.said, (event, said, self.naive.said)
        assert self.state.outcome == self.naive.outcome, (event, self.state.outcome, self.naive.outcome)
        if not self.state.outcome and self.state.phase != Phase.IDLE:
            assert self.run.instructions[self.state.pc].node == self.naive.node
            assert self.variables() == {k: to_plain(v) for k, v in self.naive.scope.values.items()}

    def variables(self) -> dict[str, Any]:
        """The current flow's variables, as plain values."""
        table = self.program.flows[self.state.flow]
        pairs = zip(table.names[FIRST_SLOT:], self.state.vars[FIRST_SLOT:], strict=True)
        return {name: to_plain(value) for name, value in pairs if not name.startswith("#")}

    @property
    def generating(self) -> bool:
        """Whether a model is writing: who cuts in on that is looked at by itself, not here."""
        return isinstance(self.run.instructions[self.state.pc], thoughts.Generate)

    def good_words(self) -> list[str]:
        """Words the listening node, its confirmation, the answer before or a handler would understand."""
        expected = expectation(self.run, self.state)
        words = [phrase for _, phrases in expected.handlers for phrase in phrases[:1]]
        for wanted, before in (
            (expected.here, ""),
            (expected.amend, "no, "),
            (expected.correct, "no, I meant "),
        ):
            if wanted is not None:
                words += [before + choice.label for choice in wanted.choices]
                words += [before + spoken(wanted.type, value) for value in typical(wanted.type, NOW)]
        return words or [NONSENSE]

    def hear(self, text: str) -> Heard:
        """The event of these words now."""
        reading = hear(
            expectation(self.run, self.state), text, datetime.fromisoformat(NOW), self.run.session["locale"]
        )
        return Heard(self.at, text, reading)


def machine_of(documents: Sequence[Flow]) -> type[RuleBasedStateMachine]:
    """A state machine over some documents."""

    class Machine(RuleBasedStateMachine):
        @initialize(
            document=st.sampled_from(range(len(documents))),
            seed=st.integers(0, 9),
            modality=st.sampled_from(("text", "voice")),
        )
        def begin(self, document: int, seed: int, modality: str) -> None:
            self.pair = Pair(documents[document], seed, modality)
            self.pair.send(Started(0))

        def bring(self, event: Event) -> None:
            self.pair.send(event)

        @property
        def at(self) -> int:
            self.pair.at += 1000
            return self.pair.at

        @rule(data=st.data())
        def say_what_fits(self, data: st.DataObject) -> None:
            self.at  # noqa: B018
            self.bring(self.pair.hear(data.draw(st.sampled_from(self.pair.good_words()))))

        @rule(text=st.sampled_from(NOISE) | st.text(max_size=8))
        def say_anything(self, text: str) -> None:
            self.bring(self.pair.hear(text))

        @rule(
            meant=st.sampled_from(("here", "amend", "correct", "", "n_nobodyaa")),
            value=st.sampled_from((4, "x", True, None, "2026-11-27")),
        )
        def hear_anything(self, meant: str, value: Any) -> None:
            self.bring(Heard(self.at, "?", Reading(meant, value, 500)))

        @rule(digit=st.sampled_from("0123456789*#"))
        def key(self, digit: str) -> None:
            self.bring(Digit(self.at, digit))

        @rule(button=st.sampled_from(("inside", "garden", "time", "another", "pain", "nothing", "a", "b")))
        def button(self, button: str) -> None:
            self.bring(Pressed(self.at, button))

        @precondition(lambda self: self.pair.state.timer)
        @rule()
        def patience_ends(self) -> None:
            self.bring(TimerFired(self.at, self.pair.state.timer))

        @rule(data=st.data())
        def an_old_timer_fires(self, data: st.DataObject) -> None:
            timer = data.draw(st.sampled_from(self.pair.timers))
            if timer != self.pair.state.timer:
                self.bring(TimerFired(self.at, timer))

        @precondition(lambda self: self.pair.state.pending)
        @rule(
            outcome=st.sampled_from(
                (
                    *("ok",) * 5,
                    *("error", "timeout", "unknown", "busy", "no_answer", "refused", "silence", "off_limits"),
                    "not_known",
                )
            ),
            status=st.sampled_from((200, 200, 201, 404, 409, 500)),
            body=st.sampled_from(BODIES),
            data=st.data(),
        )
        def a_service_answers(self, outcome: str, status: int, body: Any, data: st.DataObject) -> None:
            waiting = data.draw(st.sampled_from(self.pair.state.pending))
            thought = data.draw(st.sampled_from(THOUGHTS))
            value = {"status": status, "body": body, "recording": "m", "data": body, **thought}
            if outcome != "ok":
                value = None
            elif data.draw(st.booleans()):
                value = PASSAGES
            self.bring(Result(self.at, waiting.effect, outcome, value))

        @precondition(lambda self: self.pair.state.pending)
        @rule(data=st.data(), n=st.integers(0, 6))
        def a_mind_answers_well(self, data: st.DataObject, n: int) -> None:
            waiting = data.draw(st.sampled_from(self.pair.state.pending))
            i = self.pair.run.instructions[waiting.pc]
            value: Any = {"status": 200, "body": {"value": n, "rooms": []}, "value": n}
            if isinstance(i, thoughts.Judge):
                value = {"intent": data.draw(st.sampled_from(sorted(i.routes)))}
            elif isinstance(i, thoughts.Search):
                value = PASSAGES
            elif isinstance(i, thoughts.Generate) and not waiting.call:
                value = data.draw(st.sampled_from(THOUGHTS))
            self.bring(Result(self.at, waiting.effect, "ok", value))

        @precondition(lambda self: self.pair.requests)
        @rule(data=st.data())
        def an_answer_comes_twice_or_late(self, data: st.DataObject) -> None:
            effect = data.draw(st.sampled_from(self.pair.requests))
            if effect not in [p.effect for p in self.pair.state.pending]:
                self.bring(Result(self.at, effect, "ok", {"status": 200, "body": {}}))

        @rule(name=st.sampled_from(("fire", "other")))
        def a_signal_comes(self, name: str) -> None:
            self.bring(Signal(self.at, name))

        @precondition(lambda self: self.pair.writing)
        @rule(text=st.sampled_from(("Good day.", "A discount!", "")), data=st.data())
        def a_model_writes(self, text: str, data: st.DataObject) -> None:
            self.bring(Wrote(self.at, data.draw(st.sampled_from(self.pair.writing)), text))

        @precondition(lambda self: not self.pair.generating)
        @rule(late=st.booleans())
        def the_caller_cuts_in(self, late: bool) -> None:
            self.bring(BargeIn(self.at, self.pair.state.epoch - late, 300, "What"))

        @rule(late=st.booleans())
        def speech_ends(self, late: bool) -> None:
            self.bring(SpeechFinished(self.at, self.pair.state.epoch - late))

        @precondition(lambda self: self.pair.state.seq > 8)
        @rule()
        def the_caller_hangs_up(self) -> None:
            self.bring(HungUp(self.at))

        @rule()
        def the_process_dies(self) -> None:
            pair = self.pair
            pair.state = decode_state(pair.run, encode_state(pair.state))

        @rule()
        def the_log_is_replayed(self) -> None:
            pair = self.pair
            assert encode_state(replay(pair.run, pair.records, check=True)) == encode_state(pair.state)

        @invariant()
        def all_is_well(self) -> None:
            state = self.pair.state
            waiting = [p.effect for p in state.pending]
            assert len(waiting) == len(set(waiting))
            assert (state.phase == Phase.ENDED) is bool(state.outcome)
            assert encode_state(decode_state(self.pair.run, encode_state(state))) == encode_state(state)
            if state.phase == Phase.LISTENING:
                assert isinstance(self.pair.run.instructions[state.pc], Listen)
            if not state.outcome and state.seq:
                assert isinstance(self.pair.run.instructions[state.pc], WAITING)

    return Machine
