"""Knowledge in PostgreSQL: it is lost and comes back, forgets everything and heals, and is set up wrongly."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from server.knowledge.embedded_index import EmbeddedIndex
from server.knowledge.postgres_index import PostgresIndex
from server.knowledge.postgres_schema import check_version
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.search_index import IndexAway, IndexBehind
from server.knowledge.standby import Standby
from server.settings import SettingsError, load_settings
from tests.server.knowledge.library import Library, Piece
from tests.server.knowledge.postgres import PASSWORD, Postgres
from tests.server.knowledge.test_lasting import Bags, use
from tests.server.knowledge.test_routes import RULES, ask, base_of, bring, settled
from tests.server.language.test_talking import said, thinking, told
from tests.server.running import WAIT, application, settings_for

PATIENCE, RETRY = 0.5, 0.05
"""Seconds; who waits for a server that answers nobody waits no longer."""
URL = f"postgresql://keeper:{PASSWORD}@db.example/parley"
POOL = Piece("The pool opens at seven", [[1, 0]])


class Trial:
    """A database of one's own, an index in it, and the one that stands in."""

    def __init__(self, postgres: Postgres, folder: Path) -> None:
        self.postgres = postgres
        self.name = postgres.database()
        self.library = Library(folder)
        self.first = self.index(postgres.url(self.name))
        self.standby = Standby(self.first, EmbeddedIndex(self.library.database), PATIENCE, RETRY)
        self.library.index = self.standby

    def index(self, url: str) -> PostgresIndex:
        """Another index over the same knowledge."""
        return PostgresIndex(SecretStr(url), self.library.database)

    def sql(self, statement: str) -> str:
        """What a statement answers in the trial's database."""
        return self.postgres.sql(statement, self.name)

    def counts(self) -> str:
        """Bases, chunks and vectors there."""
        tables = ("base", "chunk", "vector")
        return self.sql(
            "SELECT " + ", ".join(f"(SELECT count(*) FROM parley_knowledge.{name})" for name in tables)
        )

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for the work in the background."""
        async with asyncio.timeout(WAIT):
            while not holds():
                await asyncio.sleep(0.02)

    async def with_the_pool(self) -> str:
        """The hotel's base, started, with one passage that PostgreSQL holds."""
        base = await self.library.base("kb_hotel")
        await self.standby.start()
        await self.library.hold(base, POOL)
        await self.in_step()
        return base

    async def in_step(self) -> None:
        """Wait until PostgreSQL itself answers for the hotel's base as it is now."""
        state = (await self.library.place("kb_hotel")).state
        await self.until(lambda: not self.standby.lost)
        await self.until(
            lambda: self.sql(f"SELECT 1 FROM parley_knowledge.base WHERE state = '{state}'") == "1"
        )


@pytest.fixture
async def trial(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Trial]:
    """Not started."""
    folder = tmp_path / "trial"
    folder.mkdir()
    trial = Trial(postgres, folder)
    yield trial
    await trial.standby.stop()
    await trial.library.database.close()


async def test_it_is_brought_into_step_by_what_differs(trial: Trial) -> None:
    library, base = trial.library, await trial.library.base("kb_hotel")
    await trial.standby.start()
    await library.hold(base, POOL, Piece("The bar is shut", [[0, 1], [1, 1]]))
    await trial.in_step()
    assert trial.counts() == "1|2|3"
    kept = "SELECT xmin FROM parley_knowledge.chunk WHERE digest = (SELECT min(digest) FROM parley_knowledge.chunk)"
    await library.pin(base)
    first = trial.sql(kept)
    await library.hold(base, POOL)
    await trial.in_step()
    # The snapshot holds the other still, and nothing was written twice.
    assert trial.counts() == "1|2|3" and trial.sql(kept) == first
    await library.hold(await library.base("kb_bar"), Piece("Open at nine"))
    await trial.until(lambda: trial.counts() == "2|3|3")
    await library.remove("kb_bar")
    await trial.until(lambda: trial.counts() == "1|2|3")
    assert trial.standby.health().startswith("searched in PostgreSQL")


async def test_what_it_does_not_hold_yet_is_found_all_the_same(trial: Trial) -> None:
    library, base = trial.library, await trial.library.base("kb_hotel")
    await trial.standby.start()
    await library.hold(base, POOL, follow=False)
    place = await library.place(base)
    with pytest.raises(IndexBehind):
        library.index = trial.first
        await library.ask(place, "pool")
    library.index = trial.standby
    assert (await library.ask(place, "pool", [1, 0])).said == [POOL.text]
    await trial.in_step()
    library.index = trial.first
    assert (await library.ask(place, "pool", [1, 0])).near == [POOL.text]


