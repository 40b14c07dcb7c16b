"""The naive engine's waiting kinds: questions, services, time, and what interrupts them."""

from typing import Any
from urllib.parse import urlencode

from engine.expressions import EvaluationError
from engine.flow import Flow, FlowNode
from engine.kinds import typed_node
from engine.kinds.http import path_of, statuses
from engine.kinds.values import from_plain, to_plain
from engine.protocol import Digit, Heard, HungUp, Plain, Pressed, Result, Signal, TimerFired
from tests.engine.model.naive_questions import (
    MISSED,
    REPEAT,
    Chosen,
    Consent,
    Keypad,
    Options,
    Question,
    Words,
)
from tests.engine.model.naive_scope import Corrected, Event, Floor, Leaving, Over, Returned, Scope


class Waiting:
    """The half of a talk that waits; the other half is `tests.engine.model.naive.Talk`."""

    timer: int
    events: int
    request: str
    missed: int
    document: Flow
    voice: bool
    node: str
    outcome: str
    gone: bool
    main: Scope
    scope: Scope
    question: tuple[Scope, FlowNode, Any] | None

    def _out(self, scope: Scope, node: FlowNode, port: str) -> str:
        raise NotImplementedError

    def _node(self, scope: Scope, id: str) -> Floor:
        raise NotImplementedError

    def _speak(self, scope: Scope, words: dict[str, str], shows: bool = False, **more: Any) -> None:
        raise NotImplementedError

    def _words(self, words: dict[str, str]) -> str:
        raise NotImplementedError

    def _wait(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        self.node = node.id
        self.timer = self.events
        while True:
            event = yield
            self._reactions(scope, event, resuming=False)
            if isinstance(event, TimerFired) and event.timer == self.timer:
                self.timer = 0
                return self._out(scope, node, "then")

    def _http(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        scope.render(f.url)
        urlencode([(k, str(to_plain(scope.evaluate(v)))) for k, v in f.query.items()])
        for text in f.headers.values():
            scope.render(text)
        for text in (f.body or {}).values():
            scope.evaluate(text)
        self.node = node.id
        request = self.request
        if f.replay == "never":
            self.question = None
        while True:
            event = yield
            self._reactions(scope, event, resuming=False)
            if isinstance(event, Result) and event.effect == request:
                return self._out(scope, node, self._answered(scope, f, event))

    def _answered(self, scope: Scope, f: Any, event: Result) -> str:
        if event.outcome != "ok":
            return event.outcome if event.outcome in ("timeout", "unknown") else "error"
        status, body = event.value["status"], event.value["body"]
        for case in f.cases:
            lowest, highest = statuses(case.status) or (0, 0)
            if lowest <= status <= highest:
                return case.id if self._take(scope, case.response, body) else "error"
        return "ok" if 200 <= status < 300 and self._take(scope, f.response, body) else "error"

    def _take(self, scope: Scope, saves: Any, body: Plain) -> bool:
        found = {}
        for save in saves:
            value = body
            for part in path_of(save.path):
                try:
                    value = value[part]
                except (KeyError, IndexError, TypeError):
                    value = None
                    break
            try:
                found[save.to] = None if value is None else from_plain(scope.types[save.to])(value)
            except ValueError:
                return False
            if found[save.to] is None and not save.optional:
                return False
        scope.values.update(found)
        return True

    def _transfer(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        if f.text:
            self._speak(scope, f.text, True)
        try:
            to = scope.render(f.to).strip()
            scope.render(self._words(f.briefing))
        except EvaluationError:
            return self._out(scope, node, "failed")
        if self.gone or not to:
            return self._out(scope, node, "failed")
        event = yield from self._answer_of(scope, node)
        if event.outcome == "ok" and "transferred" not in node.out:
            self.outcome = "transferred"
            raise Over
        ports = ("busy", "no_answer", "refused", "unknown")
        port = "transferred" if event.outcome == "ok" else event.outcome
        return self._out(scope, node, port if port in (*ports, "transferred") else "failed")

    def _answer_of(self, scope: Scope, node: FlowNode) -> Floor:
        """Wait for what comes of the call under way."""
        self.node = node.id
        self.question = None
        request = self.request
        while True:
            event = yield
            self._reactions(scope, event, resuming=False)
            if isinstance(event, Result) and event.effect == request:
                return event

    def _record(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        if not self.voice:
            left = yield from self._listen(scope, node, f, Words(scope, f))
            return self._out(scope, node, {"no_input": "silent", "no_match": "error"}.get(left, left))
        if f.prompt:
            self._speak(scope, f.prompt)
        if self.gone:
            return self._out(scope, node, "error")
        event = yield from self._answer_of(scope, node)
        if event.outcome == "silence":
            return self._out(scope, node, "silent")
        value = event.value if isinstance(event.value, dict) else {}
        name = value.get("recording")
        if event.outcome != "ok" or not isinstance(name, str) or not name:
            return self._out(scope, node, "error")
        if f.save:
            scope.values[f.save] = name
        return self._out(scope, node, "recorded")

    def _consent(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        left = yield from self._listen(scope, node, f, Consent(scope, f))
        return self._out(scope, node, left if left in ("given", "refused") else "no_answer")

    def _ask(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        left = yield from self._listen(scope, node, f, Question(scope, f))
        if left != "understood" or not f.confirm:
            return self._out(scope, node, left)
        return (yield from self._confirmed(scope, node, f))

    def _confirmed(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        """Confirm, and ask again when it was denied; answers where to go on."""
        denied = 0
        while True:
            sure = yield from self._confirm(scope, node, f)
            if sure is True:
                return self._out(scope, node, "understood")
            denied += 1
            if sure is None or denied >= max(1, f.tries):
                return self._out(scope, node, "gives_up")
            left = yield from self._listen(scope, node, f, Question(scope, f))
            if left != "understood":
                return self._out(scope, node, left)

    def _confirm(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        """Answers True, False, or None when nothing came of it."""
        question = Question(scope, f)
        while True:
            self._still_there()
            self._speak(scope, f.confirm)
            failures = 0
            while True:
                event = yield from self._floor(scope, node, (), {"1": True, "2": False}, None)
                if event is REPEAT:
                    self._speak(scope, f.confirm)
                    continue
                if isinstance(event, Heard) and event.reading.target == "amend":
                    problem = question.keep(event.reading.value)
                    if problem is None:
                        break
                    failures += 1
                    if (yield from self._missed(scope, node)):
                        self._speak(scope, f.confirm)
                        continue
                    if failures >= max(1, f.tries):
                        return None
                    self._speak_failure(scope, problem, f.confirm)
                    continue
                if isinstance(event, Heard) and event.reading.target == "correct" and self.question:
                    problem = yield from self._corrected(event, node)
                else:
                    value = self._value(event, "yes_no")
                    if isinstance(value, bool):
                        self.timer = self.missed = 0
                        return value
                    problem = ()
                failures += 1
                if (yield from self._missed(scope, node)):
                    self._speak(scope, f.confirm)
                    continue
                if failures >= max(1, f.tries):
                    return None
                self._speak_failure(scope, problem, f.confirm)

    def _menu(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        return self._out(scope, node, (yield from self._listen(scope, node, f, Options(f))))

    def _digits(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        return self._out(scope, node, (yield from self._listen(scope, node, f, Keypad(scope, f))))

    def _listen(self, scope: Scope, node: FlowNode, f: Any, question: Any) -> Floor:
        """Ask until there is an answer or the tries are used up; answers the port."""
        self._still_there()
        if f.prompt:
            self._speak(scope, f.prompt, bool(question.buttons or not question.interruptible))
        failures = 0
        while True:
            event = yield from self._floor(scope, node, question.buttons, question.keys, question.collect)
            if event is REPEAT:
                self._speak(
                    scope, f.prompt, bool(question.buttons or not question.interruptible)
                ) if f.prompt else None
                continue
            silent = isinstance(event, TimerFired)
            problem: Any = ()
            if isinstance(event, Heard) and event.reading.target == "correct" and self.question:
                problem = yield from self._corrected(event, node)
            elif not silent:
                value = self._value(event, question.type)
                if value is not MISSED:
                    problem = question.keep(value)
            if problem is None:
                self.timer = self.missed = 0
                if question.correctable:
                    self.question = (scope, node, question)
                return question.port(value)
            failures += 1
            if (yield from self._missed(scope, node)):
                shows = bool(question.buttons or not question.interruptible)
                self._speak(scope, f.prompt, shows) if f.prompt else None
                continue
            if failures >= max(1, getattr(f, "tries", 1)):
                return "no_input" if silent else "no_match"
            rungs = getattr(f, "silences" if silent else "reprompts", ())
            shows = bool(question.buttons or not question.interruptible)
            if problem:
                self._speak_failure(scope, problem, f.prompt, shows)
            elif rungs:
                self._speak(scope, rungs[min(failures, len(rungs)) - 1], shows)
            elif f.prompt:
                self._speak(scope, f.prompt, shows)

    def _missed(self, scope: Scope, node: FlowNode) -> Floor:
        """Something was not understood; after too many in a row a handler may know what to do. Says whether one did
        and the question is asked again."""
        self.missed += 1
        if self.missed != self.document.escalate_after:
            return False
        self.timer = 0
        reaction = self._reactions(scope, Signal(0, "not_understood"), resuming=True)
        if reaction is None:
            return False
        yield from self._react(scope, reaction)
        self.node = node.id
        return True

    def _still_there(self) -> None:
        """Who hung up is asked nothing any more."""
        if self.gone:
            self.outcome = "hung_up"
            raise Over

    def _speak_failure(self, scope: Scope, problem: Any, prompt: Any, shows: bool = False) -> None:
        if problem:
            words, more = problem
            self._speak(scope, words, shows, **more)
        elif prompt:
            self._speak(scope, prompt, shows)

    def _corrected(self, event: Heard, node: FlowNode) -> Floor:
        """Another value for the answer before: leave for where that answer led. Answers the problem, if it
        is none."""
        yield from ()
        assert self.question is not None
        scope, asked, question = self.question
        problem = question.keep(event.reading.value)
        if problem is not None:
            return problem
        self.timer = 0
        raise Corrected(scope, asked)

    def _value(self, event: Event, type: str) -> Any:
        if isinstance(event, Heard):
            return event.reading.value if event.reading.target == "here" else MISSED
        if isinstance(event, Chosen):
            return event.value
        return MISSED

    def _floor(self, scope: Scope, node: FlowNode, buttons: Any, keys: Any, collect: Any) -> Floor:
        """Give the floor and wait for something that concerns this node."""
        self.node = node.id
        self.timer = self.events
        typed = ""
        while True:
            event = yield
            reaction = self._reactions(scope, event, resuming=True, typed=typed, keys=keys, collect=collect)
            if reaction is not None:
                self.timer = 0
                yield from self._react(scope, reaction)
                self.node = node.id
                return REPEAT
            if isinstance(event, Heard) and event.reading.target in ("", "here", "amend", "correct"):
                return event
            if isinstance(event, Pressed):
                found = next((b for b in buttons if b == event.button), None)
                if found is not None:
                    return Chosen(found)
            if isinstance(event, TimerFired) and event.timer == self.timer:
                if not typed:
                    return event
                return self._typed(typed, keys, collect)
            if isinstance(event, Digit):
                if collect and event.digit == collect[2] and typed:
                    return self._typed(typed, keys, collect)
                more = typed + event.digit
                codes = [k for k in keys if k.startswith(more)]
                if not codes and (not collect or not event.digit.isdecimal()):
                    continue
                typed = more
                if (codes == [more] and not collect) or (collect and len(more) >= collect[1]):
                    return self._typed(typed, keys, collect)
                self.timer = self.events

    def _typed(self, typed: str, keys: Any, collect: Any) -> Any:
        if typed in keys:
            return Chosen(keys[typed])
        if collect and len(typed) >= collect[0]:
            return Chosen(int(typed) if collect[3] else typed)
        return Chosen(MISSED)

    def _in_reach(self, scope: Scope) -> list[tuple[Scope, FlowNode, Any]]:
        found = []
        for owner in dict.fromkeys((scope, self.main)):
            for node in owner.flow.nodes.values():
                if node.kind == "handler":
                    found.append((owner, node, typed_node(node).fields))
        return found

    def _reactions(
        self,
        scope: Scope,
        event: Event,
        *,
        resuming: bool,
        typed: str = "",
        keys: Any = (),
        collect: Any = None,
    ) -> Any:
        """Leave for a handler that leaves; answer one that resumes; None when the event concerns no
        handler."""
        for owner, node, f in self._in_reach(scope):
            meant = isinstance(event, Heard) and event.reading.target == node.id
            meant |= isinstance(event, Signal) and event.name in f.signals
            if isinstance(event, Digit) and event.digit in f.keys and not typed:
                taken = any(k.startswith(event.digit) for k in keys) or (collect and event.digit.isdecimal())
                meant |= not taken
            if isinstance(event, HungUp) and f.hang_up:
                self.gone = True
                raise Leaving(owner, self._out(owner, node, "then"))
            if meant and not f.resume:
                self.timer = 0
                raise Leaving(owner, self._out(owner, node, "then"))
            if meant and resuming:
                return owner, node
        if isinstance(event, HungUp):
            self.outcome = "hung_up"
            raise Over
        return None

    def _react(self, scope: Scope, reaction: Any) -> Floor:
        owner, node = reaction
        if "then" not in node.out:
            return
        self.question = None
        yield from self._flow_inside(owner, self._out(owner, node, "then"))
        self.question = None
        self.scope = scope

    def _flow_inside(self, scope: Scope, node: str) -> Floor:
        """A handler's path: it shares the flow's variables and comes back at a return."""
        try:
            while True:
                self.scope = scope
                node = yield from self._node(scope, node)
        except Returned:
            return
