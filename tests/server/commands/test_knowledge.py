"""``parley knowledge`` against a server that runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.server import flows
from tests.server.knowledge.test_routes import RULES
from tests.server.running import Running, serving, settings_for


class House:
    """A server, an agent of it, and the command."""

    def __init__(self, running: Running, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.running, self.folder, self.capsys = running, folder, capsys
        self.agent: dict[str, Any] = {}

    async def says(self, action: str, *arguments: str, where: str = "") -> tuple[int, str, str]:
        """Run it; answers the exit code, what was printed, and what was complained of."""
        given = ["knowledge", action, where or self.agent["id"], *arguments]
        given += ["--server", self.running.url, "--data", str(self.folder / "data")]
        code = await asyncio.to_thread(main, given)
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def paper(self, name: str, data: bytes) -> str:
        """A file."""
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)


@pytest.fixture
async def house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[House]:
    settings = settings_for(tmp_path, rest_limit=0, token_limit=0, knowledge_limit=200_000)
    async with serving(settings) as running:
        house = House(running, tmp_path, capsys)
        house.agent = await running.owner.agent(flows.asking())
        yield house


async def test_papers_are_added_found_listed_and_removed(house: House) -> None:
    questions = {
        "title": "Guests ask",
        "entries": [{"question": "Is there a gym?", "answer": "In the cellar."}],
    }
    papers = [house.paper("rules.md", RULES), house.paper("faq.json", json.dumps(questions).encode())]
    code, out, err = await house.says("add", *papers)
    assert (code, err) == (0, "")
    assert "rules.md: ready, 2 passages" in out and "Guests ask: ready" in out and "published again" in out

    _, out, _ = await house.says("search", "when", "does", "the", "pool", "open", "--count", "1")
    assert "Pool" in out and "The pool opens at seven." in out
    code, out, _ = await house.says("search", "is there a gym", "--json")
    assert json.loads(out.splitlines()[0])["answer"] == "In the cellar."

    _, out, _ = await house.says("list", "--json")
    assert {json.loads(line)["origin"] for line in out.splitlines()} == {"rules.md", "Guests ask"}
    code, out, _ = await house.says("status", "--wait")
    assert code == 0 and "2 of 2 sources are ready" in out

    code, out, err = await house.says("remove", "rules.md", "nothing.md")
    assert code == 1 and "removed rules.md" in out and "nothing.md: there is no such source" in err
    _, out, _ = await house.says("list")
    assert "rules.md" not in out and "Guests ask" in out


async def test_adding_may_publish(house: House) -> None:
    code, out, _ = await house.says("add", house.paper("rules.md", RULES), "--title", "House", "--publish")
    assert code == 0 and "published as release" in out
    _, out, _ = await house.says("list")
    assert "rules.md" in out


async def test_a_shared_base_is_named_by_its_id(house: House) -> None:
    base = (await house.running.owner.ask("POST", "/knowledge/bases", json={"name": "Shared"})).json()["id"]
    code, _, _ = await house.says("add", house.paper("rules.md", RULES), "--no-wait", where=base)
    assert code == 0
    await house.says("status", "--wait", where=base)
    code, _, err = await house.says("add", house.paper("rules.md", RULES), "--publish", where=base)
    assert code == 2 and "Name the agent" in err
    code = await asyncio.to_thread(
        main, ["knowledge", "list", "--server", house.running.url, "--data", str(house.folder / "data")]
    )
    assert code == 0 and f"{base}  Shared  1 sources, 2 passages" in house.capsys.readouterr().out


async def test_what_cannot_be_read_is_said_and_the_rest_is_added(house: House) -> None:
    bad = [
        house.paper("broken.pdf", b"%PDF-1.4 nonsense"),
        house.paper("cat.png", b"\x89PNG\r\n"),
        house.paper("faq.json", b"{"),
        house.paper("wrong.json", b'{"entries": [{"question": "?"}]}'),
        house.paper("huge.txt", b"word " * 80_000),
        "https://127.0.0.1/",
    ]
    code, out, err = await house.says("add", *bad, house.paper("rules.md", RULES))
    assert code == 1 and "rules.md: ready" in out
    assert "broken.pdf: failed. It is damaged" in out and "private address" in out
    assert "cat.png: It is a picture" in err and "faq.json: it is no JSON" in err
    assert "wrong.json" in err and "entries.0.answer" in err
    assert "huge.txt" in err and ("larger than" in err or "PARLEY_KNOWLEDGE_LIMIT" in err)
    code, out, _ = await house.says("status")
    assert code == 1 and "1 of 3 sources are ready" in out


async def test_wrong_wishes_say_what_to_do(house: House) -> None:
    assert "is no file" in (await house.says("add", "missing.pdf"))[2]
    assert "no such agent" in (await house.says("list", where="agt_0"))[2]
    assert "no such knowledge base" in (await house.says("list", where="kb_0"))[2]
    assert "one source" in (await house.says("add", *[house.paper("a.txt", b"a")] * 2, "--title", "A"))[2]
    assert "knows nothing yet" in (await house.says("status"))[2]
    assert "Nothing was found" in (await house.says("search", "anything"))[2]


def test_without_a_server_or_a_token_it_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["knowledge", "list", "--data", str(tmp_path), "--server"]
    assert main([*given, "http://127.0.0.1:1"]) == 2
    assert "parley serve" in capsys.readouterr().err
    (tmp_path / "owner-token").write_text("secret\n")
    assert main([*given, "http://127.0.0.1:1"]) == 2
    assert "no server answers at http://127.0.0.1:1" in capsys.readouterr().err
    for address in ("nonsense", "ftp://a.example"):
        assert main([*given, address]) == 2
        assert "no server answers" in capsys.readouterr().err
    (tmp_path / "owner-token").write_bytes(b"\xff\x00")
    assert main([*given, "http://127.0.0.1:1"]) == 2
    assert "holds no token" in capsys.readouterr().err


def test_help_names_every_action(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["knowledge", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(action in shown for action in ("add", "list", "search", "remove", "status"))
