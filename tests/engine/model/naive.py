"""A second engine, written in another style: it walks the *document*, node by node, with generators for the
waits.

It knows nothing of instructions, programs, slots or snapshots. Slow and obvious on purpose: the engine is
compared with it. It gives the words, the variables, the place and the outcome, after each event.
"""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from engine.expressions import (
    EvaluationError,
    check,
    check_template,
    compile_expression,
    compile_template,
    parse,
    parse_template,
    parse_type,
)
from engine.flow import Flow, FlowNode
from engine.kinds import typed_node
from engine.kinds.ask import TYPES
from engine.kinds.chance import chance
from engine.kinds.http import path_of, statuses
from engine.kinds.values import from_plain, to_plain
from engine.protocol import Digit, Header, Heard, HungUp, Plain, Pressed, Result, Signal, Started, TimerFired

Event = Any
Floor = Generator[None, Event, Any]


class Over(Exception):
    """The talk has ended."""


class Leaving(Exception):
    """A handler takes the conversation elsewhere for good."""

    def __init__(self, scope: "Scope", node: str) -> None:
        self.scope = scope
        self.node = node


class Returned(Exception):
    """A return node was reached."""

    def __init__(self, exit: str) -> None:
        self.exit = exit


class Broken(Exception):
    """The run failed."""


class Scope:
    """One flow under way and its variables."""

    def __init__(self, talk: "Talk", flow: Flow) -> None:
        self.talk = talk
        self.flow = flow
        self.types = {name: parse_type(v.type) for name, v in flow.variables.items()}
        self.values: dict[str, Any] = {
            name: None if v.initial is None else from_plain(self.types[name])(v.initial)
            for name, v in flow.variables.items()
        }
        self.counts: dict[str, int] = {}

    def evaluate(
        self, text: str, extra: dict[str, Any] | None = None, types: dict[str, Any] | None = None
    ) -> Any:
        checked = check(parse(text), {**self.types, **(types or {})})
        names, values = self._row(extra)
        return compile_expression(checked, names)(values)

    def render(
        self, text: str, extra: dict[str, Any] | None = None, types: dict[str, Any] | None = None
    ) -> str:
        if "{{" not in text:
            return text
        checked = check_template(parse_template(text), {**self.types, **(types or {})})
        names, values = self._row(extra)
        made = compile_template(checked, names, locale=self.talk.locale, voice=self.talk.voice)
        return made if isinstance(made, str) else made(values)

    def _row(self, extra: dict[str, Any] | None) -> tuple[dict[str, int], list[Any]]:
        every = {"now()": self.talk.now, "session": self.talk.session, **self.values, **(extra or {})}
        return {name: i for i, name in enumerate(every)}, list(every.values())


