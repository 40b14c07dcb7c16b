"""Taking in one source: what it holds becomes chunks with vectors, and replaces what it held before in one step.

Until then the old chunks are found. What was embedded before a crash is not embedded again.
"""

from collections.abc import Sequence
from typing import Any

import structlog

from engine.providers.embeddings.contract import EmbeddingModel
from engine.providers.speech import ProviderError, Trouble
from server.kit.clock import Clock
from server.kit.database import Database
from server.kit.errors import ApiError
from server.knowledge.allowance import Allowance, Held
from server.knowledge.chunking import Chunk
from server.knowledge.fetching import Unfetchable
from server.knowledge.gathering import Gathered, Gatherer
from server.knowledge.models import KnowledgeSource
from server.knowledge.parsing.blocks import Unparsable
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.search_index import SearchIndex
from server.knowledge.sweeping import sweep

TOGETHER = 32
"""Chunks embedded and written at once."""
READ = 300
"""Per mille of the work that is reading."""
ATTEMPTS = 5
WAIT = 15_000
"""Milliseconds before the second attempt; twice as long before each further one."""
HOUR = 3_600_000

GIVEN_UP = "It was given up: each attempt failed, or ended with the server. Remove it, or bring it anew."

log = structlog.get_logger()


class Gone(Exception):
    """The source was deleted, or renewed, while it was worked on."""


