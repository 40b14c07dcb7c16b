"""A talk with the flow as it stands: goes on, goes back, forks, and is played again when the flow changes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.flow import Flow
from engine.kinds.program import Program
from engine.kinds.thoughts import Generate
from engine.protocol import Button, HttpRequest, Record, TakeMessage, Transfer
from engine.protocol.script import Answer, Script, Step
from engine.simulation import spoken
from engine.simulation.minds import Thought
from studio.simulator.lines import Line, Voice, buttons_now, lines_of
from studio.simulator.tracing import TracedRehearsal, Wire, Wiring


class Value(msgspec.Struct, frozen=True):
    """A variable as the talk has it; ``before`` is what it held before the last thing one did, when that changed it."""

    name: str
    now: Any
    before: Any = None
    changed: bool = False


class Change(msgspec.Struct, frozen=True):
    """What an edit did to the talk: ``line`` is the first that differs, ``text`` says how, for people."""

    line: int
    text: str


class Way(msgspec.Struct, frozen=True):
    """The live path: where the talk stands, the nodes it passed (in order) and the wires it took."""

    current: str = ""
    nodes: tuple[str, ...] = ()
    wires: frozenset[Wire] = frozenset()


class Talk:
    """One talk. ``services`` remembers what each requesting node was last answered, so that nobody is asked twice."""

    def __init__(
        self,
        document: Flow,
        program: Program,
        script: Script | None = None,
        services: dict[str, Answer] | None = None,
    ) -> None:
        self.document = document
        self.program = program
        self.script = script or Script()
        self.services: dict[str, Answer] = services if services is not None else {}
        self.change: Change | None = None
        self._after: list[int] = []
        self._replay(program, ())

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.rehearsal.ended

    @property
    def steps(self) -> list[Step]:
        """What was done, answers of services included."""
        return self.rehearsal.steps

    @property
    def records(self) -> list[Record]:
        """The log."""
        return self.rehearsal.records

    @property
    def node(self) -> str:
        """Where it stands."""
        return self.rehearsal.node

    @property
    def asking(self) -> HttpRequest | None:
        """The request that waits for somebody to answer it."""
        return next(iter(self.rehearsal.open.values()), None)

    @property
    def calling(self) -> Transfer | TakeMessage | None:
        """The transfer or the message that waits for somebody to say what came of it."""
        return next(iter(self.rehearsal.calls.values()), None)

    @property
    def thinking(self) -> Thought | None:
        """What a model, the knowledge or a tool is asked, and nobody has answered."""
        waits = self.asking is not None or self.calling is not None
        return None if waits else next(iter(self.rehearsal.thoughts.values()), None)

    def do(self, step: Step) -> None:
        """Do something; requests whose answer is remembered are answered at once."""
        self.change = None
        self._play(step)

    def answer(self, answer: Answer, *, remember: bool = True) -> None:
        """Answer the request under way, or who is asked to think. Only what a node itself requests is remembered: a
        model may want many things at one node."""
        request = self.asking
        if request is None and self.thinking is None:
            return
        if request is not None and remember and not self._by_model(request):
            self.services[request.node] = answer
        self.change = None
        self._play(answer)

    def _by_model(self, request: HttpRequest) -> bool:
        return any(isinstance(i, Generate) and i.node == request.node for i in self.program.instructions)

    def _play(self, step: Step) -> None:
        self._step(step)
        self._settle()

    def _settle(self) -> None:
        while self.asking is not None and self.asking.node in self.services:
            self._step(self.services[self.asking.node])

    def _step(self, step: Step | None) -> None:
        """Do a step (None: begin), and note for each record it led to how many steps had been done."""
        if step is None:
            self.rehearsal.start()
        else:
            self.rehearsal.play(step)
        self._after += [len(self.steps)] * (len(self.records) - len(self._after))

    def back_to(self, record: int) -> None:
        """Go back to the moment after this record: what was done later is taken back."""
        kept = self.steps[: self._after[record]] if 0 <= record < len(self._after) else self.steps
        self.change = None
        self._replay(self.program, kept)

    def back_before(self, record: int) -> None:
        """Go back to the moment before the step that led to this record. An answer of a service is forgotten."""
        if not 0 <= record < len(self._after):
            return
        steps = self._after[record]
        undone = self.steps[steps - 1] if steps else None
        kept = self.steps[: max(0, steps - 1)]
        if isinstance(undone, Answer):
            asked = [e for r in self.records[:record] for e in r.effects if isinstance(e, HttpRequest)]
            if asked:
                self.services.pop(asked[-1].node, None)
        self.change = None
        self._replay(self.program, kept)

    def again(self) -> None:
        """From the beginning."""
        self.change = None
        self._replay(self.program, ())

    def recast(self, document: Flow, program: Program) -> None:
        """The flow was edited: do the same things again with the new program, and note where the talk changed."""
        before = self.lines
        stood = self.node
        self.document = document
        self._replay(program, list(self.steps))
        self.change = difference(before, self.lines)
        if self.change is None and stood != self.node:
            self.change = Change(len(before), "With your edit it stands somewhere else now.")

    def _replay(self, program: Program, steps: Sequence[Step]) -> None:
        self.program = program
        self.rehearsal = TracedRehearsal(program, self.script)
        self._after = []
        self._step(None)
        for step in steps:
            if self.rehearsal.ended:
                break
            if isinstance(step, Answer):
                if self.asking is not None or self.calling is not None or self.thinking is not None:
                    self._step(step)
                continue
            self._settle()
            if self.asking is not None or self.thinking is not None:
                break
            self._step(step)
        self._settle()

    @property
    def lines(self) -> list[Line]:
        """The script so far."""
        return lines_of(self.records, self.rehearsal.passages, self.document)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """What may be pressed now."""
        return () if self.ended else buttons_now(self.records)

    @property
    def way(self) -> Way:
        """The live path."""
        nodes = [node for passage in self.rehearsal.passages for node in passage.nodes]
        wires = Wiring(self.document).wires(nodes)
        return Way("" if self.ended else self.node, tuple(dict.fromkeys(nodes)), frozenset(wires))

    @property
    def seconds(self) -> int:
        """Virtual time since the beginning."""
        return self.rehearsal.at // 1000

    @property
    def values(self) -> list[Value]:
        """The variables of the flow it is in, by name, the ones that just changed marked."""
        now = self.rehearsal.variables
        before = self._variables_before()
        return [
            Value(name, value, before.get(name), name in before and before[name] != value)
            for name, value in sorted(now.items())
        ]

    def _variables_before(self) -> Mapping[str, Any]:
        last = self._last_moment()
        if last < 0 or self.rehearsal.states[last].flow != self.rehearsal.state.flow:
            return {}
        state = self.rehearsal.state
        try:
            self.rehearsal.state = self.rehearsal.states[last]
            return self.rehearsal.variables
        finally:
            self.rehearsal.state = state

    def _last_moment(self) -> int:
        """The record before the last thing the visitor did; -1 when she has done nothing."""
        acts = [i for i, step in enumerate(self.steps, start=1) if not isinstance(step, Answer)]
        if not acts:
            return -1
        return next((i - 1 for i, count in enumerate(self._after) if count >= acts[-1]), -1)

    @property
    def said(self) -> str:
        """The last words of the flow."""
        for record in reversed(self.records):
            words = spoken([record])
            if words:
                return words[-1]
        return ""


def difference(before: Sequence[Line], after: Sequence[Line]) -> Change | None:
    """Where two scripts part, or None; how long the engine took is no difference."""
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        if (old.voice, old.text, old.facts) != (new.voice, new.text, new.facts):
            same_place = old.node == new.node
            if old.voice is Voice.AGENT and new.voice is Voice.AGENT and same_place:
                return Change(index, "With your edit it says something else here.")
            return Change(index, "With your edit the talk goes another way from here.")
    if len(after) < len(before):
        return Change(len(after), "With your edit the talk stops here: what you did next fits no more.")
    if len(after) > len(before):
        return Change(len(before), "With your edit it goes on from here.")
    return None
