"""Undo, merging and what observers are told."""

from studio.document import Change, Document
from studio.document.edits import move_nodes, remove_nodes, set_field, set_label


def type_words(document: Document, words: str, merge: str) -> None:
    for end in range(1, len(words) + 1):
        document.apply(set_field(document.state, "", "n_welcome", "text.en-US", words[:end]), merge)


def test_typing_is_one_step(document: Document) -> None:
    type_words(document, "Buona sera", "n_welcome.text")
    document.undo()
    assert document.flow.nodes["n_welcome"].fields["text"]["en-US"] == "Good evening."
    assert not document.can_undo


def test_another_gesture_is_another_step(document: Document) -> None:
    type_words(document, "Buona", "n_welcome.text")
    document.settle()
    type_words(document, "Ciao", "n_welcome.text")
    document.undo()
    assert document.flow.nodes["n_welcome"].fields["text"]["en-US"] == "Buona"


def test_an_edit_after_undo_does_not_join_the_step_before(document: Document) -> None:
    type_words(document, "One", "text")
    document.settle()
    document.apply(set_label(document.state, "", "n_welcome", "Hello"))
    document.undo()
    type_words(document, "Two", "text")
    assert document.history() == (("Edit “Welcome”", "Edit “Welcome”"), 2)


def test_saved_means_saved_however_one_gets_back_there(document: Document) -> None:
    assert not document.dirty
    document.apply(set_label(document.state, "", "n_welcome", "Hello"))
    assert document.dirty
    document.undo()
    assert not document.dirty
    document.apply(set_label(document.state, "", "n_welcome", "Hi"))
    assert document.dirty


def test_an_edit_that_changes_nothing_is_no_step(document: Document) -> None:
    document.apply(set_label(document.state, "", "n_welcome", "Welcome"))
    document.apply(move_nodes(document.state, {"n_welcome": (0, 0)}))
    assert not document.can_undo


def test_observers_hear_which_nodes_changed(document: Document) -> None:
    heard: list[Change] = []
    stop = document.subscribe(heard.append)
    document.apply(set_label(document.state, "", "n_welcome", "Hello"))
    document.undo()
    stop()
    document.redo()
    assert [(change.origin, change.nodes("")) for change in heard] == [
        ("edit", {"n_welcome"}),
        ("undo", {"n_welcome"}),
    ]
    assert document.undo_label == "Name Hello"


def test_the_selection_lets_go_of_what_is_deleted(document: Document) -> None:
    document.apply(set_label(document.state, "", "n_welcome", "Hello"))
    document.selection.set(("n_bye", "n_many"))
    document.apply(remove_nodes(document.state, "", ["n_bye"]))
    assert document.selection.nodes == ("n_many",)
