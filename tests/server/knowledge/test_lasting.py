"""What lasts: work goes on after a restart, snapshots hold what was published, another model means other vectors."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.providers.embeddings.contract import Vectors, unit
from engine.providers.speech import ProviderError, Trouble
from server.kit.errors import ApiError
from server.knowledge.ingesting import label_of
from server.knowledge.repository import KnowledgeRepository
from tests.server.knowledge.test_routes import RULES, ask, base_of, bring, settled
from tests.server.running import WAIT, Owner, application, settings_for


class Bags:
    """An embedding model for tests: bags of hashed words. It may fail, or wait until it is let go."""

    name = "bags"
    dimensions = 64
    longest = 1000

    def __init__(self, model: str = "one") -> None:
        self.model = model
        self.trouble: Trouble | None = None
        self.asked = 0
        self.free = asyncio.Event()
        self.free.set()
        self.most = 10**9
        """Texts in bulk after which it waits."""

    async def embed(self, texts: Sequence[str], *, bulk: bool = False) -> Vectors:
        """A place a word."""
        if self.trouble:
            raise ProviderError(self.name, self.trouble, "as the test wants")
        if bulk:
            if self.asked >= self.most:
                await self.free.wait()
            self.asked += len(texts)
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for at, text in enumerate(texts):
            for word in [*text.lower().split(), self.model]:
                found[at, hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 1
        return unit(found)

    async def check(self) -> None:
        """Always."""

    async def aclose(self) -> None:
        """Nothing to do."""


def use(app: Any, model: Bags) -> None:
    """Make the server use this model."""
    house = app.state.server.knowledge
    for part in (house.jobs.ingester, house.finder):
        part.model, part.label = model, label_of(model)


def many(count: int) -> bytes:
    """A document with so many chunks."""
    return "\n\n".join(f"# Part {at}\n\nRoom {at} costs {at} euros a night." for at in range(count)).encode()


def quiet(folder: Path) -> Any:
    return settings_for(folder, rest_limit=0, token_limit=0)


async def state_of(owner: Owner, source_id: str, holds: Any) -> dict[str, Any]:
    """The source once it is as wanted."""
    async with asyncio.timeout(WAIT):
        while True:
            source: dict[str, Any] = (await owner.ask("GET", f"/knowledge/sources/{source_id}")).json()
            if holds(source):
                return source
            await asyncio.sleep(0.02)


async def test_a_restart_goes_on_where_the_server_ended(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        model = Bags()
        model.most = 64
        model.free.clear()
        use(app, model)
        base = await base_of(owner)
        source = await bring(owner, base, "rooms.md", many(100))
        half = await state_of(owner, source["id"], lambda s: s["progress"] > 600)
        assert half["state"] == "embedding" and half["chunks"] == 0
        assert await ask(owner, base, "room 7") == []
        await asyncio.wait_for(state_of(owner, source["id"], lambda s: model.asked >= 64), WAIT)
    async with application(quiet(tmp_path)) as (app, owner):
        done = await state_of(owner, source["id"], lambda s: s["state"] == "ready")
        assert done["chunks"] == 100 and done["progress"] == 1000
        # What the former process embedded, by another model, is embedded anew meanwhile.
        async with asyncio.timeout(WAIT):
            while "Room 7 " not in " ".join(
                found["text"] for found in await ask(owner, base, "room 7 euros")
            ):
                await asyncio.sleep(0.05)


async def test_a_document_that_ends_the_server_each_time_is_given_up(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        jobs, model = app.state.server.knowledge.jobs, Bags()
        model.most = 0
        model.free.clear()
        use(app, model)
        source = await bring(owner, await base_of(owner), "rooms.md", many(3))
        for _ in range(6):
            found = await state_of(owner, source["id"], lambda s: s["state"] in ("embedding", "failed"))
            await jobs.stop()
            await jobs.start()
    assert found["state"] == "failed" and "given up" in found["problem"]


async def test_a_snapshot_holds_what_was_published(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        house, organization = app.state.server.knowledge, app.state.server.accounts.organization_id
        base = await base_of(owner)
        source = await bring(owner, base, "rules.md", RULES)
        await settled(owner, source["id"])
        first = await house.snapshot(organization, base)
        assert await house.snapshot(organization, base) == first
        await bring(owner, base, "rules.md", RULES.replace(b"ten euros", b"twenty euros"))
        await settled(owner, source["id"])
        second = await house.snapshot(organization, base)
        assert second != first

        async def dogs(scope: str) -> str:
            return str((await house.search(organization, [scope], "what does a dog cost", 1))[0].text)

        assert "ten euros" in await dogs(first)
        assert "twenty euros" in await dogs(second)
        assert "twenty euros" in await dogs(base)
        await owner.ask("DELETE", f"/knowledge/sources/{source['id']}")
        assert await ask(owner, base, "dogs") == []
        assert "ten euros" in await dogs(first)
        kept = await owner.ask("DELETE", f"/knowledge/bases/{base}")
        assert kept.status_code == 409 and kept.json()["error"]["code"] == "KNOWLEDGE_BASE_IN_USE"


async def test_what_no_source_and_no_snapshot_holds_is_deleted(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        use(app, Bags())
        base = await base_of(owner)
        for text in (many(5), many(3)):
            source = await bring(owner, base, "rooms.md", text)
            await settled(owner, source["id"])
        server = app.state.server
        async with asyncio.timeout(WAIT):
            while True:
                async with server.database.read(server.accounts.organization_id) as session:
                    knowledge = KnowledgeRepository(session)
                    left = [id for id, _ in await knowledge.vectors(base, "bags/one/64")]
                    if len(left) == 3:
                        break
                await asyncio.sleep(0.02)
        async with server.database.read(server.accounts.organization_id) as session:
            knowledge = KnowledgeRepository(session)
            assert sorted(await knowledge.matching('"part"', 99)) == await knowledge.held(base) == left


async def test_several_bases_are_searched_together_and_a_wrong_name_is_refused(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        house, organization = app.state.server.knowledge, app.state.server.accounts.organization_id
        bases = [await base_of(owner, name) for name in ("One", "Two")]
        for base, text in zip(bases, (b"The pool opens at seven.", b"The sauna opens at two."), strict=True):
            source = await bring(owner, base, "hours.txt", text)
            await settled(owner, source["id"])
        found = await house.search(organization, bases, "when does it open", 5)
        assert {passage.text for passage in found} == {"The pool opens at seven.", "The sauna opens at two."}
        assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
        assert await house.search(organization, bases, "  ", 5) == []
        with pytest.raises(ApiError, match="knowledge base"):
            await house.search(organization, ["kb_other"], "pool", 5)
        with pytest.raises(ApiError, match="knowledge base"):
            await house.search("org_other", bases, "pool", 5)


async def test_while_the_model_fails_words_are_enough(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        model = Bags()
        use(app, model)
        base = await base_of(owner)
        source = await bring(owner, base, "rules.md", RULES)
        await settled(owner, source["id"])
        model.trouble = Trouble.UNREACHABLE
        assert "Dogs" in (await ask(owner, base, "are dogs welcome?"))[0]["text"]
        assert await ask(owner, base, "helicopter") == []
        waits = await bring(owner, base, "more.md", b"# Gym\n\nThe gym is in the cellar.")
        failed = await state_of(owner, waits["id"], lambda s: bool(s["problem"]))
        assert failed["state"] == "waiting" and failed["next_at"]
        model.trouble = Trouble.UNSUPPORTED
        await owner.ask("POST", f"/knowledge/sources/{waits['id']}/refresh")
        done = await settled(owner, waits["id"])
        assert done["state"] == "ready" and "by its words only" in done["note"]
        assert "cellar" in (await ask(owner, base, "where is the gym"))[0]["text"]
        model.trouble = Trouble.REJECTED
        await owner.ask("POST", f"/knowledge/sources/{waits['id']}/refresh")
        refused = await bring(owner, base, "third.md", b"# Bar\n\nThe bar is upstairs.")
        assert (await settled(owner, refused["id"]))["state"] == "failed"


async def test_another_model_makes_all_vectors_anew(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        use(app, Bags())
        base = await base_of(owner)
        source = await bring(owner, base, "rooms.md", many(40))
        await settled(owner, source["id"])
    async with application(quiet(tmp_path)) as (app, owner):
        jobs, model = app.state.server.knowledge.jobs, Bags("two")
        await jobs.stop()
        use(app, model)
        await jobs.start()
        async with asyncio.timeout(WAIT):
            while model.asked < 40:
                await asyncio.sleep(0.02)
        async with asyncio.timeout(WAIT):
            while not await ask(owner, base, "part 7 room 7"):
                await asyncio.sleep(0.02)
        assert "Room 7 " in (await ask(owner, base, "part 7 room 7"))[0]["text"]


async def test_a_source_deleted_while_it_is_read_stays_deleted(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        model = Bags()
        model.most = 32
        model.free.clear()
        use(app, model)
        base = await base_of(owner)
        source = await bring(owner, base, "rooms.md", many(100))
        await state_of(owner, source["id"], lambda s: model.asked >= 32)
        assert (await owner.ask("DELETE", f"/knowledge/sources/{source['id']}")).status_code == 204
        model.free.set()
        other = await bring(owner, base, "rules.md", RULES)
        await settled(owner, other["id"])
        assert [found["title"] for found in await ask(owner, base, "room euros pool", 50)].count("rooms") == 0
