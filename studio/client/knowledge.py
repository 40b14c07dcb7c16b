"""What an agent knows: its documents, addresses and questions on the server, and searching them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from studio.client.agents import Agent
from studio.client.api import Api, ServerTrouble

PAGE = 100
"""Sources asked for at once."""
BUSY = ("waiting", "reading", "embedding")


class KnownSource(msgspec.Struct, frozen=True):
    """A document, an address or a question. ``progress`` is per mille; ``problem`` says why it ``failed``."""

    id: str
    base_id: str
    kind: str
    title: str
    origin: str
    state: str
    progress: int = 0
    problem: str = ""
    problems: tuple[str, ...] = ()
    note: str = ""
    chunks: int = 0
    pages: int = 0
    recrawl_hours: int = 0

    @property
    def busy(self) -> bool:
        """Whether it is still being read."""
        return self.state in BUSY


class FoundPassage(msgspec.Struct, frozen=True):
    """A piece of what the agent knows. ``score`` is per mille: how near it is to what was asked."""

    id: str
    text: str
    title: str
    where: str = ""
    url: str = ""
    score: int = 0
    answer: str = ""


async def base_of(api: Api, agent: Agent, *, make: bool = False) -> str:
    """The agent's own knowledge base; without one it is made, or the answer is empty. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", f"/api/v1/agents/{agent.id}/knowledge-base")
    base = body["base_id"]
    if base is None and make:
        wanted = {"name": agent.name, "agent_id": agent.id}
        try:
            made, _ = await api.call("POST", "/api/v1/knowledge/bases", json=wanted)
        except ServerTrouble as trouble:
            if not trouble.conflict:
                raise
            return await base_of(api, agent)  # somebody else has just made it
        base = made["id"]
    return base or ""


async def list_sources(api: Api, base: str) -> list[KnownSource]:
    """All a base was made from, newest first. Raises `ServerTrouble`."""
    sources: list[KnownSource] = []
    cursor = ""
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        body, _ = await api.call("GET", f"/api/v1/knowledge/bases/{base}/sources?limit={PAGE}{more}")
        sources += [_source(item) for item in body["items"]]
        cursor = body.get("next_cursor") or ""
        if not cursor:
            return sources


async def add_document(api: Api, base: str, name: str, data: bytes) -> KnownSource:
    """Bring a document; one of the same name is replaced once it was read. Raises `ServerTrouble`."""
    return _source(await api.send_file(f"/api/v1/knowledge/bases/{base}/documents", name, data))


async def add_address(api: Api, base: str, url: str, recrawl_hours: int = 0) -> KnownSource:
    """Let a page, or the pages of a sitemap, be read; again after so many hours. Raises `ServerTrouble`."""
    wanted = {"url": url, "recrawl_hours": recrawl_hours}
    body, _ = await api.call("POST", f"/api/v1/knowledge/bases/{base}/addresses", json=wanted)
    return _source(body)


async def add_question(
    api: Api, base: str, question: str, answer: str, also: Sequence[str] = ()
) -> KnownSource:
    """Give a question with its answer and other ways to ask it; the same question again replaces its answer.

    Raises `ServerTrouble`."""
    entry = {"question": question, "answer": answer, "also": list(also)}
    wanted = {"title": " ".join(question.split())[:200], "entries": [entry]}
    body, _ = await api.call("POST", f"/api/v1/knowledge/bases/{base}/faqs", json=wanted)
    return _source(body)


async def read_again(api: Api, source: str) -> KnownSource:
    """Read a source again now. Raises `ServerTrouble`."""
    body, _ = await api.call("POST", f"/api/v1/knowledge/sources/{source}/refresh")
    return _source(body)


async def forget_source(api: Api, source: str) -> None:
    """Take a source away. Raises `ServerTrouble`."""
    await api.call("DELETE", f"/api/v1/knowledge/sources/{source}")


async def search(api: Api, base: str, query: str, count: int = 5) -> list[FoundPassage]:
    """What the agent would find, best first. Raises `ServerTrouble`."""
    wanted = {"query": query, "count": count}
    body, _ = await api.call("POST", f"/api/v1/knowledge/bases/{base}/search", json=wanted)
    return [msgspec.convert(item, FoundPassage) for item in body["passages"]]


def _source(body: Mapping[str, Any]) -> KnownSource:
    return msgspec.convert(body, KnownSource)