class Talk:
    """One talk. ``send`` an event; read ``said``, ``scope``, ``node``, ``outcome``."""

    def __init__(self, document: Flow, header: Header) -> None:
        self.document = document
        self.header = header
        self.locale = header.locale if header.locale in document.locales else document.locales[0]
        self.voice = header.modality == "voice"
        self.session = {"channel": header.channel, "locale": self.locale, "modality": header.modality}
        self.start = datetime.fromisoformat(header.started)
        self.now = self.start
        self.events = 0
        self.said: list[str] = []
        self.outcome = ""
        self.node = ""
        self.timer = 0
        self.request = ""
        """The id the engine gave to the request it is about to make: ids count effects; this engine has none."""
        self.question: tuple[Scope, FlowNode, Any] | None = None
        self.main = Scope(self, document)
        self.scope = self.main
        self.faults = 0
        self.gone = False
        self._life: Floor | None = None

    def send(self, event: Event) -> None:
        self.events += 1
        self.said = []
        if self.outcome:
            return
        if self._life is None:
            if not isinstance(event, Started):
                if isinstance(event, HungUp):
                    self.outcome = "hung_up"
                return
            self.now = self.start + timedelta(milliseconds=event.at)
            self._life = self._whole()
            next(self._life, None)
            return
        self.now = self.start + timedelta(milliseconds=event.at)
        try:
            self._life.send(event)
        except StopIteration:
            return

    # -- flows

    def _whole(self) -> Floor:
        try:
            exit = yield from self._flow(self.main, self.document.start)
            self.outcome = exit
        except Over:
            return

    def _flow(self, scope: Scope, node: str) -> Floor:
        """Run a flow from a node until it returns; answers the exit."""
        while True:
            try:
                while True:
                    self.scope = scope
                    node = yield from self._node(scope, node)
            except Returned as returned:
                return returned.exit
            except Leaving as leaving:
                if leaving.scope is not scope:
                    raise
                if isinstance(leaving, Corrected):
                    node = yield from self._after_correction(scope, leaving.asked)
                else:
                    self.question = None
                    node = leaving.node
            except (EvaluationError, Broken):
                self.faults += 1
                if self.faults > 1 or scope.flow.defaults.get("fault") not in scope.flow.nodes:
                    self.outcome = "fault"
                    raise Over from None
                node = scope.flow.defaults["fault"]

    def _after_correction(self, scope: Scope, asked: FlowNode) -> Floor:
        """Where a corrected answer leads: past its confirmation, if it has one."""
        f: Any = typed_node(asked).fields
        if getattr(f, "confirm", None):
            return (yield from self._confirmed(scope, asked, f))
        yield from ()
        return self._out(scope, asked, "understood")

    def _node(self, scope: Scope, id: str) -> Floor:
        node = scope.flow.nodes.get(id)
        if node is None:
            raise Broken(id)
        typed = typed_node(node)
        if typed.fields is None:
            raise Broken(id)
        return (yield from getattr(self, f"_{node.kind}")(scope, node, typed.fields))

    def _out(self, scope: Scope, node: FlowNode, port: str) -> str:
        typed = typed_node(node)
        assert typed.kind is not None
        ports = {p.id: p for p in typed.kind.ports(typed.fields, self.document)}
        chain = [port]
        while chain[-1] in ports and ports[chain[-1]].instead:
            chain.append(ports[chain[-1]].instead)
        for name in chain:
            if name in node.out:
                return node.out[name]
        for name in chain:
            if name in ports and ports[name].cls.failure and ports[name].cls.value in scope.flow.defaults:
                return scope.flow.defaults[ports[name].cls.value]
        raise Broken(f"{node.id}.{port}")

    # -- kinds that do not wait

    def _words(self, words: dict[str, str]) -> str:
        return words.get(self.locale) or next(iter(words.values()), "")

    def _speak(self, scope: Scope, words: dict[str, str], shows: bool = False, **more: Any) -> None:
        text = scope.render(self._words(words), **more)
        if text or shows:
            self.said.append(text)

    def _say(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        shows = bool(f.buttons or f.cards or f.image or f.audio or not f.interruptible)
        self._speak(scope, {**f.text, **f.voice} if self.voice else f.text, shows)
        return self._out(scope, node, "then")

    def _branch(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        try:
            for case in f.cases:
                if scope.evaluate(case.when):
                    return self._out(scope, node, case.id)
        except EvaluationError:
            return self._out(scope, node, "error")
        return self._out(scope, node, "else")

    def _set(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        before = dict(scope.values)
        try:
            for a in f.assignments:
                scope.values[a.variable] = scope.evaluate(a.value)
        except EvaluationError:
            scope.values = before
            return self._out(scope, node, "error")
        return self._out(scope, node, "then")

    def _goto(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        return f.to

    def _checkpoint(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        return self._out(scope, node, "then")

    def _end(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        if f.text:
            self._speak(scope, f.text, True)
        self.node = node.id
        self.outcome = f.outcome or "done"
        raise Over

    def _return(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        raise Returned(f.exit or "done")

    def _split(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        left = chance(self.header.seed, self.events, node.id, sum(arm.weight for arm in f.arms))
        for arm in f.arms:
            left -= arm.weight
            if left < 0:
                return self._out(scope, node, arm.id)
        raise Broken(node.id)

    def _loop(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        done = scope.counts.get(node.id, 0)
        try:
            elements = scope.evaluate(f.over) if f.over else range(scope.evaluate(f.times))
        except EvaluationError:
            return self._out(scope, node, "error")
        if done >= min(len(elements), 1000):
            scope.counts[node.id] = 0
            return self._out(scope, node, "done")
        scope.counts[node.id] = done + 1
        if f.over and f.item:
            scope.values[f.item] = elements[done]
        return self._out(scope, node, "again")

    def _call(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        inner = Scope(self, self.document.subflows[f.flow])
        for name, text in f.inputs.items():
            inner.values[name] = scope.evaluate(text)
        self.question = None
        exit = yield from self._flow(inner, inner.flow.start)
        self.question = None
        self.scope = scope
        for here, there in f.outputs.items():
            scope.values[here] = inner.values[there]
        return self._out(scope, node, exit)

    # -- kinds that wait

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
                    if failures >= max(1, f.tries):
                        return None
                    self._speak_failure(scope, problem, f.confirm)
                    continue
                if isinstance(event, Heard) and event.reading.target == "correct" and self.question:
                    problem = yield from self._corrected(event, node)
                else:
                    value = self._value(event, "yes_no")
                    if isinstance(value, bool):
                        self.timer = 0
                        return value
                    problem = ()
                failures += 1
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
            self._speak(scope, f.prompt, bool(question.buttons or not f.interruptible))
        failures = 0
        while True:
            event = yield from self._floor(scope, node, question.buttons, question.keys, question.collect)
            if event is REPEAT:
                self._speak(
                    scope, f.prompt, bool(question.buttons or not f.interruptible)
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
                self.timer = 0
                if question.correctable:
                    self.question = (scope, node, question)
                return question.port(value)
            failures += 1
            if failures >= max(1, f.tries):
                return "no_input" if silent else "no_match"
            rungs = f.silences if silent else f.reprompts
            shows = bool(question.buttons or not f.interruptible)
            if problem:
                self._speak_failure(scope, problem, f.prompt, shows)
            elif rungs:
                self._speak(scope, rungs[min(failures, len(rungs)) - 1], shows)
            elif f.prompt:
                self._speak(scope, f.prompt, shows)

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

    # -- reactions

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


class Corrected(Leaving):
    """The answer before was corrected: go on from where it leads."""

    def __init__(self, scope: Scope, asked: FlowNode) -> None:
        super().__init__(scope, "")
        self.asked = asked


class Chosen:
    """A key or a button that means a value."""

    def __init__(self, value: Any) -> None:
        self.value = value


MISSED = object()
REPEAT = object()


class Question:
    """An ask."""

    def __init__(self, scope: Scope, f: Any) -> None:
        self.scope = scope
        self.f = f
        self.type = f.type
        self.correctable = f.correctable and bool(f.save)
        self.buttons = [o.id for o in f.choices]
        self.keys: dict[str, Any] = {o.key: o.id for o in f.choices if o.key}
        if f.type == "yes_no":
            self.keys = {"1": True, "2": False}
        self.collect: Any = None
        if f.type in ("number", "phone"):
            self.collect = (1, 16, "#", f.type == "number")
        if f.type == "digits":
            self.collect = (f.minimum or 1, f.maximum or 32, "#", False)

    def port(self, value: Any) -> str:
        return "understood"

    def keep(self, plain: Any) -> Any:
        """None when it was kept, else what to say about it (empty: the ladder)."""
        f, scope = self.f, self.scope
        if plain is MISSED:
            return ()
        type = scope.types[f.save] if f.save else TYPES[f.type][0]
        try:
            value = from_plain(type)(plain)
        except ValueError:
            return ()
        if not within(f, value):
            return (f.invalid, {}) if f.invalid else ()
        extra = {"value": value}
        types = {"value": TYPES[f.type][0]}
        for rule in f.rules:
            if not scope.evaluate(rule.when, extra, types):
                return (rule.say, {"extra": extra, "types": types}) if rule.say else ()
        if f.save:
            scope.values[f.save] = value
        return None


def within(f: Any, value: Any) -> bool:
    if f.type in ("time", "datetime"):
        clock = (value if f.type == "time" else value.time()).isoformat("minutes")
        first, last = f.earliest or "00:00", f.latest or "99:99"
        if f.earliest and f.latest and last < first:
            return clock >= first or clock <= last
        return first <= clock and (clock <= last or (value.second == 0 and clock == last))
    size = value if f.type == "number" else len(value) if f.type in ("digits", "text") else None
    if size is None:
        return True
    return (f.minimum is None or size >= f.minimum) and (f.maximum is None or size <= f.maximum)


class Options:
    """A menu."""

    type = "choice"
    correctable = False
    collect = None

    def __init__(self, f: Any) -> None:
        self.buttons = [o.id for o in f.options]
        self.keys = {o.key: o.id for o in f.options if o.key}

    def keep(self, plain: Any) -> Any:
        return None if isinstance(plain, str) and plain in self.buttons else ()

    def port(self, value: Any) -> str:
        return str(value)


class Keypad:
    """A digits node."""

    type = "digits"
    keys: ClassVar[dict[str, Any]] = {}
    buttons: tuple[str, ...] = ()

    def __init__(self, scope: Scope, f: Any) -> None:
        self.scope = scope
        self.f = f
        self.correctable = bool(f.save)
        self.collect = (f.minimum, max(f.minimum, f.maximum), f.finish, False)

    def port(self, value: Any) -> str:
        return "understood"

    def keep(self, plain: Any) -> Any:
        if not isinstance(plain, str) or not self.f.minimum <= len(plain) <= max(
            self.f.minimum, self.f.maximum
        ):
            return ()
        if self.f.save:
            self.scope.values[self.f.save] = plain
        return None