async def test_it_is_lost_and_comes_back_while_everything_is_found(trial: Trial) -> None:
    library, base = trial.library, await trial.with_the_pool()
    place = await library.place(base)
    trial.postgres.stop()
    try:
        with capture_logs() as logs:
            for _ in range(5):
                assert (await library.ask(place, "pool", [1, 0])).near == [POOL.text]
            warnings = [entry for entry in logs if entry["log_level"] == "warning"]
            assert len(warnings) == 1 and "See whether it runs" in warnings[0]["reason"]
            assert PASSWORD not in str(logs) and str(trial.postgres.folder) not in str(logs)
        assert "in this process" in trial.standby.health()
        # What changes meanwhile is taken in afterwards.
        await library.hold(base, POOL, Piece("The bar is shut", [[0, 1]]))
    finally:
        trial.postgres.start()
    await trial.in_step()
    library.index = trial.first
    assert (await library.ask(await library.place(base), "bar", [1, 0])).said == ["The bar is shut"]


async def test_nobody_waits_for_a_server_that_does_not_answer(trial: Trial) -> None:
    library, base = trial.library, await trial.with_the_pool()
    place = await library.place(base)
    trial.postgres.freeze()
    try:
        with capture_logs() as logs:
            async with asyncio.timeout(WAIT):
                found = await asyncio.gather(*(library.ask(place, "pool", [1, 0]) for _ in range(8)))
        assert [each.near for each in found] == [[POOL.text]] * 8 and trial.standby.lost
        assert len([entry for entry in logs if entry["log_level"] == "warning"]) == 1
    finally:
        trial.postgres.thaw()
    await trial.until(lambda: not trial.standby.lost)


async def test_what_was_dropped_is_made_anew(trial: Trial) -> None:
    library, base = trial.library, await trial.with_the_pool()
    place = await library.place(base)
    for harm in (
        "DROP SCHEMA parley_knowledge CASCADE",
        "TRUNCATE parley_knowledge.base, parley_knowledge.chunk, parley_knowledge.vector",
        "DROP EXTENSION vector CASCADE",
        "DROP TABLE parley_knowledge.vector",
        "COMMENT ON TABLE parley_knowledge.base IS 'edition 0'; DELETE FROM parley_knowledge.base",
    ):
        trial.sql(harm)
        assert (await library.ask(place, "pool", [1, 0])).near == [POOL.text]
        await trial.until(lambda: not trial.standby.lost)
        assert (await library.ask(place, "pool", [1, 0])).near == [POOL.text]
        await trial.in_step()
        assert trial.counts() == "1|1|1", harm
        library.index = trial.first
        assert (await library.ask(place, "pool", [1, 0])) == ([POOL.text], [POOL.text], {POOL.text: 1}), harm
        library.index = trial.standby


async def test_two_servers_index_a_base_once(trial: Trial) -> None:
    library = trial.library
    library.index = EmbeddedIndex(library.database)
    base = await library.base("kb_hotel")
    await library.hold(base, *(Piece(f"Room {at}", [[1, at]]) for at in range(300)))
    indexes = [trial.index(trial.postgres.url(trial.name)) for _ in range(3)]
    await asyncio.gather(*(index.open() for index in indexes))
    await asyncio.gather(*(index.follow("org_one", base) for index in indexes * 2))
    assert trial.counts() == "1|300|300"
    assert trial.sql("SELECT count(DISTINCT xmin::text) FROM parley_knowledge.chunk") == "1"
    library.index = indexes[2]
    assert (await library.ask(await library.place(base), "room 7")).said[0] == "Room 7"
    for index in indexes:
        await index.close()


async def refusal(index: PostgresIndex) -> str:
    """Why it cannot be used."""
    with pytest.raises(IndexAway) as refused:
        await index.open()
    await index.close()
    assert PASSWORD not in str(refused.value)
    return str(refused.value)


