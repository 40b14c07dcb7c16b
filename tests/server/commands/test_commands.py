"""The command line."""

import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from server.cli import main
from server.kit.crypto import Keys, load_secret
from tests.server import flows
from tests.server.running import application, settings_for


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, flow: Any, name: str = "flow") -> Path:
    path = folder / "flows" / name / "flow.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(flow if isinstance(flow, str) else json.dumps(flow))
    return path


def test_help_has_examples_for_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    listed = capsys.readouterr().out
    for command in (
        "serve",
        "studio",
        "check",
        "test",
        "simulate",
        "understand",
        "replay",
        "schema",
        "migrate",
        "token",
    ):
        assert command in listed
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert "examples:" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("parley ")


def test_check_says_what_is_wrong_and_where(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(elsewhere, flows.asking()))]) == 0
    assert "no errors" in capsys.readouterr().out
    assert main(["check", str(write(elsewhere, flows.broken()).parent)]) == 1
    assert "n_say" in capsys.readouterr().out


def test_check_points_at_the_letters(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = flows.asking()
    flow["nodes"]["n_say"]["text"]["en-US"] = "First line.\nYou said {{ wordz }}."
    assert main(["check", str(write(elsewhere, flow))]) == 1
    out = capsys.readouterr().out.splitlines()
    place = next(i for i, line in enumerate(out) if "^" in line)
    assert out[place - 1].strip() == "You said {{ wordz }}."
    assert out[place - 1][out[place].index("^") :].startswith("wordz")


def test_check_for_programs(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", str(write(elsewhere, flows.broken()))]) == 1
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert findings and all({"file", "code", "severity", "message"} <= set(f) for f in findings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON"),
        ('{"format": "parley-flow", "schema": 99}', "newer Parley"),
        ("[]", "no Parley document"),
    ],
)
def test_check_of_what_is_no_flow(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    assert main(["check", str(write(elsewhere, content))]) == 2
    assert words in capsys.readouterr().err
    assert main(["check", "nowhere/flow.json"]) == 2
    assert "cannot be read" in capsys.readouterr().err


CASE: dict[str, Any] = {
    "name": "tea",
    "turns": [{"expect": ["Tea or coffee?"]}, {"say": "tea", "expect": ["Tea it is."]}],
    "outcome": "tea",
}


def test_kept_conversations_are_played(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(elsewhere, flows.choosing()).parent
    (folder / "tests").mkdir()
    (folder / "tests" / "tea.json").write_text(json.dumps(CASE))
    assert main(["test"]) == 0
    assert "1 conversations, all well" in capsys.readouterr().out

    (folder / "tests" / "coffee.json").write_text(json.dumps({**CASE, "name": "coffee", "outcome": "coffee"}))
    (folder / "tests" / "broken.json").write_text("{")
    assert main(["test", str(folder)]) == 1
    captured = capsys.readouterr()
    assert "coffee.json: coffee" in captured.out and "3 conversations, 2 went another way" in captured.out
    assert "broken.json" in captured.err
    assert main(["test", "--match", "tea"]) == 1


def test_there_is_nothing_to_play(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "nowhere"]) == 2
    assert "no flow.json" in capsys.readouterr().err
    write(elsewhere, "{")
    assert main(["test", str(elsewhere / "flows" / "flow" / "flow.json")]) == 1


def test_words_are_understood(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = ["--now", "2026-11-20T10:00"]
    assert (
        main(["understand", "--type", "date", *now, "--locale", "en-US", "--json", "a fortnight from today"])
        == 0
    )
    read = json.loads(capsys.readouterr().out)
    assert read["value"] == "2026-12-04" and read["confidence"] > 0

    choices = ["--type", "choice", "--choices", "bar=bar,counter;garden=garden,outside"]
    assert main(["understand", *choices, "--json", "at", "the", "counter"]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == "bar"
    assert main(["understand", *choices, "--json", "qwertz"]) == 0
    assert json.loads(capsys.readouterr().out)["value"] is None

    monkeypatch.setattr("sys.stdin", io.StringIO("two\nthree\n"))
    assert main(["understand", "--type", "number", "--json", "-"]) == 0
    assert [json.loads(line)["value"] for line in capsys.readouterr().out.splitlines()] == [2, 3]

    assert main(["understand", "--type", "number", "two"]) == 0
    assert capsys.readouterr().out.startswith("2")
    assert main(["understand", "--type", "number", "qwertz"]) == 0
    assert capsys.readouterr().out.startswith("not understood")


def test_understanding_needs_sensible_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", "--type", "date", "--now", "yesterday", "x"]) == 2
    assert main(["understand", "--type", "choice", "x"]) == 2
    assert "--choices" in capsys.readouterr().err


def test_the_schema_fits_what_it_describes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.validate(flows.asking(), schema)
    assert main(["schema", "layout"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_the_database_is_brought_to_the_newest_schema(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "--data", "here"]) == 0
    assert "(was new)" in capsys.readouterr().out
    assert main(["migrate", "--data", "here"]) == 0
    assert "as before" in capsys.readouterr().out
    tables = (
        sqlite3.connect(elsewhere / "here" / "parley.db").execute("SELECT name FROM sqlite_master").fetchall()
    )
    assert ("session_event",) in tables
    (elsewhere / "file").write_text("")
    assert main(["migrate", "--data", "file"]) == 1


def test_wrong_settings_stop_each_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARLEY_HTTP_PORT", "x")
    for command in (["serve"], ["migrate"], ["token"]):
        assert main(command) == 2
        assert "PARLEY_HTTP_PORT" in capsys.readouterr().err
    assert main(["replay", "ses_0"]) == 2


async def begun(folder: Path) -> tuple[str, str]:
    """A server's data with a finished talk; answers with the owner token and the session's id."""
    async with application(settings_for(folder)) as (_, owner):
        agent = await owner.agent(flows.choosing())
        session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
        await owner.ask("POST", f"/sessions/{session['id']}/messages", json={"text": "tea"})
    return owner.token, session["id"]


async def test_the_owner_token_is_shown_and_renewed(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token"]) == 1
    assert "parley serve" in capsys.readouterr().err
    token, _ = await begun(elsewhere)
    assert main(["token"]) == 0
    assert capsys.readouterr().out.strip() == token
    assert main(["token", "--path"]) == 0
    assert Path(capsys.readouterr().out.strip()).read_text().strip() == token


def test_the_owner_token_is_renewed(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--renew"]) == 0
    first = capsys.readouterr().out
    assert main(["token", "--renew"]) == 0
    assert capsys.readouterr().out != first


async def test_a_talk_is_replayed_exported_and_replayed_from_the_file(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, session = await begun(elsewhere)
    assert main(["replay", session, "--export", "talk.jsonl"]) == 0
    out = capsys.readouterr().out
    assert "agent: Tea or coffee?" in out and "2 events, replayed alike; outcome tea" in out

    path = write(elsewhere, flows.choosing())
    assert main(["replay", "talk.jsonl", "--flow", str(path)]) == 0
    other = write(elsewhere, flows.asking(), "other")
    assert main(["replay", "talk.jsonl", "--flow", str(other)]) == 2
    assert "runs program" in capsys.readouterr().err

    lines = (elsewhere / "talk.jsonl").read_text().replace("Tea it is.", "Coffee it is.")
    (elsewhere / "changed.jsonl").write_text(lines)
    assert main(["replay", "changed.jsonl", "--flow", str(path)]) == 1
    assert "would do something else" in capsys.readouterr().err


async def test_what_cannot_be_replayed(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "ses_0"]) == 2
    assert "no database" in capsys.readouterr().err
    await begun(elsewhere)
    assert main(["replay", "ses_0"]) == 2
    assert "no session ses_0" in capsys.readouterr().err
    (elsewhere / "empty").write_text("")
    (elsewhere / "odd").write_text("what?\n")
    assert main(["replay", "empty"]) == 2
    for name in ("empty", "odd"):
        assert main(["replay", name, "--flow", "x"]) == 2


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    waiting = iter(lines)

    def read(prompt: str) -> str:
        try:
            return next(waiting)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", read)


def test_a_talk_in_the_terminal(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(elsewhere, flows.choosing())
    answers(monkeypatch, "perhaps", ":back", ":vars", ":help", "", ":press coffee")
    assert main(["simulate", str(path)]) == 0
    out = capsys.readouterr().out
    assert "agent  Tea or coffee?" in out and ":press tea" in out
    assert "agent  Coffee it is." in out and "ended: coffee" in out


def test_services_in_the_terminal_are_answered_by_hand_or_by_the_demo(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(elsewhere, flows.calling("https://shop.example/{{ words }}"))
    answers(monkeypatch, "7", ":answer {", ':answer {"status": "on its way"}')
    assert main(["simulate", str(path)]) == 0
    out = capsys.readouterr().out
    assert "GET https://shop.example/7 waits" in out and "no JSON" in out and "It is on its way." in out

    answers(monkeypatch, "7", ":error")
    assert main(["simulate", str(path)]) == 0
    assert "I cannot say." in capsys.readouterr().out

    demo = write(elsewhere, flows.calling("demo:/orders/{{ words }}"))
    answers(monkeypatch, "100235")
    assert main(["simulate", str(demo), "--now", "2026-11-20T10:00"]) == 0
    assert "It is delivered." in capsys.readouterr().out


def test_a_talk_can_be_left_and_a_wrong_start_is_named(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(elsewhere, flows.asking())
    for lines in ((":quit",), (), (":wait soon", ":wait 10", ":keys 1", ":silence", ":hangup")):
        answers(monkeypatch, *lines)
        assert main(["simulate", str(path)]) == 0
    assert main(["simulate", "nowhere.json"]) == 2
    assert main(["simulate", str(path), "--now", "soon"]) == 2
    assert main(["simulate", str(write(elsewhere, "{", "odd"))]) == 2


def test_interrupting_is_no_error(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupt)
    assert main(["simulate", str(write(elsewhere, flows.asking()))]) == 130


def test_the_studio_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["studio"]) == 1
    assert "parley[studio]" in capsys.readouterr().err


def test_workers_are_shown_what_the_server_asks_them_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token", "--worker", "--data", str(tmp_path)]) == 1
    assert "Start `parley serve` once" in capsys.readouterr().err
    secret = load_secret(tmp_path / "secret")
    assert main(["token", "--worker", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == Keys(secret).worker_token()
