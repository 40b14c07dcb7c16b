"""What holds for every document and every sequence of edits."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.flow import Flow, FlowNode, Group, Layout, Suppression, Variable, dump_flow, dump_layout
from studio.document import Document, Edit, Patch, State
from studio.document.patch import PartPatch, Settings, apply_patch, compose, inverse

IDS = st.sampled_from(["n_a", "n_b", "n_c", "n_d"])
PARTS = st.sampled_from(["", "sub", "other"])
NODES = st.builds(
    lambda id, kind, label, out: FlowNode(id, kind, label, out=out),
    IDS,
    st.sampled_from(["say", "ask", "mystery"]),
    st.text(max_size=4),
    st.dictionaries(st.sampled_from(["then", "else"]), IDS, max_size=2),
)


def _nodes(ids: list[str], nodes: list[FlowNode | None]) -> dict[str, FlowNode | None]:
    return {
        id: FlowNode(id, node.kind, node.label, out=node.out) if node else None
        for id, node in zip(ids, nodes, strict=True)
    }


NODE_CHANGES = st.lists(IDS, unique=True, max_size=3).flatmap(
    lambda ids: st.lists(st.none() | NODES, min_size=len(ids), max_size=len(ids)).map(
        lambda ns: _nodes(ids, ns)
    )
)
SETTINGS = st.builds(
    Settings,
    name=st.text(max_size=3),
    start=IDS,
    suppress=st.lists(st.builds(Suppression, st.just("R001"), st.text(max_size=3)), max_size=1).map(tuple),
) | st.just(Settings())
PART_PATCHES = st.builds(
    PartPatch,
    NODE_CHANGES,
    st.dictionaries(
        st.sampled_from(["x", "y"]), st.none() | st.builds(Variable, st.just("int"), st.integers(0, 9))
    ),
    st.dictionaries(st.sampled_from(["error", "gives_up"]), st.none() | IDS),
    SETTINGS,
)
PLACES = st.tuples(st.integers(-99, 99), st.integers(-99, 99))
FLOWS = st.builds(
    lambda nodes, name: Flow(name=name, nodes={n.id: n for n in nodes}),
    st.lists(NODES, max_size=3),
    st.text(max_size=3),
)
PATCHES = st.builds(
    Patch,
    st.dictionaries(PARTS, PART_PATCHES, max_size=2),
    st.dictionaries(st.sampled_from(["sub", "other"]), st.none() | FLOWS, max_size=2),
    st.dictionaries(IDS, st.none() | PLACES, max_size=3),
    st.dictionaries(
        st.sampled_from(["g_a", "g_b"]),
        st.none() | st.builds(Group, st.text(max_size=3), st.just((0, 0, 9, 9))),
    ),
)
STATES = st.builds(
    lambda flow, subflow, places: State(
        Flow(name="main", nodes=flow.nodes, subflows={"sub": subflow}), Layout(places)
    ),
    FLOWS,
    FLOWS,
    st.dictionaries(IDS, PLACES, max_size=4),
)


@given(STATES, PATCHES)
@settings(max_examples=120)
def test_the_inverse_takes_a_patch_back(state: State, patch: Patch) -> None:
    assert apply_patch(apply_patch(state, patch), inverse(state, patch)) == state


@given(STATES, PATCHES, PATCHES)
@settings(max_examples=120)
def test_two_patches_compose_to_one(state: State, first: Patch, second: Patch) -> None:
    one_by_one = apply_patch(apply_patch(state, first), second)
    assert apply_patch(state, compose(first, second)) == one_by_one


@given(STATES, PATCHES)
@settings(max_examples=60)
def test_a_patch_twice_is_a_patch_once(state: State, patch: Patch) -> None:
    once = apply_patch(state, patch)
    assert apply_patch(once, patch) == once


ACTIONS = st.lists(
    st.tuples(PATCHES, st.sampled_from(["", "drag"])) | st.sampled_from(["undo", "redo", "settle"]),
    max_size=12,
)


@given(STATES, ACTIONS)
@settings(max_examples=60)
def test_undoing_everything_gives_back_the_beginning(state: State, actions: list[object]) -> None:
    document = Document.new(state.flow, state.layout)
    act(document, actions)
    end = document.state
    while document.can_undo:
        document.undo()
    assert document.state == state
    while document.can_redo:
        document.redo()
    assert document.can_undo or end == state


@given(STATES, ACTIONS)
@settings(max_examples=40)
def test_what_the_journal_holds_is_the_document(state: State, actions: list[object]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "flow.json"
        path.write_bytes(dump_flow(state.flow))
        path.with_name("layout.json").write_bytes(dump_layout(state.layout))
        document = Document.open(path)
        act(document, actions)
        lost = document.state
        document._close_journal(discard=False)
        again = Document.open(path)
        recovery = again.recovery()
        if recovery is not None:
            assert not recovery.stale
            again.recover(recovery)
        again.close()
        assert again.state == lost


def act(document: Document, actions: list[object]) -> None:
    for action in actions:
        if isinstance(action, tuple):
            patch, merge = action
            document.apply(Edit("Edit", patch), merge)
        else:
            getattr(document, str(action))()
