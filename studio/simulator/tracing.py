"""Which way a talk went: nodes and wires, read off the instructions the engine looks at while it consumes an event."""

from collections.abc import Iterable, Mapping
from time import perf_counter_ns
from typing import Any

import msgspec

from engine.compiler.lowering import resolved_port
from engine.flow import Flow, FlowNode
from engine.kinds import typed_node
from engine.kinds.program import Program
from engine.protocol import Event, Record
from engine.protocol.script import Script
from engine.runtime import initial
from engine.simulation import Rehearsal

Wire = tuple[str, str]
"""A wire by the node it leaves and the port it leaves through."""


class Trace(tuple[Any, ...]):
    """The instructions of a program; remembers which of them were looked at."""

    seen: list[int]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int):
            self.seen.append(index)
        return tuple.__getitem__(self, index)


class Passage(msgspec.Struct, frozen=True):
    """What one event led to: the nodes passed, in order, and how long the engine took, in microseconds."""

    nodes: tuple[str, ...]
    took: int


class TracedRehearsal(Rehearsal):
    """A rehearsal that knows its way. ``passages`` has one entry a record."""

    def __init__(self, program: Program, script: Script | None = None) -> None:
        super().__init__(program, script)
        self._trace = Trace(program.instructions)
        self._trace.seen = []
        self.passages: list[Passage] = []
        self.run = msgspec.structs.replace(self.run, instructions=self._trace)
        self.state = initial(self.run)

    def _take(self, event: Event) -> Record:
        self._trace.seen.clear()
        began = perf_counter_ns()
        record = super()._take(event)
        took = (perf_counter_ns() - began) // 1000
        instructions = self.program.instructions
        nodes: list[str] = []
        for pc in self._trace.seen:
            node = instructions[pc].node if 0 <= pc < len(instructions) else ""
            if node and (not nodes or nodes[-1] != node):
                nodes.append(node)
        if not self.ended and self.node and nodes and nodes[-1] != self.node and self.node in nodes:
            # Looked at after it was left (a question that is asked once more): the talk stands where it stands.
            nodes.append(self.node)
        self.passages.append(Passage(tuple(nodes), took))
        return record


class Wiring:
    """Where every port of a document leads, handlers and defaults included, so that a way can be told in wires."""

    def __init__(self, document: Flow) -> None:
        self._ways: dict[str, dict[str, str]] = {}
        self._document = document
        self._nodes: dict[str, tuple[Flow, FlowNode]] = {
            id: (part, node) for _, part in document.flows() for id, node in part.nodes.items()
        }

    def wires(self, nodes: Iterable[str]) -> list[Wire]:
        """The wires along a way of nodes; steps without a wire (a jump, a sub-flow's beginning) are left out."""
        found = []
        before = ""
        for node in nodes:
            port = self._ports(before).get(node) if before else None
            if port is not None:
                found.append((before, port))
            before = node
        return found

    def _ports(self, node: str) -> Mapping[str, str]:
        """Target -> the port of ``node`` that leads there, the first one when there are several."""
        if node not in self._ways:
            self._ways[node] = self._read(node)
        return self._ways[node]

    def _read(self, id: str) -> dict[str, str]:
        if id not in self._nodes:
            return {}
        flow, node = self._nodes[id]
        typed = typed_node(node)
        if typed.kind is None or typed.fields is None:
            return {target: port for port, target in reversed(list(node.out.items()))}
        ports = {port.id: port for port in typed.kind.ports(typed.fields, self._document)}
        ways: dict[str, str] = {}
        for port in sorted(ports, key=lambda port: port not in node.out):
            # Wires that are drawn first: a port without one may lead to the same node by another's wire.
            target = resolved_port(node, ports, flow, port)
            if target:
                ways.setdefault(target, port)
        return ways
