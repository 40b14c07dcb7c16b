"""Recorded answers on the command line: a talk with a model is rehearsed and tested without one."""

import io
from pathlib import Path

import pytest

from server.cli import main
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator
from tests.server.commands.test_commands import write
from tests.server.language.test_talking import house, thinking, told

GREETS = thinking("reply", instructions="Greet {{ words }}.")


@pytest.fixture
async def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A talk in which a model spoke; its server and its model are gone by now."""
    monkeypatch.chdir(tmp_path)
    async with (
        ChatEmulator(Talk(replies=(Reply("Good morning, Anna. Come in."),))) as vendor,
        house(tmp_path, vendor) as owner,
    ):
        history = await told(owner, await owner.agent(GREETS), "Anna")
    write(tmp_path, GREETS)
    return str(history["session"]["id"])


async def test_a_recorded_talk_becomes_a_test_that_needs_no_model(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = tmp_path / "flows" / "flow" / "tests"
    tests.mkdir()
    assert main(["replay", session, "--test", str(tests / "anna.json")]) == 0, capsys.readouterr().err
    assert "without a network" in capsys.readouterr().out
    assert main(["test", "flows"]) == 0
    assert "1 conversations, all well" in capsys.readouterr().out
    assert main(["replay", session, "--test", str(tmp_path / "nowhere" / "anna.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err


async def test_a_rehearsal_is_answered_as_in_the_recorded_talk(
    session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", session, "--export", "talk.jsonl"]) == 0
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO("Anna\n"))
    assert main(["simulate", "flows/flow", "--answers", "talk.jsonl"]) == 0
    said = capsys.readouterr().out
    assert "agent  Good morning, Anna.\nagent  Come in." in said and "ended: done" in said


async def test_what_was_not_recorded_is_answered_by_hand(
    session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", session, "--export", "talk.jsonl"]) == 0
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO('Berta\n:answer "Hello, Berta."\n'))
    assert main(["simulate", "flows/flow", "--answers", "talk.jsonl"]) == 0
    said = capsys.readouterr().out
    assert "model at n_think ('Berta') waits" in said
    assert "agent  Hello, Berta." in said


async def test_answers_that_cannot_be_read_are_refused_in_words(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.jsonl").write_text("hello")
    for name, why in (("none.jsonl", "holds no exported session"), ("gone.jsonl", "cannot be read")):
        assert main(["simulate", "flows/flow", "--answers", name]) == 2
        assert why in capsys.readouterr().err
