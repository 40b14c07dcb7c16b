"""The searches over flat arrays, against networkx; and the sweeps over variables, against every path."""

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler.checking import views_of
from engine.compiler.graph import components, order, reach, reversed_of
from engine.flow import Flow
from tests.engine.random_flows import flows

SETTINGS = settings(max_examples=150, deadline=None, derandomize=True, database=None)


@st.composite
def wires(draw: st.DrawFn) -> list[list[int]]:
    """A small graph as lists of successors."""
    count = draw(st.integers(1, 12))
    return [draw(st.lists(st.integers(0, count - 1), max_size=3)) for _ in range(count)]


def digraph(following: list[list[int]]) -> "nx.DiGraph[int]":
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(following)))
    graph.add_edges_from((i, to) for i, targets in enumerate(following) for to in targets)
    return graph


@SETTINGS
@given(wires(), st.data())
def test_what_is_reached(following: list[list[int]], data: st.DataObject) -> None:
    root = data.draw(st.integers(0, len(following) - 1))
    graph = digraph(following)
    seen = {i for i, yes in enumerate(reach(following, [root])) if yes}
    assert seen == {root} | nx.descendants(graph, root)
    back = {i for i, yes in enumerate(reach(reversed_of(following), [root])) if yes}
    assert back == {root} | nx.ancestors(graph, root)


@SETTINGS
@given(wires(), st.data())
def test_what_goes_round(following: list[list[int]], data: st.DataObject) -> None:
    within = data.draw(st.sets(st.integers(0, len(following) - 1)))
    graph = digraph(following).subgraph(within)
    cyclic = [
        c for c in nx.strongly_connected_components(graph) if len(c) > 1 or graph.has_edge(*[*c, *c][:2])
    ]
    assert components(following, within) == sorted((sorted(c) for c in cyclic), key=lambda c: c[0])


@SETTINGS
@given(wires())
def test_in_order_each_comes_before_those_that_follow_it(following: list[list[int]]) -> None:
    sweep = order(following, [0])
    assert set(sweep) == {0} | nx.descendants(digraph(following), 0)
    place = {node: n for n, node in enumerate(sweep)}
    inside = {
        node: n for n, c in enumerate(nx.strongly_connected_components(digraph(following))) for node in c
    }
    for node in sweep:
        for to in following[node]:
            assert place[node] < place[to] or inside[node] == inside[to] or node == to


@settings(SETTINGS, max_examples=60)
@given(flows(breaks=2, size=10))
def test_what_certainly_has_a_value_has_one_on_every_path(flow: Flow) -> None:
    for view in views_of(flow).values():
        if view.graph.handlers or view.graph.start < 0:
            continue
        given = view.around.mask([n for n, v in view.flow.variables.items() if v.initial is not None])
        known = {view.graph.start: {given}}
        waiting = [(view.graph.start, given)]
        while waiting:
            node, mask = waiting.pop()
            for to, gives, keeps in view.graph.steps[node]:
                new = (mask & keeps) | gives
                if new not in known.setdefault(to, set()):
                    known[to].add(new)
                    waiting.append((to, new))
        for node, masks in known.items():
            common = -1
            for mask in masks:
                common &= mask
            assert view.assigned[node] == common
