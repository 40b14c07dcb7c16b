"""Work on knowledge in the background: sources that wait, pages that are due again, vectors of another model.

What is to be done stands in the sources' rows, so a restart goes on where the server ended.
"""

import asyncio
from contextlib import suppress

import structlog

from engine.providers.speech import ProviderError, Trouble
from server.kit.clock import Clock
from server.kit.database import Database
from server.knowledge.files import SourceFiles
from server.knowledge.ingesting import TOGETHER, Ingester, vectors_of
from server.knowledge.repository import KnowledgeQueue, KnowledgeRepository, chunk_of

WORKERS = 2
"""Sources at once, so that a site with many pages does not keep a document waiting."""
LOOK = 10.0
"""Seconds between two looks for what is due, when nobody wakes us."""

log = structlog.get_logger()


class KnowledgeJobs:
    """Runs while the server does."""

    def __init__(self, database: Database, clock: Clock, ingester: Ingester, files: SourceFiles) -> None:
        self.database = database
        self.clock = clock
        self.ingester = ingester
        self.files = files
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._taken: set[str] = set()
        self._done = asyncio.Event()
        """Set, and replaced by another, whenever work on a source has ended."""

    async def start(self) -> None:
        """Go on with what a former process left."""
        async with self.database.system_session("sources that were left half read", write=True) as session:
            kept = await KnowledgeQueue(session).restart()
        await self.files.sweep(kept)
        self._tasks = [asyncio.create_task(self._work()) for _ in range(WORKERS)]
        self._tasks.append(asyncio.create_task(self._embed_anew()))

    async def stop(self) -> None:
        """Leave what is under way; the next process takes it up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    async def settled(self, organization_id: str, base_id: str) -> None:
        """Wait until every source of a base has been read, or cannot be."""
        while True:
            done = self._done
            async with self.database.read(organization_id) as session:
                sources = await KnowledgeRepository(session).all_sources(base_id)
            if all(source.state in ("ready", "failed") for source in sources):
                return
            await done.wait()

    async def _work(self) -> None:
        while True:
            found = await self._next()
            if found is None:
                self._wake.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await self._wake.wait()
                continue
            try:
                await self.ingester.take(*found)
            except Exception:
                log.exception("work on a source broke off", source=found[1])
                await asyncio.sleep(LOOK)
            finally:
                self._taken.discard(found[1])
                self._done.set()
                self._done = asyncio.Event()

    async def _next(self) -> tuple[str, str] | None:
        """The organisation and source to work on; it is ours until we let it go."""
        async with self.database.system_session("sources that wait", write=True) as session:
            waiting = await KnowledgeQueue(session).waiting(self.clock.now_ms())
        for organization_id, source_id in waiting:
            if source_id not in self._taken:
                self._taken.add(source_id)
                return organization_id, source_id
        return None

    async def _embed_anew(self) -> None:
        """Vectors of the present model for chunks that have another's, or none."""
        try:
            async with self.database.system_session("whether there is knowledge") as session:
                anything = await KnowledgeQueue(session).anything()
            if anything:
                # It is read now, not when the first caller asks.
                await self.ingester.model.check()
            while await self._embed_some():
                pass
        except ProviderError as error:
            if error.trouble is not Trouble.UNSUPPORTED:
                log.warning("old vectors stay for now", reason=str(error))
        except Exception:
            log.exception("old vectors could not be made anew")

    async def _embed_some(self) -> bool:
        label = self.ingester.label
        async with self.database.system_session("vectors of another model") as session:
            organization_id = await KnowledgeQueue(session).with_foreign(label)
        if organization_id is None:
            return False
        async with self.database.read(organization_id) as session:
            chunks = await KnowledgeRepository(session).foreign(label, TOGETHER)
        vectors = await vectors_of(self.ingester.model, [chunk_of(chunk) for chunk in chunks])
        base_ids = {chunk.base_id for chunk in chunks}
        made = [(chunk.id, vector) for chunk, vector in zip(chunks, vectors, strict=True)]
        async with self.database.write(organization_id) as session:
            await KnowledgeRepository(session).renew(label, made, base_ids)
        for base_id in base_ids:
            await self.ingester.index.follow(organization_id, base_id)
        return True
