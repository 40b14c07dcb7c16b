"""Edits of wires: a wire is a port of one node and the node it leads to."""

import msgspec

from engine.flow import FlowNode
from studio.document.edits import NOTHING, name_of, node_at, put_node
from studio.document.patch import Edit, PartPatch, Patch, Place, State


def connect(state: State, part: str, source: str, port: str, target: str) -> Edit:
    """Lead a port to a node; a port leads to one node, so an older wire goes."""
    node, to = node_at(state, part, source), node_at(state, part, target)
    if node is None or to is None:
        return NOTHING
    wired = msgspec.structs.replace(node, out={**node.out, port: target})
    return put_node(state, part, wired, f"Connect {name_of(node)} to {name_of(to)}")


def disconnect(state: State, part: str, source: str, port: str) -> Edit:
    """Take a wire away."""
    node = node_at(state, part, source)
    if node is None or port not in node.out:
        return NOTHING
    out = {id: to for id, to in node.out.items() if id != port}
    return put_node(state, part, msgspec.structs.replace(node, out=out), f"Disconnect {name_of(node)}")


def reconnect(state: State, part: str, old: tuple[str, str], new: tuple[str, str], target: str) -> Edit:
    """Move a wire: from the port ``old`` to the port ``new`` (node, port), leading to ``target``."""
    if old == new:
        return connect(state, part, *new, target)
    nodes: dict[str, FlowNode | None] = {}
    for id, port, to in ((*old, None), (*new, target)):
        node = nodes.get(id) or node_at(state, part, id)
        if node is None:
            return NOTHING
        out = {p: t for p, t in node.out.items() if p != port}
        nodes[id] = msgspec.structs.replace(node, out=out if to is None else {**out, port: to})
    return Edit("Move a wire", Patch({part: PartPatch(nodes)}))


def add_connected(
    state: State, part: str, source: str, port: str, node: FlowNode, at: Place, onward: str = ""
) -> Edit:
    """Add a node and lead a port to it; the new node's port ``onward`` takes over what that port led to."""
    origin = node_at(state, part, source)
    if origin is None:
        return NOTHING
    former = origin.out.get(port)
    if onward and former:
        node = msgspec.structs.replace(node, out={**node.out, onward: former})
    wired = msgspec.structs.replace(origin, out={**origin.out, port: node.id})
    patch = Patch({part: PartPatch({node.id: node, source: wired})}, places={node.id: at})
    return Edit(f"Add {name_of(node)} after {name_of(origin)}", patch)


def insert_on_wire(
    state: State, part: str, source: str, port: str, id: str, out_port: str, at: Place | None = None
) -> Edit:
    """Let a wire run through a node that is already there."""
    origin, node = node_at(state, part, source), node_at(state, part, id)
    if origin is None or node is None or origin.id == id or port not in origin.out:
        return NOTHING
    former = origin.out[port]
    nodes: dict[str, FlowNode | None] = {
        source: msgspec.structs.replace(origin, out={**origin.out, port: id}),
        id: msgspec.structs.replace(node, out={**node.out, out_port: former}),
    }
    return Edit(
        f"Put {name_of(node)} on a wire",
        Patch({part: PartPatch(nodes)}, places={id: at} if at is not None else {}),
    )
