"""Inputs that lead to a place in a flow, whether something is wrong there or not."""

from engine.compiler.checking import views_of
from engine.compiler.exploring import World
from engine.compiler.finding import Finding
from engine.compiler.witness import BUDGET, Wanted, arrives, leaves, search
from engine.flow import Flow
from engine.protocol.script import Script


def witness(flow: Flow, node: str, port: str = "", budget: int = BUDGET) -> Script | None:
    """A shortest script that brings a session to a node, and out of it by a port when one is named; None when none
    was found among ``budget`` places."""
    home = next((id for id, part in flow.flows() if node in part.nodes), None)
    if home is None:
        return None
    wanted = Wanted(Finding("", ""), home, node, leaves((port,)) if port else arrives)
    scripts: dict[int, Script] = {}
    search(World(views_of(flow)), [wanted], scripts, budget)
    return scripts.get(id(wanted.finding))
