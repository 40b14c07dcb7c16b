"""Pages are fetched with care, again when they are due, and whole sites by their map."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.knowledge.site import Site, visited
from tests.server.knowledge.test_routes import ask, base_of, settled
from tests.server.running import WAIT, Owner, application, settings_for


class Web:
    """A server that may fetch from the site, and the site."""

    def __init__(self, app: Any, owner: Owner, site: Site, base: str) -> None:
        self.app, self.owner, self.site, self.base = app, owner, site, base

    async def read(self, path: str, **more: Any) -> dict[str, Any]:
        """Add an address of the site and wait until it is read."""
        body = {"url": f"{self.site.url}{path}", **more}
        answer = await self.owner.ask("POST", f"/knowledge/bases/{self.base}/addresses", json=body)
        assert answer.status_code == 202, answer.text
        return await settled(self.owner, answer.json()["id"])


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    async with visited() as site:
        settings = settings_for(
            tmp_path, rest_limit=0, token_limit=0, http_allow=(site.host,), knowledge_limit=300_000
        )
        async with application(settings) as (app, owner):
            yield Web(app, owner, site, await base_of(owner))


async def test_a_page_is_found_with_its_address(web: Web) -> None:
    web.site.page("/pool", "The pool opens at seven.", "Pool")
    source = await web.read("/pool#times")
    assert (source["state"], source["title"], source["pages"]) == ("ready", "Pool", 1)
    found = (await ask(web.owner, web.base, "when does the pool open"))[0]
    assert (found["url"], found["title"]) == (f"{web.site.url}/pool", "Pool")


async def test_a_page_is_read_again_when_it_is_due_and_only_if_it_changed(web: Web) -> None:
    for web.site.etags in (True, False):
        web.site.page("/pool", "The pool opens at seven.", "Pool")
        source = await web.read("/pool", recrawl_hours=24)
        assert source["next_at"] > source["updated_at"]
        same = await web.owner.ask("POST", f"/knowledge/sources/{source['id']}/refresh")
        assert same.json()["state"] == "waiting"
        assert (await settled(web.owner, source["id"]))["chunks"] == 1
        web.site.page("/pool", "The pool opens at nine.", "Pool")
        await web.owner.ask("POST", f"/knowledge/sources/{source['id']}/refresh")
        await settled(web.owner, source["id"])
        assert "nine" in (await ask(web.owner, web.base, "pool"))[0]["text"]


async def test_a_site_is_read_by_its_map(web: Web) -> None:
    for number in range(3):
        web.site.page(f"/{number}", f"Room {number} has a balcony.", f"Room {number}")
    links = [f"{web.site.url}/{number}" for number in range(4)] + ["https://elsewhere.example/x"]
    entries = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    web.site.pages["/more.xml"] = ("application/xml", f"<?xml version='1.0'?><urlset>{entries}</urlset>")
    index = f"<sitemapindex><sitemap><loc>{web.site.url}/more.xml</loc></sitemap></sitemapindex>"
    web.site.pages["/sitemap.xml"] = ("application/xml", index)
    source = await web.read("/sitemap.xml")
    assert source["state"] == "ready" and source["chunks"] == 3
    assert source["problems"] == [f"{web.site.url}/3: It answered with HTTP 404."]
    found = (await ask(web.owner, web.base, "room 2 balcony"))[0]
    assert found["url"] == f"{web.site.url}/2"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/endless", "larger than 300000 bytes"),
        ("/away", "private address"),
        ("/inside", "private address"),
        ("/circle", "redirects"),
        ("/nothing", "HTTP 404"),
        ("/picture", "picture"),
        ("/empty", "no text"),
    ],
)
async def test_what_gives_nothing_says_why_and_nothing_is_lost(web: Web, path: str, says: str) -> None:
    port = int(web.site.host.rpartition(":")[2])
    web.site.moved = {
        "/away": "http://169.254.169.254/latest/meta-data/",
        "/inside": "http://[::1]/",
        "/circle": f"http://127.0.0.1:{port}/circle",
    }
    web.site.pages["/picture"] = ("image/gif", "GIF89a picture")
    web.site.pages["/empty"] = ("text/html", "<html><body><nav>Home</nav></body></html>")
    web.site.page("/good", "The pool opens at seven.")
    await web.read("/good")
    source = await web.read(path)
    assert source["state"] == "failed" and says in source["problem"]
    assert len(await ask(web.owner, web.base, "pool")) == 1


async def test_a_page_that_is_gone_leaves_what_was_read(web: Web) -> None:
    web.site.page("/pool", "The pool opens at seven.")
    source = await web.read("/pool")
    del web.site.pages["/pool"]
    await web.owner.ask("POST", f"/knowledge/sources/{source['id']}/refresh")
    gone = await settled(web.owner, source["id"])
    assert gone["state"] == "failed" and gone["chunks"] == 1
    assert len(await ask(web.owner, web.base, "pool")) == 1


async def test_who_does_not_answer_is_asked_again_later(tmp_path: Path) -> None:
    async with visited() as site:
        host = site.host
    settings = settings_for(tmp_path, rest_limit=0, token_limit=0, http_allow=(host,))
    async with application(settings) as (_, owner):
        base = await base_of(owner)
        made = await owner.ask("POST", f"/knowledge/bases/{base}/addresses", json={"url": f"http://{host}/"})
        async with asyncio.timeout(WAIT):
            while True:
                source = (await owner.ask("GET", f"/knowledge/sources/{made.json()['id']}")).json()
                if source["problem"]:
                    break
                await asyncio.sleep(0.05)
    assert source["state"] == "waiting" and source["next_at"] and "cannot be reached" in source["problem"]
