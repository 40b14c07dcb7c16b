"""A second engine, written in another style: it walks the *document*, node by node, with generators for the
waits.

It knows nothing of instructions, programs, slots or snapshots. Slow and obvious on purpose: the engine is
compared with it. It gives the words, the variables, the place and the outcome, after each event.
"""

from datetime import datetime, timedelta
from typing import Any

from engine.expressions import EvaluationError
from engine.flow import Flow, FlowNode
from engine.kinds import typed_node
from engine.kinds.chance import chance
from engine.protocol import Header, HungUp, Started
from tests.engine.model.naive_scope import Broken, Corrected, Event, Floor, Leaving, Over, Returned, Scope
from tests.engine.model.naive_thinking import Thinking


class Talk(Thinking):
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
        self.made: list[str] = []
        """All such ids of the event under way, in order."""
        self.missed = 0
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

    def _whole(self) -> Floor:
        try:
            exit = yield from self._flow(self.main, self.document.start)
            self.outcome = exit
        except Over:
            return

    def _flow(self, scope: Scope, node: str) -> Floor:
        """Run a flow from a node until it returns; answers the exit."""
        corrected: FlowNode | None = None
        while True:
            try:
                if corrected is not None:
                    asked, corrected = corrected, None
                    node = yield from self._after_correction(scope, asked)
                while True:
                    self.scope = scope
                    node = yield from self._node(scope, node)
            except Returned as returned:
                return returned.exit
            except Leaving as leaving:
                if leaving.scope is not scope:
                    raise
                if isinstance(leaving, Corrected):
                    corrected = leaving.asked
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

    def _play(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
        if f.audio or f.text:
            self._speak(scope, f.text, bool(f.audio or not f.interruptible))
        try:
            scope.render(f.keys)
        except EvaluationError:
            return self._out(scope, node, "error")
        return self._out(scope, node, "then")

    def _record_control(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        yield from ()
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
