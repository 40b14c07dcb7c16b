"""The naive engine's kinds that ask others to think."""

from typing import Any

from engine.compiler.functions import input_types
from engine.expressions import EvaluationError
from engine.flow import FlowNode
from engine.kinds.http import path_of
from engine.kinds.values import from_plain
from engine.protocol import Result, Wrote
from tests.engine.model.naive_scope import Floor, Scope
from tests.engine.model.naive_waiting import Waiting

ROUNDS, AT_ONCE = 8, 8
WRITTEN = "#written"


class Words:
    """Any words are an answer, kept in a variable if one is named."""

    type, buttons, keys, collect, interruptible, correctable = "text", (), {}, None, True, False

    def __init__(self, scope: Scope, save: str, interruptible: bool = True) -> None:
        self.scope, self.save, self.interruptible = scope, save, interruptible
        self.kept = ""

    def keep(self, value: Any) -> Any:
        if not isinstance(value, str):
            return ()
        self.kept = value
        if self.save:
            self.scope.values[self.save] = value
        return None

    def port(self, value: Any) -> str:
        return "understood"


class Thinking(Waiting):
    """The third part of a talk."""

    made: list[str]
    said: list[str]
    silent = False
    """Whether the model asked last has said nothing at all yet."""

    def _answer_to(self, scope: Scope, node: FlowNode, ids: list[str], spoken: bool = False) -> Floor:
        """Wait for the result of one of these; words that are written meanwhile are said. Answers the result, or None
        when words came that must not be said."""
        self.node = node.id
        self.question = None
        while True:
            event = yield
            self._reactions(scope, event, resuming=False)
            if isinstance(event, Result) and event.effect in ids:
                return event
            if isinstance(event, Wrote) and spoken and event.effect in ids and event.text:
                if any(word in f" {event.text.lower()} " for word in self.document.never):
                    return None
                self.said.append(event.text)
                self.silent = False

    def _asks(self, scope: Scope, node: FlowNode, brief: str, f: Any, **how: Any) -> Floor:
        """Ask a model until it has answered; answers the port."""
        asked, self.silent = 0, True
        functions, exits = how.get("functions", ()), how.get("exits", ())
        while True:
            try:
                scope.render(brief)
            except EvaluationError:
                self.silent = False
                return "failed"
            ids = self.made[-1:]
            event = yield from self._answer_to(scope, node, ids, how.get("spoken", False))
            if event is None:
                return "off_limits"
            if event.outcome != "ok":
                self.silent = self.silent and not asked and event.outcome in ("error", "timeout")
                return event.outcome if event.outcome in how["ways"] else "failed"
            self.silent = False
            value = event.value if isinstance(event.value, dict) else {}
            calls = value.get("calls") or []
            if not all(isinstance(c, dict) for c in calls):
                asked += 1
                if asked >= how.get("tries", 1):
                    return "failed"
                continue
            if calls:
                way = self._leaves(scope, calls[:AT_ONCE], exits)
                if way:
                    return way
                asked += 1
                if asked > ROUNDS:
                    return "failed"
                made = list(self.made)
                open_calls = [made.pop(0) for c in calls[:AT_ONCE] if self._callable(c, functions)]
                while open_calls:
                    event = yield from self._answer_to(scope, node, open_calls)
                    open_calls.remove(event.effect)
                continue
            if "outputs" in how:
                data = value.get("data")
                if isinstance(data, dict) and data.get("was_said") is False:
                    return "missing"
                if self._kept(scope, how["outputs"], data):
                    return "found"
                asked += 1
                if asked >= how["tries"]:
                    return "failed"
                continue
            text = value.get("text")
            if how.get("save"):
                scope.values[how["save"]] = text if isinstance(text, str) else ""
            return WRITTEN

    def _leaves(self, scope: Scope, calls: list[Any], exits: Any) -> str:
        for call in calls:
            for way in exits:
                if call["name"] == f"leave_by_{way.id}" and self._kept(
                    scope, way.outputs, call.get("arguments", {})
                ):
                    return str(way.id)
        return ""

    def _callable(self, call: Any, functions: Any) -> bool:
        name, arguments = call["name"], call.get("arguments", {})
        if name not in functions or name not in self.document.functions:
            return False
        function = self.document.functions[name]
        types = input_types(function)
        try:
            for key, value in arguments.items():
                if value is not None:
                    from_plain(types[key])(value)
        except (KeyError, ValueError):
            return False
        return all(p.optional or arguments.get(n) is not None for n, p in function.inputs.items())

    def _kept(self, scope: Scope, outputs: Any, data: Any) -> bool:
        found = {}
        for kept in outputs:
            value = data.get(kept.to) if isinstance(data, dict) else None
            try:
                found[kept.to] = None if value is None else from_plain(scope.types[kept.to])(value)
            except ValueError:
                return False
            if found[kept.to] is None and not kept.optional:
                return False
        scope.values.update(found)
        return True

    def _reply(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        self._still_there()
        ways = ("refused", "timeout", "off_limits")
        port = yield from self._asks(scope, node, f.instructions, f, spoken=True, save=f.save, ways=ways)
        return self._out(scope, node, "then" if port == WRITTEN else port)

    def _extract(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        ways = ("refused", "timeout", "off_limits", "not_known")
        port = yield from self._asks(
            scope, node, f.instructions, f, outputs=f.outputs, tries=max(1, f.tries), ways=ways
        )
        return self._out(scope, node, "missing" if port == "not_known" else port)

    def _answer(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        try:
            question = scope.evaluate(f.question) if f.question else "?"
        except EvaluationError:
            return self._out(scope, node, "failed")
        if not str(question or "").strip():
            return self._out(scope, node, "not_known")
        event = yield from self._answer_to(scope, node, self.made[-1:])
        if event.outcome != "ok":
            return self._out(scope, node, "timeout" if event.outcome == "timeout" else "failed")
        if not isinstance(event.value, list):
            return self._out(scope, node, "failed" if event.value else "not_known")
        if not event.value or event.value[0]["score"] < f.threshold:
            return self._out(scope, node, "not_known")
        self._still_there()
        ways = ("refused", "timeout", "off_limits", "not_known")
        port = yield from self._asks(scope, node, f.instructions, f, spoken=True, save=f.save, ways=ways)
        if f.quote and self.silent and port in ("failed", "timeout"):
            port = self._quoted(scope, f, event.value[0]["text"]) or port
        return self._out(scope, node, "answered" if port == WRITTEN else port)

    def _quoted(self, scope: Scope, f: Any, text: str) -> str:
        """The passages of the machine are a sentence each."""
        if any(word in f" {text.lower()} " for word in self.document.never):
            return ""
        self.said.append(text)
        if f.save:
            scope.values[f.save] = text
        return WRITTEN

    def _route(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        left = yield from self._listen(scope, node, f, Words(scope, f.save, f.interruptible))
        if left != "understood":
            return self._out(scope, node, "else" if left == "no_match" else left)
        event = yield from self._answer_to(scope, node, self.made[-1:])
        value = event.value if event.outcome == "ok" and isinstance(event.value, dict) else {}
        known = [i.id for i in f.intents]
        return self._out(scope, node, value["intent"] if value.get("intent") in known else "else")

    def _converse(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        listening = _Floor(f.opening, f.silences)
        if f.opening:
            left = yield from self._listen(scope, node, listening, Words(scope, ""))
            if left != "understood":
                return self._out(scope, node, "no_input")
        for _ in range(f.turns):
            self._still_there()
            port = yield from self._asks(
                scope,
                node,
                f.goal,
                f,
                spoken=True,
                functions=f.functions,
                exits=f.exits,
                ways=("refused", "timeout", "off_limits"),
            )
            if port != WRITTEN:
                return self._out(scope, node, port)
            left = yield from self._listen(scope, node, _Floor({}, f.silences), Words(scope, ""))
            if left != "understood":
                return self._out(scope, node, "no_input")
        self._still_there()
        return self._out(scope, node, "too_long")

    def _tool(self, scope: Scope, node: FlowNode, f: Any) -> Floor:
        try:
            arguments = {name: scope.evaluate(text) for name, text in f.arguments.items()}
        except EvaluationError:
            return self._out(scope, node, "error")
        function = self.document.functions[f.function]
        if any(not p.optional and arguments.get(n) is None for n, p in function.inputs.items()):
            return self._out(scope, node, "error")
        event = yield from self._answer_to(scope, node, self.made[-1:])
        if event.outcome != "ok":
            return self._out(
                scope, node, event.outcome if event.outcome in ("timeout", "unknown") else "error"
            )
        value = event.value
        if not function.tool:
            status = value.get("status") if isinstance(value, dict) else None
            if not isinstance(status, int) or not 200 <= status < 300:
                return self._out(scope, node, "error")
            value = value.get("body")
            for part in path_of(function.take):
                try:
                    value = value[part]
                except (KeyError, IndexError, TypeError):
                    value = None
        return self._out(scope, node, "ok" if self._take(scope, f.response, value) else "error")


class _Floor:
    """What `_listen` wants to know of a question: its words, and how often it is asked."""

    def __init__(self, prompt: Any, silences: Any) -> None:
        self.prompt, self.silences, self.tries = prompt, silences, len(silences) + 1
