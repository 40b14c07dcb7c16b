"""An organisation keeps so many sources and bytes, and is told when it is full."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.flows import asking
from tests.server.knowledge.site import Site, visited
from tests.server.knowledge.test_routes import RULES, ask, base_of, bring, settled
from tests.server.running import Owner, application, settings_for


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with visited() as site:
        yield site


@pytest.fixture
async def small(tmp_path: Path, site: Site) -> AsyncIterator[Owner]:
    """A server on which three sources of two thousand bytes in all may be kept."""
    settings = settings_for(
        tmp_path,
        rest_limit=0,
        token_limit=0,
        knowledge_sources=3,
        knowledge_bytes=2000,
        http_allow=(site.host,),
    )
    async with application(settings) as (_, owner):
        yield owner


async def test_no_more_sources_than_allowed(small: Owner) -> None:
    bases = [await base_of(small, name) for name in ("One", "Two")]
    for at in range(3):
        await bring(small, bases[at % 2], f"{at}.md", RULES)
    entries = [{"question": "Is there a gym?", "answer": "Yes."}]
    for path, body in (("faqs", {"entries": entries}), ("addresses", {"url": "https://a.example/"})):
        full = await small.ask("POST", f"/knowledge/bases/{bases[0]}/{path}", json=body)
        error = full.json()["error"]
        assert (full.status_code, error["code"]) == (409, "KNOWLEDGE_FULL")
        assert "no more than 3" in error["message"] and "Delete sources" in error["message"]
        assert error["details"]["most"] == {"sources": 3, "bytes": 2000}
    again = await bring(small, bases[0], "0.md", RULES + b"More.\n")
    await settled(small, again["id"])
    assert (await small.ask("DELETE", f"/knowledge/sources/{again['id']}")).status_code == 204
    await bring(small, bases[1], "new.md", RULES)


async def test_no_more_bytes_than_allowed_and_what_is_refused_leaves_nothing(
    small: Owner, tmp_path: Path
) -> None:
    base = await base_of(small)
    first = await bring(small, base, "rules.md", RULES + b"word " * 200)
    await settled(small, first["id"])
    path = f"/knowledge/bases/{base}/documents"
    full = await small.ask("POST", path, files={"file": ("long.txt", b"word " * 300)})
    assert (full.status_code, full.json()["error"]["code"]) == (409, "KNOWLEDGE_FULL")
    assert "would add 1500" in full.json()["error"]["message"]
    assert len(list((tmp_path / "data" / "knowledge").glob("*/file_*"))) == 1
    await bring(small, base, "rules.md", RULES + b"word " * 300)
    agent = await small.agent(asking())
    body = {"documents": [{"name": "long.txt", "content": "word " * 300}]}
    assert (await small.ask("POST", f"/agents/{agent['id']}/knowledge-base", json=body)).status_code == 409


async def test_a_page_that_does_not_fit_fails_and_what_was_read_stays(small: Owner, site: Site) -> None:
    base = await base_of(small)
    site.page("/pool", "The pool opens at seven.")
    made = await small.ask("POST", f"/knowledge/bases/{base}/addresses", json={"url": f"{site.url}/pool"})
    source = await settled(small, made.json()["id"])
    assert source["state"] == "ready" and 50 < source["bytes"] < 200
    site.page("/pool", "The pool opens at nine. " * 200)
    await small.ask("POST", f"/knowledge/sources/{source['id']}/refresh")
    source = await settled(small, source["id"])
    assert source["state"] == "failed" and "no more than 2000 are allowed" in source["problem"]
    assert "seven" in (await ask(small, base, "pool"))[0]["text"]


async def test_an_agent_forgets_one_source_or_all(small: Owner) -> None:
    agents = [await small.agent(asking()) for _ in range(2)]
    path = f"/agents/{agents[0]['id']}/knowledge-base"
    documents = [{"name": f"{at}.md", "content": RULES.decode()} for at in range(2)]
    known = (await small.ask("POST", path, json={"documents": documents})).json()
    other = f"/agents/{agents[1]['id']}/knowledge-base/{known['documents'][0]['id']}"
    assert (await small.ask("DELETE", other)).status_code == 404
    assert (await small.ask("DELETE", f"{path}/{known['documents'][0]['id']}")).status_code == 204
    assert [each["origin"] for each in (await small.ask("GET", path)).json()["documents"]] == ["1.md"]
    gone = await small.client.delete(f"/api{path}", headers={"Authorization": f"Bearer {small.token}"})
    assert gone.status_code == 204
    assert (await small.ask("GET", path)).json()["documents"] == []
    assert (await small.ask("DELETE", path)).status_code == 204
    assert (await small.ask("DELETE", "/agents/agt_0/knowledge-base")).status_code == 404
