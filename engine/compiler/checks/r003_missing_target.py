"""A wire, a jump, a default or a name that points at what is not there."""

from collections.abc import Iterable

from engine.compiler.declared import declared
from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity
from engine.kinds import PortClass

CODE = "R003"
SEVERITY = Severity.ERROR
TITLE = "Missing target"

_DECLARED = declared(CODE)
FAULT = "fault"


def run(view: View) -> Iterable[Finding]:
    """One finding a name."""
    yield from _of_flow(view)
    yield from view.each(CODE, _look)
    yield from _wires(view)


def _of_flow(view: View) -> Iterable[Finding]:
    flow = view.flow
    if not flow.start:
        yield _finding(view, "The flow has no first node.", "start", "Choose the node it begins with.")
    elif flow.start not in view.graph.index:
        message = f'The flow begins with "{flow.start}", which is not there.'
        yield _finding(view, message, "start", "Choose the node it begins with.")
    elif view.facts[view.graph.start].handler is not None:
        message = f'The flow cannot begin with "{view.name(view.graph.start)}": it only reacts.'
        yield _finding(view, message, "start", "Choose another node to begin with.")
    known = {c.value for c in PortClass if c.failure} | {FAULT}
    for port, target in sorted(flow.defaults.items()):
        if port not in known:
            message = f'There is no kind of failure called "{port}".'
            yield _finding(view, message, f"defaults.{port}", f"It is one of {', '.join(sorted(known))}.")
        elif target and target not in view.graph.index:
            message = f'The flow answers *{port}* with "{target}", which is not there.'
            yield _finding(view, message, f"defaults.{port}", "Choose a node of this flow.")
    for field in ("inputs", "outputs"):
        for i, name in enumerate(getattr(flow, field)):
            if name not in flow.variables:
                message = f'"{name}" is one of the flow\'s {field}, and there is no such variable.'
                yield _finding(
                    view, message, f"{field}.{i}", f'Add the variable "{name}", or remove it here.'
                )


def _finding(view: View, message: str, field: str, fix: str) -> Finding:
    return Finding(CODE, message, SEVERITY, view.id, field=field, fix=fix)


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    yield from _DECLARED(view, facts)
    if facts.fields is not None and facts.node.out.keys() - {p.id for p in facts.ports}:
        yield from _stale(view, facts)


def _wires(view: View) -> Iterable[Finding]:
    graph = view.graph
    for i in (i for i, loose in enumerate(graph.loose) if loose):
        for way, to in graph.out[i]:
            wired = not way.port or view.facts[i].node.out.get(way.port) == way.target
            if to < 0 and (way.target or not way.port) and wired:
                yield _missing(view, i, way.port, way.target)
    for handler in graph.handlers:
        for i in dict.fromkeys(view.before[handler]):
            for way, to in graph.out[i]:
                if to == handler:
                    yield _into_handler(view, i, way.port, to)


def _missing(view: View, i: int, port: str, target: str) -> Finding:
    facts = view.facts[i]
    where = f'leads to "{target}", which is not there' if target else "does not say where to go on"
    message = f'"{facts.name}" {where}.'
    fix = "Draw the wire to a node of this flow." if port else "Choose a node of this flow."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), port, "" if port else "to", fix=fix)


def _into_handler(view: View, i: int, port: str, to: int) -> Finding:
    facts = view.facts[i]
    message = f'"{facts.name}" leads to "{view.name(to)}", which only reacts: no wire can lead to it.'
    fix = "Draw the wire to the node after it."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id, view.graph.ids[to]), port, fix=fix)


def _stale(view: View, facts: Facts) -> Iterable[Finding]:
    ports = {port.id for port in facts.ports}
    if facts.calls and facts.interface is None:
        return
    for port in facts.node.out:
        if port not in ports:
            message = f'"{facts.name}" has a wire from *{port}*, and there is no such way out of it.'
            fix = "Delete the wire, or draw it from another port."
            yield Finding(CODE, message, Severity.WARNING, view.id, (facts.id,), port, fix=fix)
