"""Opening, saving, and coming back after a crash."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.flow import FlowNode, dump_flow, dump_layout
from studio.document import Document, OpenError, SaveError, find_recovery
from studio.document.edits import set_label
from studio.document.files import LAYOUT_FILE
from tests.studio.document.conftest import sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    flow, layout = sample()
    (tmp_path / "flow.json").write_bytes(dump_flow(flow))
    (tmp_path / LAYOUT_FILE).write_bytes(dump_layout(layout))
    return tmp_path


def rename_welcome(document: Document, name: str) -> None:
    document.apply(set_label(document.state, "", "n_welcome", name))


def test_a_saved_document_opens_as_it_was(folder: Path) -> None:
    document = Document.open(folder)
    rename_welcome(document, "Hello")
    document.save()
    assert not document.dirty
    assert Document.open(folder).state == document.state


def test_saving_writes_the_same_bytes_for_the_same_flow(folder: Path) -> None:
    before = (folder / "flow.json").read_bytes()
    document = Document.open(folder)
    document.save()
    assert (folder / "flow.json").read_bytes() == before


def test_saving_elsewhere_leaves_the_first_file_alone(folder: Path, tmp_path: Path) -> None:
    document = Document.open(folder)
    before = (folder / "flow.json").read_bytes()
    rename_welcome(document, "Hello")
    document.save(tmp_path / "new" / "flow.json")
    assert (folder / "flow.json").read_bytes() == before
    assert document.path == tmp_path / "new" / "flow.json"
    assert not document.dirty


def test_nodes_of_unknown_kinds_survive(folder: Path) -> None:
    flow, _ = sample()
    strange = FlowNode("n_strange", "teleport", fields={"where": {"planet": "Mars"}}, extra={"x_note": 1})
    flow = type(flow)(name="x", start="n_strange", nodes={"n_strange": strange})
    (folder / "flow.json").write_bytes(dump_flow(flow))
    document = Document.open(folder)
    document.apply(set_label(document.state, "", "n_strange", "Beam"))
    document.save()
    node = Document.open(folder).flow.nodes["n_strange"]
    assert (node.kind, node.fields, node.extra) == ("teleport", strange.fields, strange.extra)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "not valid JSON"),
        (b"\x00\xff", "not valid JSON"),
        (b"{}", "no Parley document"),
        (b'{"format": "parley-flow", "schema": 99}', "newer Parley"),
        (b'{"format": "parley-flow", "schema": "1"}', "whole number"),
    ],
)
def test_a_file_that_is_no_flow_says_why(folder: Path, content: bytes, sentence: str) -> None:
    (folder / "flow.json").write_bytes(content)
    with pytest.raises(OpenError, match=sentence):
        Document.open(folder)
    assert (folder / "flow.json").read_bytes() == content


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(OpenError, match="no such file"):
        Document.open(tmp_path / "nothing.json")


def test_a_broken_layout_loses_only_places(folder: Path) -> None:
    (folder / LAYOUT_FILE).write_bytes(b"[")
    document = Document.open(folder)
    assert document.layout.nodes == {}
    assert "laid out anew" in document.notices[0]


def test_a_flow_with_mistakes_is_kept_beside_when_it_is_saved(folder: Path) -> None:
    broken = b'{"format": "parley-flow", "schema": 1, "nodes": {"n_a": {"label": "no kind"}}, "colour": 1}'
    (folder / "flow.json").write_bytes(broken)
    document = Document.open(folder)
    assert document.diagnostics
    document.save()
    assert (folder / "flow.json.bak").read_bytes() == broken


def test_a_place_that_cannot_be_written_loses_nothing(folder: Path) -> None:
    document = Document.open(folder)
    rename_welcome(document, "Hello")
    (folder / "in the way").write_text("a file")
    with pytest.raises(SaveError, match="your work is still here"):
        document.save(folder / "in the way" / "flow.json")
    assert document.dirty
    document.save()
    assert Document.open(folder).flow.nodes["n_welcome"].label == "Hello"


def test_a_document_without_a_file_asks_where_to_live() -> None:
    with pytest.raises(SaveError, match="Choose where"):
        Document.new(*sample()).save()


def test_changes_from_outside_are_noticed(folder: Path) -> None:
    document = Document.open(folder)
    assert not document.changed_outside()
    (folder / "flow.json").write_bytes((folder / "flow.json").read_bytes().replace(b"Welcome", b"Benvenuti"))
    assert document.changed_outside()
    document.reload()
    assert document.flow.nodes["n_welcome"].label == "Benvenuti"
    assert not document.changed_outside()


CRASH = """
import os, sys
from pathlib import Path
from studio.document import Document
from studio.document.edits import set_label
document = Document.open(Path(sys.argv[1]))
for name in ("Hello", "Buona sera"):
    document.apply(set_label(document.state, "", "n_welcome", name))
