"""Statements on knowledge, inside one organisation."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.kit.errors import ApiError, ErrorCode
from server.kit.pagination import Paging
from server.knowledge.allowance import Held
from server.knowledge.chunking import Chunk
from server.knowledge.models import (
    KnowledgeBase,
    KnowledgeChunk,
    KnowledgePart,
    KnowledgePin,
    KnowledgeSnapshot,
    KnowledgeSource,
)

AT_ONCE = 500
"""Values in one ``IN``."""
# Words in titles and headings count twice.
MATCHING = text(
    "SELECT rowid, bm25(knowledge_words, 0.0, 2.0, 2.0, 1.0) AS far FROM knowledge_words "
    "WHERE knowledge_words MATCH :wanted ORDER BY far LIMIT :limit"
).execution_options(unscoped="the index of words, within a base that was found in the organisation")


class KnowledgeRepository:
    """Works in one tenant-bound session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def base(self, base_id: str) -> KnowledgeBase:
        """The base; raises `ApiError` when there is none."""
        base = await self.find_base(base_id)
        if base is None:
            raise ApiError(ErrorCode.KNOWLEDGE_BASE_NOT_FOUND)
        return base

    async def find_base(self, base_id: str) -> KnowledgeBase | None:
        """The base, when there is one."""
        found = await self.session.scalars(select(KnowledgeBase).where(KnowledgeBase.id == base_id))
        return found.one_or_none()

    async def of_agent(self, agent_id: str) -> KnowledgeBase | None:
        """The agent's own base, when it has one."""
        found = await self.session.scalars(select(KnowledgeBase).where(KnowledgeBase.agent_id == agent_id))
        return found.one_or_none()

    async def bases(self, paging: Paging) -> Sequence[KnowledgeBase]:
        """Newest first; one more than asked for, when there is one."""
        wanted = select(KnowledgeBase).order_by(KnowledgeBase.id.desc())
        if paging.after:
            wanted = wanted.where(KnowledgeBase.id < paging.after)
        return (await self.session.scalars(wanted.limit(paging.limit + 1))).all()

    async def base_ids(self) -> list[str]:
        """Every base's."""
        return list((await self.session.scalars(select(KnowledgeBase.id))).all())

    async def counts(self, base_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Sources and chunks of each base."""
        found = await self.session.execute(
            select(KnowledgeSource.base_id, func.count(), func.sum(KnowledgeSource.chunks))
            .where(KnowledgeSource.base_id.in_(base_ids))
            .group_by(KnowledgeSource.base_id)
        )
        return {base_id: (sources, chunks or 0) for base_id, sources, chunks in found.all()}

    async def source(self, source_id: str) -> KnowledgeSource:
        """The source; raises `ApiError` when there is none."""
        source = await self.find_source(source_id)
        if source is None:
            raise ApiError(ErrorCode.KNOWLEDGE_SOURCE_NOT_FOUND)
        return source

    async def find_source(self, source_id: str) -> KnowledgeSource | None:
        """The source, when it is still there."""
        found = await self.session.scalars(select(KnowledgeSource).where(KnowledgeSource.id == source_id))
        return found.one_or_none()

    async def same(self, base_id: str, kind: str, origin: str) -> KnowledgeSource | None:
        """The base's source of this kind from the same file or address."""
        found = await self.session.scalars(
            select(KnowledgeSource).where(
                KnowledgeSource.base_id == base_id,
                KnowledgeSource.kind == kind,
                KnowledgeSource.origin == origin,
            )
        )
        return found.first()

    async def sources(self, base_id: str, paging: Paging) -> Sequence[KnowledgeSource]:
        """Newest first; one more than asked for, when there is one."""
        wanted = select(KnowledgeSource).where(KnowledgeSource.base_id == base_id)
        if paging.after:
            wanted = wanted.where(KnowledgeSource.id < paging.after)
        wanted = wanted.order_by(KnowledgeSource.id.desc()).limit(paging.limit + 1)
        return (await self.session.scalars(wanted)).all()

    async def all_sources(self, base_id: str) -> Sequence[KnowledgeSource]:
        """Every source of a base, oldest first."""
        wanted = (
            select(KnowledgeSource).where(KnowledgeSource.base_id == base_id).order_by(KnowledgeSource.id)
        )
        return (await self.session.scalars(wanted)).all()

    async def kept(self, but: str = "") -> Held:
        """What the organisation keeps, but for one source."""
        size = func.coalesce(KnowledgeSource.facts["bytes"].as_integer(), 0)
        rows = await self.session.execute(
            select(func.count(), func.coalesce(func.sum(size), 0)).where(KnowledgeSource.id != but)
        )
        count, total = rows.one()
        return Held(count, total)

    def add(self, *rows: KnowledgeBase | KnowledgeSource | KnowledgeSnapshot) -> None:
        """Insert at the end of the session."""
        self.session.add_all(rows)

    # ------------------------------------------------------------ chunks

    async def known(self, base_id: str, digests: Sequence[str]) -> dict[str, int]:
        """The numbers of the base's chunks with these digests."""
        found: dict[str, int] = {}
        for some in _portions(digests):
            rows = await self.session.execute(
                select(KnowledgeChunk.digest, KnowledgeChunk.id).where(
                    KnowledgeChunk.base_id == base_id, KnowledgeChunk.digest.in_(some)
                )
            )
            found.update({digest: id for digest, id in rows.all()})
        return found

    def add_chunks(self, base_id: str, model: str, chunks: Iterable[tuple[Chunk, bytes]]) -> None:
        """Insert chunks with their vectors at the end of the session."""
        self.session.add_all(
            KnowledgeChunk(
                base_id=base_id,
                digest=chunk.digest,
                model=model,
                text=chunk.text,
                title=chunk.title,
                headings=list(chunk.headings),
                page=chunk.page,
                origin=chunk.origin,
                answer=chunk.answer,
                vector=vector,
            )
            for chunk, vector in chunks
        )

    async def hold(self, source: KnowledgeSource, chunk_ids: Sequence[int]) -> None:
        """From now on the source holds these chunks, and no others."""
        await self.session.execute(delete(KnowledgePart).where(KnowledgePart.source_id == source.id))
        rows = [
            {"source_id": source.id, "position": at, "base_id": source.base_id, "chunk_id": id}
            for at, id in enumerate(chunk_ids)
        ]
        if rows:
            # One statement for all: the log of talks waits for this transaction.
            await self.session.execute(insert(KnowledgePart), rows)

    async def held(self, base_id: str) -> list[int]:
        """The numbers of the chunks that the base's sources hold, sorted."""
        wanted = select(KnowledgePart.chunk_id).where(KnowledgePart.base_id == base_id).distinct()
        return sorted((await self.session.scalars(wanted)).all())

    async def vectors(self, base_id: str, model: str) -> Sequence[tuple[int, bytes]]:
        """The number and vector of each chunk of the base that was made with this model, by number."""
        rows = await self.session.execute(
            select(KnowledgeChunk.id, KnowledgeChunk.vector)
            .where(KnowledgeChunk.base_id == base_id, KnowledgeChunk.model == model)
            .order_by(KnowledgeChunk.id)
        )
        return [(id, vector) for id, vector in rows.all()]

    async def stamps(self, base_id: str) -> dict[int, tuple[str, str]]:
        """The digest and the vectors' model of each chunk of the base, by its number. Numbers of chunks that are gone
        are given to others."""
        rows = await self.session.execute(
            select(KnowledgeChunk.id, KnowledgeChunk.digest, KnowledgeChunk.model).where(
                KnowledgeChunk.base_id == base_id
            )
        )
        return {id: (digest, model) for id, digest, model in rows.all()}

    async def chunks(self, chunk_ids: Sequence[int]) -> dict[int, KnowledgeChunk]:
        """These chunks."""
        found: dict[int, KnowledgeChunk] = {}
        for some in _portions(chunk_ids):
            rows = await self.session.scalars(select(KnowledgeChunk).where(KnowledgeChunk.id.in_(some)))
            found.update({chunk.id: chunk for chunk in rows})
        return found

    async def foreign(self, model: str, limit: int) -> Sequence[KnowledgeChunk]:
        """Chunks whose vectors another model made."""
        wanted = select(KnowledgeChunk).where(KnowledgeChunk.model != model).order_by(KnowledgeChunk.id)
        return (await self.session.scalars(wanted.limit(limit))).all()

    async def renew(self, model: str, vectors: Iterable[tuple[int, bytes]], base_ids: Iterable[str]) -> None:
        """Other vectors for chunks of these bases."""
        for id, vector in vectors:
            await self.session.execute(
                update(KnowledgeChunk).where(KnowledgeChunk.id == id).values(model=model, vector=vector),
                execution_options={"synchronize_session": False},
            )

        await self.session.execute(
            update(KnowledgeBase)
            .where(KnowledgeBase.id.in_(list(base_ids)))
            .values(revision=KnowledgeBase.revision + 1),
            execution_options={"synchronize_session": False},
        )

    async def matching(self, wanted: str, limit: int) -> list[int]:
        """The numbers of chunks that match an expression of FTS5, best first. The expression must name a base
        that was found in the organisation."""
        rows = await self.session.execute(MATCHING, {"wanted": wanted, "limit": limit})
        return [row[0] for row in rows.all()]

    async def sweep(self, base_id: str, kept: set[int], most: int) -> int:
        """Delete some of the base's chunks that no source holds and that are not among ``kept``; answers with how
        many."""
        held = select(KnowledgePart.chunk_id).where(KnowledgePart.base_id == base_id)
        wanted = select(KnowledgeChunk.id).where(
            KnowledgeChunk.base_id == base_id, KnowledgeChunk.id.not_in(held)
        )
        loose = [id for id in (await self.session.scalars(wanted)).all() if id not in kept][:most]
        for some in _portions(loose):
            await self.session.execute(
                delete(KnowledgeChunk).where(KnowledgeChunk.id.in_(some)),
                execution_options={"synchronize_session": False},
            )
        return len(loose)

    async def forget_source(self, source: KnowledgeSource) -> None:
        """Delete a source; its chunks stay until they are swept."""
        await self.session.execute(delete(KnowledgePart).where(KnowledgePart.source_id == source.id))
        await self.session.execute(delete(KnowledgeSource).where(KnowledgeSource.id == source.id))

    async def forget_sources(self, base_id: str) -> None:
        """Delete all sources of a base; its chunks stay until they are swept."""
        for table in (KnowledgePart, KnowledgeSource):
            await self.session.execute(delete(table).where(table.base_id == base_id))

    async def forget_base(self, base_id: str) -> None:
        """Delete a base that holds nothing any more."""
        await self.session.execute(delete(KnowledgeBase).where(KnowledgeBase.id == base_id))

    # ------------------------------------------------------------ snapshots

    async def snapshots(self, base_id: str) -> Sequence[KnowledgeSnapshot]:
        """All of a base."""
        wanted = select(KnowledgeSnapshot).where(KnowledgeSnapshot.base_id == base_id)
        return (await self.session.scalars(wanted)).all()

    async def find_snapshot(self, snapshot_id: str) -> KnowledgeSnapshot | None:
        """The snapshot, when there is one."""
        found = await self.session.scalars(
            select(KnowledgeSnapshot).where(KnowledgeSnapshot.id == snapshot_id)
        )
        return found.one_or_none()

    async def same_snapshot(self, base_id: str, digest: str) -> KnowledgeSnapshot | None:
        """The base's snapshot with these contents."""
        found = await self.session.scalars(
            select(KnowledgeSnapshot).where(
                KnowledgeSnapshot.base_id == base_id, KnowledgeSnapshot.digest == digest
            )
        )
        return found.one_or_none()

    async def add_pins(self, release_id: str, pins: Iterable[tuple[KnowledgeBase, str, bool]]) -> None:
        """The release knows these bases by these snapshots; the agent's own one is said to be it."""
        self.session.add_all(
            KnowledgePin(
                release_id=release_id, snapshot_id=snapshot_id, base_id=base.id, name=base.name, own=own
            )
            for base, snapshot_id, own in pins
        )

    async def pins(self, release_id: str) -> Sequence[KnowledgePin]:
        """What a release knows."""
        wanted = select(KnowledgePin).where(KnowledgePin.release_id == release_id)
        return (await self.session.scalars(wanted)).all()

    async def named(self, name: str) -> KnowledgeBase | None:
        """The organisation's base with this id or name; the oldest of that name."""
        found = await self.session.scalars(
            select(KnowledgeBase)
            .where((KnowledgeBase.id == name) | (KnowledgeBase.name == name))
            .order_by(KnowledgeBase.id)
        )
        return found.first()

    async def digests(self, base_id: str) -> list[tuple[int, str]]:
        """The number and digest of each chunk the base's sources hold, by number."""
        held = select(KnowledgePart.chunk_id).where(KnowledgePart.base_id == base_id)
        rows = await self.session.execute(
            select(KnowledgeChunk.id, KnowledgeChunk.digest)
            .where(KnowledgeChunk.id.in_(held))
            .order_by(KnowledgeChunk.id)
        )
        return [(id, digest) for id, digest in rows.all()]


class KnowledgeQueue:
    """What is to be done, for every organisation. Works in one system session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def restart(self) -> set[str]:
        """What was under way waits again; answers with the names of all documents' files."""
        await self.session.execute(
            update(KnowledgeSource)
            .where(KnowledgeSource.state.in_(("reading", "embedding")))
            .values(state="waiting")
        )
        sources = await self.session.scalars(select(KnowledgeSource))
        return {str(source.facts.get("file", "")) for source in sources}

    async def waiting(self, now: int) -> list[tuple[str, str]]:
        """Organisation and id of each source that waits or is due again by ``now``, oldest first."""
        await self.session.execute(
            update(KnowledgeSource)
            .where(KnowledgeSource.state.in_(("ready", "failed")), KnowledgeSource.next_at <= now)
            .values(state="waiting", attempts=0)
        )
        due = or_(KnowledgeSource.next_at.is_(None), KnowledgeSource.next_at <= now)
        rows = await self.session.execute(
            select(KnowledgeSource.organization_id, KnowledgeSource.id)
            .where(KnowledgeSource.state == "waiting", due)
            .order_by(KnowledgeSource.updated_at)
        )
        return [(organization_id, source_id) for organization_id, source_id in rows.all()]

    async def anything(self) -> bool:
        """Whether any organisation has any knowledge."""
        return (await self.session.execute(select(KnowledgeChunk.id).limit(1))).scalar() is not None

    async def with_foreign(self, model: str) -> str | None:
        """An organisation with chunks whose vectors another model made."""
        found = await self.session.execute(
            select(KnowledgeChunk.organization_id).where(KnowledgeChunk.model != model).limit(1)
        )
        return found.scalar_one_or_none()


def chunk_of(row: KnowledgeChunk) -> Chunk:
    """What a row keeps."""
    return Chunk(row.text, row.title, tuple(row.headings), row.page, row.origin, row.answer)


def _portions(values: Sequence[str] | Sequence[int]) -> Iterable[Sequence[str] | Sequence[int]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
