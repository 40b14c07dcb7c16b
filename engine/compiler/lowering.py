"""From a flow document to a program: each node emits its instructions, then labels become indices."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.compiler.functions import functions_of, persona_of
from engine.compiler.notices import notices_of
from engine.compiler.prepared import content_hash
from engine.compiler.scopes import flow_scope
from engine.expressions import (
    CLOCK,
    EvaluationError,
    ExpressionError,
    Type,
    check,
    check_template,
    compile_expression,
    compile_template,
    parse,
    parse_template,
)
from engine.flow import Flow, FlowNode, canonical_json
from engine.flow.canonical import flow_dict
from engine.kinds import Kind, Scope, kind_of, typed_node
from engine.kinds.instructions import Closure, Handler, Instruction, Prompt, Text, Trap, retargeted
from engine.kinds.program import FIRST_SLOT, SEMANTICS, FlowTable, Program
from engine.kinds.thoughts import Generate, Judge, Search
from engine.kinds.values import from_plain

TEXT_PATIENCE = 30 * 60_000
VOICE_PATIENCE = 7_000
BUILT_IN = (CLOCK, "session")
FIRST_LABEL = -2


def compile_flow(flow: Flow) -> Program:
    """Lower a whole document. Never refuses: what is wrong becomes a trap that the run would hit."""
    return _Lowering(flow).program()


def program_hash(flow: Flow) -> str:
    """What the program depends on: the semantic document and the semantics version, as 32 hexadecimal
    digits."""
    body = canonical_json({"semantics": SEMANTICS, "flow": flow_dict(flow, semantic=True)})
    return hashlib.blake2b(body, digest_size=16).hexdigest()


class _Lowering:
    """Holds what grows while the nodes of all flows are lowered."""

    def __init__(self, document: Flow) -> None:
        self.document = document
        self.locales = document.locales or ("en-US",)
        self.instructions: list[Instruction] = []
        self.handlers: list[Handler] = []
        self.labels: list[tuple[str, ...]] = []
        self.label_of: dict[tuple[str, ...], int] = {}
        self.entries: dict[str, int] = {}
        self.placed: dict[tuple[str, str], int] = {}
        self.flow_ids = [id for id, _ in document.flows()]
        self.scopes = {id: flow_scope(part, document) for id, part in document.flows()}
        self.slots = {
            id: {name: i for i, name in enumerate((*BUILT_IN, *sorted(part.variables)))}
            for id, part in document.flows()
        }
        self.clocked = False

    def label(self, *what: str) -> int:
        """A label for a node (``node``, flow, id) or a trap (``trap``, node, code, message)."""
        label = self.label_of.get(what)
        if label is None:
            label = self.label_of[what] = FIRST_LABEL - len(self.labels)
            self.labels.append(what)
        return label

    def program(self) -> Program:
        starts = {}
        for id, part in self.document.flows():
            starts[id] = (self.label("node", id, part.start), self._fault(id, part))
            for node in part.nodes.values():
                self._node(id, node)
        self._place_traps()
        resolve = self._resolver()
        handlers = tuple(msgspec.structs.replace(h, entry=resolve(h.entry)) for h in self.handlers)
        return Program(
            hash=program_hash(self.document),
            semantics=SEMANTICS,
            name=self.document.name,
            locales=self.locales,
            instructions=tuple(retargeted(i, resolve) for i in self.instructions),
            flows=tuple(self._table(id, part, *starts[id], resolve) for id, part in self.document.flows()),
            handlers=handlers,
            entries=self.entries,
            reach=tuple(_reach(handlers, i) for i in range(len(self.flow_ids))),
            clocked=self.clocked,
            recording=self.document.recording,
            notices=notices_of(self.document, self.locales),
            thinks=any(isinstance(i, Generate | Search | Judge) for i in self.instructions),
            persona=persona_of(self.document),
            functions=functions_of(self.document),
            escalate_after=self.document.escalate_after,
        )

    def _fault(self, id: str, part: Flow) -> int:
        target = part.defaults.get("fault", "")
        return self.label("node", id, target) if target in part.nodes else -1

    def _node(self, flow: str, node: FlowNode) -> None:
        typed = typed_node(node)
        self.entries[node.id] = self.placed[flow, node.id] = len(self.instructions)
        build = NodeBuilder(self, flow, node, typed.kind)
        if typed.kind is None or typed.fields is None:
            build.trap(typed.diagnostics[0].code, typed.diagnostics[0].message)
        else:
            build.ports = {port.id: port for port in typed.kind.ports(typed.fields, self.document)}
            typed.kind.lower(node, typed.fields, build)

    def _place_traps(self) -> None:
        """Give every trap label, and every label of a node that is not there, an instruction."""
        self.places: dict[int, int] = {}
        for i, what in enumerate(self.labels):
            label = FIRST_LABEL - i
            if what[0] == "node":
                _, flow, id = what
                part = self.document.part(flow)
                there = part.nodes.get(id)
                if there is not None and _enters(there):
                    self.places[label] = self.placed[flow, id]
                    continue
                why = f'There is no node "{id}"' if id else "The flow has no first node"
                trap = Trap(
                    id, "R003", why if there is None else f'No wire can lead to "{id}": it only reacts'
                )
            else:
                trap = Trap(*what[1:])
            self.places[label] = len(self.instructions)
            self.instructions.append(trap)

    def _resolver(self) -> Any:
        places = self.places
        return lambda target: places[target] if target <= FIRST_LABEL else target

    def _table(self, id: str, part: Flow, start: int, fault: int, resolve: Any) -> FlowTable:
        slots = self.slots[id]
        types = self.scopes[id].types
        names = tuple(slots)
        initial = [None] * len(names)
        for name, variable in part.variables.items():
            if variable.initial is not None and name in types:
                initial[slots[name]] = _initial(types[name], variable.initial)
        return FlowTable(
            id=id,
            name=part.name,
            entry=resolve(start),
            fault=resolve(fault),
            names=names,
            types=tuple(types.get(name) if i >= FIRST_SLOT else None for i, name in enumerate(names)),
            initial=tuple(initial),
            inputs=tuple(slots[name] for name in part.inputs if name in slots),
            exported=tuple(slots[name] for name, v in sorted(part.variables.items()) if v.export),
        )


class NodeBuilder:
    """The builder of one node (`engine.kinds.building.Builder`)."""

    def __init__(self, lowering: _Lowering, flow: str, node: FlowNode, kind: Kind[Any] | None) -> None:
        self._lowering = lowering
        self._flow = flow
        self._node = node
        self.ports: Mapping[str, Any] = {}
        self.scope: Scope = lowering.scopes[flow]

    @property
    def flow(self) -> Flow:
        return self.scope.flow

    @property
    def pc(self) -> int:
        return len(self._lowering.instructions)

    def emit(self, instruction: Instruction) -> int:
        self._lowering.instructions.append(instruction)
        return len(self._lowering.instructions) - 1

    def handle(self, handler: Handler) -> None:
        index = self._lowering.flow_ids.index(self._flow)
        self._lowering.handlers.append(msgspec.structs.replace(handler, flow=index))

    def port(self, id: str) -> int:
        target = resolved_port(self._node, self.ports, self.flow, id)
        if target:
            return self._lowering.label("node", self._flow, target)
        port = self.ports.get(id)
        code = "E001" if port is not None and port.cls.failure else "R002"
        return self._lowering.label("trap", self._node.id, code, f'"{id}" leads nowhere')

    def node(self, id: str) -> int:
        return self._lowering.label("node", self._flow, id)

    def prompt(
        self, texts: Mapping[str, str], voice: Mapping[str, str] | None = None, field: str = "text"
    ) -> Prompt:
        locales = self._lowering.locales
        compiled = tuple(self._words(texts, locale, False) for locale in locales)
        aloud = tuple(self._words({**texts, **(voice or {})}, locale, True) for locale in locales)
        return Prompt(
            compiled, aloud, tuple(content_hash(text) if isinstance(text, str) else "" for text in aloud)
        )

    def _words(self, texts: Mapping[str, str], locale: str, voice: bool) -> Text:
        source = texts.get(locale)
        if source is None:
            source = next(iter(texts.values()), "")
        return self._template(source, locale, voice)

    def template(self, text: str, field: str) -> Text:
        return self._template(text, self._lowering.locales[0], False)

    def _template(self, source: str, locale: str, voice: bool) -> Text:
        if "{{" not in source:
            return source
        extra = {"value": "value"} if self._has_hidden("value") else {}
        types = dict(self.scope.types)
        if extra:
            types["value"] = self._value_type()
        try:
            template = parse_template(source)
            checked = check_template(template, types)
            if checked.errors:
                raise checked.errors[0]
            self._note_clock(checked.clocked)
            return compile_template(checked, self._visible(extra), locale=locale, voice=voice)
        except ExpressionError as error:
            return _failing(str(error))

    def expression(self, text: str, field: str, extra: Mapping[str, Type] | None = None) -> Closure:
        types = {**self.scope.types, **(extra or {})}
        try:
            checked = check(parse(text), types)
            if checked.errors:
                raise checked.errors[0]
            self._note_clock(checked.clocked)
            return compile_expression(checked, self._visible(extra or {}))
        except ExpressionError as error:
            return _failing(str(error))

    def _note_clock(self, clocked: bool) -> None:
        self._lowering.clocked |= clocked

    def _visible(self, extra: Mapping[str, Any]) -> Mapping[str, int]:
        slots = self._lowering.slots[self._flow]
        return {**slots, **{name: self.hidden(name) for name in extra}} if extra else slots

    def _has_hidden(self, purpose: str) -> bool:
        return f"#{self._node.id}.{purpose}" in self._lowering.slots[self._flow]

    def _value_type(self) -> Any:
        typed = typed_node(self._node)
        sources = typed.kind.sources(typed.fields) if typed.kind and typed.fields else ()
        return next((s.extra["value"] for s in sources if "value" in s.extra), None)

    def slot(self, variable: str) -> int:
        return self._lowering.slots[self._flow].get(variable, -1) if variable else -1

    def slot_in(self, flow: str, variable: str) -> int:
        return self._lowering.slots[flow].get(variable, -1)

    def hidden(self, purpose: str) -> int:
        slots = self._lowering.slots[self._flow]
        return slots.setdefault(f"#{self._node.id}.{purpose}", len(slots))

    def flow_index(self, id: str) -> int:
        return self._lowering.flow_ids.index(id) if id in self._lowering.flow_ids else -1

    def trap(self, code: str, message: str) -> int:
        return self.emit(Trap(self._node.id, code, message))

    def patience(self, milliseconds: int) -> tuple[int, int]:
        wish = self.flow.patience or self._lowering.document.patience
        return wish.get("text", TEXT_PATIENCE), milliseconds or wish.get("voice", VOICE_PATIENCE)


def resolved_port(node: FlowNode, ports: Mapping[str, Any], flow: Flow, id: str) -> str:
    """Where a port leads: its wire, the wire of the port that answers instead, the flow's default for
    either; or ``""``."""
    names = [id]
    while names[-1] in ports and ports[names[-1]].instead:
        names.append(ports[names[-1]].instead)
    for name in names:
        if node.out.get(name):
            return node.out[name]
    for name in names:
        port = ports.get(name)
        if port is not None and port.cls.failure and flow.defaults.get(port.cls.value):
            return flow.defaults[port.cls.value]
    return ""


def _reach(handlers: tuple[Handler, ...], flow: int) -> tuple[Handler, ...]:
    """The handlers in reach in a flow: its own first, then the main flow's."""
    return tuple(h for owner in dict.fromkeys((flow, 0)) for h in handlers if h.flow == owner)


def _enters(node: FlowNode) -> bool:
    kind = kind_of(node.kind)
    return kind is None or kind.enters


def _initial(type: Type, plain: Any) -> Any:
    try:
        return from_plain(type)(plain)
    except ValueError:
        return None


def _failing(message: str) -> Closure:
    def fail(_: Any) -> Any:
        raise EvaluationError("bad_value", message)

    return fail
