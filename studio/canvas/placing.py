"""Where nodes stand: as the layout says, and a place beside the others for those it does not know. Free of Qt."""

from collections.abc import Mapping

from engine.flow import Flow, Layout
from studio.document import Place
from studio.document.arrange import arrange, plain_sizes

FARTHEST = 1_000_000
"""A node further away is shown at this distance: scroll bars count pixels in 32 bits."""


def places_of(flow: Flow, layout: Layout) -> Mapping[str, Place]:
    """A place for every node of a flow."""
    known = {id: reachable(layout.nodes[id]) for id in flow.nodes if id in layout.nodes}
    if len(known) == len(flow.nodes):
        return known
    if not known:
        return arrange(flow, plain_sizes(flow))
    missing = {id: node for id, node in flow.nodes.items() if id not in known}
    below = max(y for _, y in known.values()) + 260
    left = min(x for x, _ in known.values())
    return {**known, **{id: (left + 300 * i, below) for i, id in enumerate(missing)}}


def reachable(place: Place) -> Place:
    """The place, or the nearest one that can be scrolled to."""
    x, y = place
    if abs(x) <= FARTHEST and abs(y) <= FARTHEST:
        return place
    return max(-FARTHEST, min(FARTHEST, x)), max(-FARTHEST, min(FARTHEST, y))
