"""The flow document: canonical ``flow.json`` and ``layout.json``, and upgrades between schema versions."""

from engine.flow.canonical import canonical_json, dump_flow, dump_layout
from engine.flow.diagnostic import Diagnostic, Severity
from engine.flow.document import MAIN, Flow, FlowNode, Suppression, Variable, new_node_id
from engine.flow.layout import Comment, Group, Layout
from engine.flow.loading import FlowFormatError, load_flow, load_layout, parse_flow
from engine.flow.thinking import Function, Parameter, Personality
from engine.flow.upgrades import SCHEMA

__all__ = [
    "MAIN",
    "SCHEMA",
    "Comment",
    "Diagnostic",
    "Flow",
    "FlowFormatError",
    "FlowNode",
    "Function",
    "Group",
    "Layout",
    "Parameter",
    "Personality",
    "Severity",
    "Suppression",
    "Variable",
    "canonical_json",
    "dump_flow",
    "dump_layout",
    "load_flow",
    "load_layout",
    "new_node_id",
    "parse_flow",
]