os.kill(os.getpid(), 9)
"""


def crash(folder: Path, checkout: Path) -> None:
    """Edit the flow in another process that is killed before it saves."""
    subprocess.run([sys.executable, "-c", CRASH, str(folder)], cwd=checkout, check=False)


def test_a_crash_loses_nothing(folder: Path, checkout: Path) -> None:
    crash(folder, checkout)
    document = Document.open(folder)
    assert document.flow.nodes["n_welcome"].label == "Welcome"
    recovery = document.recovery()
    assert recovery is not None
    assert recovery.describe() == "2 edits were not saved; the last one: Name Buona sera."
    document.recover(recovery)
    assert document.flow.nodes["n_welcome"].label == "Buona sera"
    assert document.dirty
    document.save()
    document.close()
    assert find_recovery(folder) is None


def test_work_that_nobody_decided_about_waits_for_the_next_start(folder: Path, checkout: Path) -> None:
    crash(folder, checkout)
    document = Document.open(folder)
    rename_welcome(document, "Something else")
    document.close()
    recovery = find_recovery(folder)
    assert recovery is not None
    assert recovery.edits == ("Name Hello", "Name Buona sera")


def test_recovery_says_when_the_file_has_changed_since(folder: Path, checkout: Path) -> None:
    crash(folder, checkout)
    (folder / "flow.json").write_bytes((folder / "flow.json").read_bytes().replace(b"Sorry", b"Pardon"))
    recovery = find_recovery(folder)
    assert recovery is not None
    assert recovery.stale
    assert "changed since" in recovery.describe()


def test_a_torn_line_ends_the_journal(folder: Path, checkout: Path) -> None:
    crash(folder, checkout)
    journal = folder / ".flow.json.journal"
    journal.write_bytes(journal.read_bytes()[:-20])
    recovery = find_recovery(folder)
    assert recovery is not None
    assert recovery.edits == ("Name Hello",)


def test_the_journal_of_a_window_that_is_open_is_not_offered(folder: Path) -> None:
    document = Document.open(folder)
    rename_welcome(document, "Hello")
    other = Document.open(folder)
    assert other.recovery() is None
    rename_welcome(other, "Ciao")
    assert "open in another window" in other.notices[0]
    document.close()


def test_closing_without_saving_can_keep_the_work(folder: Path) -> None:
    document = Document.open(folder)
    rename_welcome(document, "Hello")
    document.close(discard=False)
    assert find_recovery(folder) is not None
    document = Document.open(folder)
    rename_welcome(document, "Hello")
    document.save()
    document.close()
    assert not (folder / ".flow.json.journal").exists()


def test_a_document_without_a_file_is_kept_in_the_data_folder(tmp_path: Path) -> None:
    document = Document.new(*sample(), journal_dir=tmp_path)
    rename_welcome(document, "Hello")
    document.close(discard=False)
    recovery = find_recovery(None, tmp_path)
    assert recovery is not None
    again = Document.new(*sample(), journal_dir=tmp_path)
    again.recover(recovery)
    assert again.flow.nodes["n_welcome"].label == "Hello"
    again.close()
