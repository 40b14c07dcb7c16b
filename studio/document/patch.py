"""A patch: entries of a document and what they become. Every edit is one, its inverse, a line of the journal.

A patch puts whole entries (a node, a position, a variable) rather than describing steps: to apply one twice changes
nothing more, and the inverse is simply what stood there before.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from engine.flow import Comment, Flow, FlowNode, Group, Layout, Suppression, Variable
from engine.flow.thinking import Function, Personality

V = TypeVar("V")

Place = tuple[int, int]
"""Where a node's upper left corner stands, in canvas units (pixels at 100 %)."""


class State(msgspec.Struct, frozen=True):
    """The whole document at one moment; edits make new ones that share what did not change."""

    flow: Flow
    layout: Layout


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """New values for a flow's own fields; the unset ones stay."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    start: str | UnsetType = UNSET
    locales: tuple[str, ...] | UnsetType = UNSET
    inputs: tuple[str, ...] | UnsetType = UNSET
    outputs: tuple[str, ...] | UnsetType = UNSET
    patience: Mapping[str, int] | UnsetType = UNSET
    recording: str | UnsetType = UNSET
    notices: Mapping[str, Mapping[str, str]] | UnsetType = UNSET
    personality: Personality | UnsetType | None = UNSET
    escalate_after: int | UnsetType = UNSET
    never: tuple[str, ...] | UnsetType = UNSET
    functions: Mapping[str, Function] | UnsetType = UNSET
    suppress: tuple[Suppression, ...] | UnsetType = UNSET

    def values(self) -> dict[str, Any]:
        """The fields that are set."""
        fields = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in fields if value is not UNSET}


class PartPatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """What changes in one flow of the document; None takes an entry away."""

    nodes: Mapping[str, FlowNode | None] = {}
    variables: Mapping[str, Variable | None] = {}
    defaults: Mapping[str, str | None] = {}
    settings: Settings = Settings()


class Patch(msgspec.Struct, frozen=True, omit_defaults=True):
    """What changes in a document: ``parts`` by flow id (``""`` is the main flow), whole sub-flows, and the layout."""

    parts: Mapping[str, PartPatch] = {}
    subflows: Mapping[str, Flow | None] = {}
    places: Mapping[str, Place | None] = {}
    groups: Mapping[str, Group | None] = {}
    comments: Mapping[str, Comment | None] = {}

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.parts or self.subflows or self.places or self.groups or self.comments)


class Edit(msgspec.Struct, frozen=True):
    """A patch with the words people see for it in the menu and the history ("Move 3 nodes")."""

    label: str
    patch: Patch


def apply_patch(state: State, patch: Patch) -> State:
    """The state with the patch's entries put in. Parts of flows that are not there are passed over."""
    flow, layout = state.flow, state.layout
    if patch.subflows:
        flow = msgspec.structs.replace(flow, subflows=_put(flow.subflows, patch.subflows))
    for name, part in patch.parts.items():
        if not name:
            flow = _apply_part(flow, part)
        elif name in flow.subflows:
            changed = _apply_part(flow.subflows[name], part)
            flow = msgspec.structs.replace(flow, subflows={**flow.subflows, name: changed})
    if patch.places or patch.groups or patch.comments:
        layout = Layout(
            _put(layout.nodes, patch.places),
            _put(layout.groups, patch.groups),
            _put(layout.comments, patch.comments),
            layout.extra,
        )
    return State(flow, layout)


def inverse(state: State, patch: Patch) -> Patch:
    """The patch that takes ``apply_patch(state, patch)`` back to ``state``."""
    parts = {}
    for name, part in patch.parts.items():
        flow = part_of(state.flow, name)
        if flow is not None:
            parts[name] = _inverse_part(flow, part)
    return Patch(
        parts,
        _before(state.flow.subflows, patch.subflows),
        _before(state.layout.nodes, patch.places),
        _before(state.layout.groups, patch.groups),
        _before(state.layout.comments, patch.comments),
    )


def compose(first: Patch, second: Patch) -> Patch:
    """One patch that does what ``first`` and then ``second`` do."""
    parts: dict[str, PartPatch] = {}
    for name in {**first.parts, **second.parts}:
        if name in second.subflows:
            if name in second.parts:
                parts[name] = second.parts[name]
            continue
        one, two = first.parts.get(name, PartPatch()), second.parts.get(name, PartPatch())
        parts[name] = PartPatch(
            {**one.nodes, **two.nodes},
            {**one.variables, **two.variables},
            {**one.defaults, **two.defaults},
            msgspec.structs.replace(one.settings, **two.settings.values()),
        )
    return Patch(
        parts,
        {**first.subflows, **second.subflows},
        {**first.places, **second.places},
        {**first.groups, **second.groups},
        {**first.comments, **second.comments},
    )


def part_of(flow: Flow, name: str) -> Flow | None:
    """The main flow for ``""``, a sub-flow, or None when there is none of that id."""
    return flow.subflows.get(name) if name else flow


def _apply_part(flow: Flow, part: PartPatch) -> Flow:
    return msgspec.structs.replace(
        flow,
        nodes=_put(flow.nodes, part.nodes),
        variables=_put(flow.variables, part.variables),
        defaults=_put(flow.defaults, part.defaults),
        **part.settings.values(),
    )


def _inverse_part(flow: Flow, part: PartPatch) -> PartPatch:
    return PartPatch(
        _before(flow.nodes, part.nodes),
        _before(flow.variables, part.variables),
        _before(flow.defaults, part.defaults),
        Settings(**{name: getattr(flow, name) for name in part.settings.values()}),
    )


def _put(entries: Mapping[str, V], changes: Mapping[str, V | None]) -> Mapping[str, V]:
    if not changes:
        return entries
    result = dict(entries)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result


def _before(entries: Mapping[str, V], changes: Mapping[str, V | None]) -> dict[str, V | None]:
    return {key: entries.get(key) for key in changes}
