"""Whatever is brought, by whomever: a clear error each, nothing lost, and the server goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.flows import asking
from tests.server.knowledge.papers import docx, paragraph
from tests.server.knowledge.site import Site, visited
from tests.server.knowledge.test_routes import RULES, ask, base_of, bring, settled
from tests.server.running import WAIT, Running, serving, settings_for


class Besieged:
    """A server with one good document, and a site it may fetch from."""

    def __init__(self, running: Running, site: Site) -> None:
        self.running, self.owner, self.site = running, running.owner, site
        self.base = ""

    async def begin(self) -> None:
        """Bring the good document."""
        self.base = await base_of(self.owner)
        good = await bring(self.owner, self.base, "rules.md", RULES)
        assert (await settled(self.owner, good["id"]))["state"] == "ready"

    async def stands(self) -> None:
        """The good document is still found, another can be brought, and the server says it is well."""
        assert "seven" in (await ask(self.owner, self.base, "when does the pool open"))[0]["text"]
        more = await bring(
            self.owner, self.base, "more.md", b"# Garage\n\nThe garage is open day and night.\n"
        )
        assert (await settled(self.owner, more["id"]))["state"] == "ready"
        assert (await self.owner.client.get("/health/ready")).status_code == 200

    async def read(self, path: str) -> dict[str, Any]:
        """A page of the site, once it was read or failed."""
        made = await self.owner.ask(
            "POST", f"/knowledge/bases/{self.base}/addresses", json={"url": f"{self.site.url}{path}"}
        )
        return await settled(self.owner, made.json()["id"])

    async def raw(self, head: str, body: bytes = b"") -> str:
        """Bytes on a socket; answers what comes back until the server closes, or has said all it will."""
        host, _, port = self.running.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
        try:
            async with asyncio.timeout(WAIT):
                return (await reader.readuntil(b"}}")).decode()
        finally:
            writer.close()


@pytest.fixture
async def besieged(tmp_path: Path) -> AsyncIterator[Besieged]:
    async with visited() as site:
        settings = settings_for(
            tmp_path, rest_limit=0, token_limit=0, http_allow=(site.host,), knowledge_limit=2_000_000
        )
        async with serving(settings) as running:
            besieged = Besieged(running, site)
            await besieged.begin()
            yield besieged
            await besieged.stands()


DOCUMENTS = (
    ("corrupt.pdf", b"%PDF-1.7\n" + b"\xff\x00nonsense" * 200, "damaged"),
    ("bomb.docx", docx("", {"word/document.xml": b"<w:p/>" * 5_000_000}), "unpacks to far more"),
    ("half.docx", docx(paragraph("words"))[:120], "damaged"),
    ("nothing.csv", b";;;\n;;;\n", "no rows"),
)


async def test_a_bad_document_fails_with_a_reason(besieged: Besieged) -> None:
    brought = [await bring(besieged.owner, besieged.base, name, data) for name, data, _ in DOCUMENTS]
    for given, (name, _, says) in zip(brought, DOCUMENTS, strict=True):
        source = await settled(besieged.owner, given["id"])
        assert (source["state"], source["chunks"]) == ("failed", 0), name
        assert says in source["problem"] and source["problem"].endswith("."), name


async def test_a_document_that_turns_into_bytes_halfway_is_read_as_far_as_it_is_text(
    besieged: Besieged,
) -> None:
    data = b"# Attic\n\nThe attic is locked. " + b"x" * 5000 + b"\0" * 5000
    brought = await bring(besieged.owner, besieged.base, "half.md", data)
    assert (await settled(besieged.owner, brought["id"]))["state"] == "ready"
    assert "locked" in (await ask(besieged.owner, besieged.base, "attic locked"))[0]["text"]


PAGES = {
    "/endless": "larger than 2000000 bytes",
    "/claims": "larger than 2000000 bytes",
    "/swells": "larger than 2000000 bytes",
    "/away": "private address",
    "/file": "Only http and https",
}


async def test_a_bad_page_fails_with_a_reason(besieged: Besieged) -> None:
    besieged.site.moved = {"/away": "http://169.254.169.254/latest/meta-data/", "/file": "file:///etc/passwd"}
    for path, says in PAGES.items():
        source = await besieged.read(path)
        assert source["state"] == "failed" and says in source["problem"], (path, source["problem"])


async def test_a_body_said_to_be_a_gigabyte_is_refused_before_it_comes(besieged: Besieged) -> None:
    head = (
        f"POST /api/v1/knowledge/bases/{besieged.base}/documents HTTP/1.1\nHost: here\n"
        f"Authorization: Bearer {besieged.owner.token}\nContent-Type: multipart/form-data; boundary=b\n"
    )
    answer = await besieged.raw(f"{head}Content-Length: {1 << 30}\n", b"--b\r\n")
    assert " 413 " in answer.splitlines()[0] and "PAYLOAD_TOO_LARGE" in answer and "Send less" in answer


NAMES = ("a\0b.md", "\0", "../../../etc/passwd", "..\\..\\boot.ini", "a\tb\x1b[31m.md", "." * 900, "a\nb.md")


async def test_a_name_with_nul_or_folders_is_made_harmless_or_refused(
    besieged: Besieged, tmp_path: Path
) -> None:
    for name in NAMES:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        answer = await besieged.owner.ask(
            "POST",
            f"/knowledge/bases/{besieged.base}/documents",
            content=f"--b\r\n{head}\r\n\r\nThe cellar is dry.\r\n--b--\r\n".encode(),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        if answer.status_code == 400:
            assert answer.json()["error"]["message"], name
            continue
        assert answer.status_code == 202, (name, answer.text)
        origin = answer.json()["origin"]
        assert origin and origin.isprintable() and len(origin) <= 200, name
        assert "/" not in origin and "\\" not in origin, name
        await settled(besieged.owner, answer.json()["id"])
    assert [path for path in tmp_path.rglob("*") if path.name in ("passwd", "boot.ini")] == []


WORDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("bases", {"name": "a\0b"}),
    ("bases", {"name": "a", "description": "a\0b"}),
    ("bases/{base}/faqs", {"title": "a\0b", "entries": [{"question": "?", "answer": "!"}]}),
    ("bases/{base}/faqs", {"entries": [{"question": "a\0b", "answer": "!"}]}),
    ("bases/{base}/addresses", {"url": "https://a.example/\0"}),
    ("bases/{base}/addresses", {"url": "https://a.example/", "title": "a\0b"}),
    ("bases/{base}/faqs", {"entries": [{"question": "  ", "answer": "!"}]}),
    ("bases/{base}/search", {"query": "\0"}),
)


async def test_words_with_nul_or_without_anything_are_refused_with_the_field(besieged: Besieged) -> None:
    for path, body in WORDS:
        answer = await besieged.owner.ask("POST", f"/knowledge/{path.format(base=besieged.base)}", json=body)
        assert answer.status_code == 422, (path, answer.text)
        assert answer.json()["error"]["details"][0]["field"]


NO_PAPERS = ("[" * 100_000, '{"documents": 5}', '{"faqs": [{}]}', '"\ud800"', "nul\0")


async def test_an_agents_papers_that_are_no_papers_are_refused(besieged: Besieged) -> None:
    agent = await besieged.owner.agent(asking())
    path = f"/agents/{agent['id']}/knowledge-base"
    for text in NO_PAPERS:
        answer = await besieged.owner.ask("POST", path, content=text.encode("utf-8", "surrogatepass"))
        assert answer.status_code in (400, 422) and answer.json()["error"]["message"], text[:20]
    half = json.dumps({"documents": [{"name": "odd.md", "content": "The attic \ud800 is locked."}]})
    answer = await besieged.owner.ask("POST", path, content=half)
    assert answer.status_code in (202, 422), answer.text
