"""Edits of the sub-flows of a document."""

import msgspec

from engine.flow import Flow, FlowNode, new_node_id
from studio.document.edits import NOTHING
from studio.document.patch import Edit, PartPatch, Patch, State


def add_subflow(state: State, id: str, flow: Flow | None = None) -> Edit:
    """Add a sub-flow; a new one begins with the return that ends it."""
    if not id or id in state.flow.subflows:
        return NOTHING
    if flow is None:
        end = FlowNode(new_node_id(), "return", "Back")
        flow = Flow(name=id, start=end.id, locales=state.flow.locales, nodes={end.id: end})
        return Edit(f"Add the sub-flow “{id}”", Patch(subflows={id: flow}, places={end.id: (0, 0)}))
    return Edit(f"Add the sub-flow “{id}”", Patch(subflows={id: flow}))


def remove_subflow(state: State, id: str) -> Edit:
    """Take a sub-flow away; what calls it stays and is a finding."""
    flow = state.flow.subflows.get(id)
    if flow is None:
        return NOTHING
    groups = {key: None for key, group in state.layout.groups.items() if group.flow == id}
    patch = Patch(subflows={id: None}, places=dict.fromkeys(flow.nodes), groups=groups)
    return Edit(f"Remove the sub-flow “{id}”", patch)


def rename_subflow(state: State, old: str, new: str) -> Edit:
    """Give a sub-flow another id, and let everything that calls it follow."""
    if old not in state.flow.subflows or not new or new in state.flow.subflows:
        return NOTHING
    moved = state.flow.subflows[old]
    calls = _callers(moved, old, new)
    subflows: dict[str, Flow | None] = {
        old: None,
        new: msgspec.structs.replace(moved, nodes={**moved.nodes, **calls}),
    }
    parts = {}
    for name, flow in state.flow.flows():
        if name != old and (nodes := _callers(flow, old, new)):
            parts[name] = PartPatch(nodes)
    groups = {
        key: msgspec.structs.replace(group, flow=new)
        for key, group in state.layout.groups.items()
        if group.flow == old
    }
    return Edit(f"Rename the sub-flow to “{new}”", Patch(parts, subflows, groups=groups))


def _callers(flow: Flow, old: str, new: str) -> dict[str, FlowNode]:
    return {
        node.id: msgspec.structs.replace(node, fields={**node.fields, "flow": new})
        for node in flow.nodes.values()
        if node.kind == "call" and node.fields.get("flow") == old
    }
