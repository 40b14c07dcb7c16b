"""Everything one can do has a name, a word of explanation, and keys of its own."""

from pathlib import Path

import pytest

from studio.actions import Action, Actions
from tests.studio.window.conftest import Room

pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support (propagateSizeHints|raise|grabbing the (keyboard|mouse))", extend=True
)

LEAVES = {"file.close", "file.new"}
"""What ends the window, or begins another document: stories of their own."""


def nothing() -> None:
    """Does nothing."""


def test_every_action_can_be_done_in_an_ordinary_window(room: Room, flow: Path) -> None:
    window = room.open(flow)
    for action in window.actions_registry:
        if action.id not in LEAVES:
            window.document.selection.set(["n_many"])
            window.actions_registry.run(action.id)
    room.settle(window)
    assert window.isVisible()


def test_every_action_is_explained(room: Room, flow: Path) -> None:
    for action in room.open(flow).actions_registry:
        assert action.name and action.summary and action.group
        assert action.id == action.id.lower()


def test_the_menu_has_them_all(room: Room, flow: Path) -> None:
    window = room.open(flow)
    menu = window.actions_registry.menu(window)
    entries = [entry.text() for group in menu.actions() for entry in group.menu().actions()]  # type: ignore[attr-defined]
    assert len(entries) == len(list(window.actions_registry))


def test_two_actions_cannot_share_a_key_or_a_name() -> None:
    actions = Actions()
    actions.add(Action("a.one", "One", "", "A", nothing, ("Ctrl+1",)))
    with pytest.raises(ValueError, match="both want"):
        actions.add(Action("a.two", "Two", "", "A", nothing, ("Ctrl+1",)))
    with pytest.raises(ValueError, match="two actions"):
        actions.add(Action("a.one", "One", "", "A", nothing))


def test_a_new_flow_begins_empty_and_keeps_a_journal(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.actions_registry.run("file.new")
    room.settle(window)

    assert window.document.path is None
    window.desk.add_kind("say")
    assert len(window.document.flow.nodes) == 1
    assert window.isWindowModified()


def test_a_sample_is_a_document_of_its_own(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.use_sample(flow / "flow.json")

    assert window.document.path is None
    assert window.document.title == "Book a table"


def test_saving_elsewhere_makes_both_files_and_remembers_the_place(
    room: Room, flow: Path, tmp_path: Path
) -> None:
    window = room.open(flow)
    place = tmp_path / "copy" / "flow.json"

    assert window.save_to(place)

    assert place.exists() and place.with_name("layout.json").exists()
    assert window.keepsakes.recent[0] == place.resolve()


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_lost(
    room: Room, flow: Path, tmp_path: Path
) -> None:
    window = room.open(flow)
    (tmp_path / "file").write_text("")

    assert not window.save_to(tmp_path / "file" / "flow.json")

    assert "Save as" in window.desk.notices.cards[0].text
    assert window.document.path == flow / "flow.json"


def test_a_kind_is_added_to_the_outline_after_a_port(room: Room, flow: Path) -> None:
    window = room.open(flow)
    desk = window.desk
    desk.turn_drawer("outline")
    desk.outline.add_after.emit("n_many", "gives_up")
    assert desk.canvas._quick.isVisible()


def test_a_drawer_hides_when_its_place_is_chosen_again(room: Room, flow: Path) -> None:
    desk = room.open(flow).desk
    desk.turn_drawer("flow")
    assert desk.drawer.isHidden()
    desk.turn_drawer("flow")
    assert not desk.drawer.isHidden()


def test_motion_stops_when_asked_and_stays_so(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.actions_registry.run("view.still")
    assert window.keepsakes.still
    assert window.desk.canvas.overlays.still
