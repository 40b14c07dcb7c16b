"""The compiler on 5,000 nodes: load, first check, check after an edit, check after an edit in one of 100 sub-flows."""

from collections.abc import Callable, Iterator

import msgspec

from engine.compiler import Memory, check
from engine.flow import Flow, load_flow
from tests.bench.figures import Figure, ref_ms
from tests.bench.large_flows import EN, many_subflows, node_id, one_large_flow

NODES = 5000


def loaded(data: bytes) -> Flow:
    """The flow of a file that must be in order."""
    flow, diagnostics = load_flow(data)
    if diagnostics:
        raise RuntimeError(f"the bench's flow is not in order: {diagnostics[:3]}")
    return flow


def figures() -> Iterator[Figure]:
    """Every figure of the compiler."""
    data = one_large_flow(NODES)
    yield Figure(
        "load_5000_ref_ms", ref_ms(lambda: load_flow(data)), "ref_ms", f"{len(data) // 1024} KiB of JSON"
    )
    flow = loaded(data)
    found = check(flow)
    cold = ref_ms(lambda: check(flow, Memory()))
    edits = {"words": reword(node_id(2500)), "wires": rewire(node_id(2500))}
    warm = max(after_edits(flow, edit, 6) for edit in edits.values())
    yield Figure("check_5000_ref_ms", warm, "ref_ms", f"after an edit of {' or '.join(edits)}, the slower")
    yield Figure("check_5000_cold_ref_ms", cold, "ref_ms", f"{len(found)} findings")
    parts = loaded(many_subflows(100, 50))
    again = after_edits(parts, in_subflow("part_50"), 50)
    yield Figure("recheck_subflow_ref_ms", again, "ref_ms", f"one of {len(parts.subflows)} sub-flows edited")


def after_edits(flow: Flow, edit: Callable[[Flow, int], Flow], count: int) -> float:
    """One check after each of ``count`` edits (an even number: no two in a row are alike), the memory kept."""
    memory = Memory()
    check(flow, memory)
    versions = [edit(flow, turn) for turn in range(count)]

    def recheck() -> None:
        for edited in versions:
            check(edited, memory)

    return ref_ms(recheck) / count


def reword(id: str) -> Callable[[Flow, int], Flow]:
    """An edit that says something else."""

    def edit(flow: Flow, turn: int) -> Flow:
        node = flow.nodes[id]
        fields = {**node.fields, "text": {EN: f"Version {turn} of what we say about {{{{ total }}}}."}}
        return with_node(flow, id, msgspec.structs.replace(node, fields=fields))

    return edit


def rewire(id: str) -> Callable[[Flow, int], Flow]:
    """An edit that leads elsewhere and back."""

    def edit(flow: Flow, turn: int) -> Flow:
        node = flow.nodes[id]
        target = node_id(2501) if turn % 2 else node_id(2505)
        return with_node(flow, id, msgspec.structs.replace(node, out={"then": target}))

    return edit


def in_subflow(name: str) -> Callable[[Flow, int], Flow]:
    """An edit of what the first node of a sub-flow says."""

    def edit(flow: Flow, turn: int) -> Flow:
        part = flow.subflows[name]
        changed = reword(part.start)(part, turn)
        return msgspec.structs.replace(flow, subflows={**flow.subflows, name: changed})

    return edit


def with_node(flow: Flow, id: str, node: object) -> Flow:
    """The flow with one node replaced."""
    return msgspec.structs.replace(flow, nodes={**flow.nodes, id: node})