async def test_what_is_set_up_wrongly_says_what_to_do(trial: Trial) -> None:
    postgres = trial.postgres
    postgres.sql(f"DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    url = postgres.url(trial.name)
    for wrong, remedy in (
        (url.replace("long", "short"), "Correct PARLEY_KNOWLEDGE_INDEX_URL"),
        (postgres.url("nowhere"), "CREATE DATABASE"),
        (url.replace(str(postgres.folder), f"{postgres.folder}/nowhere"), "See whether it runs"),
        ("postgresql://keeper:x@127.0.0.1:1/parley", "See whether it runs"),
        (url.replace(":a", ":a/"), "a / as %2F"),
        (postgres.url(trial.name, "guest"), "CREATE EXTENSION vector"),
    ):
        assert remedy in await refusal(trial.index(wrong)), wrong
    hidden = postgres.extension.with_suffix(".hidden")
    postgres.extension.rename(hidden)
    try:
        assert "Install it there" in await refusal(trial.index(url))
    finally:
        hidden.rename(postgres.extension)
    trial.sql("CREATE SCHEMA elsewhere; CREATE EXTENSION vector SCHEMA elsewhere")
    assert "ALTER EXTENSION vector SET SCHEMA public" in await refusal(trial.index(url))
    trial.sql("ALTER EXTENSION vector SET SCHEMA public")
    assert "GRANT CREATE" in await refusal(trial.index(postgres.url(trial.name, "guest")))
    postgres.sql(f"GRANT CREATE ON DATABASE {trial.name} TO guest")
    allowed = trial.index(postgres.url(trial.name, "guest"))
    await allowed.open()
    assert allowed.about.startswith("PostgreSQL ")
    await allowed.close()
    latin = postgres.database()
    postgres.sql(f"DROP DATABASE {latin}")
    postgres.sql(f"CREATE DATABASE {latin} ENCODING 'LATIN1' TEMPLATE template0")
    assert "ENCODING 'UTF8'" in await refusal(trial.index(postgres.url(latin)))
    with pytest.raises(IndexAway, match="Upgrade it"):
        check_version(13)


async def test_a_server_whose_postgres_is_wrong_starts_and_finds(trial: Trial, tmp_path: Path) -> None:
    wrong = trial.postgres.url(trial.name, password="no such word")
    with capture_logs() as logs:
        async with application(
            settings_for(tmp_path, rest_limit=0, token_limit=0, knowledge_index_url=wrong)
        ) as (app, owner):
            use(app, Bags())
            base = await base_of(owner)
            await settled(owner, (await bring(owner, base, "rules.md", RULES))["id"])
            assert "Dogs" in (await ask(owner, base, "are dogs welcome"))[0]["text"]
            health = (await owner.client.get("/health/components")).json()["knowledge"]
    assert health["status"] == "healthy" and "the log says why" in health["detail"]
    warned = [entry for entry in logs if "PostgreSQL cannot be used" in entry["event"]]
    assert len(warned) == 1 and "refuses the user or the password" in warned[0]["reason"]
    assert "no such word" not in str(logs) and "no%20such" not in str(logs)


async def test_a_document_is_brought_published_and_answered_from_postgres(
    trial: Trial, tmp_path: Path
) -> None:
    url = trial.postgres.url(trial.name)
    async with application(settings_for(tmp_path, rest_limit=0, token_limit=0, knowledge_index_url=url)) as (
        app,
        owner,
    ):
        use(app, Bags())
        agent = await owner.agent(thinking("answer", quote=True), publish=False)
        own = await owner.ask("POST", "/knowledge/bases", json={"name": "Own", "agent_id": agent["id"]})
        base = own.json()["id"]
        first = await bring(owner, base, "rules.md", RULES)
        await settled(owner, first["id"])
        await owner.ask("POST", f"/agents/{agent['id']}/publish")
        assert "ten euros" in (await ask(owner, base, "dogs night"))[0]["text"]
        await bring(owner, base, "rules.md", RULES.replace(b"ten euros", b"twenty euros"))
        await settled(owner, first["id"])
        server = app.state.server
        async with server.database.read(server.accounts.organization_id) as session:
            state = (await KnowledgeRepository(session).base(base)).state
        await trial.until(lambda: trial.sql("SELECT state FROM parley_knowledge.base") == state)
        # A word that only PostgreSQL knows: it is PostgreSQL that answers.
        trial.sql("UPDATE parley_knowledge.chunk SET words = words || 'zanzibar:1D' WHERE words @@ 'twenti'")
        assert "twenty euros" in (await ask(owner, base, "zanzibar", 1))[0]["text"]
        # The release still answers as it was published.
        answer = " ".join(said(await told(owner, agent, "dogs for a night")))
        assert "ten euros" in answer and "twenty" not in answer
        health = (await owner.client.get("/health/components")).json()["knowledge"]
        assert health["detail"].startswith("searched in PostgreSQL")


def test_an_address_that_is_none_refuses_the_start_and_is_not_shown() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(_env_file=None, knowledge_index_url=f"mysql://keeper:{PASSWORD}@db.example/parley")
    assert "PARLEY_KNOWLEDGE_INDEX_URL: must begin with postgresql://" in str(refused.value)
    assert PASSWORD not in str(refused.value) + repr(load_settings(_env_file=None, knowledge_index_url=URL))
