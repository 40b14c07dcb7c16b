"""Pictures of a flow for people: how one comes from here to there, and what goes round with what.

Here `networkx` does the work: it is slow enough to be asked for, and thorough. Sub-flows are drawn as the call that
runs them.
"""

from collections.abc import Iterator
from itertools import islice

import msgspec
import networkx as nx

from engine.compiler.checking import views_of
from engine.flow import Flow
from engine.flow.document import MAIN

Path = tuple[str, ...]


class Circle(msgspec.Struct, frozen=True):
    """Nodes one can go round in, and the nodes just outside it that one leaves it for."""

    nodes: tuple[str, ...]
    ways_out: tuple[str, ...]


def picture(flow: Flow, part: str = MAIN) -> "nx.DiGraph[str]":
    """One flow of a document as a directed graph of node ids: its wires, its defaults, its jumps; each edge has the
    ``ports`` it stands for. Raises ``KeyError`` when there is no such sub-flow."""
    graph = views_of(flow)[part].graph
    drawn: nx.DiGraph[str] = nx.DiGraph()
    drawn.add_nodes_from(graph.ids)
    for id, ways in zip(graph.ids, graph.out, strict=True):
        for way, to in ways:
            if to >= 0:
                target = graph.ids[to]
                ports = drawn.edges[id, target]["ports"] if drawn.has_edge(id, target) else ()
                drawn.add_edge(id, target, ports=(*ports, way.port))
    return drawn


def paths(flow: Flow, node: str, part: str = MAIN, most: int = 5) -> list[Path]:
    """The shortest ways from the start of a flow to a node, shortest first, without going round; at most ``most``.
    They are ways of the drawing: whether conditions let anyone through is for a witness to say."""
    drawn = picture(flow, part)
    start = flow.part(part).start
    if start not in drawn or node not in drawn or not nx.has_path(drawn, start, node):
        return []
    return [tuple(path) for path in islice(nx.shortest_simple_paths(drawn, start, node), most)]


def circles(flow: Flow, part: str = MAIN) -> list[Circle]:
    """What one can go round in, in order of the first node's id."""
    drawn = picture(flow, part)
    return sorted(_circles(drawn), key=lambda circle: circle.nodes)


def _circles(drawn: "nx.DiGraph[str]") -> Iterator[Circle]:
    for found in nx.strongly_connected_components(drawn):
        if len(found) > 1 or any(drawn.has_edge(node, node) for node in found):
            out = {to for node in found for to in drawn.successors(node)} - found
            yield Circle(tuple(sorted(found)), tuple(sorted(out)))
