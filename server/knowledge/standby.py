"""An index that may fail, with one beside it that stands in: nobody waits for the first longer than once."""

import asyncio

import structlog

from server.knowledge.postgres_index import PostgresIndex
from server.knowledge.postgres_schema import SETTING
from server.knowledge.search_index import Found, IndexAway, IndexBehind, Place, Question, SearchIndex

PATIENCE = 2.5
"""Seconds the first index gets for a search."""
RETRY = 10.0
"""Seconds until it is looked for again."""

log = structlog.get_logger()


class Standby:
    """Asks ``first``; while that cannot be asked, or does not know yet what a base holds now, ``second``.

    One task brings ``first`` into step and looks for it again when it is lost, so that those who search never do.
    """

    def __init__(
        self, first: PostgresIndex, second: SearchIndex, patience: float = PATIENCE, retry: float = RETRY
    ) -> None:
        self.first = first
        self.second = second
        self.patience = patience
        self.retry = retry
        self.lost = "it has not been reached yet"
        """Why ``first`` is not asked; empty when it is."""
        self._warned = False
        self._due: dict[tuple[str, str], None] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Reach the first index, or say why not and what to do; then work goes on in the background."""
        await self._reach()
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Let go of the first index; what is due is found out again by the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.first.close()

    def health(self) -> str:
        """Where knowledge is searched. Everybody may read it: what PostgreSQL said stands in the log only."""
        if self.lost:
            return "searched in this process: PostgreSQL cannot be used, the log says why"
        waiting = f"; bases to be indexed: {len(self._due)}" if self._due else ""
        return f"searched in PostgreSQL{waiting}"

    async def search(self, place: Place, question: Question, count: int) -> Found:
        """The best chunks by each ranking; never raises because of the first index."""
        if not self.lost:
            try:
                async with asyncio.timeout(self.patience):
                    return await self.first.search(place, question, count)
            except IndexBehind:
                self._want(place.organization_id, place.base_id)
            except IndexAway as error:
                self._lose(str(error))
            except TimeoutError:
                self._lose("it does not answer in time. See whether it is overloaded.")
            except Exception:
                log.exception("the index of knowledge answered oddly", base=place.base_id)
        return await self.second.search(place, question, count)

    async def follow(self, organization_id: str, base_id: str) -> None:
        """Soon."""
        await self.second.follow(organization_id, base_id)
        self._want(organization_id, base_id)

    def _want(self, organization_id: str, base_id: str) -> None:
        self._due[organization_id, base_id] = None
        self._wake.set()

    async def _work(self) -> None:
        while True:
            if self.lost:
                await asyncio.sleep(self.retry)
                await self._reach()
            elif self._due:
                await self._take(*next(iter(self._due)))
            else:
                await self._wake.wait()
            self._wake.clear()

    async def _take(self, organization_id: str, base_id: str) -> None:
        """What changes while it is taken in is due again."""
        del self._due[organization_id, base_id]
        try:
            await self.first.follow(organization_id, base_id)
        except IndexAway as error:
            self._due[organization_id, base_id] = None
            self._lose(str(error))
        except Exception:
            # The next search of this base asks for it again; others are not kept waiting for long.
            log.exception("a base could not be indexed", base=base_id)
            await asyncio.sleep(self.retry)

    async def _reach(self) -> None:
        try:
            await self.first.open()
        except IndexAway as error:
            self._lose(str(error))
        except Exception as error:
            log.exception("the index of knowledge could not be made ready")
            self._lose(f"{type(error).__name__}; the log says more.")
        else:
            log.info("knowledge is searched in PostgreSQL", server=self.first.about)
            self.lost, self._warned = "", False

    def _lose(self, reason: str) -> None:
        """Warn once, until it is back."""
        if not self._warned:
            log.warning(
                "knowledge is searched in this process: PostgreSQL cannot be used",
                setting=SETTING,
                reason=reason,
            )
        elif reason != self.lost:
            log.info("PostgreSQL can still not be used", setting=SETTING, reason=reason)
        self._warned = True
        self.lost = reason
        self._wake.set()