class Ingester:
    """Takes in sources. ``label`` names the model; what it cannot embed is found by its words. ``index`` is told what
    changed; ``allowance`` is what one organisation may keep."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        gatherer: Gatherer,
        model: EmbeddingModel,
        label: str,
        index: SearchIndex,
        allowance: Allowance,
    ) -> None:
        self.database = database
        self.clock = clock
        self.gatherer = gatherer
        self.model = model
        self.label = label
        self.index = index
        self.allowance = allowance

    async def take(self, organization_id: str, source_id: str) -> None:
        """Take in a source that waits; its row says what came of it."""
        source = await self._begin(organization_id, source_id)
        if source is None:
            return
        work = _Work(self, source)
        try:
            await work.do()
        except Gone:
            log.info("a source went while it was read", source=source_id)
        except (Unparsable, Unfetchable) as error:
            await work.fail(str(error), passing=getattr(error, "passing", False))
        except ProviderError as error:
            await work.fail(str(error), passing=error.trouble.passing)
        except Exception as error:
            # One bad source must not keep the others waiting; its owner reads what to do.
            log.exception("a source could not be taken in", source=source_id)
            await work.fail(f"It could not be taken in ({type(error).__name__}). Report it.", passing=False)

    async def _begin(self, organization_id: str, source_id: str) -> KnowledgeSource | None:
        async with self.database.write(organization_id) as session:
            source = await KnowledgeRepository(session).find_source(source_id)
            if source is None or source.state != "waiting":
                return None
            source.attempts += 1
            source.state, source.progress, source.next_at = "reading", 0, None
            source.updated_at = later(self.clock, source)
            if source.attempts > ATTEMPTS:
                source.state = "failed"
                source.problem = (
                    "It was given up: each attempt ended the server, or failed. Remove it, or bring it anew."
                )
                return None
        return source


class _Work:
    """One attempt on one source."""

    def __init__(self, house: Ingester, source: KnowledgeSource) -> None:
        self.house = house
        self.source = source
        self.token = source.updated_at
        self.organization_id = source.organization_id
        self.note = ""

    async def do(self) -> None:
        """Gather, embed, replace."""
        gathered = await self.house.gatherer.gather(self.source, self._reading)
        if gathered.unchanged:
            await self._finish(gathered, None)
            return
        await self._allowed(gathered)
        chunks = list({chunk.digest: chunk for chunk in gathered.chunks}.values())
        await self._embed(chunks)
        await self._finish(gathered, chunks)

    async def _allowed(self, gathered: Gathered) -> None:
        """Whether there is room for what an address gave; raises `Unparsable`. Of a document it was known before."""
        if self.source.kind != "address":
            return
        async with self.house.database.read(self.organization_id) as session:
            held = await KnowledgeRepository(session).kept(self.source.id)
        try:
            self.house.allowance.check(held, Held(0, gathered.bytes))
        except ApiError as error:
            raise Unparsable(error.message) from error

    async def _reading(self, done: int, of: int) -> None:
        await self._change(state="reading", progress=READ * done // max(of, 1))

    async def _embed(self, chunks: list[Chunk]) -> None:
        base_id = self.source.base_id
        async with self.house.database.read(self.organization_id) as session:
            known = await KnowledgeRepository(session).known(base_id, [chunk.digest for chunk in chunks])
        new = [chunk for chunk in chunks if chunk.digest not in known]
        for start in range(0, len(new), TOGETHER):
            done = len(chunks) - len(new) + start
            await self._change(state="embedding", progress=READ + (1000 - READ) * done // len(chunks))
            some = new[start : start + TOGETHER]
            label, vectors = await self._vectors(some)
            async with self.house.database.write(self.organization_id) as session:
                await self._still(session)
                KnowledgeRepository(session).add_chunks(base_id, label, zip(some, vectors, strict=True))

    async def _vectors(self, chunks: list[Chunk]) -> tuple[str, list[bytes]]:
        """The model's name and the vectors; both empty when there is no model here."""
        if self.note:
            return "", [b""] * len(chunks)
        try:
            return self.house.label, await vectors_of(self.house.model, chunks)
        except ProviderError as error:
            if error.trouble is not Trouble.UNSUPPORTED:
                raise
            self.note = f"It is found by its words only: {error}"
            return "", [b""] * len(chunks)

    async def _finish(self, gathered: Gathered, chunks: list[Chunk] | None) -> None:
        async with self.house.database.write(self.organization_id) as session:
            source = await self._still(session)
            now = later(self.house.clock, source)
            knowledge = KnowledgeRepository(session)
            if chunks is not None:
                known = await knowledge.known(source.base_id, [chunk.digest for chunk in chunks])
                await knowledge.hold(source, [known[chunk.digest] for chunk in chunks])
                base = await knowledge.base(source.base_id)
                base.revision, base.updated_at = base.revision + 1, now
                source.chunks, source.title = len(chunks), gathered.title or source.title
                source.model = "" if self.note else self.house.label
                found: dict[str, Any] = {
                    "pages": gathered.pages,
                    "problems": gathered.problems,
                    "note": self.note,
                }
                if source.kind == "address":
                    found["bytes"] = gathered.bytes
                source.facts = {**source.facts, **found, "digest": gathered.digest}
            source.facts = {**source.facts, "etag": gathered.etag, "checked_at": now}
            source.state, source.progress, source.problem, source.attempts = "ready", 1000, "", 0
            source.next_at, source.updated_at = self._next(source, now), now
        if chunks is not None:
            await sweep(self.house.database, self.organization_id, self.source.base_id)
            await self.house.index.follow(self.organization_id, self.source.base_id)

    async def fail(self, problem: str, passing: bool) -> None:
        """What was there before stays; what may pass is tried again."""
        again = passing and self.source.attempts < ATTEMPTS
        try:
            async with self.house.database.write(self.organization_id) as session:
                source = await self._still(session)
                now = later(self.house.clock, source)
                source.problem, source.updated_at = problem, now
                if again:
                    source.state, source.next_at = "waiting", now + (WAIT << (source.attempts - 1))
                else:
                    source.state, source.attempts = "failed", 0
                    source.next_at = self._next(source, now)
        except Gone:
            return
        log.warning("a source failed", source=self.source.id, reason=problem, again=again)

    def _next(self, source: KnowledgeSource, now: int) -> int | None:
        hours = int(source.options.get("recrawl_hours", 0))
        return now + hours * HOUR if hours else None

    async def _change(self, **values: Any) -> None:
        async with self.house.database.write(self.organization_id) as session:
            source = await self._still(session)
            for name, value in values.items():
                setattr(source, name, value)

    async def _still(self, session: Any) -> KnowledgeSource:
        """The source, as long as nobody took it from us; raises `Gone`."""
        source = await KnowledgeRepository(session).find_source(self.source.id)
        if source is None or source.updated_at != self.token:
            raise Gone
        return source


async def vectors_of(model: EmbeddingModel, chunks: Sequence[Chunk]) -> list[bytes]:
    """The vectors of each chunk, one after the other: float32, little-endian. Raises `ProviderError`."""
    texts = [chunk.meanings for chunk in chunks]
    rows = await model.embed([text for some in texts for text in some], bulk=True)
    found, at = [], 0
    for some in texts:
        found.append(rows[at : at + len(some)].astype("<f4").tobytes())
        at += len(some)
    return found


def later(clock: Clock, source: KnowledgeSource) -> int:
    """Now, but never the moment the source was changed last: whoever works on it sees that it changed."""
    return max(clock.now_ms(), source.updated_at + 1)


def label_of(model: EmbeddingModel) -> str:
    """What vectors are kept under: those of two labels cannot be compared."""
    return f"{model.name}/{model.model}/{model.dimensions}"
