"""Node kinds: one file each, declaring fields, ports, what they check and how they lower to instructions.

A new file in this folder that defines ``KIND`` is a new kind; nothing else needs to know.
"""

from engine.kinds.forms import FieldSpec, form_of
from engine.kinds.kind import (
    Assigned,
    Family,
    Kind,
    NodeFields,
    Outcome,
    Port,
    PortClass,
    Scope,
    Source,
)
from engine.kinds.registry import all_kinds, kind_of
from engine.kinds.typed import TypedNode, typed_node

__all__ = [
    "Assigned",
    "Family",
    "FieldSpec",
    "Kind",
    "NodeFields",
    "Outcome",
    "Port",
    "PortClass",
    "Scope",
    "Source",
    "TypedNode",
    "all_kinds",
    "form_of",
    "kind_of",
    "typed_node",
]
